"""The parts of a package: its plan as a table of rows, its materials, its files."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from responder.core.database import db, transaction
from responder.core.errors import DomainError, Invalid, NotFound, Stale
from responder.core.file_kinds import DOCUMENTS
from responder.core.lifecycle import Attempt
from responder.core.permissions import Permission
from responder.planning.events import files as contents
from responder.publishing.answers import office
from responder.publishing.packages import columns, entering, queries
from responder.publishing.packages.entering import MaterialFacts
from responder.publishing.packages.forms import MaterialForm
from responder.publishing.packages.lifecycle import PACKAGE
from responder.publishing.packages.models import (
    InterpretationColumn,
    Material,
    PlanLine,
    PolicyPackage,
)
from responder.publishing.packages.views import (
    READERS,
    REFUSALS,
    Page,
    attempt_now,
    blueprint,
    to_package,
)
from responder.web.access import current_actor, may, requires
from responder.web.errors import STATUS
from responder.web.forms import note_read, seen_version, show_errors, shown_version, unit_choices
from responder.web.sentences import spoken

PLAN_ROWS = 8
SPARE_ROWS = 2  # beyond those that are filled, so that the page is no longer than it must be
FEWEST_EMPTY = 3
ROW_FIELDS = ("column", "form", "writer", "due_on", "channel")
FORM_BYTES = 64 * 1024  # what a form has besides the file


@blueprint.url_value_preprocessor
def _let_files_in(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Allow a large request where a file is expected, from somebody who may send one."""
    if endpoint == "packages.add_file" and may(Permission.PACKAGE_PROPOSE):
        request.max_content_length = 2 * office().event_file_max_megabytes * 1024**2 + FORM_BYTES


@blueprint.route("/packages/<int:package_id>/plan", methods=["GET", "POST"])
@requires(Permission.PACKAGE_PROPOSE)
def plan(package_id: int) -> Page:
    attempt = attempt_now()
    package = queries.find(db.session, package_id, attempt.actor)
    PACKAGE.allow(package, "edit", attempt)
    if request.method == "GET":
        return _plan_page(package, _kept_rows(package))
    rows = _typed_rows()
    try:
        with transaction(attempt.actor, attempt.now) as session:
            package = queries.find_to_change(session, package_id, attempt.actor, seen_version())
            entering.save_plan(session, package, rows, attempt)
    except REFUSALS as error:
        package = queries.find(db.session, package_id, attempt.actor)
        return _plan_page(package, rows, error), STATUS[type(error)]
    flash(_("解读方案已保存。"), "success")
    return to_package(package_id, "plan")


def _kept_rows(package: PolicyPackage) -> list[dict[str, str]]:
    return [
        {
            "column": str(line.column_id),
            "form": line.form,
            "writer": line.writer,
            "due_on": line.due_on.isoformat(),
            "channel": line.channel,
        }
        for line in package.plan
    ]


def _typed_rows() -> list[dict[str, str]]:
    """The rows of the form in their order; a row that was not sent is empty."""
    return [
        {name: request.form.get(f"{name}-{number}", "") for name in ROW_FIELDS}
        for number in range(1, PLAN_ROWS + 1)
    ]


def _plan_page(
    package: PolicyPackage, rows: list[dict[str, str]], error: DomainError | None = None
) -> str:
    overtaken = isinstance(error, Stale)
    empty = dict.fromkeys(ROW_FIELDS, "")
    filled = rows if error else [row for row in rows if any(row.values())]
    return render_template(
        "packages/plan.html",
        package=package,
        rows=[*filled, *[empty] * SPARE_ROWS][:PLAN_ROWS],
        columns=_choosable({line.column for line in package.plan}),
        version=shown_version(package, overtaken),
        stored=[" ".join(_words(line)) for line in package.plan] if overtaken else None,
        error=error,
    )


def _words(line: PlanLine) -> tuple[str, ...]:
    return line.column.name, line.form, line.writer, line.due_on.isoformat(), line.channel


def _choosable(kept: set[InterpretationColumn]) -> list[InterpretationColumn]:
    """Columns in use, and those that stand in the record though they were retired since."""
    return [one for one in columns.columns(db.session) if one.active or one in kept]


@blueprint.route("/packages/<int:package_id>/materials/new", methods=["GET", "POST"])
@requires(Permission.PACKAGE_PROPOSE)
def add_material(package_id: int) -> Page:
    package = queries.find(db.session, package_id, current_actor())
    return _material(package, None)


@blueprint.route("/packages/materials/<int:material_id>/edit", methods=["GET", "POST"])
@requires(Permission.PACKAGE_PROPOSE)
def edit_material(material_id: int) -> Page:
    material = entering.find_material(db.session, material_id)
    package = queries.find(db.session, material.package_id, current_actor())
    db.session.refresh(material)  # as it stands after the version that it is saved over was read
    return _material(package, material)


