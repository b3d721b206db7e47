"""Clocks: how long the law gives, from what, and how a deadline was computed.

Two engines: running hours, and working days. The rules are rows (``clock_rule``),
seeded from ``data/clock_rules.toml`` and editable; nothing here is a constant.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from importlib.resources import files
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from responder.core import audit
from responder.core.audit import Audited
from responder.core.database import Base, choice
from responder.core.errors import Invalid, NotFound, Stale
from responder.core.times import SHANGHAI, chinese_date, chinese_moment, end_of_day, local
from responder.core.work_calendar import WorkCalendar, change_calendar


class Unit(StrEnum):
    """What a length counts."""

    HOURS = "hours"
    WORKING_DAYS = "working_days"


# Of a rule, in its units: over a year of hours.
LONGEST = 10_000

UNIT_LABELS = {Unit.HOURS: "小时", Unit.WORKING_DAYS: "个工作日"}


class ClockRule(Audited, Base):
    """One duty with its length (时限规则)."""

    __tablename__ = "clock_rule"
    __audit_skip__ = frozenset({"name", "length", "unit", "source"})  # edit_rule() tells, and why

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
    version_id: Mapped[int] = mapped_column(default=1, server_default="1")

    __mapper_args__ = {"version_id_col": version_id}

    @property
    def length_label(self) -> str:
        return f"{self.length} {self.unit_label}"

    @property
    def unit_label(self) -> str:
        return UNIT_LABELS[self.unit]


@dataclass(frozen=True)
class Pause:
    """A stretch that does not count (挂起). Both ends aware; ``until`` None: it still lasts."""

    since: datetime
    until: datetime | None = None


@dataclass(frozen=True)
class Extension:
    """More of the clock's own units (延期). ``granted``: by whom and when, in words."""

    length: int
    granted: str


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
    pauses: Sequence[Pause] = (),
    extensions: Sequence[Extension] = (),
) -> Deadline:
    """When ``length`` units after ``started_at`` have passed.

    Hours run through nights and holidays. Working days begin on the working day
    after the start and end with the last second of the last one. A pause takes out its
    own length: of a clock in working days, the days from its first up to the one before it
    ended. One that still lasts is told and not counted: nobody knows its length.

    :param started_at: aware.
    :param length: at least 1.
    :param pauses: in order of time.
    """
    begin = f"起算：{chinese_moment(started_at, zone)}"
    whole = length + sum(extension.length for extension in extensions)
    granted = [f"延期 {one.length} {UNIT_LABELS[unit]}：{one.granted}" for one in extensions]
    if unit is Unit.HOURS:
        ran = f"连续计时 {length} 小时，不扣除夜间和节假日"
        due, told = _after_hours(started_at, whole, pauses, zone)
        return Deadline(due, (begin, ran, *granted, *told, _end(due, zone)))
    first_day = local(started_at, zone).date()
    paused = _paused_days(pauses, zone)
    last_day = calendar.without(paused).add_working_days(first_day, whole)
    span = [first_day + timedelta(days=n) for n in range(1, (last_day - first_day).days + 1)]
    skipped = [day for day in span if not calendar.is_working(day)]
    provisional = calendar.is_provisional(first_day, last_day)
    steps = [begin, f"起算当日不计，自 {chinese_date(span[0])}起数 {length} 个工作日", *granted]
    if skipped:
        steps.append(f"其间 {len(skipped)} 天不是工作日：{_listed(skipped)}")
    for pause in pauses:
        days = [d for d in span if d in _paused_days([pause], zone) and calendar.is_working(d)]
        steps.append(_told(pause, f"扣除 {len(days)} 个工作日", days, zone))
    if provisional:
        steps.append(
            "所跨年份的放假安排尚未公布，只按双休日和法律定明日期的节日推算：此期限为暂定，公布并导入后重算"
        )
    due = end_of_day(last_day, zone)
    return Deadline(due, (*steps, _end(due, zone)), provisional)


def _after_hours(
    started_at: datetime, hours: int, pauses: Sequence[Pause], zone: ZoneInfo
) -> tuple[datetime, list[str]]:
    due, told = started_at + timedelta(hours=hours), []
    for pause in pauses:
        lasted = timedelta(0)
        if pause.until is not None and pause.since < due:
            lasted = max(pause.until - max(pause.since, started_at), lasted)
        due += lasted
        minutes = int(lasted.total_seconds()) // 60
        told.append(_told(pause, f"扣除 {minutes // 60} 小时 {minutes % 60} 分", [], zone))
    return due, told


