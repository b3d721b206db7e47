"""The work itself, in the scheduler's process: one errand at a time.

As with imports, the state is the database's: an errand is claimed by writing who works on it and
when that was last alive; one whose runner is silent is taken up anew, from its beginning.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

from sqlalchemy import or_, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from responder.accounts.models import User
from responder.core import disk
from responder.core.database import db, end_read, transaction
from responder.core.errors import DomainError, Forbidden
from responder.core.permissions import SYSTEM, Actor
from responder.errands import service
from responder.errands.kinds import Outcome, kind_of
from responder.errands.models import UNDER_WAY, Errand, ErrandState

SILENT_AFTER = timedelta(seconds=60)
TELLS_EVERY = timedelta(milliseconds=700)
BROKEN = "系统出错，已记录：请稍后重新办理，或联系系统管理员"

Clock = Callable[[], datetime]
One = TypeVar("One")

_log = logging.getLogger(__name__)


class Cancelled(Exception):
    """Whoever asked does not want it any more."""


class Stopping(Exception):
    """The process is about to end; the errand is taken up again by the next."""


@dataclass
class Teller:
    """Writes down how far an errand is, now and then, and hears whether it was called off."""

    errand_id: int
    name: str
    clock: Clock
    goes_on: Callable[[], bool]
    told_at: datetime | None = None

    def tell(self, done: int, total: int | None = None) -> None:
        now = self.clock()
        if self.told_at is not None and now - self.told_at < TELLS_EVERY:
            return
        self.told_at = now
        if not self.goes_on():
            raise Stopping
        with transaction(SYSTEM, now) as session:
            errand = session.get(Errand, self.errand_id)
            if errand is None or errand.runner != self.name or errand.cancel_asked_at:
                raise Cancelled
            errand.done, errand.heartbeat_at = done, now
            errand.total = errand.total if total is None else total

    def of(self, rows: Iterable[One], total: int | None = None) -> Iterator[One]:
        for number, row in enumerate(rows):
            self.tell(number, total)
            yield row


@dataclass
class Runner:
    """Whoever works: one thread of one process."""

    folder: Path
    clock: Clock
    goes_on: Callable[[], bool] = lambda: True
    name: str = field(default_factory=lambda: uuid4().hex)

    def run_once(self) -> bool:
        """Do one errand; whether there was one."""
        errand_id = self._claim()
        if errand_id is None:
            return False
        try:
            self._end(errand_id, ErrandState.DONE, self._work(errand_id))
        except Cancelled:
            self._end(errand_id, ErrandState.CANCELLED, Outcome(""))
        except Stopping:
            self._let_go(errand_id)
        except OperationalError:
            raise  # the database is away: the errand stays claimed, and is taken up again
        except DomainError as error:
            self._end(errand_id, ErrandState.FAILED, Outcome(error.message))
        except Exception as error:
            self._broken(errand_id, error)
        return True

    def _claim(self) -> int | None:
        """Put our name on the oldest errand that nobody is at."""
        now = self.clock()
        silent = or_(Errand.runner == "", Errand.heartbeat_at < now - SILENT_AFTER)
        waiting = select(Errand).where(Errand.state.in_(UNDER_WAY), silent).order_by(Errand.id)
        if db.session.scalar(waiting.with_only_columns(Errand.id).limit(1)) is None:
            end_read()
            return None
        with transaction(SYSTEM, now) as session:
            errand = session.scalar(waiting.limit(1).with_for_update(skip_locked=True))
            if errand is None:
                return None
            errand.state, errand.runner, errand.heartbeat_at = ErrandState.RUNNING, self.name, now
            errand.begun_at, errand.done = now, 0
            return errand.id

    def _work(self, errand_id: int) -> Outcome:
        errand = db.session.get_one(Errand, errand_id)
        kind = kind_of(errand.kind)
        actor = _actor(errand.asked_by_id)
        if not kind.permissions & actor.permissions:
            raise Forbidden("您已没有办理这项任务的权限；如工作需要，请联系系统管理员")
        self.folder.mkdir(parents=True, exist_ok=True)
        teller = Teller(errand_id, self.name, self.clock, self.goes_on)
        path = service.result_path(self.folder, errand_id)
        return kind.work(actor, dict(errand.arguments), teller, path)

    def _end(self, errand_id: int, state: ErrandState, outcome: Outcome) -> None:
        """Write down how it ended, unless somebody else has taken it over.

        What was written of a result that nobody gets goes; whoever took it over writes there now.
        """
        end_read()
        with transaction(SYSTEM, self.clock()) as session:
            errand = self._mine(session, errand_id)
            if errand is None:
                return
            if state is not ErrandState.DONE:
                service.result_path(self.folder, errand_id).unlink(missing_ok=True)
            errand.state, errand.ended_at = state, self.clock()
            errand.told, errand.file_name = outcome.told[:500], outcome.name
            if state is ErrandState.DONE:
                errand.done = errand.total = errand.total or errand.done

    def _broken(self, errand_id: int, error: Exception) -> None:
        """It cannot be done, for a reason that is none of the office's."""
        if disk.is_full(error):
            _log.error("errand %s: no space is left on the disk", errand_id)
            self._end(errand_id, ErrandState.FAILED, Outcome(disk.not_done(error)))
            return
        _log.error("errand %s failed", errand_id, exc_info=error)
        self._end(errand_id, ErrandState.FAILED, Outcome(BROKEN))

    def _let_go(self, errand_id: int) -> None:
        end_read()
        with transaction(SYSTEM, self.clock()) as session:
            if errand := self._mine(session, errand_id):
                errand.state, errand.runner = ErrandState.WAITING, ""

    def _mine(self, session: Session, errand_id: int) -> Errand | None:
        """The errand, if we still work on it; nobody takes it over before this transaction ends."""
        own = select(Errand).where(Errand.id == errand_id, Errand.runner == self.name)
        return session.scalar(own.with_for_update())


def _actor(user_id: int) -> Actor:
    user = db.session.get(User, user_id)
    if user is None or not user.active:
        raise Forbidden("办理人已停用：请由其他同事重新办理")
    return user.actor
