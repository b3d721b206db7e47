"""Hot topics that nothing answers: no event, no response, and nobody said that none is needed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, not_, select
from sqlalchemy.orm import Session, contains_eager

from responder.core.bulk import among
from responder.core.clocks import ClockRule, Deadline, deadline, find_rule
from responder.core.times import SHANGHAI
from responder.core.work_calendar import load_calendar
from responder.planning.linking import rules
from responder.planning.linking.models import TopicVerdict
from responder.planning.linking.verdicts import all_in_force
from responder.planning.models import EventState, LinkState, PressEvent, TopicEventLink
from responder.topics import heat_settings
from responder.topics import service as topics
from responder.topics.heat_models import TopicDay
from responder.topics.models import Topic
from responder.topics.rules import level_of

CLOCK_RULE = "public_concern"
"""The duty whose length the clock of a hot topic is held against: 48 hours as shipped."""


MOST_COUNTED = 1_000  # gaps; nobody plans by more


class Order(StrEnum):
    """How the list is sorted: hottest first, or longest unanswered first."""

    HEAT = "heat"
    CLOCK = "clock"


@dataclass(frozen=True)
class Gap:
    """A hot topic that nothing answers, with what has been suggested for it.

    :param hot_since: when its clock began, see ``rules.hot_since``.
    :param clock: when it should have been answered, and the arithmetic.
    :param verdict: by which it needed no answer, before its heat rose by a level; or None.
    """

    topic: Topic
    suggestions: tuple[TopicEventLink, ...]
    hot_since: datetime
    clock: Deadline
    verdict: TopicVerdict | None


@dataclass(frozen=True)
class OpenGap:
    """What the whole list is sorted by; the rest is loaded for one page of it."""

    topic_id: int
    label: str
    heat: float
    hot_since: datetime
    verdict: TopicVerdict | None


@dataclass(frozen=True)
class Unanswered:
    """The gaps, for a page that shows few of them.

    :param counted: how many there are; ``MOST_COUNTED + 1``: more than that.
    :param shown: those of the topics that were asked about.
    """

    counted: int = 0
    shown: frozenset[int] = frozenset()

    @property
    def told(self) -> str:
        """The count in words of any language."""
        return f"{MOST_COUNTED}+" if self.counted > MOST_COUNTED else str(self.counted)


_ORDERS: dict[Order, Callable[[OpenGap], tuple[Any, int]]] = {
    Order.HEAT: lambda gap: (-gap.heat, gap.topic_id),
    Order.CLOCK: lambda gap: (gap.hot_since, gap.topic_id),
}

_elsewhere: dict[str, Select[Any]] = {}


def answered_elsewhere(name: str, query: Select[Any]) -> None:
    """Let a higher room say which topics it answers.

    :param name: of the room's reason; given again, it replaces the former.
    :param query: selects ids of topics, none of them null.
    """
    _elsewhere[name] = query


def answered_of(session: Session, topic_ids: Iterable[int]) -> set[int]:
    """Those of some topics that a higher room answers."""
    wanted, found = list(topic_ids), set[int]()
    for query in _elsewhere.values():
        [column] = query.selected_columns
        found.update(session.scalars(query.where(column.in_(wanted))))
    return found


def open_topics(session: Session) -> frozenset[int]:
    """Ids of the topics in :func:`open_gaps`, for a page that marks any of them."""
    return frozenset(session.scalars(_unanswered_ids(session)))


def unanswered(session: Session, topic_ids: Collection[int]) -> Unanswered:
    """How many topics there are in :func:`open_gaps`, and which of these are among them."""
    ids = _unanswered_ids(session)
    some = ids.limit(MOST_COUNTED + 1).subquery()
    return Unanswered(
        session.scalar(select(func.count()).select_from(some)) or 0,
        frozenset(session.scalars(ids.where(Topic.id.in_(topic_ids)))),
    )


def _unanswered_ids(session: Session) -> Select[int]:
    query = _unanswered(session, all_in_force(session)).order_by(None)
    return query.with_only_columns(Topic.id)


def open_gaps(
    session: Session, order: Order = Order.HEAT, zone: ZoneInfo = SHANGHAI
) -> list[OpenGap]:
    """All hot topics that nothing answers, in order.

    Less those that need no answer; what has risen by a level since comes back. The queries
    are as many for one topic as for a hundred.
    """
    threshold = heat_settings.hot_from(session)
    verdicts = all_in_force(session)
    columns = (Topic.id, Topic.label, Topic.heat, Topic.first_seen)
    found = session.execute(_unanswered(session, verdicts).with_only_columns(*columns)).all()
    points = _points(session, topics.absorbed(session, [row.id for row in found]))
    gaps = [
        OpenGap(
            row.id,
            row.label,
            row.heat,
            rules.hot_since(points[row.id], threshold, row.first_seen, zone),
            verdicts.get(row.id),
        )
        for row in found
    ]
    return sorted(gaps, key=_ORDERS[order])


def _unanswered(session: Session, verdicts: Mapping[int, TopicVerdict]) -> Select[Topic]:
    """The hot topics that nothing answers and of which no verdict holds.

    What answers a topic answers what it was merged into, too.
    """
    query = _without(heat_settings.hot_from(session), _covered_by_events(), *_elsewhere.values())
    return query.where(not_(among(session, Topic.id, _settled(session, verdicts))))


def _settled(session: Session, verdicts: Mapping[int, TopicVerdict]) -> set[int]:
    """Ids of the topics of which it still holds that they need no answer."""
    levels = heat_settings.current(session).levels
    query = select(Topic.id, Topic.heat).where(among(session, Topic.id, verdicts.keys()))
    return {
        topic_id
        for topic_id, heat in session.execute(query)
        if not rules.has_come_back(
            level_of(verdicts[topic_id].heat, levels), level_of(heat, levels)
        )
    }


def _points(session: Session, whose: Mapping[int, int]) -> defaultdict[int, dict[date, float]]:
    """Topic id → day → its heat, or that of the hottest topic that went into it."""
    query = select(TopicDay.topic_id, TopicDay.day, TopicDay.heat)
    found: defaultdict[int, dict[date, float]] = defaultdict(dict)
    for topic_id, day, heat in session.execute(
        query.where(among(session, TopicDay.topic_id, whose.keys()))
    ):
        days = found[whose[topic_id]]
        days[day] = max(heat, days.get(day, 0.0))
    return found


def load_gaps(session: Session, chosen: Sequence[OpenGap], zone: ZoneInfo = SHANGHAI) -> list[Gap]:
    """These gaps with their topics, suggestions and clocks, in their order.

    :raises NotFound: the office has deleted the rule that the clocks go by.
    """
    query = select(Topic).where(Topic.id.in_([one.topic_id for one in chosen]))
    by_id = {topic.id: topic for topic in session.scalars(query)}
    suggested = _suggestions(session, by_id.values())
    rule, calendar = duty(session), load_calendar(session)
    return [
        Gap(
            by_id[one.topic_id],
            suggested[one.topic_id],
            one.hot_since,
            deadline(one.hot_since, rule.length, rule.unit, calendar, zone),
            one.verdict,
        )
        for one in chosen
    ]


def duty(session: Session) -> ClockRule:
    """The rule that says how soon a hot topic is to be answered.

    :raises NotFound: the office has deleted it.
    """
    return find_rule(session, CLOCK_RULE)


def _covered_by_events() -> Select[Any]:
    return (
        select(TopicEventLink.topic_id)
        .join(TopicEventLink.event)
        .where(
            TopicEventLink.state == LinkState.CONFIRMED,
            PressEvent.state != EventState.CANCELLED,
        )
    )


def _without(threshold: float, *answered: Select[Any]) -> Select[Topic]:
    """Topics of that heat at least, less those answered and what these were merged into."""
    first, *others = (query.with_only_columns(*_labelled(query)) for query in answered)
    directly = (first.union(*others) if others else first).subquery()
    ids = select(directly.c.id).cte("answered", recursive=True)
    into = select(Topic.merged_into_id).join(ids, Topic.id == ids.c.id)
    ids = ids.union(into.where(Topic.merged_into_id.is_not(None)))
    query = topics.topics_by_heat(min_heat=threshold)
    return query.where(Topic.id.not_in(select(ids.c.id)))


def _labelled(query: Select[Any]) -> list[Any]:
    [column] = query.selected_columns
    return [column.label("id")]


def _suggestions(
    session: Session, found: Iterable[Topic]
) -> defaultdict[int, tuple[TopicEventLink, ...]]:
    """Topic id → its likeliest suggested links, in one query for all."""
    whose = topics.absorbed(session, [topic.id for topic in found])
    query = (
        select(TopicEventLink)
        .join(TopicEventLink.event)
        .where(
            TopicEventLink.topic_id.in_(whose),
            TopicEventLink.state == LinkState.SUGGESTED,
            PressEvent.state != EventState.CANCELLED,
        )
        .options(contains_eager(TopicEventLink.event))
        .order_by(TopicEventLink.score.desc(), TopicEventLink.id)
    )
    suggested: defaultdict[int, dict[int, TopicEventLink]] = defaultdict(dict)
    for link in session.scalars(query):
        suggested[whose[link.topic_id]].setdefault(link.event_id, link)
    listed: defaultdict[int, tuple[TopicEventLink, ...]] = defaultdict(tuple)
    for topic_id, links in suggested.items():
        listed[topic_id] = tuple(links.values())[: rules.PER_TOPIC]
    return listed