def _material(package: PolicyPackage, material: Material | None) -> Page:
    attempt, package_id = attempt_now(), package.id
    PACKAGE.allow(package, "edit", attempt)
    note_read(package)
    form = MaterialForm(obj=material)
    form.column_id.choices = unit_choices(_choosable({material.column} if material else set()))
    if not form.validate_on_submit():
        return _material_page(form, package, material), 422 if form.is_submitted() else 200
    facts = MaterialFacts(form.column_id.data, form.title.data, form.author.data, form.body.data)
    material_id = material.id if material else None
    try:
        with transaction(attempt.actor, attempt.now) as session:
            package = queries.find_to_change(session, package_id, attempt.actor, seen_version())
            kept = entering.find_material(session, material_id) if material_id else None
            entering.save_material(session, package, kept, facts, attempt)
    except REFUSALS as error:
        show_errors(form, error)
        package = queries.find(db.session, package_id, attempt.actor)
        return _material_page(form, package, material), STATUS[type(error)]
    flash(_("解读材料已保存。"), "success")
    return to_package(package_id, "materials")


def _material_page(form: MaterialForm, package: PolicyPackage, material: Material | None) -> str:
    return render_template(
        "packages/material.html",
        form=form,
        package=package,
        material=material,
        version=shown_version(package),
    )


@blueprint.post("/packages/materials/<int:material_id>/remove")
@requires(Permission.PACKAGE_PROPOSE)
def remove_material(material_id: int) -> Response:
    attempt = attempt_now()
    with transaction(attempt.actor, attempt.now) as session:
        material = entering.find_material(session, material_id)
        package_id = material.package_id
        queries.find_to_change(session, package_id, attempt.actor, seen_version())
        entering.remove_material(session, material, attempt)
    flash(_("已删除这份解读材料。"), "success")
    return to_package(package_id, "materials")


@blueprint.post("/packages/<int:package_id>/files")
@requires(Permission.PACKAGE_PROPOSE)
def add_file(package_id: int) -> Response:
    attempt = attempt_now()
    package = queries.find(db.session, package_id, attempt.actor)
    PACKAGE.allow(package, "edit", attempt)
    try:
        flash(_("已上传“%(name)s”。", name=_upload(package_id, attempt)), "success")
    except REFUSALS as error:
        flash(spoken(error.message), "danger")
    return to_package(package_id, "files")


def _upload(package_id: int, attempt: Attempt) -> str:
    """Keep what was sent; returns the name under which it is listed."""
    given = request.files.get("file")
    if given is None or not given.filename:
        raise Invalid("请先选择要上传的文件，再点“上传”", {"file": "请选择文件"})
    kept = contents.keep(
        office().package_files,
        given.stream,
        given.filename,
        office().event_file_max_megabytes,
        DOCUMENTS,
    )
    with transaction(attempt.actor, attempt.now) as session:
        package = queries.find_to_change(session, package_id, attempt.actor, seen_version())
        file = entering.add_file(session, package, kept, given.filename, kept.media_type, attempt)
        return file.name


@blueprint.get("/packages/files/<int:file_id>")
@requires(*READERS)
def download_file(file_id: int) -> Response:
    """Always to be kept, never to be shown: what somebody uploaded runs in no page of ours."""
    file = entering.find_file(db.session, file_id)
    queries.find(db.session, file.package_id, current_actor())
    path = office().package_files / file.digest
    if not path.is_file():
        raise NotFound("文件内容不在服务器上：请联系系统管理员从备份恢复，或重新上传")
    return send_file(
        path.resolve(), file.media_type, as_attachment=True, download_name=file.name, etag=False
    )


@blueprint.post("/packages/files/<int:file_id>/clear")
@requires(Permission.PACKAGE_EDIT, Permission.PACKAGE_REVIEW)
def clear_file(file_id: int) -> Response:
    attempt = attempt_now()
    with transaction(attempt.actor, attempt.now) as session:
        file = entering.find_file(session, file_id)
        package_id = queries.find(session, file.package_id, attempt.actor).id
        entering.clear_file(session, file, attempt)
    flash(_("已记下：附件经您核对，没有个人信息。"), "success")
    return to_package(package_id, "files")


@blueprint.post("/packages/files/<int:file_id>/remove")
@requires(Permission.PACKAGE_PROPOSE)
def remove_file(file_id: int) -> Response:
    attempt = attempt_now()
    with transaction(attempt.actor, attempt.now) as session:
        file = entering.find_file(session, file_id)
        package_id, name = file.package_id, file.name
        queries.find_to_change(session, package_id, attempt.actor, seen_version())
        entering.remove_file(session, file, attempt)
    flash(_("已删除“%(name)s”；服务器上的内容随后清除。", name=name), "success")
    return redirect(url_for("packages.show", package_id=package_id, _anchor="files"))
