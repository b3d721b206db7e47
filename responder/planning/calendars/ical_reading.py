"""A calendar file (.ics) as events: what can be taken, and what cannot and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from icalendar import Calendar, Component
from icalendar.error import BrokenCalendarProperty

from responder.core.errors import Invalid
from responder.core.times import start_of_day
from responder.planning.calendars.ical import clean
from responder.planning.calendars.recurring import AHEAD, BadRule, occurrences
from responder.planning.models import FORM_LABELS, Form

MOST_BYTES = 1_000_000
MOST_EVENTS = 2_000
LONGEST_UID, LONGEST_THEME, LONGEST_PLACE, LONGEST_SUMMARY = 255, 200, 200, 4000
BOM = "\ufeff"

Moment = TypeVar("Moment", date, datetime)


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
    """What a file holds. ``series``: UID of each recurring event → its SEQUENCE."""

    found: list[Found] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    series: dict[str, int] = field(default_factory=dict)


class _CannotTake(Exception):
    """The reason, for whoever sent the file."""


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

    :raises Invalid: not a calendar, too large, or too many entries.
    """
    components = _components(content)
    reading, entries = Reading(), []
    for number, component in enumerate(components, 1):
        try:
            entries.append(_entry(component, number, zone))
        except _CannotTake as error:
            theme = _text(component, "SUMMARY")[:LONGEST_THEME]
            reading.refused.append(Refused(number, theme, str(error)))
    replaced: dict[str, list[_Entry]] = {}
    for entry in entries:
        if entry.instead_of is not None:
            replaced.setdefault(entry.found.uid, []).append(entry)
    for entry in _newest(entries, reading):
        _take(entry, replaced.pop(entry.found.uid, []), reading, zone, today)
    for alone in replaced.values():
        reading.found.extend(_one_of_series(entry, zone) for entry in alone)
    _refuse_long_uids(reading)
    return reading


def _components(content: bytes) -> list[Component]:
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
    found = [event for calendar in calendars for event in calendar.walk("VEVENT")]
    if not found:
        raise Invalid("文件里没有日程（VEVENT）：请确认导出的是日历而不是任务或联系人")
    if len(found) > MOST_EVENTS:
        raise Invalid(f"文件里有 {len(found)} 条日程，一次最多 {MOST_EVENTS} 条：请分几次导出")
    return found


def _entry(component: Component, number: int, zone: ZoneInfo) -> _Entry:
    begins = _when(component, "DTSTART", zone)
    if begins is None:
        raise _CannotTake("没有开始时间（DTSTART）")
    uid = _text(component, "UID")
    if not uid:
        raise _CannotTake("没有编号（UID），无法判断是否已经导入过")
    theme = " ".join(_text(component, "SUMMARY").split())
    cancelled = _text(component, "STATUS").upper() == "CANCELLED"
    if not theme and not cancelled:
        raise _CannotTake("没有标题（SUMMARY）")
    if len(theme) > LONGEST_THEME:
        raise _CannotTake(f"标题超过 {LONGEST_THEME} 字，请先在原日历中改短")
    length = _length(component, begins, zone)
    starts_at, ends_at = _moments(begins, length, zone)
    found = Found(
        number=number,
        uid=uid,
        sequence=_sequence(component),
        theme=theme,
        starts_at=starts_at,
        ends_at=ends_at,
        all_day=not isinstance(begins, datetime),
        cancelled=cancelled,
        place=" ".join(_text(component, "LOCATION").split())[:LONGEST_PLACE],
        summary=_text(component, "DESCRIPTION").strip()[:LONGEST_SUMMARY],
        form=_form(component, theme),
    )
    return _Entry(component, found, begins, length, _when(component, "RECURRENCE-ID", zone))


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


def _take(
    entry: _Entry, replacing: list[_Entry], reading: Reading, zone: ZoneInfo, today: date
) -> None:
    component, found = entry.component, entry.found
    if "RRULE" not in component and "RDATE" not in component:
        reading.found.append(found)
        reading.found.extend(_one_of_series(one, zone) for one in replacing)
        return
    reading.series[found.uid] = found.sequence
    own = {_key(one.instead_of, zone): one for one in replacing if one.instead_of is not None}
    try:
        begins = occurrences(component, entry.begins, today)
    except BadRule as error:
        reading.refused.append(Refused(found.number, found.theme, str(error)))
        begins = []
    for moment in begins:
        if _key(moment, zone) not in own:
            starts_at, ends_at = _moments(moment, entry.length, zone)
            uid = f"{found.uid}/{_key(moment, zone)}"
            one = replace(found, uid=uid, starts_at=starts_at, ends_at=ends_at, series=found.uid)
            reading.found.append(one)
    last = start_of_day(today + AHEAD, zone)
    reading.found.extend(
        _one_of_series(one, zone)
        for one in own.values()
        if start_of_day(today, zone) <= one.found.starts_at < last
    )


