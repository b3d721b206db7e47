"""After an event: what was said there becomes response items of the topics it answered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from responder.core.errors import Forbidden, Stale, WrongState
from responder.core.permissions import Actor, Permission
from responder.core.times import SHANGHAI
from responder.planning.events.lifecycle import TOOK_PLACE
from responder.planning.models import LinkState, PressEvent
from responder.responses import rules
from responder.responses.models import SETTLED, Level, ResponseItem
from responder.responses.service.drafting import MAX_ANSWER_LENGTH, keep_version
from responder.responses.service.opening import open_item, prefill
from responder.topics import service as topics
from responder.topics.models import Topic


class Source(StrEnum):
    """Where the draft of an answer is taken from."""

    STATEMENT = "statement"
    TRANSCRIPT = "transcript"
    WORDING = "wording"


SOURCE_LABELS = {
    Source.STATEMENT: "会上回应",
    Source.TRANSCRIPT: "实录",
    Source.WORDING: "口径",
}


class Skip(StrEnum):
    """Why a topic gets no item."""

    FED_BACK = "fed_back"
    IN_HAND = "in_hand"
    DISMISSED = "dismissed"
    NOTHING_SAID = "nothing_said"
    TOO_LONG = "too_long"


SKIP_LABELS = {
    Skip.FED_BACK: "本活动已转过",
    Skip.IN_HAND: "已有回应事项在办",
    Skip.DISMISSED: "已标为“不是话题”",
    Skip.NOTHING_SAID: "没有可用的内容：请先填写这个话题的会上回应",
    Skip.TOO_LONG: "实录太长，不能直接作答复：请先填写这个话题的会上回应",
}


@dataclass(frozen=True)
class Turn:
    """What becomes of one topic: an item, or ``skip`` says why not.

    :param item: the one that there is already.
    :param answer: the first draft; ``source`` is where it is from.
    """

    topic: Topic
    skip: Skip | None = None
    item: ResponseItem | None = None
    answer: str = ""
    source: Source | None = None


def turns(session: Session, event: PressEvent) -> list[Turn]:
    """What feeding back would do, a line for each confirmed topic, the hottest first.

    Topics that became one are one; work on either of them counts for it.
    """
    links = [link for link in event.links if link.state is LinkState.CONFIRMED]
    living = topics.survivors(session, [link.topic_id for link in links])
    statements: defaultdict[int, list[str]] = defaultdict(list)
    for link in links:
        statements[living[link.topic_id]] += filter(None, [rules.clean(link.statement)])
    query = select(Topic).where(Topic.id.in_(set(living.values())))
    found = list(session.scalars(query.order_by(Topic.heat.desc(), Topic.id)))
    items = _items(session, [topic.id for topic in found])
    return [_turn(topic, event, items[topic.id], statements[topic.id]) for topic in found]


def _items(session: Session, topic_ids: Sequence[int]) -> defaultdict[int, list[ResponseItem]]:
    """Topic id → the items of it and of what went into it, the newest first."""
    whose = topics.absorbed(session, topic_ids)
    query = select(ResponseItem).where(ResponseItem.topic_id.in_(whose))
    found: defaultdict[int, list[ResponseItem]] = defaultdict(list)
    for item in session.scalars(query.order_by(ResponseItem.id.desc())):
        if item.topic_id is not None:
            found[whose[item.topic_id]].append(item)
    return found


def _turn(
    topic: Topic, event: PressEvent, items: list[ResponseItem], statements: list[str]
) -> Turn:
    if topic.dismissed:
        return Turn(topic, Skip.DISMISSED)
    for item in items:
        if item.event_id == event.id:
            return Turn(topic, Skip.FED_BACK, item)
    for item in items:
        if item.state not in SETTLED:
            return Turn(topic, Skip.IN_HAND, item)
    said = [
        (Source.STATEMENT, "\n".join(statements)),
        (Source.TRANSCRIPT, rules.clean(event.transcript)),
        (Source.WORDING, rules.clean(event.wording)),
    ]
    there = [(source, text) for source, text in said if text]
    for source, text in there:
        if len(text) <= MAX_ANSWER_LENGTH:
            return Turn(topic, None, None, text, source)
    return Turn(topic, Skip.TOO_LONG if there else Skip.NOTHING_SAID)


def feed_back(
    session: Session,
    event_id: int,
    actor: Actor,
    now: datetime,
    *,
    level: Level = Level.ORDINARY,
    found_at: datetime | None = None,
    seen: Sequence[int] | None = None,
    zone: ZoneInfo = SHANGHAI,
) -> list[ResponseItem]:
    """Open an item for each topic of :func:`turns` that gets one; none when all have theirs.

    :param found_at: from when the clocks run; None: from ``now``.
    :param seen: ids of the topics that the preview promised an item; None: no preview.
    :raises Forbidden: the person may not open items.
    :raises WrongState: the event has not been held.
    :raises Stale: a topic would get one now that was not among ``seen``.
    """
    if not actor.may(Permission.RESPONSE_OPEN):
        raise Forbidden("您没有发起回应的权限，请联系研判员或编辑")
    event = _held(session, event_id)
    _hold_topics(session, event)
    wanted = [turn for turn in turns(session, event) if turn.skip is None]
    if seen is not None and not {turn.topic.id for turn in wanted} <= set(seen):
        raise Stale("您打开页面之后，关联的话题有变化：请核对下面的清单后再转")
    return [_open(session, turn, event, actor, now, level, found_at, zone) for turn in wanted]


def _held(session: Session, event_id: int) -> PressEvent:
    """The event, whose items nobody else makes until this transaction ends."""
    query = (
        select(PressEvent)
        .where(PressEvent.id == event_id)
        .options(joinedload(PressEvent.unit))
        .with_for_update(of=PressEvent)
        .execution_options(populate_existing=True)
    )
    event = session.scalars(query).one()
    if event.state not in TOOK_PLACE:
        raise WrongState("活动还没有举行：请先登记“已举行”，再转为回应事项")
    return event


def _hold_topics(session: Session, event: PressEvent) -> None:
    """What the event answers; other events feed back to the same topics after this one.

    In one order, or two events that share two topics would wait for each other.
    """
    links = [link.topic_id for link in event.links if link.state is LinkState.CONFIRMED]
    living = set(topics.survivors(session, links).values())
    held = select(Topic.id).where(Topic.id.in_(living)).order_by(Topic.id)
    session.execute(held.with_for_update(key_share=True))


def _open(
    session: Session,
    turn: Turn,
    event: PressEvent,
    actor: Actor,
    now: datetime,
    level: Level,
    found_at: datetime | None,
    zone: ZoneInfo,
) -> ResponseItem:
    known = prefill(session, turn.topic.id, zone)
    item = open_item(
        session,
        actor,
        now,
        title=known.title,
        concern=known.concern,
        concern_source=known.concern_source,
        unit=event.unit,
        level=level,
        found_at=found_at or now,
        topic=known.topic,
        event=event,
        zone=zone,
    )
    item.answer = turn.answer
    keep_version(session, item, actor, now, "draft")
    session.flush()
    return item
