"""Verbs on uploaded files: take in, choose columns, wish; and what the runner notes down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from responder.core.errors import Invalid, NotFound
from responder.core.lifecycle import Attempt
from responder.core.permissions import Actor
from responder.intake.imports import saved_mappings
from responder.intake.imports.fields import FIELD_LABELS
from responder.intake.imports.layout import Layout
from responder.intake.imports.lifecycle import IMPORT_RUN, OPEN
from responder.intake.imports.models import ImportRun, RunState
from responder.intake.models import Channel, ImportBatch


@dataclass(frozen=True)
class Choices:
    """What a person said of a file.

    :param columns: position of a column → field; columns that are not imported are absent.
    :param save_as: under which name to keep it; empty: do not.
    """

    columns: Mapping[int, str]
    channel: Channel | None
    year: int | None = None
    save_as: str = ""


def take_in(
    session: Session, actor: Actor, folder: str, file_name: str, size: int, now: datetime
) -> ImportRun:
    """Note that a file was uploaded; it waits to be read."""
    run = ImportRun(
        state=RunState.READING,
        file_name=file_name,
        folder=folder,
        size=size,
        columns={},
        counts={},
        created_at=now,
        created_by_id=actor.id,
    )
    session.add(run)
    session.flush()
    return run


def get_run(session: Session, run_id: int, *, lock: bool = False) -> ImportRun:
    """:raises NotFound: there is no such upload."""
    query = select(ImportRun).where(ImportRun.id == run_id)
    if lock:
        query = query.with_for_update()
    else:
        query = query.options(joinedload(ImportRun.batch), joinedload(ImportRun.created_by))
    found = session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound(f"没有第 {run_id} 号导入任务：请从导入页面重新进入")
    return found


def get_batch(session: Session, batch_id: int) -> ImportBatch:
    """:raises NotFound: there is no such import."""
    found = session.get(ImportBatch, batch_id, populate_existing=True)
    if found is None:
        raise NotFound(f"没有第 {batch_id} 批导入：请从导入页面重新进入")
    return found


def open_runs(session: Session) -> list[ImportRun]:
    """The files that are on their way, newest first."""
    query = select(ImportRun).where(ImportRun.state.in_(OPEN)).order_by(ImportRun.id.desc())
    return list(session.scalars(query.options(joinedload(ImportRun.batch))))


def runs_of(batch: ImportBatch) -> Select[ImportRun]:
    """The uploads that brought this batch, newest first."""
    query = select(ImportRun).where(ImportRun.batch_id == batch.id)
    return query.order_by(ImportRun.id.desc())


def looked_at(session: Session, run: ImportRun, layout: Layout) -> None:
    """Note what a look at the file found; a mapping saved for its headings is used again."""
    run.rows_expected, run.bad_bytes = layout.rows, layout.bad_bytes
    run.heading_row, run.mapping, run.columns = layout.heading_row, "", layout.guessed
    known = saved_mappings.find(session, layout.headings) if layout.headings else None
    if known is not None:
        run.mapping, run.channel = known.name, known.channel
        run.columns = saved_mappings.places(known, layout.headings)


def choose(
    session: Session, run: ImportRun, layout: Layout, choices: Choices, attempt: Attempt
) -> None:
    """Take a person's columns, and have the file read by them without storing anything.

    :raises Invalid: something is missing or said twice; fields ``column-N``, ``channel``,
        ``save_as`` and ``columns`` name the place.
    """
    problems = _problems(choices)
    if problems:
        raise Invalid("请先改正标红的地方，再试运行", problems)
    assert choices.channel is not None, "a missing channel is a problem"
    columns = {name: place for place, name in sorted(choices.columns.items())}
    if choices.save_as:
        saved = saved_mappings.save(
            session, choices.save_as, layout.headings, columns, choices.channel, attempt.now
        )
        run.mapping = saved.name
    elif columns != run.columns:
        run.mapping = ""
    run.columns, run.channel, run.year = columns, choices.channel, choices.year
    run.counts, run.rows_done, run.problem = {}, 0, ""
    take_from_runner(run)
    IMPORT_RUN.advance(session, run, "check", attempt)


def _problems(choices: Choices) -> dict[str, str]:
    """Where → what is wrong there."""
    found: dict[str, str] = {}
    given: dict[str, int] = {}
    for place, name in sorted(choices.columns.items()):
        if name in given:
            found[f"column-{place}"] = f"“{FIELD_LABELS[name]}”已由另一列担任，请改选"
        given.setdefault(name, place)
    lacking = []
    if "occurred_at" not in given:
        lacking.append("请指明哪一列是“时间”")
    if not given.keys() & {"title", "body"}:
        lacking.append("请指明哪一列是“内容”或“标题”")
    if lacking:
        found["columns"] = "；".join(lacking)
    if choices.channel is None:
        found["channel"] = "请选择渠道"
    return found


def take_from_runner(run: ImportRun) -> None:
    """Another thing is asked now: whoever is at the former one, or died at it, is out of it.

    The next runner that looks takes it up at once.
    """
    run.runner = ""


def wish(session: Session, run: ImportRun, action: str, attempt: Attempt) -> None:
    """Do what a person's button says: start, stop, resume, change or discard.

    :raises WrongState: the file has come further meanwhile.
    """
    IMPORT_RUN.advance(session, run, action, attempt)
    if action != "stop":  # who works on it must still say how far it came
        take_from_runner(run)
    if action in ("resume", "change"):
        run.problem = ""
    if action in ("start", "resume"):  # what a dry run has read is not stored
        run.rows_done = run.batch.rows if run.batch is not None else 0
