"""舆情日报: what rose since the brief before, what is due today, what is held today."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from responder.accounts.models import Unit
from responder.alerts import service as alerts
from responder.alerts.models import KIND_LABELS, Alert
from responder.core.errors import Invalid
from responder.core.privacy import mask
from responder.core.work_calendar import WorkCalendar, load_calendar
from responder.intake.models import CHANNEL_LABELS, Channel, Message
from responder.orders.models import WorkOrder
from responder.planning.briefing import rules as briefing
from responder.planning.briefing.reading import Standpoint
from responder.planning.reported import is_no_report
from responder.reports.documents.composing import agenda
from responder.reports.documents.composing import building as build
from responder.reports.documents.content import (
    Block,
    Content,
    Heading,
    Run,
    Runs,
    Slot,
    Table,
    link,
)
from responder.reports.documents.rules import Needs, Request, at_brief_hour, period_told
from responder.responses.models import ResponseItem
from responder.topics import heat_settings
from responder.topics import service as topics
from responder.topics.models import Membership, Topic
from responder.topics.rules import LEVEL_LABELS

MOST = 20
_LONGEST_BREAK = 30  # days without work in a row, more than any holiday has


def compose(session: Session, request: Request, at: Standpoint) -> Content:
    """The brief of one working day.

    It covers from 8:00 of the working day before to 8:00 of the day, or to now where that is
    earlier; what is due and what is held are those of the whole day.

    :raises Invalid: nobody works on that day.
    """
    day, work = request.last, load_calendar(session)
    if not work.is_working(day):
        raise Invalid(f"{day} 不是工作日，没有日报：请改选工作日", {"day": "不是工作日"})
    since = at_brief_hour(working_day_before(day, work), at.zone)
    until = min(at_brief_hour(day, at.zone), at.now)
    blocks: list[Block] = [
        Heading(1, "热点话题和新提醒"),
        *_topics(session, since, until, at),
        Heading(1, "今日到期"),
        *agenda.due(session, day, at),
        Heading(1, "今日发布活动"),
        *agenda.events(session, day, at),
        Heading(1, "建议"),
        Slot("advice", "建议", 2_000, hint="逐条写明对应的序号和建议的处置办法。"),
    ]
    covered = (
        f"{build.short_moment(since, at.zone)} 至 {build.short_moment(until, at.zone)}，"
        f"{build.as_of(at)}"
    )
    title = f"{period_told(Needs.DAY, day, day)}舆情日报"
    return Content(title, covered, build.numbered(blocks))


def working_day_before(day: date, work: WorkCalendar) -> date:
    for back in range(1, _LONGEST_BREAK):
        if work.is_working(day - timedelta(days=back)):
            return day - timedelta(days=back)
    return day - timedelta(days=1)


@dataclass(frozen=True)
class _Spoken:
    """What was said on a topic in between: when last, and where."""

    last: datetime
    channels: frozenset[Channel]


@dataclass(frozen=True)
class _Beside:
    """What a row tells beside the topic itself."""

    spoken: Mapping[int, _Spoken] = field(default_factory=dict)
    quotes: dict[int, tuple[int, str]] = field(default_factory=dict)
    units: dict[int, list[str]] = field(default_factory=dict)


def _topics(session: Session, since: datetime, until: datetime, at: Standpoint) -> list[Block]:
    raised = _alerts(session, since, until, at)
    threshold = heat_settings.hot_from(session)
    hot = topics.topics_by_heat(min_heat=threshold).where(Topic.last_seen > since)
    known = {alert.topic_id: alert.topic for alert in raised}
    warm = {topic.id: topic for topic in session.scalars(hot)}
    spoken = _spoken(session, [*known, *warm], since, until)
    known |= {one: topic for one, topic in warm.items() if one in spoken}
    found = sorted(known.values(), key=lambda topic: (-topic.heat, topic.id))
    if not found:
        return [build.paragraph("期间没有热点话题，也没有新提醒。")]
    shown = found[:MOST]
    kinds: defaultdict[int, dict[str, None]] = defaultdict(dict)
    for alert in raised:
        kinds[alert.topic_id][KIND_LABELS[alert.rule.kind]] = None
    beside = _beside(session, shown, spoken, at)
    rows = [_row(place, one, kinds[one.id], beside, at) for place, one in enumerate(shown, 1)]
    told: list[Block] = [_table(rows)]
    if len(found) > MOST:
        told.append(
            build.paragraph(
                f"另有 {len(found) - MOST} 个热度较低的话题没有列入，见",
                Run("话题列表", link("topics.index")),
                "。",
            )
        )
    return told


def _alerts(session: Session, since: datetime, until: datetime, at: Standpoint) -> list[Alert]:
    """Those that were shown in between; what waited for the end of quiet hours, then."""
    query = alerts.search(at.now).where(
        Alert.delivered_at > since, Alert.delivered_at <= until, topics.is_shown()
    )
    return list(session.scalars(query))


def _table(rows: list[tuple[Runs, ...]]) -> Table:
    columns = (
        ("序号", 12, True), ("时间", 20, True), ("来源", 22), ("标题摘要", 50), ("热度", 14, True),
        ("级别", 16, True), ("涉事单位", 22),
    )  # fmt: skip
    return build.table("热点话题和新提醒", columns, rows, named_by=3)


def _row(
    place: int, topic: Topic, kinds: Iterable[str], beside: _Beside, at: Standpoint
) -> tuple[Runs, ...]:
    summary = [Run(build.hidden(topic.label, at), build.topic_page(topic.id))]
    if quote := beside.quotes.get(topic.id):
        message_id, text = quote
        summary += [
            Run("："),
            Run(f"“{text}”"),
            Run(f"（留言 {message_id}）", build.message_page(message_id)),
        ]
    spoken = beside.spoken.get(topic.id)
    where = [label for one, label in CHANNEL_LABELS.items() if spoken and one in spoken.channels]
    level = "、".join([LEVEL_LABELS[topic.level], *kinds])
    return (
        build.plain(str(place)),
        build.plain(build.short_moment(spoken.last if spoken else topic.last_seen, at.zone)),
        (
            Run("、".join(where) or build.NOBODY),
            Run("（共 "),
            *build.count(topic.message_count, build.messages_page(topic=topic.id)),
            Run(" 条）"),
        ),
        tuple(summary),
        build.plain(f"{topic.heat:.1f}"),
        build.plain(level),
        build.plain("、".join(beside.units.get(topic.id, ())) or build.NOBODY),
    )


def _beside(
    session: Session, shown: Sequence[Topic], spoken: Mapping[int, _Spoken], at: Standpoint
) -> _Beside:
    ids = [topic.id for topic in shown]
    return _Beside(spoken, _quotes(session, shown, at), _units(session, ids))


def _spoken(
    session: Session, ids: list[int], since: datetime, until: datetime
) -> dict[int, _Spoken]:
    query = (
        select(Membership.topic_id, Message.channel, func.max(Message.occurred_at))
        .join(Membership.message)
        .where(
            Membership.topic_id.in_(ids), Message.occurred_at > since, Message.occurred_at <= until
        )
        .group_by(Membership.topic_id, Message.channel)
    )
    found: defaultdict[int, dict[Channel, datetime]] = defaultdict(dict)
    for topic_id, channel, last in session.execute(query):
        found[topic_id][channel] = last
    return {
        topic_id: _Spoken(max(said.values()), frozenset(said)) for topic_id, said in found.items()
    }


def _quotes(session: Session, shown: Sequence[Topic], at: Standpoint) -> dict[int, tuple[int, str]]:
    """Topic id → (message, a sentence of it), of its telling messages; never of a report."""
    telling = {one: topic.id for topic in shown for one in topic.representatives}
    query = select(Message.id, Message.body, Message.title).where(
        Message.id.in_(telling), is_no_report()
    )
    texts = {number: f"{body}\n{title}" for number, body, title in session.execute(query)}
    found: dict[int, tuple[int, str]] = {}
    for topic in shown:
        for number in topic.representatives:
            said = briefing.sentences(mask(texts.get(number, ""), at.public))
            if readable := [one for one in said if "**" not in one]:
                found[topic.id] = (number, readable[0])
                break
    return found


def _units(session: Session, ids: list[int]) -> dict[int, list[str]]:
    """Topic id → who leads its orders and answers its items; their short names."""
    whose = topics.absorbed(session, ids)
    leading = select(WorkOrder.topic_id, Unit).join(Unit, Unit.id == WorkOrder.lead_unit_id)
    answering = select(ResponseItem.topic_id, Unit).join(Unit, Unit.id == ResponseItem.unit_id)
    found: defaultdict[int, dict[str, None]] = defaultdict(dict)
    for query in (
        leading.where(WorkOrder.topic_id.in_(whose)),
        answering.where(ResponseItem.topic_id.in_(whose)),
    ):
        for topic_id, unit in session.execute(query.order_by(Unit.code)):
            if topic_id is not None:
                found[whose[topic_id]][unit.short_name or unit.name] = None
    return {topic_id: list(names) for topic_id, names in found.items()}
