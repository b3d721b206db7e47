"""An import in the browser: upload, columns, dry run, progress."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

from flask import (
    current_app,
    flash,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask_babel import gettext as _
from sqlalchemy.exc import OperationalError
from werkzeug.wrappers import Response

from responder.core import audit, disk
from responder.core.database import db, transaction
from responder.core.errors import Invalid, NotFound, WrongState
from responder.core.lifecycle import Attempt, Choice
from responder.core.permissions import Permission
from responder.core.times import utc_now
from responder.intake.imports import saved_mappings
from responder.intake.imports import service as import_service
from responder.intake.imports.declared import IMPORTS, STATE_LABELS, state_of
from responder.intake.imports.fields import FIELD_LABELS
from responder.intake.imports.forms import read_choices, read_where
from responder.intake.imports.layout import Layout, look, restored
from responder.intake.imports.lifecycle import IMPORT_RUN, UNDER_WAY, WISHES
from responder.intake.imports.mapping import load_mapping, mapping_names
from responder.intake.imports.models import ImportRun, RunState
from responder.intake.imports.rows import NO_HEADINGS
from responder.intake.imports.template import write_template
from responder.intake.imports.uploads import UploadFolder, receive
from responder.intake.models import CHANNEL_LABELS
from responder.intake.views import blueprint
from responder.settings import Settings
from responder.web.access import current_actor, may, requires, taken_along
from responder.web.listing import add_list_pages, show
from responder.web.media_types import XLSX
from responder.web.sentences import spoken
from responder.web.trail import Kind

IMPORT = Permission.MESSAGE_IMPORT
FORM_BYTES = 64 * 1024  # what a form has besides the file

# A file up to this size is read while its sender waits; a larger one by the scheduler.
READ_AT_ONCE_BYTES = 4 * 1024**2

RUN_KIND = Kind(
    "导入任务",
    {t.action: t.label for t in IMPORT_RUN.transitions}
    | {"create": "上传", "errors": "下载退回的行"},
    {"year": "年份", "mapping": "列映射"},
    IMPORT_RUN.states,
)


@blueprint.url_value_preprocessor
def _let_files_in(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Allow a large request where a file is expected, from somebody who may send one."""
    if endpoint == "intake.upload" and may(IMPORT):
        request.max_content_length = _settings().import_max_megabytes * 1024**2 + FORM_BYTES


def _settings() -> Settings:
    found: Settings = current_app.extensions["settings"]
    return found


def folder_of(run: ImportRun) -> UploadFolder:
    return UploadFolder(_settings().uploads, run.folder)


blueprint.add_app_template_filter(state_of, "batch_state")
blueprint.add_app_template_filter(lambda state: STATE_LABELS[state], "batch_state_label")


@blueprint.get("/imports")
@requires(IMPORT)
def imports() -> str:
    return render_template("intake/imports.html", **_imports_context())


add_list_pages(blueprint, "/imports", IMPORTS, "imports", frozenset({IMPORT}))


def _imports_context() -> dict[str, Any]:
    return {
        "listed": show(IMPORTS, "intake.imports"),
        "labels": CHANNEL_LABELS,
        "runs": import_service.open_runs(db.session),
        "states": IMPORT_RUN.states,
        "saved": saved_mappings.saved(db.session),
        "fields": FIELD_LABELS,
        "mappings": [load_mapping(name) for name in mapping_names()],
        "problem": "",
    }


@blueprint.post("/imports/files")
@requires(IMPORT)
def upload() -> Response | tuple[str, int]:
    given = request.files.get("file")
    try:
        if given is None or not given.filename:
            raise Invalid(_("请先选择要导入的文件"), {"file": _("请选择文件")})
        folder, size = receive(_settings().uploads, given.stream, given.filename)
    except Invalid as error:
        context = _imports_context() | {"problem": spoken(error.message)}
        return render_template("intake/imports.html", **context), 422
    _read_if_small(run := _taken_in(folder, size))
    return _to_run(run.id)


def _taken_in(folder: UploadFolder, size: int) -> ImportRun:
    """An upload that the database does not take leaves no file behind.

    Where the answer to a commit was lost, nobody knows whether it was taken: its file stays, and
    is swept an hour later when no run names it.
    """
    now = utc_now()
    try:
        with transaction(current_actor(), now) as session:
            return import_service.take_in(
                session, current_actor(), folder.name, folder.file.name, size, now
            )
    except Exception as error:
        if not isinstance(error, OperationalError) or disk.is_full(error):
            folder.remove()
        raise


def _read_if_small(run: ImportRun) -> None:
    """Look into a small file right away; whatever is wrong with it stands on its page."""
    if run.size > READ_AT_ONCE_BYTES:
        return
    folder, now, layout = folder_of(run), utc_now(), None
    problem = ""
    try:
        where = read_where(request.form)
        layout = look(folder.file, where, _settings(), now)
    except Invalid as error:
        problem = spoken(error.message)
    with transaction(current_actor(), now) as session:
        mine = import_service.get_run(session, run.id, lock=True)
        if mine.state is not RunState.READING:
            return  # the scheduler was quicker
        import_service.take_from_runner(mine)
        if layout is not None:
            folder.write("layout", layout.to_json())
            import_service.looked_at(session, mine, layout)
        mine.problem = problem
        action = "read" if layout is not None else "fail"
        IMPORT_RUN.advance(session, mine, action, Attempt(current_actor(), now))


def _to_run(run_id: int) -> Response:
    return redirect(url_for("intake.import_run", run_id=run_id))


@blueprint.get("/imports/runs/<int:run_id>")
@requires(IMPORT)
def import_run(run_id: int) -> str | Response:
    run = import_service.get_run(db.session, run_id)
    if run.state is RunState.DONE and run.batch_id is not None:
        return redirect(url_for("intake.import_batch", batch_id=run.batch_id))
    return _run_page(run, {})


