"""The stretch of time that a figure counts: a year, or a month of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

MONTHS = range(1, 13)


class Dating(Enum):
    """What says to which year a row belongs."""

    MOMENT = "moment"
    DAY = "day"
    YEAR = "year"
    STANDING = "standing"  # how things stand at the year's end: the query itself asks for the year


@dataclass(frozen=True)
class Span:
    """A year, or with ``month`` one month of it, by the office's clock.

    :param today: of a year that runs, its figures stand as on this day.
    """

    year: int
    zone: ZoneInfo
    month: int | None = None
    today: date | None = None

    @property
    def first(self) -> date:
        return date(self.year, self.month or 1, 1)

    @property
    def after(self) -> date:
        """The first day that no longer belongs to it."""
        if self.month is None or self.month == MONTHS[-1]:
            return date(self.year + 1, 1, 1)
        return date(self.year, self.month + 1, 1)

    def bounds(self, dating: Dating) -> tuple[datetime, datetime] | tuple[date, date]:
        """From the first on, before the second: moments or days, as the column has them."""
        if dating is Dating.DAY:
            return self.first, self.after
        return (
            datetime.combine(self.first, time.min, self.zone),
            datetime.combine(self.after, time.min, self.zone),
        )

    @property
    def as_of(self) -> date:
        """The day on which its figures stand: today, or the first one after it."""
        return min(self.after, self.today) if self.today else self.after

    @property
    def last_seen(self) -> date:
        """The last day of which something is known: today, or its own last day."""
        last = self.after - timedelta(days=1)
        return min(last, self.today) if self.today else last

    @property
    def months(self) -> list[Span]:
        return [replace(self, month=month) for month in MONTHS]

    @property
    def before(self) -> Span:
        """The same stretch of the year before."""
        return replace(self, year=self.year - 1)
