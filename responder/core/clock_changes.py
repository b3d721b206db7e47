"""What happens to a clock while it runs: suspensions and extensions, for orders and items alike.

The capability brings the table and says who may; the shape and the reckoning are here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from responder.core.clocks import UNIT_LABELS, ClockRule, Extension, Pause, deadline
from responder.core.errors import Invalid
from responder.core.permissions import Actor
from responder.core.times import chinese_moment
from responder.core.work_calendar import WorkCalendar

LONGEST_EXTENSION = 60


class PauseColumns:
    """A stretch that does not count (挂起), and why."""

    id: Mapped[int] = mapped_column(primary_key=True)
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(Text)
    paused_by_name: Mapped[str] = mapped_column(String(64))


class ExtensionColumns:
    """More time, asked for by one person and decided by another (延期).

    ``length`` in the units of its clock; ``granted`` None until it is decided.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    length: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    asked_by_name: Mapped[str] = mapped_column(String(64))
    granted: Mapped[bool | None]
    decided_at: Mapped[datetime | None]
    decided_by_name: Mapped[str] = mapped_column(String(64), default="")
    decision: Mapped[str] = mapped_column(Text, default="")

    def decide(self, granted: bool, actor: Actor, now: datetime, note: str) -> None:
        """Say yes or no to it; who may is the capability's to know."""
        self.granted, self.decided_at = granted, now
        self.decided_by_name, self.decision = actor.name, note.strip()


PauseRow = TypeVar("PauseRow", bound=PauseColumns)
ExtensionRow = TypeVar("ExtensionRow", bound=ExtensionColumns)


class ClockColumns(Generic[PauseRow, ExtensionRow]):
    """A duty that runs (时限). ``steps`` is the arithmetic, line by line."""

    id: Mapped[int] = mapped_column(primary_key=True)
    rule_id: Mapped[int] = mapped_column(ForeignKey("clock_rule.id"))
    started_at: Mapped[datetime]
    due_at: Mapped[datetime] = mapped_column(index=True)
    stopped_at: Mapped[datetime | None]
    provisional: Mapped[bool] = mapped_column(default=False)
    steps: Mapped[list[Any]] = mapped_column(JSON, default=list)

    if TYPE_CHECKING:
        rule: Mapped[ClockRule]
        pauses: Mapped[list[PauseRow]]
        extensions: Mapped[list[ExtensionRow]]

    @property
    def open_pause(self) -> PauseRow | None:
        return next((pause for pause in self.pauses if pause.until is None), None)

    @property
    def asked_extension(self) -> ExtensionRow | None:
        """The request that waits for a decision."""
        return next((one for one in self.extensions if one.granted is None), None)

    @property
    def runs(self) -> bool:
        return self.stopped_at is None and self.open_pause is None

    @property
    def granted_extensions(self) -> Sequence[ExtensionRow]:
        """Those that count."""
        return [one for one in self.extensions if one.granted]

    @property
    def start_told(self) -> str:
        """Who set the start by hand and why; nothing where the rule did."""
        return ""

    def reckon(self, calendar: WorkCalendar, zone: ZoneInfo) -> None:
        """Work the end out anew, with everything that has happened to it."""
        end = deadline(
            self.started_at,
            self.rule.length,
            self.rule.unit,
            calendar,
            zone,
            # What ends the clock ends the waiting, too.
            [Pause(pause.since, pause.until or self.stopped_at) for pause in self.pauses],
            [Extension(one.length, _grant(one, zone)) for one in self.granted_extensions],
        )
        first, *rest = end.steps
        self.steps = [f"{first}{self.start_told}", *rest]
        self.due_at, self.provisional = end.due_at, end.provisional

    def length_label(self, length: int) -> str:
        """``5 个工作日``: a length in the units of this clock."""
        return f"{length} {UNIT_LABELS[self.rule.unit]}"


@dataclass(frozen=True)
class Moved:
    """A clock whose end has moved, or would be told so: its end before and after."""

    clock: Any
    before: datetime
    after: datetime


def reckon_anew(
    clock: ClockColumns[Any, Any], calendar: WorkCalendar, zone: ZoneInfo
) -> Moved | None:
    """Reckon it by the calendar and the rule as they are now; None where the end stayed."""
    before = clock.due_at
    clock.reckon(calendar, zone)
    return Moved(clock, before, clock.due_at) if clock.due_at != before else None


def wanted_length(length: int | None) -> int:
    """For how long somebody asks.

    :raises Invalid: not said, or too long.
    """
    if not length or not 1 <= length <= LONGEST_EXTENSION:
        raise Invalid(f"请填写延期的长度，1 到 {LONGEST_EXTENSION}", {"length": "请填写延期的长度"})
    return length


def _grant(one: ExtensionColumns, zone: ZoneInfo) -> str:
    when = chinese_moment(one.decided_at, zone) if one.decided_at else ""
    return f"{one.asked_by_name}申请，{one.decided_by_name}于 {when}批准"
