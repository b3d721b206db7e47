"""Work on uploaded files in the scheduler's process: one piece at a time.

The state is the database's. A piece of work is claimed by writing who works on it and when
that was last alive; one whose runner is silent for ``SILENT_AFTER`` is taken up by whoever
asks next. Two that believe in the same piece do no harm: a chunk is stored once (see
``importing``), and the one whose name is no longer there steps back.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import and_, or_, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from responder.core import disk
from responder.core.database import db, end_read, transaction
from responder.core.errors import DomainError
from responder.core.lifecycle import Attempt
from responder.core.permissions import Actor, Permission
from responder.intake.imports import service as import_service
from responder.intake.imports.importing import (
    Chosen,
    ImportReport,
    ImportRequest,
    Watch,
    import_file,
    rehearse,
)
from responder.intake.imports.layout import Where, look
from responder.intake.imports.lifecycle import IMPORT_RUN, OPEN, UNDER_WAY
from responder.intake.imports.mapping import ColumnMapping
from responder.intake.imports.models import ImportRun, RunState
from responder.intake.imports.uploads import UploadFolder, sweep
from responder.intake.models import BatchState
from responder.settings import Settings

SILENT_AFTER = timedelta(seconds=30)
UNKNOWN_FOR = 3600.0  # seconds: a file is uploaded before it is written down
TELLS_EVERY = timedelta(milliseconds=700)

UNNAMED = "自定义"
BROKEN = "系统出错，已记录：请稍后点“继续”，或联系系统管理员"

Clock = Callable[[], datetime]

_log = logging.getLogger(__name__)


@dataclass
class Runner:
    """Whoever works: one thread of one process.

    :param goes_on: False once the process is about to end.
    """

    settings: Settings
    clock: Clock
    goes_on: Callable[[], bool] = lambda: True
    name: str = field(default_factory=lambda: uuid4().hex)

    def look_once(self) -> bool:
        """Read or rehearse one file; whether there was one."""
        run = self._claim((RunState.READING, RunState.CHECKING), ())
        if run is None:
            return False
        self._guarded(run, self._read if run.state is RunState.READING else self._check)
        return True

    def import_once(self) -> bool:
        """Import one file, or go on with one that was left; whether there was one."""
        run = self._claim((RunState.QUEUED,), (RunState.RUNNING, RunState.STOPPING))
        if run is None:
            return False
        self._guarded(run, self._import)
        return True

    def _claim(self, fresh: tuple[RunState, ...], left: tuple[RunState, ...]) -> ImportRun | None:
        """Put our name on the oldest piece of work that nobody is at."""
        now = self.clock()
        silent = or_(ImportRun.runner == "", ImportRun.heartbeat_at < now - SILENT_AFTER)
        waiting = (
            select(ImportRun)
            .where(ImportRun.state.in_((*fresh, *left)), silent)
            .order_by(ImportRun.id)
            .limit(1)
        )
        if db.session.scalar(waiting.with_only_columns(ImportRun.id)) is None:
            end_read()
            return None
        with transaction(now=now) as session:
            run = session.scalar(waiting.with_for_update(skip_locked=True))
            if run is None:
                return None
            run.runner, run.heartbeat_at = self.name, now
            if run.state is RunState.QUEUED:
                self._advance(session, run, "begin")
                run.begun_at = now
        return import_service.get_run(db.session, run.id)

    def _guarded(self, run: ImportRun, work: Callable[[ImportRun], None]) -> None:
        """Do a piece of work; whatever is wrong with it is written beside it."""
        run_id = run.id
        try:
            work(run)
        except OperationalError:
            raise  # the database is away: the piece stays claimed, and is taken up again
        except DomainError as error:
            self._settle(run_id, "fail", error.message)
        except Exception as error:
            if disk.is_full(error):
                raise  # as a database that is away: it is taken up again when there is space
            _log.exception("import %s failed", run_id)
            self._settle(run_id, "fail", BROKEN)

    def _read(self, run: ImportRun) -> None:
        folder = self._folder(run)
        layout = look(
            folder.file, Where(run.member, run.sheet, run.heading_row), self.settings, self.clock()
        )
        with transaction(now=self.clock()) as session:
            mine = self.mine(session, run.id)
            if mine is not None and mine.state is RunState.READING:
                folder.write("layout", layout.to_json())
                import_service.looked_at(session, mine, layout)
                self._advance(session, mine, "read")
                mine.runner = ""

    def _check(self, run: ImportRun) -> None:
        watch = _Follower(self, run.id, RunState.CHECKING)
        report = rehearse(self._request(run), self.settings, self.clock(), watch.watch)
        if not report.finished:
            return self._let_go(run.id)
        refusals = [(one.row.number, one.reason) for one in report.first_refusals]
        with transaction(now=self.clock()) as session:
            mine = self.mine(session, run.id)
            if mine is not None and mine.state is RunState.CHECKING:
                self._folder(run).write("refusals", refusals)
                mine.counts = _counts(report)
                mine.rows_done, mine.runner = report.rows, ""
                self._advance(session, mine, "checked")
        return None

    def _import(self, run: ImportRun) -> None:
        if run.batch is not None and run.batch.state is BatchState.DONE:
            self._finish(run.id, run.batch.rows)  # whoever ended it died before saying so
            return
        watch = _Follower(self, run.id, RunState.RUNNING)
        actor = _actor(run)
        request = self._request(run, errors=True)
        report = import_file(request, actor, self.settings, self.clock(), watch.watch)
        if report.finished:
            self._finish(run.id, report.rows)
        elif self.goes_on():
            self._settle(run.id, "halt", rows_done=report.rows)
        else:
            self._let_go(run.id)

    def _finish(self, run_id: int, rows: int) -> None:
        if self._settle(run_id, "finish", rows_done=rows):
            self._folder(import_service.get_run(db.session, run_id)).drop_file()

    def _request(self, run: ImportRun, *, errors: bool = False) -> ImportRequest:
        assert run.channel is not None, "columns are chosen together with the channel"
        assert run.heading_row is not None, "a file is read before it is imported"
        folder = self._folder(run)
        name = run.mapping or UNNAMED
        return ImportRequest(
            path=folder.file,
            channel=run.channel,
            mapping=ColumnMapping(name, name, {}, frozenset()),
            sheet=run.sheet,
            year=run.year,
            errors_path=folder.errors if errors else None,
            member=run.member,
            chosen=Chosen(run.columns, run.heading_row),
        )

    def _folder(self, run: ImportRun) -> UploadFolder:
        return UploadFolder(self.settings.uploads, run.folder)

    def _settle(self, run_id: int, action: str, problem: str = "", rows_done: int = 0) -> bool:
        """Write down how it ended; False when somebody else has taken it over."""
        with transaction(now=self.clock()) as session:
            run = self.mine(session, run_id)
            if run is None:
                return False
            run.problem, run.runner, run.heartbeat_at = problem, "", self.clock()
            run.rows_done = rows_done or run.rows_done
            if any(run.state in t.sources for t in IMPORT_RUN.transitions if t.action == action):
                self._advance(session, run, action)
            return True

    def _let_go(self, run_id: int) -> None:
        """Leave the work to the next runner, at once."""
        with transaction(now=self.clock()) as session:
            run = self.mine(session, run_id)
            if run is not None:
                run.runner = ""

    def mine(self, session: Session, run_id: int) -> ImportRun | None:
        """The run, if we still work on it."""
        run = import_service.get_run(session, run_id, lock=True)
        return run if run.runner == self.name else None

    def _advance(self, session: Session, run: ImportRun, action: str) -> None:
        IMPORT_RUN.advance(session, run, action, Attempt(_actor(run), self.clock()))


class _Follower:
    """Tells the page how far a file is, and asks whether to go on."""

    def __init__(self, runner: Runner, run_id: int, state: RunState) -> None:
        self.runner, self.run_id, self.state = runner, run_id, state
        self.told_at: datetime | None = None
        self.watch = Watch(self._progress, self._started, self._goes_on)

    def _started(self, batch_id: int) -> None:
        with transaction(now=self.runner.clock()) as session:
            run = self.runner.mine(session, self.run_id)
            if run is None:
                return
            run.batch_id = batch_id
            session.flush()
            session.refresh(run, ["batch"])
            assert run.batch is not None, "it was just set"
            run.rows_before, run.begun_at = run.batch.rows, self.runner.clock()

    def _progress(self, done: int, expected: int) -> None:
        now = self.runner.clock()
        if self.told_at is not None and now - self.told_at < TELLS_EVERY:
            return
        self.told_at = now
        with transaction(now=now) as session:
            run = self.runner.mine(session, self.run_id)
            if run is not None:
                run.rows_done, run.rows_expected, run.heartbeat_at = done, max(expected, done), now

    def _goes_on(self) -> bool:
        """Nobody wants it stopped, nobody else has taken it over, the process stays."""
        query = select(ImportRun.state, ImportRun.runner).where(ImportRun.id == self.run_id)
        state, runner = db.session.execute(query).one()
        end_read()
        return self.runner.goes_on() and (state, runner) == (self.state, self.runner.name)


def tidy(settings: Settings, now: datetime) -> int:
    """Give up files that nobody came back to, and remove what was kept of old ones.

    :returns: how many folders went.
    """
    before = now - timedelta(days=settings.import_keep_days)
    with transaction(now=now) as session:
        forgotten = select(ImportRun).where(
            ImportRun.state.in_(set(OPEN) - set(UNDER_WAY)), ImportRun.created_at < before
        )
        for run in session.scalars(forgotten.with_for_update()):
            run.state = RunState.DISCARDED
    kept = select(ImportRun.folder).where(
        or_(
            ImportRun.state.in_(UNDER_WAY),
            and_(ImportRun.created_at >= before, ImportRun.state != RunState.DISCARDED),
        )
    )
    return sweep(settings.uploads, set(db.session.scalars(kept)), UNKNOWN_FOR)


def _actor(run: ImportRun) -> Actor:
    """The person who asked, with the right to ask for this and nothing else."""
    name = run.created_by.display_name if run.created_by else "系统"
    return Actor(run.created_by_id, name, frozenset({Permission.MESSAGE_IMPORT}))


def _counts(report: ImportReport) -> dict[str, int]:
    return {
        "rows": report.rows,
        "created": report.created,
        "duplicates": report.duplicates,
        "errors": report.errors,
    }
