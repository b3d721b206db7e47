"""The properties of a calendar entry (VEVENT), read so that nothing in them is taken on trust."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from icalendar import Component
from icalendar.error import BrokenCalendarProperty

from responder.core.times import start_of_day
from responder.planning.calendars.ical import clean
from responder.planning.events.rules import LONGEST
from responder.planning.models import FORM_LABELS, Form

Moment = TypeVar("Moment", date, datetime)


class CannotTake(Exception):
    """Why an entry cannot be taken, for whoever sent the file."""


def when(component: Component, name: str, zone: ZoneInfo) -> date | datetime | None:
    """A moment of an entry, aware, or a day. A zone that nobody knows is refused."""
    value = _value(component, name)
    if value is None:
        return None
    try:
        moment = value.dt
    except (BrokenCalendarProperty, AttributeError) as error:
        raise CannotTake(f"{name} 不是日期或时间") from error
    if isinstance(moment, datetime):
        named = value.params.get("TZID")
        if moment.tzinfo is None and named:
            raise CannotTake(f"不认识时区“{str(named)[:60]}”，请在原日历中改用标准时区")
        return _possible(aware(moment, zone), name)
    if isinstance(moment, date):
        return _possible(moment, name)
    raise CannotTake(f"{name} 不是日期或时间")


def _possible(moment: Moment, name: str) -> Moment:
    if not 2000 <= moment.year <= 2100:
        raise CannotTake(f"{name} 是 {moment.year} 年，不在 2000 至 2100 年之间")
    return moment


def aware(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)


def length_of(component: Component, begins: date | datetime, zone: ZoneInfo) -> timedelta:
    """How long, at most ``LONGEST``; nothing where nobody said so, a day for a day."""
    ends = when(component, "DTEND", zone)
    if ends is not None:
        if isinstance(ends, datetime) is not isinstance(begins, datetime):
            raise CannotTake("开始和结束一个是日期、一个是时间")
        length: timedelta = ends - begins
    else:
        try:
            value = _value(component, "DURATION")
            length = value.dt if value is not None else timedelta(0)
        except (BrokenCalendarProperty, AttributeError, OverflowError) as error:
            raise CannotTake("DURATION 不是时长") from error
    if not isinstance(length, timedelta) or length < timedelta(0):
        raise CannotTake("结束早于开始")
    if length > LONGEST:
        raise CannotTake(f"长达 {length.days} 天，最长 {LONGEST.days} 天：请在原日历中分成几项")
    return length


def moments(
    begins: date | datetime, length: timedelta, zone: ZoneInfo
) -> tuple[datetime, datetime | None]:
    """First moment, and the end where there is one, in UTC."""
    if isinstance(begins, datetime):
        starts = aware(begins, zone).astimezone(UTC)
        return starts, starts + length if length else None
    starts = start_of_day(begins, zone)
    days = max(length.days, 1)
    return starts, start_of_day(begins + timedelta(days=days), zone) if days > 1 else None


def sequence_of(component: Component) -> int:
    value = _value(component, "SEQUENCE")
    try:
        number = int(value) if value is not None else 0
    except (BrokenCalendarProperty, AttributeError, TypeError, ValueError) as error:
        raise CannotTake("SEQUENCE 不是数字") from error
    if not 0 <= number < 2**31:
        raise CannotTake("SEQUENCE 不在可能的范围内")
    return number


def form_of(component: Component, theme: str) -> Form | None:
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


def text_of(component: Component, name: str) -> str:
    value = _value(component, name)
    try:
        return clean(str(value)) if value is not None else ""
    except (BrokenCalendarProperty, AttributeError):
        return ""
