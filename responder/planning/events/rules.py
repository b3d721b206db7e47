"""Pure arithmetic of press events: when a task falls due, which slots collide."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

# How long an event is taken to last, of which nobody said when it ends.
ASSUMED_LENGTH = timedelta(hours=2)

# How far back an event may have begun that still goes on; longer ones are refused.
LONGEST = timedelta(days=31)

# Written into the field of the place, and no room.
_NO_ROOM = frozenset({"", "线上", "网上", "网络", "在线", "待定", "另行通知"})

# A post without a name: the 副局长 of two offices are two people.
_POST = re.compile(
    r"(?:[市区县]|党组|党委|常务|执行|副|总|主要|分管|有关|相关|新闻)*"
    r"(?:[局市区县部处科院校所行站会社厅组队长]?长|主任|书记|秘书长|巡视员|发言人|负责人|责任人"
    r"|工程师|经理|专家|代表)"
)


def due_day(event_day: date, days: int, is_working: Callable[[date], bool]) -> date:
    """The day by which a task must be done.

    :param days: working days before the event; below 0, after it; 0 is the day itself. The
        day of the event does not count, whether or not it is worked.
    """
    step = timedelta(days=-1 if days > 0 else 1)
    day, left = event_day, abs(days)
    while left:
        day += step
        left -= is_working(day)
    return day


@dataclass(frozen=True)
class Span:
    """When something is held. ``ends_at`` None: nobody said how long.

    Of an event that takes whole days (``all_day``), both are first moments of days in the
    office's zone: that of its first day, and that of the day after its last one.
    """

    starts_at: datetime
    ends_at: datetime | None = None
    all_day: bool = False

    def moved_to(self, starts_at: datetime) -> Span:
        """As long as this one, at another time."""
        length = self.ends_at - self.starts_at if self.ends_at else None
        return Span(starts_at, starts_at + length if length else None, self.all_day)

    @property
    def end(self) -> datetime:
        """The first moment after it, as far as anybody can know."""
        if self.ends_at is not None:
            return self.ends_at
        return self.starts_at + (timedelta(days=1) if self.all_day else ASSUMED_LENGTH)

    def overlaps(self, other: Span) -> bool:
        return self.starts_at < other.end and other.starts_at < self.end

    def days(self, zone: ZoneInfo) -> Iterator[date]:
        """The local days that it touches, in order."""
        last = self.starts_at if self.ends_at is None else self.ends_at - timedelta(seconds=1)
        day = self.starts_at.astimezone(zone).date()
        end = max(day, last.astimezone(zone).date())
        while day <= end:
            yield day
            day += timedelta(days=1)


@dataclass(frozen=True)
class Slot:
    """What an event takes: a time, a room, a person, a unit. ``event_id`` None: not saved."""

    span: Span
    place: str = ""
    speaker: str = ""
    unit_id: int | None = None
    unit_name: str = ""
    event_id: int | None = None
    theme: str = ""


class ClashKind(StrEnum):
    """What two events, or an event and a day, are in each other's way for."""

    ROOM = "room"
    SPEAKER = "speaker"
    UNIT = "unit"
    DAY_OFF = "day_off"
    AVOIDED = "avoided"
    PROVISIONAL = "provisional"
    PAST = "past"
    OTHER_YEAR = "other_year"


def collisions(one: Slot, other: Slot, zone: ZoneInfo) -> list[ClashKind]:
    """What two events both want: the room at one time, the speaker or the unit on one day.

    That they are of one unit is told only where nothing worse is.
    """
    found = []
    if one.span.overlaps(other.span) and same_room(one.place, other.place):
        found.append(ClashKind.ROOM)
    if not set(one.span.days(zone)) & set(other.span.days(zone)):
        return found
    same_unit = one.unit_id is not None and one.unit_id == other.unit_id
    if same_person(one.speaker, other.speaker, same_unit):
        found.append(ClashKind.SPEAKER)
    return found or ([ClashKind.UNIT] if same_unit else [])


def same_room(one: str, other: str) -> bool:
    """Whether two places are one, however they are spaced; what is online takes no room."""
    return _plain(one) not in _NO_ROOM and _plain(one) == _plain(other)


def same_person(one: str, other: str, same_unit: bool) -> bool:
    """Whether two names are one person's: a bare post only within one unit."""
    name = _plain(one)
    if not name or name != _plain(other):
        return False
    return same_unit or not _POST.fullmatch(name)


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()
