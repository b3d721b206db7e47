"""Pages of the assessment: the year's table, the scheme, its criteria, its steps."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from responder.accounts import service as accounts
from responder.core import audit
from responder.core.database import db, transaction
from responder.core.errors import (
    DomainError,
    Forbidden,
    GuardRefused,
    Invalid,
    NotFound,
    Stale,
)
from responder.core.lifecycle import Attempt
from responder.core.office import office_zone
from responder.core.permissions import Permission
from responder.core.times import utc_now
from responder.intake.registers.pages import workbook
from responder.openness.access import READERS, reads_all
from responder.openness.assessment import queries, schemes, steps
from responder.openness.assessment.computing import compute
from responder.openness.assessment.exporting import FORMATS, own_sheet
from responder.openness.assessment.forms import SchemeForm
from responder.openness.assessment.lifecycle import ASSESSMENT
from responder.openness.assessment.measures import MEASURES
from responder.openness.assessment.models import AssessmentScheme
from responder.openness.assessment.rules import SCORING_LABELS
from responder.openness.assessment.schemes import MOST_CRITERIA, SchemeFacts, TypedCriterion
from responder.openness.points import plain
from responder.openness.word_files import word_file
from responder.openness.years import asked_year
from responder.web.access import current_actor, requires
from responder.web.errors import STATUS
from responder.web.forms import note_read, plain_number, seen_version, show_errors, shown_version

blueprint = Blueprint("assessment", __name__)

Page = str | Response | tuple[str, int]
EDITORS = (Permission.OPENNESS_EDIT,)
REFUSALS = (Invalid, GuardRefused, Stale, Forbidden)
SPARE_ROWS = 2
_TEXTS = ("group", "name", "points", "measure", "scoring", "target", "each")


def attempt_now(note: str = "") -> Attempt:
    return Attempt(current_actor(), utc_now(), note)


@blueprint.get("/openness/assessment")
@requires(*READERS)
def index() -> str:
    attempt, year = attempt_now(), asked_year()
    whole = reads_all(attempt.actor)
    scheme = queries.of_year(db.session, year, attempt.actor)
    sheet = compute(db.session, scheme, office_zone()) if scheme else None
    if sheet and not whole:
        sheet = own_sheet(sheet, attempt.actor.unit_id)
    years = queries.years(db.session, attempt.actor)
    return render_template(
        "openness/assessment/index.html",
        year=year,
        years=sorted({year, *years}, reverse=True),
        earlier=next((one for one in years if one < year), None),
        scheme=scheme,
        sheet=sheet,
        whole=whole,
        editing=bool(scheme and may_take(scheme, "edit", attempt)),
        choices=[
            choice
            for choice in (ASSESSMENT.choices(scheme, attempt) if scheme else ())
            if choice.transition.endpoint
        ],
        history=audit.history(db.session, scheme) if scheme and whole else [],
    )


@blueprint.post("/openness/assessment/schemes")
@requires(*EDITORS)
def create() -> Response:
    """A draft for a year: after the last scheme before it, or after the example."""
    attempt, year = attempt_now(), plain_number(request.form.get("year")) or 0
    with transaction(attempt.actor, attempt.now) as session:
        earlier = plain_number(request.form.get("source"))
        source = queries.get_of_year(session, earlier, attempt.actor) if earlier else None
        schemes.create(session, year, source, attempt)
    flash(_("已建立草案。请按本市的考核细则核对总分、占比和各项指标，再开始执行。"), "success")
    return to_year(year)


@blueprint.route("/openness/assessment/<int:scheme_id>/edit", methods=["GET", "POST"])
@requires(*EDITORS)
def edit(scheme_id: int) -> Page:
    attempt = attempt_now()
    scheme = queries.find(db.session, scheme_id, attempt.actor)
    ASSESSMENT.allow(scheme, "edit", attempt)
    note_read(scheme)
    form = _form(scheme)
    if not form.validate_on_submit():
        return _form_page(form, scheme), 422 if form.is_submitted() else 200
    try:
        with transaction(attempt.actor, attempt.now) as session:
            scheme = queries.find_to_change(session, scheme_id, attempt.actor, seen_version())
            schemes.edit(session, scheme, _facts(form), attempt)
            year = scheme.year
    except REFUSALS as error:
        show_errors(form, error)
        scheme = queries.find(db.session, scheme_id, attempt.actor)
        return _form_page(form, scheme), STATUS[type(error)]
    flash(_("已保存。"), "success")
    return to_year(year)


@blueprint.route("/openness/assessment/<int:scheme_id>/criteria", methods=["GET", "POST"])
@requires(*EDITORS)
def criteria(scheme_id: int) -> Page:
    attempt = attempt_now()
    scheme = queries.find(db.session, scheme_id, attempt.actor)
    ASSESSMENT.allow(scheme, "edit", attempt)
    if request.method == "GET":
        return _criteria_page(scheme, _kept_rows(scheme))
    typed = _typed_rows()
    try:
        with transaction(attempt.actor, attempt.now) as session:
            scheme = queries.find_to_change(session, scheme_id, attempt.actor, seen_version())
            schemes.save_criteria(session, scheme, typed, attempt)
            year = scheme.year
    except REFUSALS as error:
        scheme = queries.find(db.session, scheme_id, attempt.actor)
        return _criteria_page(scheme, typed, error), STATUS[type(error)]
    flash(_("考核指标已保存。"), "success")
    return to_year(year)


@blueprint.post("/openness/assessment/<int:scheme_id>/steps/<string:action>")
@requires(*EDITORS)
def advance(scheme_id: int, action: str) -> Response:
    attempt = attempt_now(request.form.get("note", ""))
    with transaction(attempt.actor, attempt.now) as session:
        scheme = queries.find_to_change(session, scheme_id, attempt.actor, seen_version())
        steps.advance(session, scheme, action, attempt, office_zone())
        year, label = scheme.year, ASSESSMENT.states[scheme.state]
    flash(_("已办理：%(step)s。", step=_(label)), "success")
    return to_year(year)


@blueprint.get("/openness/assessment/<int:scheme_id>/export.<string:kind>")
@requires(*READERS)
def export(scheme_id: int, kind: str) -> Response:
    actor = current_actor()
    if kind not in FORMATS:
        raise NotFound(f"不能导出为 {kind}：可选 {'、'.join(FORMATS)}")
    scheme = queries.find(db.session, scheme_id, actor)
    sheet = compute(db.session, scheme, office_zone())
    if not reads_all(actor):
        sheet = own_sheet(sheet, actor.unit_id)
    content, name = FORMATS[kind](sheet, utc_now()), f"{scheme.name}{_('得分')}.{kind}"
    return workbook(content, name) if kind == "xlsx" else word_file(content, name)


def to_year(year: int) -> Response:
    return redirect(url_for("assessment.index", year=year))


def may_take(scheme: AssessmentScheme, action: str, attempt: Attempt) -> bool:
    """Whether to offer the forms of a step that has no button."""
    return any(one.transition.action == action for one in ASSESSMENT.choices(scheme, attempt))


def _form(scheme: AssessmentScheme) -> SchemeForm:
    names = ("name", "total", "share", "allowance", "source", "all_units")
    kept = {name: getattr(scheme, name) for name in names}
    form = SchemeForm(data={**kept, "units": [unit.id for unit in scheme.units]})
    form.units.choices = [(unit.id, unit.name) for unit in accounts.units(db.session)]
    return form


def _facts(form: SchemeForm) -> SchemeFacts:
    units = {unit.id: unit for unit in accounts.units(db.session)}
    return SchemeFacts(
        name=form.name.data,
        total=form.total.data,
        share=form.share.data,
        allowance=form.allowance.data,
        source=form.source.data or "",
        all_units=form.all_units.data,
        units=tuple(units[one] for one in form.units.data if one in units),
    )


def _form_page(form: SchemeForm, scheme: AssessmentScheme) -> str:
    return render_template(
        "openness/assessment/form.html", form=form, scheme=scheme, version=shown_version(scheme)
    )


def _kept_rows(scheme: AssessmentScheme) -> list[TypedCriterion]:
    return [
        TypedCriterion(
            one.id, one.group, one.name, plain(one.points), one.deduction, one.measure,
            one.scoring, plain(one.target) if one.target is not None else "",
            plain(one.each) if one.each is not None else "", one.idle_full,
        )
        for one in scheme.criteria
    ]  # fmt: skip


def _typed_rows() -> list[TypedCriterion]:
    """The rows of the form in their order; a row that was not sent is empty."""

    def text(name: str, number: int) -> str:
        return " ".join(request.form.get(f"{name}-{number}", "").split())

    def ticked(name: str, number: int) -> bool:
        return request.form.get(f"{name}-{number}") == "1"

    return [
        TypedCriterion(
            id=plain_number(request.form.get(f"id-{number}")) or 0,
            deduction=ticked("deduction", number),
            idle_full=ticked("idle_full", number),
            **{name: text(name, number) for name in _TEXTS},
        )
        for number in range(1, MOST_CRITERIA + 1)
    ]


def _criteria_page(
    scheme: AssessmentScheme, rows: list[TypedCriterion], error: DomainError | None = None
) -> str:
    last = max((place for place, row in enumerate(rows, 1) if not row.is_empty), default=0)
    overtaken = isinstance(error, Stale)
    empty = TypedCriterion(0, "", "", "", False, "", "", "", "", False)
    return render_template(
        "openness/assessment/criteria.html",
        scheme=scheme,
        rows=[*rows[:last], *[empty] * SPARE_ROWS][:MOST_CRITERIA],
        error=error,
        measures=MEASURES.values(),
        scorings=SCORING_LABELS,
        groups=list(dict.fromkeys(one.group for one in scheme.criteria)),
        version=shown_version(scheme, overtaken),
        stored=_lines(scheme) if overtaken else None,
    )


def _lines(scheme: AssessmentScheme) -> list[str]:
    return [f"{one.group} {one.name} {one.points:f}" for one in scheme.criteria]
