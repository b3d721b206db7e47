"""When the last backup was made, and where its key lay: two lines of a file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from responder.core import disk

NAME = "last-backup"


def note(state_dir: Path, made_at: datetime, key_file: Path | None = None) -> None:
    """:raises OSError: the disk does not take it; what was noted before is there still."""
    noted = f"{made_at.isoformat()}\n{key_file.resolve() if key_file else ''}"
    content = noted.encode("utf-8", "surrogateescape")
    disk.write_whole(state_dir / NAME, lambda part: part.write_bytes(content))


def made_at(state_dir: Path) -> datetime | None:
    """None when there never was one."""
    try:
        return datetime.fromisoformat(_noted(state_dir)[0]).astimezone(UTC)
    except ValueError:
        return None


def key_file(state_dir: Path) -> Path | None:
    """None where the passphrase came otherwise."""
    _, *place = _noted(state_dir)
    return Path(place[0]) if place and place[0] else None


def _noted(state_dir: Path) -> list[str]:
    try:
        return (state_dir / NAME).read_text("utf-8", "surrogateescape").split("\n", 1)
    except OSError:
        return [""]
