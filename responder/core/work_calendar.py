"""Working days: public holidays and make-up Saturdays and Sundays, from editable rows.

Source: the State Council's yearly notice (国务院办公厅关于部分节假日安排的通知), seeded
from ``chinesecalendar`` or imported from its JSON. A year without a notice is
*provisional*: weekends and the holidays whose date the law itself names
(``fixed_holiday``) are off, and every deadline that touches it says so.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from importlib.resources import files

import chinese_calendar
from sqlalchemy import ForeignKey, String, UniqueConstraint, delete, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from responder.core import audit
from responder.core.audit import Audited
from responder.core.database import Base
from responder.core.errors import Invalid, NotFound

FIRST_SEEDED_YEAR = 2015
YEARS = range(1950, 2200)  # what may be a year of the calendar
CALENDAR_LOCK = 20_171_233
NAME_LENGTH, SOURCE_LENGTH = 32, 300
SEED = "chinesecalendar"  # with its version, the source of a year that came with the product


@dataclass(frozen=True)
class WorkCalendar:
    """Exceptions to the plain week, as values.

    :param exceptions: day → True when worked though a weekend, False when off.
    :param announced: the years whose arrangement has been published.
    :param fixed: (month, day) of the holidays that are off in every other year.
    """

    exceptions: Mapping[date, bool] = field(default_factory=dict)
    announced: frozenset[int] = frozenset()
    fixed: frozenset[tuple[int, int]] = frozenset()

    def is_working(self, day: date) -> bool:
        if day in self.exceptions:
            return self.exceptions[day]
        if day.year not in self.announced and (day.month, day.day) in self.fixed:
            return False
        return day.weekday() < 5

    def without(self, days: Iterable[date]) -> WorkCalendar:
        """The same calendar in which these days do not count."""
        return replace(self, exceptions={**self.exceptions, **dict.fromkeys(days, False)})

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
    source: Mapped[str] = mapped_column(String(SOURCE_LENGTH))
    days: Mapped[list[CalendarDay]] = relationship(
        back_populates="calendar_year", cascade="all, delete-orphan", order_by="CalendarDay.day"
    )


class CalendarDay(Base):
    """A day that differs from the plain week (放假日或调休上班日)."""

    __tablename__ = "calendar_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    year_id: Mapped[int] = mapped_column(ForeignKey("calendar_year.id", ondelete="CASCADE"))
    is_working: Mapped[bool]
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    calendar_year: Mapped[CalendarYear] = relationship(back_populates="days")


class ForgottenYear(Base):
    """A year that the office took back: what comes with the product does not bring it again."""

    __tablename__ = "forgotten_year"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class FixedHoliday(Audited, Base):
    """A holiday whose date the law names, before the year's notice is out (法定节日)."""

    __tablename__ = "fixed_holiday"
    __table_args__ = (UniqueConstraint("month", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    month: Mapped[int]
    day: Mapped[int]
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    source: Mapped[str] = mapped_column(String(SOURCE_LENGTH))


def hold_calendar(session: Session) -> None:
    """Calendar and rules stay as they are until this transaction, which reckons clocks, ends.

    Taken before any record is written, so that nobody waits for each other. Several hold at
    once; whoever changes the calendar then reckons what they stored anew, too. SQLite has only
    one writer anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock_shared(CALENDAR_LOCK)))


def change_calendar(session: Session) -> None:
    """Wait until nobody holds calendar and rules, and let nobody until this transaction ends."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(CALENDAR_LOCK)))


def load_calendar(session: Session) -> WorkCalendar:
    """The office's calendar as plain values for the rules."""
    days = session.execute(select(CalendarDay.day, CalendarDay.is_working))
    years = session.scalars(select(CalendarYear.year))
    fixed = session.execute(select(FixedHoliday.month, FixedHoliday.day))
    return WorkCalendar(
        dict(days.all()),
        frozenset(years),
        frozenset((month, day) for month, day in fixed),
    )


def store_year(
    session: Session, year: int, days: Iterable[tuple[date, bool, str]], source: str
) -> CalendarYear:
    """Replace one year's arrangement.

    :param days: (day, is_working, name); within ``year``, or in the December before it, on
        which the notice of a year may begin: what it says of such a day holds.
    :raises Invalid: a day outside, or given twice.
    """
    change_calendar(session)
    rows = list(days)
    if outside := [day for day, _, _ in rows if not _told_by_notice(day, year)]:
        raise Invalid(f"{outside[0]} 不属于 {year} 年：请检查文件内容")
    if len({day for day, _, _ in rows}) != len(rows):
        raise Invalid(f"{year} 年的日历中有重复的日期：请检查文件内容")
    stored = session.scalar(select(CalendarYear).where(CalendarYear.year == year))
    if stored is None:
        stored = CalendarYear(year=year, source=source)
        session.add(stored)
    stored.source = source
    session.execute(delete(ForgottenYear).where(ForgottenYear.year == year))
    session.flush()
    before = len(stored.days)
    told = [day for day, _, _ in rows]
    session.execute(
        delete(CalendarDay).where(or_(CalendarDay.year_id == stored.id, CalendarDay.day.in_(told)))
    )
    session.expire_all()
    stored.days = [CalendarDay(day=day, is_working=work, name=name) for day, work, name in rows]
    session.flush()
    audit.record(session, "replace", stored, {"days": [before, len(rows)]}, note=source)
    return stored


def _told_by_notice(day: date, year: int) -> bool:
    return day.year == year or (day.year, day.month) == (year - 1, 12)


def all_years(session: Session) -> list[CalendarYear]:
    """The announced years, newest first."""
    return list(session.scalars(select(CalendarYear).order_by(CalendarYear.year.desc())))


def find_year(session: Session, year: int) -> CalendarYear:
    """:raises NotFound: the arrangement of this year is not known yet."""
    found = session.scalar(select(CalendarYear).where(CalendarYear.year == year))
    if found is None:
        raise NotFound(
            f"{year} 年的放假安排尚未导入：请先在“工作日历”页面或用 responder calendar import 导入"
        )
    return found


def forget_year(session: Session, year: int) -> CalendarYear:
    """Take back that a year's arrangement is known, as when a wrong file was uploaded.

    It is provisional again, until the office stores it; what rests on it is the caller's to
    reckon anew.

    :raises NotFound: it is not known.
    """
    change_calendar(session)
    known = find_year(session, year)
    session.delete(known)
    session.add(ForgottenYear(year=year))
    session.flush()
    return known


def set_day(session: Session, day: date, is_working: bool, name: str) -> None:
    """Change one day of a known year.

    :raises NotFound: the year is not known.
    """
    change_calendar(session)
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


_FORGOTTEN = select(ForgottenYear.year)


def seed_calendar(session: Session) -> list[int]:
    """Store each year that ``chinesecalendar`` knows and the office neither has nor took back.

    Before the first year also the holidays that the law dates; later they are the office's.
    """
    told = {*session.scalars(select(CalendarYear.year)), *session.scalars(_FORGOTTEN)}
    constants = chinese_calendar.constants
    last = max(constants.holidays).year
    _seed_fixed_holidays(session)
    seeded = [year for year in range(FIRST_SEEDED_YEAR, last + 1) if year not in told]
    for year in seeded:
        off = [(day, False, name) for day, name in constants.holidays.items() if day.year == year]
        work = [(day, True, name) for day, name in constants.workdays.items() if day.year == year]
        named = [(day, working, _chinese_name(name)) for day, working, name in (*off, *work)]
        store_year(session, year, sorted(named), f"{SEED} {chinese_calendar.__version__}")
    return seeded


def _chinese_name(english: str) -> str:
    names: dict[str, str] = {member.value: member.chinese for member in chinese_calendar.Holiday}
    return names.get(english, english)


def fixed_holidays(session: Session) -> list[FixedHoliday]:
    """What is off by law in a year that is not announced, through the year."""
    return list(
        session.scalars(select(FixedHoliday).order_by(FixedHoliday.month, FixedHoliday.day))
    )


def add_fixed_holiday(
    session: Session, month: int, day: int, name: str, source: str
) -> FixedHoliday:
    """One day more; the audit trail tells.

    :raises Invalid: no such day, one that is there already, or a text is missing.
    """
    try:
        date(2000, month, day)  # a leap year: 29 February is a day
    except ValueError as error:
        raise Invalid(f"没有 {month}月{day}日这一天", {"day": "没有这一天"}) from error
    if not name.strip() or not source.strip():
        raise Invalid("请写明节日名称和依据", {"name": "必填"})
    known = select(FixedHoliday).where(FixedHoliday.month == month, FixedHoliday.day == day)
    if session.scalar(known) is not None:
        raise Invalid(f"{month}月{day}日已经在法定节日里", {"day": "已有"})
    change_calendar(session)
    added = FixedHoliday(month=month, day=day, name=name.strip(), source=source.strip())
    session.add(added)
    session.flush()
    return added


def remove_fixed_holiday(session: Session, holiday_id: int) -> FixedHoliday:
    """:raises NotFound: it is gone already."""
    change_calendar(session)
    holiday = session.get(FixedHoliday, holiday_id)
    if holiday is None:
        raise NotFound("这个法定节日已被删去：请刷新页面查看")
    session.delete(holiday)
    session.flush()
    return holiday


def _seed_fixed_holidays(session: Session) -> None:
    """All of them or none: what the office has taken out stays out."""
    if session.scalar(select(FixedHoliday.id).limit(1)) is None:
        text = files("responder").joinpath("data/fixed_holidays.toml").read_text(encoding="utf-8")
        session.add_all(FixedHoliday(**row) for row in tomllib.loads(text)["holiday"])
        session.flush()
