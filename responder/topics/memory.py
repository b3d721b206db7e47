"""What a refresh remembers for the next: a file beside the database, never the truth.

The database says which message is in which topic. The file saves working that out from
the messages again; where it is missing, older or unreadable, that is what is done.
"""

from __future__ import annotations

import fcntl
import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from nlp import TopicStream
from responder.topics.crowd import Crowd
from responder.topics.models import TopicRefresh

CLAIM = "backlog.lock"

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Kept:
    """A stream, and who spoke lately, as a refresh left them.

    :param corrections: ``state_of_play`` then; another one now means that people have
        corrected since.
    :param ran_at: when that refresh ran.
    """

    stream: TopicStream
    crowd: Crowd | None
    corrections: int
    ran_at: datetime


def last_run(session: Session) -> TopicRefresh | None:
    """The last refresh."""
    return session.scalar(select(TopicRefresh).order_by(TopicRefresh.id.desc()).limit(1))


def is_at_hand(folder: Path | None, run: TopicRefresh | None) -> bool:
    """Whether the next refresh can go on from this one; else it reads the messages again."""
    return run is None or (folder is not None and any(folder.glob(f"{_name(run)}-*.npz")))


def recall(folder: Path | None, run: TopicRefresh | None) -> Kept | None:
    """What a refresh remembered, or None when nothing is to be had."""
    if folder is None or run is None:
        return None
    for path in folder.glob(f"{_name(run)}-*.npz"):
        try:
            stream = TopicStream.load(path)
            crowd = Crowd.from_notes(stream.notes)
            return Kept(stream, crowd, int(path.stem.rpartition("-")[2]), run.ran_at)
        except (OSError, ValueError) as error:
            _log.warning("topics are gathered from the messages again", exc_info=error)
    return None


def _name(run: TopicRefresh) -> str:
    """A name that a refresh of another database, or of a backup's future, does not have."""
    return f"{run.id}-{run.ran_at:%Y%m%d%H%M%S%f}"


def read_folder(folder: Path) -> Path:
    """Where what was read of a backlog's texts is kept until it is stored."""
    return folder / "read"


@contextmanager
def claim(folder: Path | None) -> Iterator[None]:
    """Gather a backlog: the scheduler leaves it alone as long as this process lives in here.

    Whoever cannot have it (another gathers too, or the disk is full) goes on without.
    """
    with ExitStack() as held:
        if folder is not None:
            with suppress(OSError):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                file = held.enter_context((folder / CLAIM).open("ab"))
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield


def is_claimed(folder: Path | None) -> bool:
    """Whether a process that lives gathers a backlog."""
    if folder is None:
        return False
    try:
        with (folder / CLAIM).open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def keep(
    folder: Path | None, run: TopicRefresh, corrections: int, stream: TopicStream, crowd: Crowd
) -> None:
    """Put a stream away, and drop older ones. A full disk costs time, not the refresh."""
    if folder is None:
        return
    stream.notes = crowd.notes()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / f"{_name(run)}-{corrections}.npz"
        stream.save(path)
        for old in folder.iterdir():
            if old != path and old.suffix in (".npz", ".part"):
                old.unlink(missing_ok=True)
    except OSError as error:
        _log.warning("what topics were gathered from could not be kept", exc_info=error)
