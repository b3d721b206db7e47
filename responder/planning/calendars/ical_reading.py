"""A calendar file (.ics) as events: what can be taken, and what cannot and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Component

from responder.core.errors import Invalid
from responder.core.times import start_of_day
from responder.planning.calendars.ical import PRODUCT
from responder.planning.calendars.ical_fields import (
    CannotTake,
    aware,
    form_of,
    length_of,
    moments,
    sequence_of,
    text_of,
    when,
)
from responder.planning.calendars.recurring import AHEAD, BadRule, dates_of
from responder.planning.calendars.repeating import Budget, Exhausted
from responder.planning.models import Form

MOST_BYTES = 1_000_000
MOST_EVENTS = 2_000  # entries, and events that they come to with all that recurs
MOST_DAYS = 500_000  # that the recurrence rules of a file may look at
LONGEST_UID, LONGEST_THEME, LONGEST_PLACE, LONGEST_SUMMARY = 255, 200, 200, 4000
BOM = "\ufeff"


@dataclass(frozen=True)
class Found:
    """One event of the file, or one occurrence of a recurring one. Moments aware, in UTC.

    ``number`` is the place of its VEVENT in the file, from 1. ``series`` is the UID of the
    recurring event that it belongs to, else empty. ``form`` None: the file does not say.
    """

    number: int
    uid: str
    sequence: int
    theme: str
    starts_at: datetime
    ends_at: datetime | None
    all_day: bool
    cancelled: bool = False
    place: str = ""
    summary: str = ""
    form: Form | None = None
    series: str = ""


@dataclass(frozen=True)
class Refused:
    """An entry that cannot be taken: its place in the file, what it is called, and why."""

    number: int
    theme: str
    reason: str


@dataclass(frozen=True)
class Reading:
    """What a file holds.

    :param series: UID of each recurring event that was read in full → its SEQUENCE.
    :param is_ours: whether it is a calendar that this desk wrote.
    :param elsewhere: of a part of a file, the UIDs that its other parts hold.
    """

    found: list[Found] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    series: dict[str, int] = field(default_factory=dict)
    is_ours: bool = False
    elsewhere: frozenset[str] = frozenset()


@dataclass(frozen=True)
class _Entry:
    """A VEVENT with its place in the file; ``instead_of`` is its RECURRENCE-ID."""

    component: Component
    found: Found
    begins: date | datetime
    length: timedelta
    instead_of: date | datetime | None


def read(content: bytes, zone: ZoneInfo, today: date) -> Reading:
    """The events of a calendar file; recurring ones as their occurrences of a year from today.

    Moments without a zone are taken as the office's.

    :raises Invalid: not a calendar, too large, or too many entries or occurrences.
    """
    calendars = _calendars(content)
    components = _components(calendars)
    is_ours = all(str(one.get("PRODID", "")) == PRODUCT for one in calendars)
    reading, entries = Reading(is_ours=is_ours), []
    for number, component in enumerate(components, 1):
        try:
            entries.append(_entry(component, number, zone))
        except CannotTake as error:
            theme = text_of(component, "SUMMARY")[:LONGEST_THEME]
            reading.refused.append(Refused(number, theme, str(error)))
    replaced: dict[str, list[_Entry]] = {}
    for entry in entries:
        if entry.instead_of is not None:
            replaced.setdefault(entry.found.uid, []).append(entry)
    budget = Budget(MOST_DAYS)
    for entry in _newest(entries, reading):
        _take(entry, replaced.pop(entry.found.uid, []), reading, zone, today, budget)
        _refuse_too_many(reading)
    for alone in replaced.values():
        reading.found.extend(_one_of_series(entry, zone) for entry in alone)
    _refuse_too_many(reading)
    _refuse_long_uids(reading)
    return reading


def _calendars(content: bytes) -> list[Component]:
    if len(content) > MOST_BYTES:
        raise Invalid(
            f"文件超过 {MOST_BYTES // 1_000_000} MB：请在日历软件里只导出需要的时间段，再上传"
        )
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = content.decode("gb18030", errors="replace")
    try:
        calendars = Calendar.from_ical(text.lstrip(BOM).strip() + "\r\n", multiple=True)
    except (ValueError, IndexError, AttributeError, KeyError, TypeError) as error:
        raise Invalid("不是 iCalendar 文件：请从日历软件导出 .ics 后再上传") from error
    if not any(calendar.name == "VCALENDAR" for calendar in calendars):
        raise Invalid("不是完整的 iCalendar 文件：请从日历软件重新导出 .ics 后再上传")
    return list(calendars)


def _components(calendars: Iterable[Component]) -> list[Component]:
    found = [event for calendar in calendars for event in calendar.walk("VEVENT")]
    if not found:
        raise Invalid("文件里没有日程（VEVENT）：请确认导出的是日历而不是任务或联系人")
    if len(found) > MOST_EVENTS:
        raise Invalid(f"文件里有 {len(found)} 条日程，一次最多 {MOST_EVENTS} 条：请分几次导出")
    return found


def _entry(component: Component, number: int, zone: ZoneInfo) -> _Entry:
    begins = when(component, "DTSTART", zone)
    if begins is None:
        raise CannotTake("没有开始时间（DTSTART）")
    uid = text_of(component, "UID")
    if not uid:
        raise CannotTake("没有编号（UID），无法判断是否已经导入过")
    theme = " ".join(text_of(component, "SUMMARY").split())
    cancelled = text_of(component, "STATUS").upper() == "CANCELLED"
    if not theme and not cancelled:
        raise CannotTake("没有标题（SUMMARY）")
    if len(theme) > LONGEST_THEME:
        raise CannotTake(f"标题超过 {LONGEST_THEME} 字，请先在原日历中改短")
    length = length_of(component, begins, zone)
    starts_at, ends_at = moments(begins, length, zone)
    found = Found(
        number=number,
        uid=uid,
        sequence=sequence_of(component),
        theme=theme,
        starts_at=starts_at,
        ends_at=ends_at,
        all_day=not isinstance(begins, datetime),
        cancelled=cancelled,
        place=" ".join(text_of(component, "LOCATION").split())[:LONGEST_PLACE],
        summary=text_of(component, "DESCRIPTION").strip()[:LONGEST_SUMMARY],
        form=form_of(component, theme),
    )
    return _Entry(component, found, begins, length, when(component, "RECURRENCE-ID", zone))


def _newest(entries: Iterable[_Entry], reading: Reading) -> list[_Entry]:
    """Of entries with one UID the one of the highest SEQUENCE; the others are refused."""
    newest: dict[str, _Entry] = {}
    for entry in entries:
        if entry.instead_of is not None:
            continue
        other = newest.get(entry.found.uid)
        if other is not None:
            older = min(other, entry, key=lambda one: one.found.sequence)
            reason = "同一编号（UID）在文件里出现不止一次，取版本最新的一条"
            reading.refused.append(Refused(older.found.number, older.found.theme, reason))
            entry = entry if older is other else other
        newest[entry.found.uid] = entry
    return list(newest.values())


def _refuse_too_many(reading: Reading) -> None:
    if len(reading.found) > MOST_EVENTS:
        raise Invalid(
            f"文件里的日程连同重复的各次超过 {MOST_EVENTS} 项："
            "请在日历软件里只导出需要的日历或时间段，分几次导入"
        )


def _take(
    entry: _Entry,
    replacing: list[_Entry],
    reading: Reading,
    zone: ZoneInfo,
    today: date,
    budget: Budget,
) -> None:
    """Add an entry, or its occurrences, to what was read.

    Only of a series whose rule was followed is it known what it no longer has.
    """
    component, found = entry.component, entry.found
    if "RRULE" not in component and "RDATE" not in component:
        reading.found.append(found)
        reading.found.extend(_one_of_series(one, zone) for one in replacing)
        return
    own = {_key(one.instead_of, zone): one for one in replacing if one.instead_of is not None}
    begins: Sequence[date | datetime] = []
    try:
        begins = dates_of(component, entry.begins, today, budget)
        reading.series[found.uid] = found.sequence
    except BadRule as error:
        reading.refused.append(Refused(found.number, found.theme, str(error)))
    except Exhausted as error:
        raise Invalid("文件里的重复规则太多，无法逐一推算：请分几次导出，再分别导入") from error
    keys = {_key(moment, zone): moment for moment in begins}
    for key, moment in keys.items():
        if key not in own:
            starts_at, ends_at = moments(moment, entry.length, zone)
            uid = f"{found.uid}/{key}"
            one = replace(found, uid=uid, starts_at=starts_at, ends_at=ends_at, series=found.uid)
            reading.found.append(one)
    opens, closes = start_of_day(today, zone), start_of_day(today + AHEAD, zone)
    reading.found.extend(
        _one_of_series(one, zone)
        for key, one in own.items()
        if opens <= one.found.starts_at < closes or key in keys
    )


def _one_of_series(entry: _Entry, zone: ZoneInfo) -> Found:
    """An occurrence that the file tells apart from its series."""
    assert entry.instead_of is not None
    uid = entry.found.uid
    return replace(entry.found, uid=f"{uid}/{_key(entry.instead_of, zone)}", series=uid)


def _key(moment: date | datetime, zone: ZoneInfo) -> str:
    """What tells an occurrence from the others of its series, in whichever zone it is told."""
    if isinstance(moment, datetime):
        return f"{aware(moment, zone).astimezone(UTC):%Y%m%dT%H%M%SZ}"
    return f"{moment:%Y%m%d}"


def _refuse_long_uids(reading: Reading) -> None:
    long = [one for one in reading.found if len(one.uid) > LONGEST_UID]
    reading.found[:] = [one for one in reading.found if len(one.uid) <= LONGEST_UID]
    reason = f"编号（UID）超过 {LONGEST_UID} 个字符"
    reading.refused.extend(Refused(one.number, one.theme, reason) for one in long)
    for one in long:
        reading.series.pop(one.series, None)
