"""What this product published itself comes into the catalogue, each thing once."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from responder.core.database import transaction
from responder.core.errors import Forbidden
from responder.core.lifecycle import Attempt
from responder.core.permissions import CONSOLE, SYSTEM
from responder.core.times import SHANGHAI
from responder.openness.catalogue import syncing
from responder.openness.catalogue.models import OwnKind, Publication, Way
from responder.openness.catalogue.syncing import Synced
from responder.publishing.packages.models import PackageState
from responder.publishing.packages.released import PolicyDocument
from tests.factories import NOW
from tests.openness.catalogue.factories import changed, column, published
from tests.publishing.packages.factories import brought_to

K = OwnKind
SITE = "https://www.example.gov.cn/hy"


def synced(site: str = SITE) -> Synced:
    with transaction(SYSTEM, NOW) as session:
        return syncing.sync(session, Attempt(SYSTEM, NOW), SHANGHAI, site)


def mapped(**codes) -> None:
    wanted = {(K(kind), ""): one.id for kind, one in codes.items()}
    with transaction(CONSOLE, NOW) as session:
        syncing.save_mapping(session, wanted, Attempt(CONSOLE, NOW))


def test_each_thing_is_registered_once(session) -> None:
    brought_to(PackageState.RELEASED)
    assert syncing.waiting(session) == {K.CONCERN: 0, K.DOCUMENT: 1, K.INTERPRETATION: 2}
    assert synced() == Synced(0, 0, 3, 0)
    mapped(document=column(code="A", name="政策文件"))
    assert synced() == Synced(1, 0, 2, 0)
    mapped(interpretation=column(code="B", name="政策解读"))
    assert synced() == Synced(2, 0, 0, 0)
    assert synced() == Synced(0, 0, 0, 0)
    rows = session.scalars(select(Publication).order_by(Publication.id)).all()
    document = session.scalars(select(PolicyDocument)).one()
    assert {one.way for one in rows} == {Way.OWN}
    assert (rows[0].title, rows[0].index_number) == (document.title, document.index_number)
    assert rows[0].url == f"{SITE}/interpretations/documents/{document.id}"
    assert len({one.own_key for one in rows}) == 3


def test_a_line_for_a_level_goes_before_the_line_for_all(session) -> None:
    brought_to(PackageState.RELEASED)
    rest, office = column(code="A", name="其他文件"), column(code="B", name="办公室文件")
    wanted = {(K.DOCUMENT, ""): rest.id, (K.DOCUMENT, "office"): office.id}
    with transaction(CONSOLE, NOW) as writing:
        syncing.save_mapping(writing, wanted, Attempt(CONSOLE, NOW))
    assert synced("").created == 1
    item = session.scalars(select(Publication)).one()
    assert (item.column_id, item.url) == (office.id, None)
    told = {(line.kind, line.detail): line.column for line in syncing.lines(session)}
    assert told[K.DOCUMENT, "office"] is office
    assert told[K.CONCERN, ""] is None
    with transaction(CONSOLE, NOW) as writing:
        syncing.save_mapping(writing, {(K.DOCUMENT, "office"): None}, Attempt(CONSOLE, NOW))
    assert not any(line.column is office for line in syncing.lines(session))


def test_what_came_in_by_hand_is_not_registered_again(session) -> None:
    brought_to(PackageState.RELEASED)
    one = column()
    document = session.scalars(select(PolicyDocument)).one()
    by_hand = published(one, "同一份文件", index_number=document.index_number)
    mapped(document=one)
    assert synced() == Synced(0, 1, 2, 0)
    session.refresh(by_hand)
    assert (by_hand.own_key, by_hand.way) == (f"document:{document.id}", Way.MANUAL)
    assert synced() == Synced(0, 0, 2, 0)


def test_a_retired_column_takes_nothing(session) -> None:
    brought_to(PackageState.RELEASED)
    mapped(document=changed(column(), valid_to=date(2026, 6, 30)))
    assert synced() == Synced(0, 0, 2, 1)


def test_only_the_office_says_what_goes_where(session, people) -> None:
    attempt = Attempt(people.press_officer.actor, NOW)
    with transaction(attempt.actor, NOW) as writing, pytest.raises(Forbidden):
        syncing.save_mapping(writing, {}, attempt)
