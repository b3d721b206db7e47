"""Clocks: how long the law gives, from what, and how a deadline was computed.

Two engines: running hours, and working days. The rules are rows (``clock_rule``),
seeded from ``data/clock_rules.toml`` and editable; nothing here is a constant.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from importlib.resources import files
from zoneinfo import ZoneInfo

from sqlalchemy import String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from responder.core.audit import Audited
from responder.core.database import Base, choice
from responder.core.errors import NotFound
from responder.core.times import SHANGHAI, chinese_date, chinese_moment, end_of_day, local
from responder.core.work_calendar import WorkCalendar


class Unit(StrEnum):
    """What a length counts."""

    HOURS = "hours"
    WORKING_DAYS = "working_days"


UNIT_LABELS = {Unit.HOURS: "小时", Unit.WORKING_DAYS: "个工作日"}


class ClockRule(Audited, Base):
    """One duty with its length (时限规则)."""

    __tablename__ = "clock_rule"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(48), unique=True)
    level: Mapped[str] = mapped_column(String(24), index=True)
    name: Mapped[str] = mapped_column(String(100))
    duty: Mapped[str] = mapped_column(String(100))
    starts_from: Mapped[str] = mapped_column(String(24))
    stopped_by: Mapped[str] = mapped_column(String(24))
    length: Mapped[int]
    unit: Mapped[Unit] = mapped_column(choice(Unit, "unit"))
    source: Mapped[str] = mapped_column(Text)

    @property
    def length_label(self) -> str:
        return f"{self.length} {UNIT_LABELS[self.unit]}"


@dataclass(frozen=True)
class Deadline:
    """When a duty falls due, and the arithmetic, line by line."""

    due_at: datetime
    steps: tuple[str, ...]
    provisional: bool = False


def deadline(
    started_at: datetime,
    length: int,
    unit: Unit,
    calendar: WorkCalendar,
    zone: ZoneInfo = SHANGHAI,
) -> Deadline:
    """When ``length`` units after ``started_at`` have passed.

    Hours run through nights and holidays. Working days begin on the working day
    after the start and end with the last second of the last one.

    :param started_at: aware.
    :param length: at least 1.
    """
    begin = f"起算：{chinese_moment(started_at, zone)}"
    if unit is Unit.HOURS:
        due = started_at + timedelta(hours=length)
        return Deadline(
            due,
            (begin, f"连续计时 {length} 小时，不扣除夜间和节假日", _end(due, zone)),
        )
    first_day = local(started_at, zone).date()
    last_day = calendar.add_working_days(first_day, length)
    span = [first_day + timedelta(days=n) for n in range(1, (last_day - first_day).days + 1)]
    skipped = [day for day in span if not calendar.is_working(day)]
    provisional = calendar.is_provisional(first_day, last_day)
    steps = [begin, f"起算当日不计，自 {chinese_date(span[0])}起数 {length} 个工作日"]
    if skipped:
        listed = "、".join(f"{day.month}月{day.day}日" for day in skipped)
        steps.append(f"其间 {len(skipped)} 天不是工作日：{listed}")
    if provisional:
        steps.append("所跨年份的放假安排尚未公布，此期限为暂定，公布并导入后重算")
    due = end_of_day(last_day, zone)
    return Deadline(due, (*steps, _end(due, zone)), provisional)


def _end(due: datetime, zone: ZoneInfo) -> str:
    return f"到期：{chinese_moment(due, zone)}"


def seed_clock_rules(session: Session) -> int:
    """Store each shipped rule that the office does not have yet; edited ones stay."""
    known = set(session.scalars(select(ClockRule.code)))
    text = files("responder").joinpath("data/clock_rules.toml").read_text(encoding="utf-8")
    missing = [row for row in tomllib.loads(text)["rule"] if row["code"] not in known]
    session.add_all(ClockRule(**{**row, "unit": Unit(row["unit"])}) for row in missing)
    session.flush()
    return len(missing)


def rules_for(session: Session, level: str) -> list[ClockRule]:
    """The clocks that an item of this level starts, shortest first."""
    query = select(ClockRule).where(ClockRule.level == level)
    return sorted(session.scalars(query), key=lambda rule: (rule.unit, rule.length))


def all_rules(session: Session) -> list[ClockRule]:
    """Every rule, by level and name."""
    return list(session.scalars(select(ClockRule).order_by(ClockRule.level, ClockRule.name)))


def find_rule(session: Session, code: str) -> ClockRule:
    """:raises NotFound: no rule of this code."""
    rule = session.scalar(select(ClockRule).where(ClockRule.code == code))
    if rule is None:
        raise NotFound(f"没有代码为 {code} 的时限规则：可用 responder clocks list 查看")
    return rule
