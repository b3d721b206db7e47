"""What an undone import leaves of topics: said anew portion by portion, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from responder.core.database import transaction
from responder.core.errors import GuardRefused
from responder.core.permissions import CONSOLE
from responder.intake import service as intake
from responder.intake.imports import undo
from responder.intake.models import BatchState, Channel, ImportBatch, Message
from responder.planning import service as planning
from responder.responses import service as responses
from responder.responses.models import Level
from responder.topics import departing, memory
from responder.topics.models import Membership, Topic
from tests.factories import NOW, People, unit
from tests.intake.factories import new_message
from tests.planning.factories import event
from tests.topics.factories import NOISE, PARKING, refresh, two_worries


def imported() -> ImportBatch:
    """One message more in each of two topics, and a topic of its own, by an import."""
    bodies = (NOISE, PARKING, "石桥小学门口积水，孩子上学要绕路")
    batch = ImportBatch(
        file_name="a.csv", file_digest="0" * 64, mapping="x", channel=Channel.FORUM,
        state=BatchState.DONE, started_at=NOW,
    )  # fmt: skip
    with transaction(CONSOLE, NOW) as session:
        session.add(batch)
        messages = [
            new_message(9 + n, title=body[:20], body=f"{body}，第{n}次来信", occurred_at=NOW)
            for n, body in enumerate(bodies)
        ]
        batch.created = intake.store_messages(session, messages, NOW, batch).created
    return batch


def left_wrong(session: Session) -> int:
    """How many topics count messages that are no longer there."""
    session.expire_all()
    there = dict(
        session.execute(
            select(Membership.topic_id, func.count()).group_by(Membership.topic_id)
        ).all()
    )
    topics = session.scalars(select(Topic))
    return sum(topic.message_count != there.get(topic.id, 0) for topic in topics)


def test_what_is_left_is_said_anew_portion_by_portion_and_taken_up_again(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(departing, "TOPICS_AT_ONCE", 1)
    two_worries()
    batch = imported()
    refresh()
    before = memory.last_run(session).id
    with transaction(CONSOLE, NOW) as writing:
        undo.ask(writing, batch, CONSOLE, NOW)
    steps = iter([True, True, False])  # the messages, one topic, and the process ends
    assert undo.undo_once(lambda: NOW, lambda: next(steps))
    assert session.scalar(select(func.count()).select_from(Message)) == 6
    assert (left_wrong(session), batch.undone_at) == (2, None)
    later = NOW + timedelta(minutes=1)
    assert undo.undo_once(lambda: later, lambda: True)
    assert (left_wrong(session), batch.undone_at, batch.removed) == (0, later, 3)
    assert memory.last_run(session).id == before + 1
    assert sorted(session.scalars(select(Topic.message_count))) == [0, 3, 3]


def open_item(topic: Topic, at: datetime) -> None:
    analyst = People().analyst.actor
    facts = {"title": "关于搅拌站的回应", "concern": "噪音扰民", "concern_source": "市长热线"}
    where = {"unit": unit(), "level": Level.ORDINARY, "found_at": at, "topic": topic}
    with transaction(analyst, at) as writing:
        responses.open_item(writing, analyst, at, **facts, **where)


def link_event(topic: Topic, at: datetime) -> None:
    press, of = People().press_officer.actor, event()
    with transaction(press, at) as writing:
        planning.link_by_hand(writing, topic, of, press, at)


@pytest.mark.parametrize("work", [open_item, link_event])
@pytest.mark.parametrize(("hours", "stays"), [(-1, False), (1, True)])
def test_only_what_people_began_on_a_topic_since_the_import_keeps_its_messages(
    session: Session, work: Callable[[Topic, datetime], None], hours: int, stays: bool
) -> None:
    two_worries()
    refresh()
    topic = session.scalars(select(Topic).where(Topic.label.contains("搅拌站"))).one()
    if not stays:
        work(topic, NOW + timedelta(hours=hours))
    batch = imported()
    refresh()
    assert topic.message_count == 4
    if stays:
        work(topic, NOW + timedelta(hours=hours))
        sentence = (
            "1 条所在话题在导入之后由人关联了发布活动或建立了回应事项.*取消关联.*保留这次导入"
        )
        with pytest.raises(GuardRefused, match=sentence), transaction(CONSOLE, NOW) as writing:
            undo.ask(writing, batch, CONSOLE, NOW)
        return
    with transaction(CONSOLE, NOW) as writing:
        undo.ask(writing, batch, CONSOLE, NOW)
    undo.undo_once(lambda: NOW, lambda: True)
    session.expire_all()
    assert (topic.message_count, batch.removed, left_wrong(session)) == (3, 3, 0)
