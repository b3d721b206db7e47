"""When the last backup was made: a moment in a file, as the scheduler's sign of life is."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from responder.core import disk

NAME = "last-backup"


def note(state_dir: Path, made_at: datetime) -> None:
    """:raises OSError: the disk does not take it; what was noted before is there still."""
    disk.write_whole(state_dir / NAME, lambda part: part.write_text(made_at.isoformat(), "ascii"))


def made_at(state_dir: Path) -> datetime | None:
    """None when there never was one."""
    try:
        return datetime.fromisoformat((state_dir / NAME).read_text("ascii")).astimezone(UTC)
    except (OSError, ValueError):
        return None
