"""Topics of which nobody speaks fall asleep, once for each silence, however they were gathered."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from sqlalchemy import select

from nlp.spreading import HERE
from responder.core.database import db
from responder.core.permissions import CONSOLE
from responder.core.times import SHANGHAI
from responder.topics import archive
from responder.topics.models import EventKind, Topic, TopicEvent
from tests.factories import NOW
from tests.topics.factories import NOISE, PARKING, WINDOW, refresh, store

LAMPS = "槐荫巷的路灯坏了半个月，晚上一片漆黑，老人孩子出门都很危险，请派人来修"


def say(title: str, body: str, *days_ago: int) -> None:
    for n, days in enumerate(days_ago):
        store(title, f"{body}，第{n}次反映", f"市民{title}{days}", NOW - timedelta(days=days))


def slept_and_woke() -> Counter[tuple[str, EventKind]]:
    """(first character of the topic's place, what befell it) → how often."""
    query = select(Topic.label, TopicEvent.kind).join(Topic, TopicEvent.topic_id == Topic.id)
    kinds = (EventKind.ASLEEP, EventKind.WOKEN)
    rows = db.session.execute(query.where(TopicEvent.kind.in_(kinds)))
    return Counter((label[:2], kind) for label, kind in rows)


def gather_by(portion: int) -> list[int]:
    runs = archive.refreshes(
        NOW, NOW, WINDOW, CONSOLE, SHANGHAI, None, portion=portion, spread=HERE
    )
    return [run.messages_added for run in runs]


def test_only_who_is_silent_at_the_end_of_a_backlog_sleeps_and_only_once(app) -> None:
    say("柳岸花园旁搅拌站噪音扰民", NOISE, 200, 199, 198, 20, 19)
    say("云锦世家捆绑销售车位", PARKING, 197, 196)
    say("槐荫巷路灯不亮", LAMPS, 150, 149)
    assert gather_by(5) == [5, 4]
    silent = Counter({("云锦", EventKind.ASLEEP): 1, ("槐荫", EventKind.ASLEEP): 1})
    assert slept_and_woke() == silent
    for days in (0, 1, 2):
        refresh(NOW + timedelta(days=days))
    assert slept_and_woke() == silent


def test_a_topic_that_is_spoken_of_again_wakes_and_can_sleep_again(app) -> None:
    say("云锦世家捆绑销售车位", PARKING, 300, 299)
    refresh(NOW - timedelta(days=200))
    assert slept_and_woke() == {("云锦", EventKind.ASLEEP): 1}
    say("云锦世家捆绑销售车位", f"{PARKING}，请尽快", 150, 149)
    refresh(NOW - timedelta(days=148))
    assert slept_and_woke()["云锦", EventKind.WOKEN] == 1
    refresh(NOW)
    assert slept_and_woke() == {("云锦", EventKind.ASLEEP): 2, ("云锦", EventKind.WOKEN): 1}