def _run_page(run: ImportRun, problems: dict[str, str]) -> str:
    folder = folder_of(run)
    layout = restored(folder.read("layout"))
    return render_template(
        "intake/import_run.html",
        run=run,
        layout=layout,
        chosen=_chosen(run, problems),
        problems=problems,
        refusals=folder.read("refusals") or [],
        has_errors=folder.errors.is_file(),
        choices=_wishes(run),
        **_progress_context(run),
        fields=FIELD_LABELS,
        channels=CHANNEL_LABELS,
        no_headings=NO_HEADINGS,
        max_year=utc_now().year,
    )


def _chosen(run: ImportRun, problems: dict[str, str]) -> dict[str, Any]:
    """What stands in the form: as typed after a refusal, otherwise as stored."""
    if problems:
        form = request.form
        columns = {int(k[7:]): v for k, v in form.items() if re.fullmatch(r"column-\d{1,4}", k)}
        keys = ("channel", "year", "save_as")
        return {"columns": columns} | {key: form.get(key, "") for key in keys}
    columns = {place: name for name, place in run.columns.items()}
    return {
        "columns": columns,
        "channel": run.channel or "",
        "year": run.year or "",
        "save_as": "",
    }


def _wishes(run: ImportRun) -> list[Choice]:
    attempt = Attempt(current_actor(), utc_now())
    return [
        choice
        for choice in IMPORT_RUN.choices(run, attempt)
        if choice.transition.action in WISHES and not choice.obstacles
    ]


def _progress_context(run: ImportRun) -> dict[str, Any]:
    """How far it is, how fast, and how long it may still take."""
    expected = max(run.rows_expected, run.rows_done, 1)
    rate, left = 0.0, None
    if run.state is RunState.RUNNING and run.begun_at and run.heartbeat_at:
        seconds = (run.heartbeat_at - run.begun_at).total_seconds()
        fresh = run.rows_done - run.rows_before
        if seconds > 0 and fresh > 0:
            rate = fresh / seconds
            left = round((expected - run.rows_done) / rate)
    return {
        "expected": expected,
        "rate": rate,
        "left": left,
        "under_way": run.state in UNDER_WAY,
        "states": IMPORT_RUN.states,
    }


@blueprint.get("/imports/runs/<int:run_id>/progress")
@requires(IMPORT)
def import_progress(run_id: int) -> str:
    """The part of the page that changes, for a look every second."""
    run = import_service.get_run(db.session, run_id)
    return render_template("intake/_import_progress.html", run=run, **_progress_context(run))


@blueprint.post("/imports/runs/<int:run_id>/table")
@requires(IMPORT)
def import_table(run_id: int) -> Response:
    """Take another table of the file, or other headings."""
    where, now = read_where(request.form), utc_now()
    with transaction(current_actor(), now) as session:
        run = import_service.get_run(session, run_id, lock=True)
        IMPORT_RUN.advance(session, run, "look-again", Attempt(current_actor(), now))
        run.member, run.sheet, run.heading_row = where.member, where.sheet, where.heading_row
        run.columns = {}
        import_service.take_from_runner(run)
    _read_if_small(run)
    return _to_run(run_id)


@blueprint.post("/imports/runs/<int:run_id>/columns")
@requires(IMPORT)
def import_columns(run_id: int) -> Response | tuple[str, int]:
    now = utc_now()
    run = import_service.get_run(db.session, run_id)
    layout = restored(folder_of(run).read("layout")) or Layout()
    try:
        choices = read_choices(request.form, layout)
        with transaction(current_actor(), now) as session:
            locked = import_service.get_run(session, run_id, lock=True)
            attempt = Attempt(current_actor(), now)
            import_service.choose(session, locked, layout, choices, attempt)
    except Invalid as error:
        run = import_service.get_run(db.session, run_id)
        problems = {"": spoken(error.message), **error.fields}
        return _run_page(run, problems), 422
    return _to_run(run_id)


@blueprint.post("/imports/runs/<int:run_id>/<string:action>")
@requires(IMPORT)
def import_wish(run_id: int, action: str) -> Response:
    if action not in WISHES:
        raise NotFound(_("没有这个操作：请从导入页面重新进入"))
    now = utc_now()
    try:
        with transaction(current_actor(), now) as session:
            run = import_service.get_run(session, run_id, lock=True)
            import_service.wish(session, run, action, Attempt(current_actor(), now))
    except WrongState as error:  # pressed while it moved on by itself
        flash(spoken(error.message), "warning")
        return _to_run(run_id)
    if action == "discard":
        folder_of(run).remove()
        flash(_("已放弃，上传的文件已删除。"), "success")
        return redirect(url_for("intake.imports"))
    return _to_run(run_id)


@blueprint.get("/imports/runs/<int:run_id>/errors.xlsx")
@requires(IMPORT)
@taken_along
def import_errors(run_id: int) -> Response:
    """The refused rows, as they came, with the reason beside each."""
    run = import_service.get_run(db.session, run_id)
    path = folder_of(run).errors
    if not path.is_file():
        raise NotFound(_("退回的行已过保留期或不存在：如需要，请重新上传原文件"))
    with transaction(current_actor(), utc_now()) as session:
        audit.record(session, "errors", import_service.get_run(session, run_id))
    name = f"{_('退回')}-{run.file_name.rpartition('.')[0]}.xlsx"
    return send_file(path.resolve(), XLSX, as_attachment=True, download_name=name)


@blueprint.get("/imports/template.xlsx")
@requires(IMPORT)
def import_template() -> Response:
    content = BytesIO(write_template())
    return send_file(content, XLSX, as_attachment=True, download_name=_("留言导入模板.xlsx"))