def _one_of_series(entry: _Entry, zone: ZoneInfo) -> Found:
    """An occurrence that the file tells apart from its series."""
    assert entry.instead_of is not None
    uid = entry.found.uid
    return replace(entry.found, uid=f"{uid}/{_key(entry.instead_of, zone)}", series=uid)


def _key(moment: date | datetime, zone: ZoneInfo) -> str:
    """What tells an occurrence from the others of its series, in whichever zone it is told."""
    if isinstance(moment, datetime):
        return f"{_aware(moment, zone).astimezone(UTC):%Y%m%dT%H%M%SZ}"
    return f"{moment:%Y%m%d}"


def _refuse_long_uids(reading: Reading) -> None:
    for found in [one for one in reading.found if len(one.uid) > LONGEST_UID]:
        reading.found.remove(found)
        reason = f"编号（UID）超过 {LONGEST_UID} 个字符"
        reading.refused.append(Refused(found.number, found.theme, reason))


def _when(component: Component, name: str, zone: ZoneInfo) -> date | datetime | None:
    """A moment of an entry, aware, or a day. A zone that nobody knows is refused."""
    value = _value(component, name)
    if value is None:
        return None
    try:
        moment = value.dt
    except (BrokenCalendarProperty, AttributeError) as error:
        raise _CannotTake(f"{name} 不是日期或时间") from error
    if isinstance(moment, datetime):
        named = value.params.get("TZID")
        if moment.tzinfo is None and named:
            raise _CannotTake(f"不认识时区“{str(named)[:60]}”，请在原日历中改用标准时区")
        return _possible(_aware(moment, zone), name)
    if isinstance(moment, date):
        return _possible(moment, name)
    raise _CannotTake(f"{name} 不是日期或时间")


def _possible(moment: Moment, name: str) -> Moment:
    if not 2000 <= moment.year <= 2100:
        raise _CannotTake(f"{name} 是 {moment.year} 年，不在 2000 至 2100 年之间")
    return moment


def _aware(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)


def _length(component: Component, begins: date | datetime, zone: ZoneInfo) -> timedelta:
    """How long; nothing where nobody said so, a day for a day."""
    ends = _when(component, "DTEND", zone)
    if ends is not None:
        if isinstance(ends, datetime) is not isinstance(begins, datetime):
            raise _CannotTake("开始和结束一个是日期、一个是时间")
        length: timedelta = ends - begins
    else:
        try:
            value = _value(component, "DURATION")
            length = value.dt if value is not None else timedelta(0)
        except (BrokenCalendarProperty, AttributeError) as error:
            raise _CannotTake("DURATION 不是时长") from error
    if not isinstance(length, timedelta) or length < timedelta(0):
        raise _CannotTake("结束早于开始")
    return length


def _moments(
    begins: date | datetime, length: timedelta, zone: ZoneInfo
) -> tuple[datetime, datetime | None]:
    """First moment, and the end where there is one, in UTC."""
    if isinstance(begins, datetime):
        starts = _aware(begins, zone).astimezone(UTC)
        return starts, starts + length if length else None
    starts = start_of_day(begins, zone)
    days = max(length.days, 1)
    return starts, start_of_day(begins + timedelta(days=days), zone) if days > 1 else None


def _sequence(component: Component) -> int:
    value = _value(component, "SEQUENCE")
    try:
        number = int(value) if value is not None else 0
    except (BrokenCalendarProperty, AttributeError, TypeError, ValueError) as error:
        raise _CannotTake("SEQUENCE 不是数字") from error
    if not 0 <= number < 2**31:
        raise _CannotTake("SEQUENCE 不在可能的范围内")
    return number


def _form(component: Component, theme: str) -> Form | None:
    """The form that the categories name, or the title."""
    value = component.get("CATEGORIES")
    said = value.to_ical().decode() if hasattr(value, "to_ical") else str(value or "")
    for text in (said, theme):
        for form, label in FORM_LABELS.items():
            if label in text:
                return form
    return None


def _value(component: Component, name: str) -> Any:
    """A property that may stand once; of several the first."""
    value = component.get(name)
    return value[0] if isinstance(value, list) else value


def _text(component: Component, name: str) -> str:
    value = _value(component, name)
    try:
        return clean(str(value)) if value is not None else ""
    except (BrokenCalendarProperty, AttributeError):
        return ""
