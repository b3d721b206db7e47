"""Pure decisions on work orders: what counts as due soon, shares, the months of the table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from responder.core.times import SHANGHAI, start_of_day

# An order whose clock ends within this is one to take up today.
SOON = timedelta(days=1)

# Under this, an answer is a placeholder and not an answer.
MIN_ANSWER_LENGTH = 10
MAX_ANSWER_LENGTH = 20_000

REPORT_TITLE = "举报事项"


@dataclass(frozen=True)
class Figures:
    """One row of the monthly hotline table. ``reached``: called back, and an opinion given."""

    total: int = 0
    on_time: int = 0
    late: int = 0
    dissatisfied: int = 0
    reached: int = 0

    @property
    def unfinished(self) -> int:
        return self.total - self.on_time - self.late

    @property
    def closing_rate(self) -> float | None:
        """结案率: closed among dispatched, 0–1; None where nothing was dispatched."""
        return share(self.on_time + self.late, self.total)

    @property
    def on_time_rate(self) -> float | None:
        """按时结案率: closed in time among dispatched."""
        return share(self.on_time, self.total)

    @property
    def dissatisfied_rate(self) -> float | None:
        """不满意率: dissatisfied among those who gave an opinion."""
        return share(self.dissatisfied, self.reached)

    def __add__(self, other: Figures) -> Figures:
        return Figures(
            self.total + other.total,
            self.on_time + other.on_time,
            self.late + other.late,
            self.dissatisfied + other.dissatisfied,
            self.reached + other.reached,
        )


def share(part: int, whole: int) -> float | None:
    """``part / whole``; None of nothing."""
    return part / whole if whole else None


def urgency(due_at: datetime, now: datetime) -> str:
    """``late``, ``soon`` or ``fine``: a class name and a word for it."""
    if due_at <= now:
        return "late"
    return "soon" if due_at - now < SOON else "fine"


def month_of(day: date) -> str:
    """``2026-11``."""
    return f"{day:%Y-%m}"


def parse_month(text: str) -> date | None:
    """The first day of ``2026-11``; None when it is no month."""
    try:
        return date.fromisoformat(f"{text}-01") if len(text) == 7 else None
    except ValueError:
        return None


def span_of_month(first_day: date, zone: ZoneInfo = SHANGHAI) -> tuple[datetime, datetime]:
    """The first moment of a month, and that of the next one, in UTC."""
    following = (first_day + timedelta(days=31)).replace(day=1)
    return start_of_day(first_day, zone), start_of_day(following, zone)


def neighbours(first_day: date) -> tuple[date, date]:
    """The first days of the month before and of the month after."""
    before = (first_day - timedelta(days=1)).replace(day=1)
    return before, (first_day + timedelta(days=31)).replace(day=1)
