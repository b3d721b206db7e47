"""What stands in an event's way: rooms, people, units, days off and days to avoid."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from responder.core import audit
from responder.core.errors import GuardRefused
from responder.core.permissions import Actor
from responder.core.times import SHANGHAI, WEEKDAYS, chinese_date, local
from responder.core.work_calendar import CalendarDay, WorkCalendar, load_calendar
from responder.planning.events.models import AvoidedPeriod
from responder.planning.events.rules import LONGEST, ClashKind, Slot, Span, collisions
from responder.planning.models import EventState, PressEvent

DATES_LOCK = 20_171_234  # of PostgreSQL: whoever checks a date and takes it

ACCEPTED = "accept_clashes"

_NO_DAY = (EventState.CANCELLED, EventState.POSTPONED)


@dataclass(frozen=True)
class Clash:
    """One thing that an event is in the way of.

    :param day: the local day on which the event that was asked about begins.
    :param other_id: the event that it clashes with; None where it is the day itself.
    """

    kind: ClashKind
    sentence: str
    day: date
    other_id: int | None = None
    other_theme: str = ""

    @property
    def must_be_accepted(self) -> bool:
        """Whether somebody has to say 仍然保存; a year not yet announced is only told."""
        return self.kind is not ClashKind.PROVISIONAL


def hold_dates(session: Session) -> None:
    """Let one transaction at a time look what stands in an event's way, and store the event.

    Otherwise two people could each find a room free, and both take it. To be called before the
    transaction writes anything. SQLite has only one writer anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(DATES_LOCK)))


def slot_of(event: PressEvent, span: Span | None = None) -> Slot:
    """What a stored event takes, now or at another time. Its unit should be loaded."""
    return Slot(
        span or span_of(event), event.place, event.speaker, event.unit_id, event.unit.name,
        event.id, event.theme,
    )  # fmt: skip


def span_of(event: PressEvent) -> Span:
    """When a stored event is held."""
    return Span(event.starts_at, event.ends_at, event.all_day)


def clashes(
    session: Session,
    starts_at: datetime,
    *,
    ends_at: datetime | None = None,
    all_day: bool = False,
    place: str = "",
    speaker: str = "",
    unit_id: int | None = None,
    event_id: int | None = None,
    zone: ZoneInfo = SHANGHAI,
) -> list[Clash]:
    """What stands in the way of an event with these facts; six queries.

    :param event_id: the event itself, where it is stored already.
    """
    span = Span(starts_at, ends_at, all_day)
    wanted = Slot(span, place, speaker, unit_id, event_id=event_id)
    return clashes_of(session, [wanted], zone)


def clashes_of(session: Session, wanted: Sequence[Slot], zone: ZoneInfo = SHANGHAI) -> list[Clash]:
    """The same of several at once (a series), by time; six queries, however many they are.

    They are not compared with each other.
    """
    in_time = sorted(wanted, key=lambda one: one.span.starts_at)
    return list(chain.from_iterable(clashes_by_slot(session, in_time, zone)))


def clashes_by_slot(
    session: Session, wanted: Sequence[Slot], zone: ZoneInfo = SHANGHAI
) -> list[list[Clash]]:
    """The same, for each slot what stands in its own way, in the order of the slots."""
    if not wanted:
        return []
    first = min(slot.span.starts_at for slot in wanted) - LONGEST
    last = max(slot.span.end for slot in wanted) + timedelta(days=1)
    days = _Days(session, local(first, zone).date(), local(last, zone).date())
    own = {slot.event_id for slot in wanted}
    others = _by_day([one for one in _taken(session, first, last) if one.event_id not in own], zone)
    return [
        [
            *days.clashes(slot.span, zone),
            *(
                Clash(kind, _sentence(kind, slot, other, zone), _day(slot, zone), other.event_id,
                      other.theme)
                for other in _near(slot, others, zone)
                for kind in collisions(slot, other, zone)
            ),
        ]
        for slot in wanted
    ]  # fmt: skip


def doubts_of(event: PressEvent, today: date, zone: ZoneInfo = SHANGHAI) -> list[Clash]:
    """What is unusual in the day of an event, whatever else there is: it may be a slip.

    :param today: the local day.
    """
    day, found = local(event.starts_at, zone).date(), []
    if day < today:
        told = f"{chinese_date(day)}早于今天：只在补记已经举行的活动时这样填"
        found.append(Clash(ClashKind.PAST, told, day))
    if event.plan_entry is not None and event.plan_entry.plan.year != day.year:
        told = f"对应的是 {event.plan_entry.plan.year} 年的计划条目，活动却在 {day.year} 年"
        found.append(Clash(ClashKind.OTHER_YEAR, told, day))
    return found


