"""The board of items by time left: how many clocks end when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

# (code, label, up to how long, tone); the last has no end.
SPANS = (
    ("overdue", "已超时", timedelta(0), "late"),
    ("half-day", "12 小时内", timedelta(hours=12), "soon"),
    ("day", "1 天内", timedelta(days=1), "soon"),
    ("three-days", "3 天内", timedelta(days=3), "fine"),
    ("five-days", "5 天内", timedelta(days=5), "fine"),
    ("later", "5 天以上", timedelta.max, "fine"),
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
    return next(code for code, _label, most, _tone in SPANS if left <= most)


def strip(ends: Iterable[datetime], now: datetime) -> list[Cell]:
    """All spans, from overdue to far off."""
    counts = Counter(span_of(due_at, now) for due_at in ends)
    return [Cell(code, label, tone, counts[code]) for code, label, _most, tone in SPANS]
