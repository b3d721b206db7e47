"""Working days: public holidays and make-up Saturdays and Sundays, from editable rows.

Source: the State Council's yearly notice (国务院办公厅关于部分节假日安排的通知), seeded
from ``chinesecalendar`` or imported from its JSON. A year without a notice is
*provisional*: weekends alone are off, and every deadline that touches it says so.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import chinese_calendar
from sqlalchemy import ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from responder.core import audit
from responder.core.audit import Audited
from responder.core.database import Base
from responder.core.errors import Invalid, NotFound

FIRST_SEEDED_YEAR = 2015


@dataclass(frozen=True)
class WorkCalendar:
    """Exceptions to the plain week, as values.

    :param exceptions: day → True when worked though a weekend, False when off.
    :param announced: the years whose arrangement has been published.
    """

    exceptions: Mapping[date, bool] = field(default_factory=dict)
    announced: frozenset[int] = frozenset()

    def is_working(self, day: date) -> bool:
        return self.exceptions.get(day, day.weekday() < 5)

    def is_provisional(self, first: date, last: date) -> bool:
        """Whether the span touches a year that has not been announced."""
        return any(year not in self.announced for year in range(first.year, last.year + 1))

    def add_working_days(self, day: date, count: int) -> date:
        """The ``count``-th working day after ``day`` (``day`` itself does not count).

        :param count: at least 1.
        """
        if count < 1:
            raise ValueError("count must be at least 1")
        while count:
            day += timedelta(days=1)
            count -= self.is_working(day)
        return day


class CalendarYear(Audited, Base):
    """A year whose arrangement is known (已公布的年份)."""

    __tablename__ = "calendar_year"

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(unique=True)
    source: Mapped[str] = mapped_column(String(300))
    days: Mapped[list[CalendarDay]] = relationship(
        back_populates="calendar_year", cascade="all, delete-orphan", order_by="CalendarDay.day"
    )


class CalendarDay(Base):
    """A day that differs from the plain week (放假日或调休上班日)."""

    __tablename__ = "calendar_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    year_id: Mapped[int] = mapped_column(ForeignKey("calendar_year.id", ondelete="CASCADE"))
    is_working: Mapped[bool]
    name: Mapped[str] = mapped_column(String(32))
    calendar_year: Mapped[CalendarYear] = relationship(back_populates="days")


def load_calendar(session: Session) -> WorkCalendar:
    """The office's calendar as plain values for the rules."""
    days = session.scalars(select(CalendarDay))
    years = session.scalars(select(CalendarYear.year))
    return WorkCalendar({day.day: day.is_working for day in days}, frozenset(years))


def store_year(
    session: Session, year: int, days: Iterable[tuple[date, bool, str]], source: str
) -> CalendarYear:
    """Replace one year's arrangement.

    :param days: (day, is_working, name); all within ``year``.
    :raises Invalid: a day outside the year, or given twice.
    """
    rows = list(days)
    if outside := [day for day, _, _ in rows if day.year != year]:
        raise Invalid(f"{outside[0]} 不属于 {year} 年：请检查文件内容")
    if len({day for day, _, _ in rows}) != len(rows):
        raise Invalid(f"{year} 年的日历中有重复的日期：请检查文件内容")
    stored = session.scalar(select(CalendarYear).where(CalendarYear.year == year))
    if stored is None:
        stored = CalendarYear(year=year, source=source)
        session.add(stored)
    stored.source = source
    session.flush()
    before = len(stored.days)
    session.execute(delete(CalendarDay).where(CalendarDay.year_id == stored.id))
    session.expire(stored, ["days"])
    stored.days = [CalendarDay(day=day, is_working=work, name=name) for day, work, name in rows]
    session.flush()
    audit.record(session, "replace", stored, {"days": [before, len(rows)]}, note=source)
    return stored


def find_year(session: Session, year: int) -> CalendarYear:
    """:raises NotFound: the arrangement of this year is not known yet."""
    found = session.scalar(select(CalendarYear).where(CalendarYear.year == year))
    if found is None:
        raise NotFound(f"{year} 年的放假安排尚未导入：请用 responder calendar import 导入")
    return found


def set_day(session: Session, day: date, is_working: bool, name: str) -> None:
    """Change one day of a known year.

    :raises NotFound: the year is not known.
    """
    year = find_year(session, day.year)
    known = session.get(CalendarDay, day)
    before = known.is_working if known else day.weekday() < 5
    if known is None:
        known = CalendarDay(day=day, calendar_year=year)
        session.add(known)
    known.is_working, known.name = is_working, name
    session.flush()
    label = f"{day} {name}"
    audit.record(session, "set_day", year, {"working": [before, is_working]}, note=label)


def seed_calendar(session: Session) -> list[int]:
    """Store each year that ``chinesecalendar`` knows and the office does not have yet."""
    known = set(session.scalars(select(CalendarYear.year)))
    constants = chinese_calendar.constants
    last = max(constants.holidays).year
    seeded = [year for year in range(FIRST_SEEDED_YEAR, last + 1) if year not in known]
    for year in seeded:
        off = [(day, False, name) for day, name in constants.holidays.items() if day.year == year]
        work = [(day, True, name) for day, name in constants.workdays.items() if day.year == year]
        named = [(day, working, _chinese_name(name)) for day, working, name in (*off, *work)]
        store_year(session, year, sorted(named), f"chinesecalendar {chinese_calendar.__version__}")
    return seeded


def _chinese_name(english: str) -> str:
    names: dict[str, str] = {member.value: member.chinese for member in chinese_calendar.Holiday}
    return names.get(english, english)


def read_year(path: Path) -> tuple[int, list[tuple[date, bool, str]], str]:
    """One year from the JSON of the yearly notice: ``{"year", "days": [{"date", "name",
    "isOffDay"}], "papers"}``.

    :raises Invalid: not such a file.
    """
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        days = [
            (date.fromisoformat(day["date"]), not day["isOffDay"], str(day["name"]))
            for day in content["days"]
        ]
        year = int(content["year"])
    except OSError as error:
        raise Invalid(f"无法读取 {path.name}（{error.strerror}）") from error
    except (ValueError, KeyError, TypeError) as error:
        raise Invalid(
            f"{path.name} 不是节假日 JSON：需要 year 和 days（date、name、isOffDay）"
        ) from error
    return year, days, "、".join(map(str, content.get("papers", []))) or path.name