def demand_acceptance(
    session: Session, event: PressEvent, found: Iterable[Clash], accepted: bool, actor: Actor
) -> None:
    """Let an event with clashes be saved only by somebody who has seen and accepted them.

    What was accepted goes into the trail.

    :raises GuardRefused: there are some, and nobody accepted them.
    """
    told = [clash.sentence for clash in found if clash.must_be_accepted]
    if not told:
        return
    if not accepted:
        raise GuardRefused(
            "与其他安排有冲突：请核对下面列出的各项；确需如此安排，请勾选“仍然保存”后再保存",
            {"accept_clashes": "有冲突"},
        )
    audit.record(session, ACCEPTED, event, note="；".join(told), actor=actor)


def _taken(session: Session, first: datetime, last: datetime) -> list[Slot]:
    query = (
        select(PressEvent)
        .where(
            PressEvent.starts_at >= first,
            PressEvent.starts_at < last,
            PressEvent.state.not_in(_NO_DAY),
        )
        .options(joinedload(PressEvent.unit))
        .order_by(PressEvent.starts_at, PressEvent.id)
    )
    return [slot_of(event) for event in session.scalars(query)]


def _by_day(slots: Iterable[Slot], zone: ZoneInfo) -> Mapping[date, list[Slot]]:
    """Slots by each local day that they touch, so that a long file is not compared with all."""
    found: defaultdict[date, list[Slot]] = defaultdict(list)
    for slot in slots:
        for day in Span(slot.span.starts_at, slot.span.end).days(zone):
            found[day].append(slot)
    return found


def _near(slot: Slot, by_day: Mapping[date, list[Slot]], zone: ZoneInfo) -> Iterable[Slot]:
    """The slots that touch a day of this one, each once, in the order in which they were read."""
    days = Span(slot.span.starts_at, slot.span.end).days(zone)
    near = {other.event_id: other for day in days for other in by_day.get(day, ())}
    return sorted(near.values(), key=lambda one: (one.span.starts_at, one.event_id or 0))


def _day(slot: Slot, zone: ZoneInfo) -> date:
    return local(slot.span.starts_at, zone).date()


def _sentence(kind: ClashKind, slot: Slot, other: Slot, zone: ZoneInfo) -> str:
    there = local(other.span.starts_at, zone)
    when = "全天" if other.span.all_day else f"{there:%H:%M}"
    if kind is ClashKind.ROOM and other.span.ends_at is None and not other.span.all_day:
        when += "（未写结束时间，按 2 小时计）"
    what = {
        ClashKind.ROOM: f"地点“{slot.place.strip()}”",
        ClashKind.SPEAKER: f"发布人“{slot.speaker.strip()}”",
        ClashKind.UNIT: f"发布单位“{other.unit_name}”",
    }[kind]
    return f"{_told(there.date())} {when}，{what}已安排“{other.theme}”"


def _told(day: date) -> str:
    return f"{chinese_date(day)}（星期{WEEKDAYS[day.weekday()]}）"


class _Days:
    """The days of a span of time: which are off, which are to be avoided, which are guesses."""

    def __init__(self, session: Session, first: date, last: date) -> None:
        self.calendar: WorkCalendar = load_calendar(session)
        named = select(CalendarDay.day, CalendarDay.name).where(
            CalendarDay.day.between(first, last)
        )
        self.names = {row.day: row.name for row in session.execute(named)}
        avoided = select(AvoidedPeriod).where(
            AvoidedPeriod.first_day <= last, AvoidedPeriod.last_day >= first
        )
        self.avoided = list(session.scalars(avoided.order_by(AvoidedPeriod.first_day)))

    def clashes(self, span: Span, zone: ZoneInfo) -> list[Clash]:
        touched = list(span.days(zone))
        found = [
            Clash(ClashKind.DAY_OFF, self.day_off(day), touched[0])
            for day in touched
            if not self.calendar.is_working(day)
        ]
        for period in self.avoided:
            if period.first_day <= touched[-1] and period.last_day >= touched[0]:
                reach = f"{chinese_date(period.first_day)}至{chinese_date(period.last_day)}"
                if period.first_day == period.last_day:
                    reach = chinese_date(period.first_day)
                told = f"{_told(touched[0])}处于回避时段“{period.name}”（{reach}）"
                found.append(Clash(ClashKind.AVOIDED, told, touched[0]))
        for year in sorted({day.year for day in touched} - self.calendar.announced):
            told = f"{year} 年的放假调休安排尚未公布，是否为工作日只按周末判断，公布后请再核对"
            found.append(Clash(ClashKind.PROVISIONAL, told, touched[0]))
        return found

    def day_off(self, day: date) -> str:
        name = self.names.get(day, "")
        return f"{_told(day)}不是工作日" + (f"：{name}" if name else "")