def _paused_days(pauses: Sequence[Pause], zone: ZoneInfo) -> set[date]:
    """The local days that do not count: of each pause, all but the one on which it ended."""
    found: set[date] = set()
    for pause in pauses:
        if pause.until is not None:
            first, end = local(pause.since, zone).date(), local(pause.until, zone).date()
            found.update(first + timedelta(days=n) for n in range((end - first).days))
    return found


def _told(pause: Pause, taken: str, days: Sequence[date], zone: ZoneInfo) -> str:
    since = chinese_moment(pause.since, zone)
    if pause.until is None:
        return f"挂起：自 {since}起，尚未恢复；恢复后扣除挂起的时间，重算期限"
    which = f"（{_listed(days)}）" if days else ""
    return f"挂起：{since}至 {chinese_moment(pause.until, zone)}，{taken}{which}"


def _listed(days: Sequence[date]) -> str:
    return "、".join(f"{day.month}月{day.day}日" for day in days)


def _end(due: datetime, zone: ZoneInfo) -> str:
    return f"到期：{chinese_moment(due, zone)}"


class Running(Protocol):
    """A clock as an item or an order has it."""

    rule: Any
    started_at: Any
    due_at: Any
    stopped_at: Any
    provisional: Any
    steps: Any


def told(clock: Running, zone: ZoneInfo) -> list[str]:
    """A clock for the console: its rule, its arithmetic, how it ended, its source."""
    stopped = clock.stopped_at
    return [
        f"{clock.rule.name}：{clock.rule.duty}（{clock.rule.length_label}）",
        *(f"  {step}" for step in clock.steps),
        *([f"  停止计时：{chinese_moment(stopped, zone)}"] if stopped else []),
        f"  依据：{clock.rule.source}",
    ]


def as_json(clock: Running) -> dict[str, Any]:
    """A clock for ``--json``."""
    return {
        "rule": clock.rule.code,
        "duty": clock.rule.duty,
        "source": clock.rule.source,
        "started_at": clock.started_at,
        "due_at": clock.due_at,
        "stopped_at": clock.stopped_at,
        "provisional": clock.provisional,
        "steps": clock.steps,
    }


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


@dataclass(frozen=True)
class RuleFacts:
    """What the office may change of a rule. What starts and stops its clock is the product's."""

    name: str
    length: int
    unit: Unit
    source: str


def edit_rule(
    session: Session, rule: ClockRule, facts: RuleFacts, reason: str, version: int
) -> bool:
    """Change a rule, and say why in the trail; whether anything is new.

    Its open clocks are the caller's to reckon anew.

    :param version: ``version_id`` as it was when the person began.
    :raises Stale: somebody else has changed it since.
    :raises Invalid: a text is missing, or the length lies outside 1 to ``LONGEST``.
    """
    if version != rule.version_id:
        raise Stale("您打开页面之后，这条规则已被别人改过：请查看最新内容后再改")
    texts = {"name": facts.name.strip(), "source": facts.source.strip()}
    if missing := [field for field, text in texts.items() if not text]:
        raise Invalid("名称和依据都要写：依据写全文号", dict.fromkeys(missing, "必填"))
    if not 1 <= facts.length <= LONGEST:
        raise Invalid(f"时长须在 1 到 {LONGEST} 之间", {"length": "超出范围"})
    if not reason.strip():
        raise Invalid("请写明修改的理由", {"reason": "必填"})
    wanted = {**texts, "length": facts.length, "unit": facts.unit}
    changes = {
        field: [getattr(rule, field), value]
        for field, value in wanted.items()
        if getattr(rule, field) != value
    }
    change_calendar(session)
    for field, (_, value) in changes.items():
        setattr(rule, field, value)
    if changes:
        audit.record(session, "update", rule, changes, reason.strip())
    return bool(changes)


def get_rule(session: Session, rule_id: int) -> ClockRule:
    """:raises NotFound: no rule of this id."""
    rule = session.get(ClockRule, rule_id)
    if rule is None:
        raise NotFound("没有这条时限规则：请从时限规则列表重新进入")
    return rule


def find_rule(session: Session, code: str) -> ClockRule:
    """:raises NotFound: no rule of this code."""
    rule = session.scalar(select(ClockRule).where(ClockRule.code == code))
    if rule is None:
        raise NotFound(f"没有代码为 {code} 的时限规则：可用 responder clocks list 查看")
    return rule
