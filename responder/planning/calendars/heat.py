"""Hot topics under the days of the calendar, from the daily points of their curves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from responder.planning.calendars import rules
from responder.topics.heat_models import TopicDay
from responder.topics.models import Topic
from responder.topics.service import is_shown

A_DAY = 3  # topics a day that are looked at, and lanes under a row of days


@dataclass(frozen=True)
class HeatOfDays:
    """The hottest topics of some days: topic id → day → heat, and what the topics are called."""

    heats: dict[int, dict[date, float]] = field(default_factory=dict)
    labels: dict[int, str] = field(default_factory=dict)
    rows: dict[date, tuple[rules.Lane, ...]] = field(default_factory=dict)

    def of_day(self, day: date) -> list[tuple[int, str, float]]:
        """Id, label and heat of the hottest topics of a day, the hottest first."""
        found = rules.hottest(self.heats, [day], A_DAY)
        return [(one, self.labels[one], self.heats[one][day]) for one in found]


def heat_of_days(session: Session, rows: Sequence[Sequence[date]]) -> HeatOfDays:
    """The heat under rows of days, in two queries however many rows, days and topics.

    A topic counts on a day when it was hot then (had a level) and among the hottest of the
    day. What has been merged away or dismissed since is left out.

    :param rows: the days of each week, or of each month; each becomes a row of lanes, found
        by its first day.
    """
    first, last = rows[0][0], rows[-1][-1]
    heats, labels = _hottest_of_each_day(session, first, last)
    chosen = {row[0]: rules.hottest(heats, row, A_DAY) for row in rows}
    whole = _curves(session, rows, chosen)
    lanes = {
        row[0]: tuple(rules.lane(one, labels[one], whole[one], row) for one in chosen[row[0]])
        for row in rows
    }
    return HeatOfDays(heats, labels, lanes)


def _hottest_of_each_day(
    session: Session, first: date, last: date
) -> tuple[dict[int, dict[date, float]], dict[int, str]]:
    rank = func.row_number().over(
        partition_by=TopicDay.day, order_by=(TopicDay.heat.desc(), TopicDay.topic_id)
    )
    ranked = (
        select(TopicDay.topic_id, TopicDay.day, TopicDay.heat, Topic.label, rank.label("rank"))
        .join(Topic, Topic.id == TopicDay.topic_id)
        .where(TopicDay.day.between(first, last), TopicDay.level > 0, is_shown())
        .subquery()
    )
    heats: defaultdict[int, dict[date, float]] = defaultdict(dict)
    labels: dict[int, str] = {}
    query = select(ranked.c.topic_id, ranked.c.day, ranked.c.heat, ranked.c.label)
    for topic_id, day, heat, label in session.execute(query.where(ranked.c.rank <= A_DAY)):
        heats[topic_id][day] = heat
        labels[topic_id] = label
    return dict(heats), labels


def _curves(
    session: Session, rows: Sequence[Sequence[date]], chosen: dict[date, list[int]]
) -> dict[int, dict[date, float]]:
    """All points of the chosen topics under their own rows: also on days when others led."""
    parts = [
        and_(TopicDay.topic_id.in_(chosen[row[0]]), TopicDay.day.between(row[0], row[-1]))
        for row in rows
    ]
    found: defaultdict[int, dict[date, float]] = defaultdict(dict)
    query = select(TopicDay.topic_id, TopicDay.day, TopicDay.heat).where(or_(*parts))
    for topic_id, day, heat in session.execute(query):
        found[topic_id][day] = heat
    return found
