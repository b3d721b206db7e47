"""When the last backup was made: a moment in a file, as the scheduler's sign of life is."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

NAME = "last-backup"


def note(state_dir: Path, made_at: datetime) -> None:
    (state_dir / NAME).write_text(made_at.isoformat(), "ascii")


def made_at(state_dir: Path) -> datetime | None:
    """None when there never was one."""
    try:
        return datetime.fromisoformat((state_dir / NAME).read_text("ascii")).astimezone(UTC)
    except (OSError, ValueError):
        return None
