"""Opening an item, which starts its clocks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from responder.accounts.models import Unit
from responder.core import audit, privacy
from responder.core.clocks import rules_for
from responder.core.errors import Forbidden, Invalid, NotFound, WrongState
from responder.core.office import public_lines
from responder.core.permissions import Actor, Permission
from responder.core.times import SHANGHAI, chinese_moment
from responder.core.turns import SAME_CLICK, take_turns
from responder.core.work_calendar import hold_calendar, load_calendar
from responder.intake.models import CHANNEL_LABELS, Message
from responder.planning import service as planning
from responder.planning.linking.gaps import open_gaps
from responder.planning.models import EventState, LinkState, PressEvent, TopicEventLink
from responder.planning.reported import is_report
from responder.responses import rules
from responder.responses.models import Level, ResponseItem
from responder.responses.service.clocks import EARLIEST_START, new_clock
from responder.topics import service as topics
from responder.topics.models import Membership, Topic

LONGEST_TITLE, LONGEST_CONCERN = 200, 4_000


@dataclass(frozen=True)
class Prefill:
    """What a topic, a message or an event already says of a new item; a person corrects it.

    :param is_report: the message is a report (举报), of which nothing is quoted.
    """

    topic: Topic | None
    title: str
    concern: str
    concern_source: str
    events: list[PressEvent]
    message: Message | None = None
    event: PressEvent | None = None
    is_report: bool = False

    @property
    def event_id(self) -> int:
        """The event that is meant, where there is no doubt; else 0."""
        if self.event is not None:
            return self.event.id
        return self.events[0].id if len(self.events) == 1 else 0


def open_item(
    session: Session,
    actor: Actor,
    now: datetime,
    *,
    title: str,
    concern: str,
    concern_source: str,
    unit: Unit,
    level: Level,
    found_at: datetime,
    topic: Topic | None = None,
    event: PressEvent | None = None,
    zone: ZoneInfo = SHANGHAI,
) -> ResponseItem:
    """Open a response item and start the clocks of its level.

    :param found_at: aware; when the office learnt of the matter. Not after ``now``, and not more
        than ``EARLIEST_START`` before it.
    :param zone: the office's, for the working days of clocks that count them.
    :raises Forbidden: the person may not open items.
    :raises Invalid: a text is missing, or ``found_at`` lies ahead or too far back.
    """
    if not actor.may(Permission.RESPONSE_OPEN):
        raise Forbidden("您没有发起回应的权限，请联系研判员或编辑")
    _check_found(found_at, now, zone)
    hold_calendar(session)
    item = ResponseItem(
        **required_texts(title, concern, concern_source),
        unit=unit,
        level=level,
        topic=topic,
        event=event,
        found_at=found_at,
        opened_at=now,
        opened_by_id=actor.id,
    )
    session.add(item)
    calendar = load_calendar(session)
    item.clocks = [new_clock(item, rule, calendar, zone) for rule in rules_for(session, level)]
    audit.record(session, "open", item, {"clocks": [c.rule.duty for c in item.clocks]}, "", actor)
    return item


def is_too_long_ago(found_at: datetime, now: datetime) -> bool:
    """Whether no item is opened any more of what was found then."""
    return found_at < now - EARLIEST_START


def _check_found(found_at: datetime, now: datetime, zone: ZoneInfo) -> None:
    if found_at > now:
        raise Invalid(
            f"发现时间 {chinese_moment(found_at, zone)} 尚未到来：请填写实际发现的时间",
            {"found_at": "不能晚于现在"},
        )
    if is_too_long_ago(found_at, now):
        raise Invalid(
            f"发现时间 {chinese_moment(found_at, zone)} 太早：最多早于现在一年，"
            "请核对年份，填写实际发现的时间",
            {"found_at": "太早"},
        )


def open_item_once(
    session: Session,
    actor: Actor,
    now: datetime,
    *,
    title: str,
    topic: Topic | None = None,
    **facts: Any,
) -> ResponseItem:
    """:func:`open_item` for a form, which may be sent twice: a double click is one item.

    The same person's item of the same title and topic, opened less than ``SAME_CLICK``
    ago, is the one that was meant.
    """
    take_turns(session, actor)
    query = select(ResponseItem).where(
        ResponseItem.opened_by_id == actor.id,
        ResponseItem.opened_at > now - SAME_CLICK,
        ResponseItem.title == one_line(title),
        ResponseItem.topic == topic,
    )
    opened = session.scalar(query.order_by(ResponseItem.id).limit(1))
    return opened or open_item(session, actor, now, title=title, topic=topic, **facts)


def one_line(text: str) -> str:
    """A short text as it is kept: on one line, without stray blanks."""
    return " ".join(rules.clean(text).split())


def required_texts(title: str, concern: str, concern_source: str) -> dict[str, str]:
    """The texts of an item as they are kept.

    :raises Invalid: title or concern is empty.
    """
    texts = {
        "title": one_line(title),
        "concern": rules.clean(concern),
        "concern_source": one_line(concern_source),
    }
    if not texts["title"]:
        raise Invalid("请填写标题", {"title": "必填"})
    if not texts["concern"]:
        raise Invalid("请填写关切内容：群众反映了什么", {"concern": "必填"})
    return texts


def prefill(session: Session, topic_id: int, zone: ZoneInfo = SHANGHAI) -> Prefill:
    """What can be said of an item before anybody has written a word.

    :raises NotFound: no such topic.
    :raises WrongState: somebody said that it is no topic.
    """
    topic = topics.get_living(session, topic_id)
    if topic.dismissed:
        raise WrongState("这个话题已标为“不是话题”：请先在话题页面恢复，再发起回应")
    label = privacy.mask(topic.label)
    concern = rules.concern_summary(
        label,
        topic.message_count,
        topic.people_count,
        topic.first_seen,
        topic.last_seen,
        zone,
    )
    source = rules.source_summary(_channels(session, topic.id))
    return Prefill(topic, label, concern, source, confirmed_events(session, topic.id))


def known_since(session: Session, known: Prefill, zone: ZoneInfo = SHANGHAI) -> datetime | None:
    """Since when the office could have known of the matter; None where nothing tells.

    When the message came in; of a topic, when its clock in the list of gaps began, or its
    first message.
    """
    if known.message is not None:
        return known.message.received_at
    if known.topic is None:
        return None
    gaps = (gap for gap in open_gaps(session, zone=zone) if gap.topic_id == known.topic.id)
    return next((gap.hot_since for gap in gaps), known.topic.first_seen)


def prefill_from_message(session: Session, message_id: int) -> Prefill:
    """The same from one message, masked; its topic comes with it.

    Of a report (举报) nothing is quoted: an item goes to units, and at last to the public.

    :raises NotFound: no such message.
    """
    message = session.get(Message, message_id)
    if message is None:
        raise NotFound("没有这条留言：请从留言列表重新进入")
    found = topics.topic_of(session, message.id)
    known = topics.survivor(session, found) if found else None
    topic = known if known and not known.dismissed else None
    events = confirmed_events(session, topic.id) if topic else []
    source = CHANNEL_LABELS[message.channel]
    reported = select(Message.id).where(Message.id == message.id, is_report())
    if session.scalar(reported) is not None:
        return Prefill(topic, "", "", source, events, message, is_report=True)
    names = privacy.recorded_names([message.author])
    title, body = (
        privacy.mask(text, public_lines(), names) for text in (message.title, message.body)
    )
    return Prefill(topic, title[:LONGEST_TITLE], body[:LONGEST_CONCERN], source, events, message)


def prefill_from_event(session: Session, event_id: int, zone: ZoneInfo = SHANGHAI) -> Prefill:
    """The same from a press event; from its topic, where it has one.

    :raises NotFound: no such event.
    :raises WrongState: it is cancelled.
    """
    event = planning.get_event(session, event_id)
    if event.state is EventState.CANCELLED:
        raise WrongState("这项活动已取消：请从其他活动或话题发起回应")
    confirmed = {link.topic_id for link in event.links if link.state is LinkState.CONFIRMED}
    living = set(topics.survivors(session, confirmed).values())
    if len(living) == 1:
        known = prefill(session, living.pop(), zone)
        events = known.events if event in known.events else [event, *known.events]
        return replace(known, events=events, event=event)
    return Prefill(None, "", "", "", [event], event=event)


def _channels(session: Session, topic_id: int) -> dict[str, int]:
    query = (
        select(Message.channel, func.count())
        .join(Membership, Membership.message_id == Message.id)
        .where(Membership.topic_id == topic_id)
        .group_by(Message.channel)
        .order_by(Message.channel)
    )
    return {CHANNEL_LABELS[channel]: count for channel, count in session.execute(query)}


def confirmed_events(session: Session, topic_id: int) -> list[PressEvent]:
    """The press events that a person has confirmed for this topic, soonest first.

    Those of topics that were merged into it too.
    """
    query = (
        select(TopicEventLink)
        .options(joinedload(TopicEventLink.event))
        .where(
            TopicEventLink.topic_id.in_(topics.absorbed(session, [topic_id])),
            TopicEventLink.state == LinkState.CONFIRMED,
        )
    )
    events = {link.event for link in session.scalars(query)}
    return sorted(events, key=lambda event: (event.starts_at, event.id))
