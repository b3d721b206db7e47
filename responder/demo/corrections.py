"""What the demo's analyst put right about the topics, and when."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.alerts import service as alerts
from responder.core.database import transaction
from responder.core.permissions import Actor
from responder.demo import lookup
from responder.demo.world import DemoWorld
from responder.intake.models import Message
from responder.topics import corrections
from responder.topics.models import Membership, Topic

TAKES = timedelta(minutes=20)  # to read the topics and put one right
# How many days ago each last read the alerts; what was raised since is unread.
LAST_READ = {"analyst": 5, "press": 5, "deputy": 3}


@dataclass(frozen=True)
class Desk:
    """The analyst at work: who, when, and what can be seen."""

    session: Session
    who: Actor
    now: datetime
    world: DemoWorld
    topic_of: Mapping[str, int]

    def topic(self, storyline: str) -> Topic:
        return self.session.get_one(Topic, self.topic_of[storyline])

    def told_of(self, storyline: str, topic: Topic) -> list[int]:
        """The messages of a storyline that stand in a topic."""
        told = [one.external_id for one in self.world.messages if one.storyline == storyline]
        return list(
            self.session.scalars(
                select(Message.id)
                .join(Membership, Membership.message_id == Message.id)
                .where(Membership.topic_id == topic.id, Message.external_id.in_(told))
            )
        )


def correct(world: DemoWorld, days_ago: int, refreshed_at: datetime) -> None:
    """Make the corrections of one day; read the alerts where it is time."""
    at = refreshed_at + TAKES
    if step := STEPS.get(days_ago):
        analyst = lookup.actor("analyst")
        with transaction(analyst, at) as session:
            topic_of = lookup.topics_of_storylines(session, world.messages)
            step(Desk(session, analyst, at, world, topic_of))
    for username, last_read in LAST_READ.items():
        if days_ago == last_read:
            reader = lookup.actor(username)
            with transaction(reader, at) as session:
                alerts.mark_all_read(session, reader, at)


def _rename(desk: Desk) -> None:
    topic = desk.topic("canteen-mingxi")
    note = "家长说的是改用，不是一直在用"
    corrections.rename(desk.session, topic, "明溪小学食堂改用预制菜", desk.who, desk.now, note)


def _split(desk: Desk) -> None:
    noise = desk.topic("night-noise-cuipingwan")
    water = desk.told_of("low-pressure-cuipingwan", noise)
    note = "同一个小区的两件事：水压不足与夜间施工无关"
    corrections.split(desk.session, noise, water, desk.who, desk.now, note)


def _merge(desk: Desk) -> None:
    late = lookup.titled(desk.session, "下晚自习的孩子怎么回家").topic
    note = "都是18路缩线以后回不了家"
    corrections.merge(desk.session, desk.topic("bus-18-cut"), late, desk.who, desk.now, note)


def _never_same(desk: Desk) -> None:
    parking, school = desk.topic("parking-sale-xinglan"), desk.topic("school-district-xinglan")
    note = "同一个小区，车位和学区是两件事"
    corrections.never_same(desk.session, parking, school, desk.who, desk.now, note)


def _dismiss(desk: Desk) -> None:
    heap = lookup.titled(desk.session, "柏渚工业集中区垃圾桶满溢").topic
    note = "同一个地方的几件小事，不是一个话题"
    corrections.dismiss(desk.session, heap, desk.who, desk.now, note)


def _move_and_pin(desk: Desk) -> None:
    stray = lookup.titled(desk.session, "槐荫巷片区频繁跳闸停电")
    note = "停电，与水质无关"
    corrections.move(
        desk.session, stray.message_id, None, desk.who, desk.now, seen_in=stray.topic, note=note
    )
    water = desk.topic("yellow-water-huaiyin")
    corrections.pin(desk.session, water, desk.who, desk.now, "每日向值班领导报送")


STEPS: dict[int, Callable[[Desk], None]] = {
    10: _split,
    7: _rename,
    6: _never_same,
    5: _merge,
    4: _dismiss,
    2: _move_and_pin,
}
