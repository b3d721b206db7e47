"""Whatever is done to the trail afterwards is seen, and the first place is named."""

from __future__ import annotations

from typing import NamedTuple

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from responder.core.audit import AuditEvent, AuditLink, chain, verifying
from responder.core.audit.chain import BEGINNING, Head
from responder.core.audit.verifying import verify
from responder.core.errors import Invalid
from tests.factories import NOW
from tests.trails import add_unit, guards_off


@pytest.fixture
def trail(session: Session) -> Session:
    """A trail that ends with five events of five transactions; its guards are off."""
    for number in range(5):
        add_unit(number)
    guards_off(session)
    return session


class Place(NamedTuple):
    number: int
    event_id: int


def _place(session: Session, back: int) -> Place:
    """The link that stands so many before the last."""
    query = sa.select(AuditLink.number, AuditLink.event_id).order_by(AuditLink.number.desc())
    return Place(*session.execute(query.offset(back).limit(1)).one())


def _found(session: Session, *anchors: Head) -> str:
    session.flush()
    session.expire_all()
    return verify(session, anchors).problem


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("note", "'别的'"), ("actor_id", "7"), ("actor_name", "'别人'"), ("action", "'x'"),
        ("object_id", "999"), ("object_type", "'x'"), ("changes", "'{}'"),
        ("at", "'2020-01-01 00:00:00+00:00'"),
    ],
)  # fmt: skip
def test_a_changed_column_is_told_with_number_record_and_time(
    trail: Session, column: str, value: str
) -> None:
    link = _place(trail, 2)
    if column == "at" and trail.get_bind().dialect.name == "sqlite":
        value = "'2020-01-01 00:00:00.000000'"
    trail.execute(
        sa.text(f"UPDATE audit_event SET {column} = {value} WHERE id = :id"), {"id": link.event_id}
    )
    said = _found(trail)
    assert said.startswith(f"第 {link.number} 条，审计记录 {link.event_id}（")
    assert said.endswith("被改动，或紧接其前的记录被删除")
    assert verify(trail).head.number == link.number - 1


BROKEN = {
    "sqlite": [
        ("changes", "'{broken'"), ("changes", "x'00'"), ("at", "'x'"), ("at", "7.5"),
        ("note", "CAST(x'ff' AS TEXT)"), ("note", "x'ff'"), ("actor_id", "'x'"),
    ],
    "postgresql": [("at", "'infinity'"), ("at", "'0044-03-15 12:00:00+00 BC'")],
}  # fmt: skip


def test_what_cannot_even_be_read_is_told_as_changed(trail: Session) -> None:
    link = _place(trail, 2)
    for column, value in BROKEN[trail.get_bind().dialect.name]:
        with trail.begin_nested() as point:
            changed = f"UPDATE audit_event SET {column} = {value} WHERE id = {link.event_id}"
            trail.execute(sa.text(changed))
            said = _found(trail)
            assert said.startswith(f"第 {link.number} 条，审计记录 {link.event_id}（"), value
            assert said.endswith("被改动，或紧接其前的记录被删除"), value
            point.rollback()
    assert _found(trail) == ""


def test_a_removed_event_is_told(trail: Session) -> None:
    link = _place(trail, 1)
    trail.execute(sa.delete(AuditEvent).where(AuditEvent.id == link.event_id))
    assert _found(trail) == f"第 {link.number} 条的记录不见了：被删除"


def test_a_removed_link_is_told(trail: Session) -> None:
    link = _place(trail, 1)
    trail.execute(sa.delete(AuditLink).where(AuditLink.number == link.number))
    assert _found(trail) == f"第 {link.number} 条不见了：被删除"


def test_events_and_links_that_went_together_are_told_though_the_rest_moved_up(
    trail: Session,
) -> None:
    link, last = _place(trail, 2), _place(trail, 0)
    trail.execute(sa.delete(AuditLink).where(AuditLink.number == link.number))
    trail.execute(sa.delete(AuditEvent).where(AuditEvent.id == link.event_id))
    for number in range(link.number + 1, last.number + 1):
        later = sa.update(AuditLink).where(AuditLink.number == number)
        trail.execute(later.values(number=number - 1))
    said = _found(trail)
    assert said.startswith(f"第 {link.number} 条")
    assert "紧接其前的记录被删除" in said


def test_an_event_that_no_link_names_is_told(trail: Session) -> None:
    columns = {"at": NOW, "actor_name": "x", "action": "x", "object_type": "unit", "object_id": 1}
    added = trail.execute(sa.insert(AuditEvent).values(**columns)).inserted_primary_key[0]
    said = _found(trail)
    assert said.startswith(f"有 1 条记录不在链上，第一条是审计记录 {added}（")


