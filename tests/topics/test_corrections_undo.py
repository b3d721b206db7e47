"""Undoing takes back exactly what was done, and says what must be undone first."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.core.database import transaction
from responder.core.errors import WrongState
from responder.core.permissions import CONSOLE
from responder.topics import corrections
from responder.topics.models import CorrectionKind, Membership, Topic, TopicSeparation
from tests.factories import NOW
from tests.topics.correcting import correct, ids_in, only, parking, placed, plant, undo
from tests.topics.factories import NOISE, refresh, store, two_worries


@pytest.fixture(autouse=True)
def _two_topics(session: Session) -> None:
    two_worries()
    refresh()


@pytest.fixture
def topics_told(session: Session):
    def read() -> dict[int, tuple[object, ...]]:
        query = select(Topic).where(Topic.merged_into_id.is_(None))
        return {
            one.id: (one.label, one.message_count, one.people_count, one.heat, one.keywords)
            for one in session.scalars(query)
        }

    return read


def deeds() -> dict[str, object]:
    one, other = plant(), parking()
    message = ids_in(one)[0]
    return {
        "merge": lambda: correct(corrections.merge, one, other),
        "split": lambda: correct(corrections.split, one, [message]),
        "move": lambda: correct(corrections.move, message, other, seen_in=one),
        "alone": lambda: correct(corrections.move, message, None, seen_in=one),
        "rename": lambda: correct(corrections.rename, one, "新名称"),
        "pin": lambda: correct(corrections.pin, one),
        "dismiss": lambda: correct(corrections.dismiss, one),
        "never_same": lambda: correct(corrections.never_same, one, other),
    }


@pytest.mark.parametrize(
    "kind", ["merge", "split", "move", "alone", "rename", "pin", "dismiss", "never_same"]
)
def test_undoing_restores_memberships_names_and_figures(
    session: Session, topics_told, kind: str
) -> None:
    before = placed(), topics_told()
    made = deeds()[kind]()
    undo(made)
    assert (placed(), topics_told()) == before
    marks = select(Topic).where(Topic.renamed | Topic.pinned | Topic.dismissed)
    assert session.scalars(marks).all() == []
    assert session.scalars(select(TopicSeparation)).all() == []
    assert (made.undone_at, made.undone_by_name) == (NOW, CONSOLE.name)


def test_nothing_is_undone_twice() -> None:
    made = correct(corrections.pin, plant())
    undo(made)
    with pytest.raises(WrongState, match="已由 控制台 撤销"):
        undo(made)


def test_a_later_correction_of_the_same_messages_is_to_be_undone_first() -> None:
    into, other = plant(), parking()
    merged = correct(corrections.merge, into, other)
    was_other = merged.details["messages"][0]
    moved = correct(corrections.move, was_other, None, seen_in=into)
    with pytest.raises(WrongState, match=rf"请先撤销修正 {moved.id}"):
        undo(merged)
    undo(moved)
    undo(merged)
    assert was_other in ids_in(other)


def test_a_correction_of_other_messages_is_no_hindrance() -> None:
    into, other = plant(), parking()
    own = ids_in(into)
    merged = correct(corrections.merge, into, other)
    correct(corrections.split, into, own[:1])
    correct(corrections.rename, into, "搅拌站")
    undo(merged)
    assert (len(ids_in(other)), ids_in(into), into.label) == (3, own[1:], "搅拌站")


def test_what_was_done_to_a_split_off_topic_is_to_be_undone_first() -> None:
    split = correct(corrections.split, plant(), ids_in(plant())[:1])
    named = correct(corrections.rename, split.other, "孤立的一条")
    with pytest.raises(WrongState, match=rf"修正 {named.id}（改名，控制台"):
        undo(split)
    undo(named)
    undo(split)
    assert split.other.merged_into_id == plant().id


def test_a_topic_that_was_merged_away_takes_nothing_back() -> None:
    here, there = plant(), parking()
    alone = correct(corrections.move, ids_in(here)[0], None, seen_in=here).other
    moved = correct(corrections.move, ids_in(here)[0], there, seen_in=here)
    merged = correct(corrections.merge, alone, here)
    with pytest.raises(WrongState, match=rf"请先撤销修正 {merged.id}"):
        undo(moved)


def test_no_topic_is_left_empty_by_undoing() -> None:
    """What the survivor itself had has been moved on; only the merged messages are there."""
    into, other = plant(), parking()
    own = ids_in(into)
    merged = correct(corrections.merge, into, other)
    emptied = correct(corrections.split, into, own)
    with pytest.raises(WrongState, match=rf"请先撤销修正 {emptied.id}"):
        undo(merged)


def test_messages_that_came_since_stay_with_the_survivor_and_leave_with_a_split(
    session: Session,
) -> None:
    into, other = plant(), parking()
    merged = correct(corrections.merge, into, other)
    store("柳岸花园旁搅拌站噪音扰民", f"{NOISE}，老人睡不着", "丁", NOW - timedelta(hours=1))
    refresh()
    undo(merged)
    assert (len(ids_in(into)), into.message_count, other.message_count) == (4, 4, 3)
    split = correct(corrections.split, into, ids_in(into)[:2])
    new = split.other
    newest = ids_in(into)[-1]
    with transaction(CONSOLE, NOW) as writing:  # as a refresh would
        writing.get_one(Membership, newest).topic_id = new.id
    undo(split)
    assert len(ids_in(into)) == 4
    assert new.merged_into_id == into.id


def test_a_hold_lasts_as_long_as_a_correction_wants_it(session: Session) -> None:
    here, there = plant(), parking()
    one = ids_in(here)[0]
    split = correct(corrections.split, here, ids_in(here)[1:2])
    moved = correct(corrections.move, one, there, seen_in=here)
    undo(split)
    assert list(session.scalars(corrections.held_messages())) == [one]
    undo(moved)
    assert list(session.scalars(corrections.held_messages())) == []


def test_names_go_back_one_by_one_and_at_last_to_the_machines() -> None:
    topic = plant()
    machines = topic.label
    first = correct(corrections.rename, topic, "第一个名称")
    second = correct(corrections.rename, topic, "第二个名称")
    with pytest.raises(WrongState, match=f"请先撤销修正 {second.id}"):
        undo(first)
    undo(second)
    assert (topic.label, topic.renamed) == ("第一个名称", True)
    undo(first)
    assert (topic.label, topic.renamed) == (machines, False)


def test_unpinning_and_restoring_are_undoing() -> None:
    topic = plant()
    for deed, kind in (
        (corrections.pin, CorrectionKind.PIN),
        (corrections.dismiss, CorrectionKind.DISMISS),
    ):
        made = correct(deed, topic)
        correct(lambda s, t, a, n, kind=kind: corrections.undo_mark(s, t, kind, a, n), topic)
        assert made.undone_at == NOW
        assert (topic.pinned, topic.dismissed) == (False, False)
    with pytest.raises(WrongState, match="没有“置顶”"):
        correct(lambda s, t, a, n: corrections.undo_mark(s, t, CorrectionKind.PIN, a, n), topic)


def test_a_topic_of_the_same_size_keeps_its_name_when_it_takes_in_and_gives_back() -> None:
    store("柳岸花园旁搅拌站噪音扰民", f"{NOISE}，孩子睡不着", "丁")
    store("滨河路路灯不亮", "滨河路的路灯坏了一周", "戊")
    refresh()
    into, lamp = plant(), only("路灯")
    with transaction(CONSOLE, NOW):
        into.label, into.keywords = "昨天的名称", [["昨天", 1.0]]
        lamp.keywords = [["灯", 1.0]]

    def named() -> list[object]:
        return [(one.label, one.keywords, one.place, one.representatives) for one in (into, lamp)]

    before = named()
    merged = correct(corrections.merge, into, lamp)
    assert (into.message_count, into.label, into.keywords) == (5, "昨天的名称", [["昨天", 1.0]])
    undo(merged)
    assert (into.message_count, lamp.message_count) == (4, 1)
    assert named() == before


def test_a_topic_of_another_size_is_named_anew_when_it_takes_in_another() -> None:
    into = plant()
    with transaction(CONSOLE, NOW):
        into.label = "昨天的名称"
    correct(corrections.merge, into, parking())
    assert into.message_count == 6
    assert into.label != "昨天的名称"
