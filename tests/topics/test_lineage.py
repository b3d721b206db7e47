"""A topic's history: how it came to be, what it took in, what came out of it."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from responder.topics import corrections, lineage
from responder.topics.models import EventKind, Topic
from tests.factories import NOW
from tests.topics.correcting import correct, ids_in, parking, plant, undo
from tests.topics.factories import refresh, two_worries


@pytest.fixture(autouse=True)
def _two_topics(session: Session) -> None:
    two_worries()
    refresh()


def steps(session: Session, topic: Topic) -> list[tuple[EventKind, int, bool, bool]]:
    return [(s.kind, s.count, s.took, s.undone) for s in lineage.history(session, topic)]


def test_a_refresh_tells_of_births_once(session: Session) -> None:
    refresh()
    (born,) = lineage.history(session, plant())
    assert (born.kind, born.count, born.at, born.other) == (EventKind.BORN, 3, NOW, None)
    assert born.who == ""


def test_a_merge_stands_in_both_histories_with_who_did_it(session: Session) -> None:
    into, other = plant(), parking()
    correct(corrections.merge, into, other)
    assert steps(session, into)[1:] == [(EventKind.MERGED, 3, True, False)]
    assert steps(session, other)[1:] == [(EventKind.MERGED, 3, False, False)]
    step = lineage.history(session, other)[-1]
    assert (step.other, step.who) == (into, "控制台")


def test_a_split_is_the_birth_of_the_new_topic(session: Session) -> None:
    topic = plant()
    new = correct(corrections.split, topic, ids_in(topic)[:1]).other
    assert steps(session, topic)[1:] == [(EventKind.SPLIT, 1, True, False)]
    assert steps(session, new) == [(EventKind.SPLIT, 1, False, False)]


def test_what_was_undone_stays_in_the_history_as_undone(session: Session) -> None:
    into, other = plant(), parking()
    undo(correct(corrections.merge, into, other))
    for topic in (into, other):
        assert [step[3] for step in steps(session, topic)] == [False, True]


def test_renaming_and_marking_are_no_lineage(session: Session) -> None:
    correct(corrections.rename, plant(), "柳岸花园搅拌站")
    correct(corrections.pin, plant())
    assert len(steps(session, plant())) == 1
