"""Whole imports, as a person makes them: uploaded, looked at, rehearsed, stored, and counted."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import NamedTuple

from flask import Flask
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from responder.core.database import db, transaction
from responder.core.errors import Invalid
from responder.core.lifecycle import Attempt
from responder.core.permissions import CONSOLE
from responder.core.times import utc_now
from responder.intake.imports import service
from responder.intake.imports.layout import Layout, restored
from responder.intake.imports.models import ImportRun, RunState
from responder.intake.imports.runner import BROKEN, Runner
from responder.intake.imports.uploads import UploadFolder, receive
from responder.intake.models import Channel, Message
from tools.fuzzing import streams, texts, workbooks


class Upload(NamedTuple):
    name: str
    content: bytes


uploads = st.one_of(
    texts.csvs().map(lambda content: Upload("来电.csv", content)),
    texts.csvs().map(lambda content: Upload("来电.csv", content)),
    texts.json_lines().map(lambda content: Upload("来电.jsonl", content)),
    workbooks.xlsx().map(lambda content: Upload("来电.xlsx", content)),
    streams.zips().map(lambda content: Upload("来电.zip", content)),
)


def fuzz_imports(app: Flask, files: int, number: int) -> dict[str, int]:
    """Import so many files into the application's database; how many ended how.

    :raises AssertionError: one broke the import, or its counts do not add up.
    """
    ended: dict[str, int] = {}

    @seed(number)
    @settings(
        max_examples=files,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    @given(uploads)
    def each(upload: Upload) -> None:
        if upload.content:
            how = imported(app, upload)
            ended[how] = ended.get(how, 0) + 1

    each()
    return ended


def imported(app: Flask, upload: Upload) -> str:
    """Bring one file in; the state in which it ends."""
    office, now = app.extensions["settings"], utc_now()
    folder, size = receive(office.uploads, io.BytesIO(upload.content), upload.name)
    with transaction(CONSOLE, now) as session:
        run_id = service.take_in(session, CONSOLE, folder.name, upload.name, size, now).id
    runner = Runner(office, utc_now)
    before = _stored()
    while runner.look_once():
        pass
    if _run(run_id).state is RunState.MAPPING and _chosen(run_id, folder):
        while runner.look_once():
            pass
    if _run(run_id).state is RunState.CHECKED:
        _start(run_id, runner)
    return _sound(run_id, folder, before)


def _chosen(run_id: int, folder: UploadFolder) -> bool:
    """Whether the guessed columns are enough to read it by."""
    layout = restored(folder.read("layout"))
    if layout is None or not layout.headings:
        return False
    columns = {place: name for name, place in layout.guessed.items()}
    try:
        with transaction(CONSOLE) as session:
            run = service.get_run(session, run_id, lock=True)
            choices = service.Choices(columns, Channel.MAILBOX, 2026)
            service.choose(session, run, _of(layout), choices, Attempt(CONSOLE, utc_now()))
    except Invalid:
        return False
    return True


def _of(layout: Layout) -> Layout:
    json.dumps(layout.to_json(), ensure_ascii=False).encode("utf-8")
    return layout


def _start(run_id: int, runner: Runner) -> None:
    with transaction(CONSOLE) as session:
        run = service.get_run(session, run_id, lock=True)
        service.wish(session, run, "start", Attempt(CONSOLE, utc_now()))
    while runner.import_once():
        pass


def _sound(run_id: int, folder: UploadFolder, before: int) -> str:
    run = _run(run_id)
    counts = run.counts
    if counts:
        assert counts["rows"] == counts["created"] + counts["duplicates"] + counts["errors"], counts
    if run.state is RunState.FAILED:
        assert run.problem, "failed without a word"
        assert run.problem != BROKEN, "an error of the system, see the log"
        assert _stored() == before, "half of it was stored"
    if run.state is RunState.DONE:
        batch = run.batch
        assert batch is not None
        assert batch.rows == batch.created + batch.duplicates + batch.errors
        assert _stored() == before + batch.created
        told = {name: getattr(batch, name) for name in ("rows", "created", "duplicates", "errors")}
        assert told == {name: counts[name] for name in told}, "the rehearsal said something else"
        assert bool(batch.errors) == Path(folder.errors).exists()
    assert run.state in (RunState.DONE, RunState.FAILED, RunState.MAPPING), run.state
    state = run.state.value
    if run.state is RunState.MAPPING:
        with transaction(CONSOLE) as session:
            open_run = service.get_run(session, run_id, lock=True)
            service.wish(session, open_run, "discard", Attempt(CONSOLE, utc_now()))
    db.session.rollback()
    return state


def _run(run_id: int) -> ImportRun:
    db.session.rollback()
    return service.get_run(db.session, run_id)


def _stored() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Message)) or 0
