"""Publications: each once, by whom, and what a column refuses."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from responder.core.audit import AuditEvent
from responder.core.database import transaction
from responder.core.errors import Forbidden, Invalid
from responder.core.lifecycle import Attempt
from responder.core.permissions import CONSOLE
from responder.openness.catalogue import queries, registering
from responder.openness.catalogue.models import Publication, Way
from responder.openness.catalogue.queries import Wanted
from responder.openness.catalogue.registering import Item, PublicationFacts
from tests.factories import NOW, unit
from tests.openness.catalogue.factories import TODAY, column, published
from tests.openness.people import liaison_of, other_unit

URL = "https://www.example.gov.cn/1.html"


def stored(session) -> int:
    return session.scalar(select(func.count()).select_from(Publication))


@pytest.mark.parametrize(
    ("again", "known"),
    [
        ({}, True),
        ({"title": "别的标题"}, True),
        ({"title": "别的标题", "url": f"{URL}2"}, True),
        ({"url": f"{URL}2", "index_number": "2"}, True),
        ({"title": "别的标题", "url": f"{URL}2", "index_number": "2"}, False),
        ({"day": TODAY - timedelta(days=1), "url": "", "index_number": ""}, False),
        ({"title": "别的标题", "url": "", "index_number": ""}, False),
    ],
)
def test_an_item_is_known_by_its_index_address_or_title_and_day(session, again, known) -> None:
    one = column()
    first = {"title": "一条信息", "day": TODAY, "url": URL, "index_number": "1"}
    published(one, **first)
    if known:
        with pytest.raises(Invalid, match="已登记过"):
            published(one, **{**first, **again})
    else:
        published(one, **{**first, **again})
    assert stored(session) == (1 if known else 2)


def test_the_same_notice_may_stand_in_two_columns(session) -> None:
    published(column(code="A", name="甲"), url=URL)
    published(column(code="B", name="乙"), url=URL)
    assert stored(session) == 2


def test_a_batch_stores_each_once_also_within_itself(session) -> None:
    one = column()
    items = [
        Item(one.id, "甲", TODAY, URL, "1"),
        Item(one.id, "乙", TODAY, URL),
        Item(one.id, "丙", TODAY, None, "1"),
        Item(one.id, "甲", TODAY),
        Item(one.id, "丁", TODAY),
    ]
    for expected in (["甲", "丁"], []):
        with transaction(CONSOLE, NOW) as writing:
            new = registering.store(writing, items, Way.IMPORT, NOW)
        assert [item.title for item in new] == expected
    assert stored(session) == 2


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": " \n"}, "title"),
        ({"title": "长" * 301}, "title"),
        ({"day": date(2026, 11, 21)}, "published_on"),
        ({"day": date(1999, 1, 1)}, "published_on"),
        ({"url": "www.example.gov.cn"}, "url"),
        ({"index_number": "1" * 65}, "index_number"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(session, wrong, field) -> None:
    one = column()
    with pytest.raises(Invalid) as refused:
        published(one, **wrong)
    assert list(refused.value.fields) == [field]


def test_a_unit_registers_in_its_own_columns_alone(session, people) -> None:
    own, foreign = column(code="A", name="甲"), column(code="B", name="乙", unit=other_unit())
    liaison = liaison_of(unit())
    kept = published(own, by=liaison)
    published(foreign, "别单位的")
    with pytest.raises(Forbidden, match="市应急管理局维护"):
        published(foreign, by=liaison)
    with pytest.raises(Forbidden):
        published(own, by=people.auditor)
    seen = session.scalars(queries.listed(liaison.actor, Wanted(year=2026))).all()
    assert seen == [kept]
    with pytest.raises(Forbidden):
        foreign_item = session.scalar(
            select(Publication.id).where(Publication.column_id == foreign.id)
        )
        registering.find(session, foreign_item, liaison.actor)
    with transaction(liaison.actor, NOW) as writing, pytest.raises(Forbidden):
        moved = PublicationFacts(foreign, "移走", TODAY)
        registering.change(writing, kept, moved, Attempt(liaison.actor, NOW))
    with transaction(liaison.actor, NOW) as writing, pytest.raises(Forbidden):
        registering.remove(writing, kept, Attempt(liaison.actor, NOW))


def test_a_correction_and_a_removal_stay_in_the_trail(session) -> None:
    one, attempt = column(), Attempt(CONSOLE, NOW)
    item, other = published(one, "错的"), published(one, "另一条")
    with transaction(CONSOLE, NOW) as writing, pytest.raises(Invalid, match="已登记过"):
        twin = PublicationFacts(one, "另一条", TODAY)
        registering.change(writing, item, twin, attempt)
    with transaction(CONSOLE, NOW) as writing:
        registering.change(writing, item, PublicationFacts(one, "对的", TODAY, URL), attempt)
        registering.remove(writing, other, attempt)
    deeds = session.scalars(
        select(AuditEvent.action).where(AuditEvent.object_type == "publication")
    ).all()
    assert sorted(deeds) == ["delete", "update"]
    assert session.scalars(select(Publication.title)).all() == ["对的"]


def test_lists_are_narrowed(session) -> None:
    one = column()
    published(one, "2026 的", TODAY)
    published(one, "100%_完成", date(2025, 5, 1), index_number="XX-1")
    wanted = {
        "year": Wanted(year=2025), "text": Wanted(text="100%_"), "index": Wanted(text="XX-1"),
        "way": Wanted(way=Way.IMPORT), "column": Wanted(column_id=one.id),
        "areas": Wanted(key_areas=True),
    }  # fmt: skip
    found = {
        name: len(session.scalars(queries.listed(CONSOLE, which)).all())
        for name, which in wanted.items()
    }
    assert found == {"year": 1, "text": 1, "index": 1, "way": 0, "column": 2, "areas": 0}
