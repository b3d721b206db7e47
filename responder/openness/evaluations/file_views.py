"""Files of a round: scores that come in, the circular and the workbook that go out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from responder.accounts import service as accounts
from responder.core.database import db, transaction
from responder.core.errors import DomainError, Invalid
from responder.core.permissions import Permission
from responder.core.times import utc_now
from responder.core.versions import check_seen
from responder.intake.registers.columns import UnitNames
from responder.intake.registers.importing import TableImport
from responder.intake.registers.pages import (
    REQUEST_BYTES,
    kept_result,
    refused_rows,
    take_upload,
    workbook,
)
from responder.openness.access import READERS
from responder.openness.evaluations import circular as circulars
from responder.openness.evaluations import importing, queries, rules
from responder.openness.evaluations.exporting import scores_workbook
from responder.openness.evaluations.forms import CircularTemplateForm
from responder.openness.evaluations.lifecycle import EVALUATION
from responder.openness.evaluations.models import CircularTemplate, EvaluationRound
from responder.openness.evaluations.views import (
    EDITORS,
    REFUSALS,
    Page,
    attempt_now,
    blueprint,
)
from responder.openness.word_files import word_file
from responder.web.access import current_actor, may, requires
from responder.web.errors import STATUS
from responder.web.forms import note_read, seen_version, show_errors, shown_version
from responder.web.sentences import spoken

_IMPORT = "/openness/evaluations/<int:round_id>/import"
_OFFICE = Permission.OPENNESS_EDIT


@blueprint.url_value_preprocessor
def _let_scores_in(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Allow a large request where a table is expected, from somebody who may send one."""
    if endpoint == "evaluations.take_scores" and may(_OFFICE):
        request.max_content_length = REQUEST_BYTES


@blueprint.get(_IMPORT)
@requires(*EDITORS)
def import_scores(round_id: int) -> str:
    return _import_page(round_id)


@blueprint.post(_IMPORT)
@requires(*EDITORS)
def take_scores(round_id: int) -> Page:
    trial = request.form.get("trial") == "1"
    facts = {"register": "scores", "round": round_id, "trial": trial}
    try:
        key = take_upload(lambda path: _take(path, round_id, trial), facts)
    except Invalid as error:
        return _import_page(round_id, spoken(error.message)), 422
    return redirect(url_for("evaluations.import_result", round_id=round_id, key=key))


@blueprint.get(f"{_IMPORT}/<string:key>")
@requires(*EDITORS)
def import_result(round_id: int, key: str) -> str:
    folder, result = kept_result(key, _OFFICE, register="scores", round=round_id)
    return render_template(
        "openness/evaluations/import_result.html",
        round=queries.find(db.session, round_id, current_actor()),
        key=key,
        result=result,
        has_errors=folder.errors.is_file(),
    )


@blueprint.get(f"{_IMPORT}/<string:key>/errors.xlsx")
@requires(*EDITORS)
def import_errors(round_id: int, key: str) -> Response:
    return refused_rows(key, _OFFICE, register="scores", round=round_id)


@blueprint.get(f"{_IMPORT}/template.xlsx")
@requires(*EDITORS)
def score_template(round_id: int) -> Response:
    one = queries.find(db.session, round_id, current_actor())
    content = importing.score_template(one, accounts.units(db.session))
    return workbook(content, f"{one.name}{_('得分模板')}.xlsx")


@blueprint.get("/openness/evaluations/<int:round_id>/export.xlsx")
@requires(*READERS)
def export(round_id: int) -> Response:
    one = queries.find(db.session, round_id, current_actor())
    before = queries.previous(db.session, one, current_actor())
    content = scores_workbook(one, before, current_actor(), utc_now())
    return workbook(content, f"{one.name}.xlsx")


@blueprint.get("/openness/evaluations/<int:round_id>/circular")
@requires(*READERS)
def circular(round_id: int) -> str:
    one, found = _circular(round_id)
    return render_template(
        "openness/evaluations/circular.html",
        round=one,
        circular=found,
        ranking_headings=[heading for heading, _width in circulars.RANKING],
        indicator_headings=[heading for heading, _width in circulars.INDICATORS],
    )


@blueprint.get("/openness/evaluations/<int:round_id>/circular.docx")
@requires(*READERS)
def circular_file(round_id: int) -> Response:
    _one, found = _circular(round_id)
    return word_file(circulars.circular_document(found, utc_now()), f"{found.title}.docx")


@blueprint.route("/openness/evaluations/circular-template", methods=["GET", "POST"])
@requires(*EDITORS)
def circular_template() -> Page:
    kept = circulars.template(db.session)
    note_read(kept)
    form = CircularTemplateForm(obj=kept)
    if not form.validate_on_submit():
        return _template_page(form, kept), 422 if form.is_submitted() else 200
    attempt = attempt_now()
    try:
        with transaction(attempt.actor, attempt.now) as session:
            kept = circulars.template(session)
            check_seen(kept, seen_version())
            circulars.save_template(
                session, kept, form.title.data, form.body.data, form.sender.data
            )
    except REFUSALS as error:
        return _template_refused(form, error)
    flash(_("模板已保存；已经通报的不受影响。"), "success")
    return redirect(url_for("evaluations.index"))


def _circular(round_id: int) -> tuple[EvaluationRound, circulars.Circular]:
    one = queries.find(db.session, round_id, current_actor())
    before = queries.previous_circulated(db.session, one)
    words = circulars.template(db.session)
    return one, circulars.circular_of(one, before, words)


def _template_refused(form: CircularTemplateForm, error: DomainError) -> tuple[str, int]:
    show_errors(form, error)
    return _template_page(form, circulars.template(db.session)), STATUS[type(error)]


def _template_page(form: CircularTemplateForm, kept: CircularTemplate) -> str:
    return render_template(
        "openness/evaluations/circular_template.html",
        form=form,
        placeholders=rules.PLACEHOLDERS,
        version=shown_version(kept),
    )


def _take(path: Path, round_id: int, trial: bool) -> TableImport:
    attempt = attempt_now()
    one = queries.find(db.session, round_id, attempt.actor)
    file = importing.read_file(db.session, path, one)
    if trial:
        return importing.rehearse(one, file, attempt)
    with transaction(attempt.actor, attempt.now) as session:
        return importing.store(
            session, queries.hold(session, round_id, attempt.actor), file, attempt
        )


def _import_page(round_id: int, problem: str = "") -> str:
    attempt = attempt_now()
    one = queries.find(db.session, round_id, attempt.actor)
    EVALUATION.allow(one, "edit", attempt)
    return render_template(
        "openness/evaluations/import.html",
        round=one,
        columns=importing.score_columns(one, UnitNames(())),
        problem=problem,
    )
