"""The scheduler's sign of life: a moment in a file that every process of an office can read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

NAME = "scheduler-beat"
# So many intervals without a sign, and the scheduler stands still.
MISSED = 6


def beat(state_dir: Path, now: datetime) -> None:
    (state_dir / NAME).write_text(now.isoformat(), "ascii")


def last_beat(state_dir: Path) -> datetime | None:
    """When the scheduler last ran its jobs; None when it never has."""
    try:
        return datetime.fromisoformat((state_dir / NAME).read_text("ascii")).astimezone(UTC)
    except (OSError, ValueError):
        return None


def is_alive(seen: datetime | None, now: datetime, interval: timedelta) -> bool:
    return seen is not None and now - seen <= interval * MISSED