def test_an_event_that_was_put_between_is_told(trail: Session) -> None:
    link, last = _place(trail, 1), _place(trail, 0)
    columns = {"at": NOW, "actor_name": "x", "action": "x", "object_type": "unit", "object_id": 1}
    added = trail.execute(sa.insert(AuditEvent).values(**columns)).inserted_primary_key[0]
    for number in range(last.number, link.number - 1, -1):
        later = sa.update(AuditLink).where(AuditLink.number == number)
        trail.execute(later.values(number=number + 1))
    trail.execute(sa.insert(AuditLink).values(number=link.number, event_id=added, digest="0" * 64))
    said = _found(trail)
    assert said.startswith(f"第 {link.number} 条，审计记录 {added}（")
    assert said.endswith("被插入")


def test_events_that_changed_places_are_told(trail: Session) -> None:
    one, other = _place(trail, 3), _place(trail, 1)
    mine, theirs = one.event_id, other.event_id
    for number, event_id in ((one.number, -1), (other.number, mine), (one.number, theirs)):
        trail.execute(
            sa.update(AuditLink).where(AuditLink.number == number).values(event_id=event_id)
        )
    said = _found(trail)
    assert said.startswith(f"第 {one.number} 条，")
    assert said.endswith(f"次序被调换，这里原是现在的第 {other.number} 条")


def test_a_changed_digest_is_told(trail: Session) -> None:
    link = _place(trail, 1)
    trail.execute(
        sa.update(AuditLink).where(AuditLink.number == link.number).values(digest="f" * 64)
    )
    assert _found(trail).endswith("它的摘要被改动")


@pytest.mark.parametrize("digest", ["x'ff00'", "CAST(x'ff' AS TEXT)", "'摘要'"])
def test_a_last_digest_that_cannot_be_read_stops_no_work_and_is_told(
    trail: Session, digest: str
) -> None:
    last = _place(trail, 0)
    if trail.get_bind().dialect.name == "postgresql":
        digest = "'摘要'"  # which keeps nothing else in such a column
    trail.execute(sa.text(f"UPDATE audit_link SET digest = {digest} WHERE number = {last.number}"))
    trail.commit()
    assert chain.head(trail).number == last.number
    add_unit(9)
    assert chain.head(trail).number == last.number + 1
    said = _found(trail)
    assert said.startswith(f"第 {last.number} 条，审计记录 {last.event_id}（")


def test_a_tail_that_was_cut_off_is_seen_against_a_head_that_was_noted(trail: Session) -> None:
    noted = chain.head(trail)
    for _ in range(2):
        link = _place(trail, 0)
        trail.execute(sa.delete(AuditLink).where(AuditLink.number == link.number))
        trail.execute(sa.delete(AuditEvent).where(AuditEvent.id == link.event_id))
    assert _found(trail) == ""  # nothing in the database itself tells it
    said = _found(trail, noted)
    assert said.startswith(f"链到第 {noted.number - 2} 条为止，曾有第 {noted.number} 条")


def test_a_trail_that_was_written_anew_no_longer_goes_through_a_noted_head(
    trail: Session,
) -> None:
    noted, link = chain.head(trail), _place(trail, 2)
    trail.execute(sa.update(AuditEvent).where(AuditEvent.id == link.event_id).values(note="别的"))
    place = BEGINNING
    for one in list(verifying.links_of(trail)):
        place = Head(one.number, chain.digest_after(place.digest, one.event))
        again = sa.update(AuditLink).where(AuditLink.number == one.number)
        trail.execute(again.values(digest=place.digest))
    assert _found(trail) == ""
    assert _found(trail, noted).startswith(f"链不再经过曾记下的第 {noted.number} 条")


@pytest.mark.parametrize("order", [1, -1])
def test_each_of_two_heads_that_were_noted_of_one_place_counts(trail: Session, order: int) -> None:
    true, false = chain.head(trail), Head(chain.head(trail).number, "e" * 64)
    said = _found(trail, *(true, false)[::order])
    assert said.startswith(f"链不再经过曾记下的第 {true.number} 条（eeeeeeeeeeee…）")
    assert _found(trail, true, true) == ""


def test_only_a_number_with_a_digest_is_a_head() -> None:
    assert verifying.read_head(f" 7:{'a' * 64}\n") == Head(7, "a" * 64)
    for wrong in ("", "7", "7:abc", f"x:{'a' * 64}", f"7:{'A' * 64}"):
        with pytest.raises(Invalid, match="链头"):
            verifying.read_head(wrong)
