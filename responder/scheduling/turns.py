"""One scheduler acts, however many start (decision 0040).

On one machine a locked file decides, at once, also after a kill: the system lets go of it. Between
machines a row in the database decides: whoever holds it renews it, and falls silent when dead.
"""

from __future__ import annotations

import fcntl
import logging
import secrets
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from responder.core import disk
from responder.core.database import transaction
from responder.core.permissions import SYSTEM
from responder.scheduling.models import SchedulerTurn
from responder.scheduling.rules import TURN, is_alive, may_take

THE_ROW = 1
LOCK, NAME = "scheduler.lock", "scheduler-name"

_log = logging.getLogger(__name__)


def ticks_also_asleep() -> float:
    """Seconds by a clock that nobody sets, and that goes on while the machine sleeps."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


@dataclass
class Turn:
    """A scheduler's claim to act.

    :param state_dir: schedulers that share it are told apart by the locked file in it.
    :param ticks: seconds by a clock that nobody sets.
    """

    state_dir: Path
    ticks: Callable[[], float] = ticks_also_asleep
    _lock: IO[bytes] | None = None
    _renewed: float | None = None
    _name: str = field(default="")

    def keep(self, now: datetime) -> bool:
        """Take the turn, or renew it; whether it is ours.

        A database that is away takes nothing from us that has not run out by itself.
        """
        before = self.is_ours
        try:
            if self._locked() and self._written(now):
                self._renewed = self.ticks()
            else:
                self._renewed = None
        except (SQLAlchemyError, OSError) as error:
            _log.warning("the turn could not be renewed: %s", type(error).__name__)
        if before and not self.is_ours:
            _log.warning("this scheduler waits: another acts, or the turn cannot be written down")
        elif self.is_ours and not before:
            _log.info("this scheduler acts")
        return self.is_ours

    @property
    def is_ours(self) -> bool:
        renewed = self._renewed
        return renewed is not None and self.ticks() - renewed < TURN.total_seconds()

    def give_up(self, now: datetime) -> None:
        """Let another act at once; for a process that ends in good order."""
        if self.is_ours:
            with transaction(SYSTEM, now) as session:
                row = _row(session)
                if row.holder == self._name:
                    row.holder = ""
        self._renewed = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _locked(self) -> bool:
        if self._lock is not None:
            return True
        self.state_dir.mkdir(parents=True, exist_ok=True)
        file = (self.state_dir / LOCK).open("ab")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            return False
        self._lock, self._name = file, _name(self.state_dir)
        return True

    def _written(self, now: datetime) -> bool:
        with transaction(SYSTEM, now) as session:
            row = _row(session)
            if not may_take(row.holder, row.until, self._name, now):
                return False
            row.holder, row.renewed_at, row.until = self._name, now, now + TURN
            return True


def _row(session: Session) -> SchedulerTurn:
    return session.scalars(
        select(SchedulerTurn).where(SchedulerTurn.id == THE_ROW).with_for_update()
    ).one()


def _name(state_dir: Path) -> str:
    """Of whoever acts from this folder on this machine: the same after a restart."""
    path = state_dir / NAME
    if not path.exists():
        named = secrets.token_hex(8)
        disk.write_whole(path, lambda part: part.write_text(named, "ascii"))
    return f"{socket.gethostname()[:100]}:{path.read_text('ascii').strip()[:16]}"


def last_sign(session: Session) -> datetime | None:
    """When a scheduler last said that it acts; None when none ever has."""
    return session.scalar(select(SchedulerTurn.renewed_at).where(SchedulerTurn.id == THE_ROW))


def scheduler_is_alive(session: Session, now: datetime) -> bool:
    return is_alive(last_sign(session), now)
