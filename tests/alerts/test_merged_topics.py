"""A topic that took in another one: what was told of either is not told again."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from responder.alerts.models import Alert, Kind
from responder.core.database import transaction
from responder.core.permissions import CONSOLE
from responder.topics import corrections, heat_settings, lineage
from responder.topics.heat_models import TopicDay
from responder.topics.models import EventKind, Membership, Topic
from responder.topics.rules import SHIPPED, Scale
from tests.alerts.factories import alerts, look, refresh_and_look, rule
from tests.factories import NOW
from tests.topics.correcting import correct, ids_in, parking, plant, undo
from tests.topics.factories import NOISE, refresh, store, two_worries

TOMORROW = NOW + timedelta(days=1)


def scale(*levels: int) -> None:
    with transaction(CONSOLE, NOW) as session:
        heat_settings.save(session, Scale(SHIPPED.weights, levels), 0)


def merged_by_refresh(kept: Topic, lost: Topic, at: datetime) -> None:
    with transaction(CONSOLE, NOW) as session:
        lineage.record(session, EventKind.MERGED, kept, at, other=lost, count=3)
        members = update(Membership).where(Membership.topic_id == lost.id)
        session.execute(members.values(topic_id=kept.id))
        lost.merged_into_id = kept.id


def told_of(topic: Topic, kind: Kind, **facts) -> None:
    """A rule has spoken of this topic, and looks at the next refresh again."""
    made = rule(kind, **facts)
    with transaction(CONSOLE, NOW) as session:
        told = {"people": 3, "messages": 3, "heat": 20.0, "rule": "规则", "level": 1}
        told |= {"as_of": NOW.isoformat(), "words": {"昼夜": 3}}
        alert = Alert(rule_id=made.id, topic_id=topic.id, crossing="told", facts=told)
        alert.raised_at = alert.delivered_at = NOW
        session.add(alert)


@pytest.mark.parametrize(
    ("kind", "facts"),
    [(Kind.NEW, {"people": 3}), (Kind.LEVEL, {"level": 1}), (Kind.KEYWORD, {"words": "昼夜"})],
)
def test_what_was_told_of_a_topic_is_not_told_of_the_one_that_it_went_into(
    session: Session, kind: Kind, facts: dict
) -> None:
    scale(1, 98, 99)
    two_worries()
    refresh()
    went, stays = plant(), parking()
    told_of(went, kind, **facts)
    made = correct(corrections.merge, stays, went)
    assert look() == 0
    undo(made)
    refresh()
    assert look() == (0 if kind is Kind.KEYWORD else 1)
    assert {alert.topic_id for alert in alerts()[1:]} <= {stays.id}


def rises_tomorrow() -> None:
    """Both topics were cool yesterday; today some more people speak of one."""
    rule(Kind.RISING, heat_rise=3)
    two_worries()
    assert refresh_and_look() == 0
    with transaction(CONSOLE, NOW) as session:
        session.execute(update(TopicDay).values(heat=0.0))
    store("柳岸花园旁搅拌站噪音扰民", f"{NOISE}，老人睡不着", "丁", NOW + timedelta(hours=20))


def test_heat_that_rose_of_itself_is_told(session: Session) -> None:
    rises_tomorrow()
    correct(corrections.pin, plant())
    assert refresh_and_look(TOMORROW) == 2


def test_a_merge_is_no_rise_of_heat(session: Session) -> None:
    rises_tomorrow()
    correct(corrections.merge, plant(), parking())
    assert refresh_and_look(TOMORROW) == 0


@pytest.mark.parametrize("deed", ["split", "move"])
def test_nor_is_a_split_or_a_move_or_its_undoing(session: Session, deed: str) -> None:
    two_worries()
    refresh()
    topic = plant()
    one = ids_in(topic)[0]
    if deed == "split":
        made = correct(corrections.split, topic, [one])
    else:
        made = correct(corrections.move, one, parking(), seen_in=topic)
    with transaction(CONSOLE, NOW):
        made.made_at = NOW - timedelta(days=3)
    rises_tomorrow()
    undo(made)
    assert topic.id not in {alert.topic_id for alert in told_tomorrow()}


def told_tomorrow() -> list[Alert]:
    refresh_and_look(TOMORROW)
    return alerts()


def test_a_merge_by_a_refresh_is_no_rise_either(session: Session) -> None:
    rises_tomorrow()
    kept, lost = plant(), parking()
    merged_by_refresh(kept, lost, TOMORROW)
    assert refresh_and_look(TOMORROW) == 0


def test_the_day_after_a_merge_heat_is_compared_again(session: Session) -> None:
    rises_tomorrow()
    merged_by_refresh(plant(), parking(), NOW)
    assert [alert.topic_id for alert in told_tomorrow()] == [plant().id]
