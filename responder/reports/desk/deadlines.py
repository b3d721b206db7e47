"""The board of items by time left: how many clocks end when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

SPAN_LABELS = {
    "overdue": "已超时",
    "half-day": "12 小时内",
    "day": "1 天内",
    "three-days": "3 天内",
    "five-days": "5 天内",
    "later": "5 天以上",
}
# (code, up to how long, tone); the last has no end.
SPANS = (
    ("overdue", timedelta(0), "late"),
    ("half-day", timedelta(hours=12), "soon"),
    ("day", timedelta(days=1), "soon"),
    ("three-days", timedelta(days=3), "fine"),
    ("five-days", timedelta(days=5), "fine"),
    ("later", timedelta.max, "fine"),
)


@dataclass(frozen=True)
class Cell:
    """So many clocks of one span."""

    code: str
    label: str
    tone: str
    count: int


def span_of(due_at: datetime, now: datetime) -> str:
    """The code of the span in which a clock ends."""
    left = due_at - now
    return next(code for code, most, _tone in SPANS if left <= most)


def strip(ends: Iterable[datetime], now: datetime) -> list[Cell]:
    """All spans, from overdue to far off."""
    counts = Counter(span_of(due_at, now) for due_at in ends)
    return [Cell(code, SPAN_LABELS[code], tone, counts[code]) for code, _most, tone in SPANS]
