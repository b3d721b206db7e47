"""A return slip (退件单) as a page for A4 and as a Word file; the columns of interpretation."""

from __future__ import annotations

from io import BytesIO

from flask import flash, redirect, render_template, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from responder.core.database import db, transaction
from responder.core.permissions import Permission
from responder.core.versions import check_seen
from responder.publishing.answers import office
from responder.publishing.packages import columns, queries
from responder.publishing.packages.forms import ColumnForm
from responder.publishing.packages.models import InterpretationColumn
from responder.publishing.packages.slip_document import slip_document
from responder.publishing.packages.views import READERS, REFUSALS, Page, attempt_now, blueprint
from responder.web.access import current_actor, requires
from responder.web.errors import STATUS
from responder.web.forms import note_read, seen_version, show_errors, shown_version

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@blueprint.get("/packages/slips/<int:slip_id>")
@requires(*READERS)
def slip(slip_id: int) -> str:
    found = queries.find_slip(db.session, slip_id, current_actor())
    return render_template("packages/slip.html", slip=found)


@blueprint.get("/packages/slips/<int:slip_id>/word")
@requires(*READERS)
def slip_word(slip_id: int) -> Response:
    found = queries.find_slip(db.session, slip_id, current_actor())
    return send_file(
        BytesIO(slip_document(found, office().publisher_name, office().zone)),
        WORD,
        as_attachment=True,
        download_name=f"退件单 {found.number}.docx",
    )


@blueprint.get("/packages/columns")
@requires(*READERS)
def interpretation_columns() -> str:
    return render_template("packages/columns.html", columns=columns.columns(db.session))


@blueprint.route("/packages/columns/new", methods=["GET", "POST"])
@requires(Permission.PACKAGE_EDIT)
def add_column() -> Page:
    position = min(99, len(columns.columns(db.session)) + 1)
    return _column(None, ColumnForm(data={"position": position, "active": True}))


@blueprint.route("/packages/columns/<int:column_id>/edit", methods=["GET", "POST"])
@requires(Permission.PACKAGE_EDIT)
def edit_column(column_id: int) -> Page:
    column = columns.find_column(db.session, column_id)
    note_read(column)
    return _column(column, ColumnForm(obj=column))


def _column(column: InterpretationColumn | None, form: ColumnForm) -> Page:
    if not form.validate_on_submit():
        return _column_page(column, form), 422 if form.is_submitted() else 200
    attempt, column_id = attempt_now(), column.id if column else None
    try:
        with transaction(attempt.actor, attempt.now) as session:
            kept = columns.find_column(session, column_id) if column_id else None
            if kept is not None:
                check_seen(kept, seen_version())
            columns.save_column(session, kept, form.name.data, form.position.data, form.active.data)
    except REFUSALS as error:
        show_errors(form, error)
        stored = columns.find_column(db.session, column_id) if column_id else None
        return _column_page(stored, form), STATUS[type(error)]
    flash(_("解读栏目已保存。"), "success")
    return redirect(url_for("packages.interpretation_columns"))


def _column_page(column: InterpretationColumn | None, form: ColumnForm) -> str:
    version = shown_version(column)
    return render_template("packages/column.html", form=form, column=column, version=version)
