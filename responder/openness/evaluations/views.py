"""Pages of evaluations: the list of rounds, one round, its facts, its indicators, its steps."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from responder.accounts import service as accounts
from responder.core import audit
from responder.core.database import db, transaction
from responder.core.errors import DomainError, Forbidden, GuardRefused, Invalid, Stale
from responder.core.lifecycle import Attempt
from responder.core.permissions import Permission
from responder.core.times import utc_now
from responder.openness.access import READERS, reads_all
from responder.openness.evaluations import entering, queries, rules, steps
from responder.openness.evaluations.declared import EVALUATIONS
from responder.openness.evaluations.entering import MOST_INDICATORS, RoundFacts, TypedIndicator
from responder.openness.evaluations.forms import RoundForm
from responder.openness.evaluations.lifecycle import EVALUATION
from responder.openness.evaluations.models import EvaluationRound, RoundKind
from responder.openness.evaluations.ranking import ranking
from responder.openness.points import plain
from responder.openness.years import local_today
from responder.web import listing
from responder.web.access import current_actor, requires
from responder.web.errors import STATUS
from responder.web.forms import note_read, plain_number, seen_version, show_errors, shown_version

blueprint = Blueprint("evaluations", __name__)

Page = str | Response | tuple[str, int]
EDITORS = (Permission.OPENNESS_EDIT,)
REFUSALS = (Invalid, GuardRefused, Stale, Forbidden)
SPARE_ROWS = 4
INDICATOR_FIELDS = ("group", "name", "weight", "full")


def attempt_now(note: str = "") -> Attempt:
    return Attempt(current_actor(), utc_now(), note)


@blueprint.get("/openness/evaluations")
@requires(*READERS)
def index() -> str:
    actor = current_actor()
    owed = queries.asked_of(db.session, actor.unit_id) if actor.unit_id is not None else []
    return render_template(
        "openness/evaluations/index.html",
        listed=listing.show(EVALUATIONS),
        owed=owed,
    )


listing.add_list_pages(blueprint, "/openness/evaluations", EVALUATIONS, "index", frozenset(READERS))


@blueprint.get("/openness/evaluations/<int:round_id>")
@requires(*READERS)
def show(round_id: int) -> str:
    attempt = attempt_now()
    one = queries.find(db.session, round_id, attempt.actor)
    before = queries.previous(db.session, one, attempt.actor)
    editing = may_edit(one, attempt)
    taken = {each.unit_id for each in one.participants}
    return render_template(
        "openness/evaluations/show.html",
        round=one,
        before=before,
        groups=ranking(one, before),
        weights_problem=rules.weights_problem([each.weight for each in one.indicators]),
        whole=reads_all(attempt.actor),
        editing=editing,
        choices=[c for c in EVALUATION.choices(one, attempt) if c.transition.endpoint],
        units=[u for u in accounts.units(db.session) if u.id not in taken] if editing else [],
        history=audit.history(db.session, one) if reads_all(attempt.actor) else [],
    )


@blueprint.route("/openness/evaluations/new", methods=["GET", "POST"])
@requires(*EDITORS)
def new() -> Page:
    form = RoundForm(data={"year": local_today().year, "evaluated_on": local_today(), "bottom": 0})
    if not form.validate_on_submit():
        return _form_page(form, None), 422 if form.is_submitted() else 200
    attempt = attempt_now()
    try:
        with transaction(attempt.actor, attempt.now) as session:
            round_id = entering.add_round(session, _facts(form), attempt).id
    except REFUSALS as error:
        return _refused(form, None, error)
    flash(_("已建立。接着填写指标，或从以前的一轮复制。"), "success")
    return to_round(round_id)


@blueprint.route("/openness/evaluations/<int:round_id>/edit", methods=["GET", "POST"])
@requires(*EDITORS)
def edit(round_id: int) -> Page:
    attempt = attempt_now()
    one = queries.find(db.session, round_id, attempt.actor)
    EVALUATION.allow(one, "edit", attempt)
    note_read(one)
    form = RoundForm(obj=one) if request.method == "POST" else RoundForm(data=_values(one))
    if not form.validate_on_submit():
        return _form_page(form, one), 422 if form.is_submitted() else 200
    try:
        with transaction(attempt.actor, attempt.now) as session:
            one = queries.find_to_change(session, round_id, attempt.actor, seen_version())
            entering.edit_round(session, one, _facts(form), attempt)
    except REFUSALS as error:
        return _refused(form, queries.find(db.session, round_id, attempt.actor), error)
    flash(_("已保存。"), "success")
    return to_round(round_id)


@blueprint.post("/openness/evaluations/<int:round_id>/remove")
@requires(*EDITORS)
def remove(round_id: int) -> Response:
    attempt = attempt_now()
    with transaction(attempt.actor, attempt.now) as session:
        one = queries.find_to_change(session, round_id, attempt.actor, seen_version())
        name = one.name
        entering.remove_round(session, one, attempt)
    flash(_("已删除“%(name)s”。", name=name), "success")
    return redirect(url_for("evaluations.index"))


@blueprint.post("/openness/evaluations/<int:round_id>/steps/<string:action>")
@requires(*EDITORS)
def advance(round_id: int, action: str) -> Response:
    attempt = attempt_now(request.form.get("note", ""))
    with transaction(attempt.actor, attempt.now) as session:
        one = queries.find_to_change(session, round_id, attempt.actor, seen_version())
        steps.advance(session, one, action, attempt, local_today())
        label = EVALUATION.states[one.state]
    flash(_("已办理：%(step)s。", step=_(label)), "success")
    return to_round(round_id)


@blueprint.route("/openness/evaluations/<int:round_id>/indicators", methods=["GET", "POST"])
@requires(*EDITORS)
def indicators(round_id: int) -> Page:
    attempt = attempt_now()
    one = queries.find(db.session, round_id, attempt.actor)
    EVALUATION.allow(one, "edit", attempt)
    if request.method == "GET":
        return _indicators_page(one, _kept_rows(one))
    typed = _typed_rows()
    try:
        with transaction(attempt.actor, attempt.now) as session:
            one = queries.find_to_change(session, round_id, attempt.actor, seen_version())
            entering.save_indicators(session, one, typed, attempt)
    except REFUSALS as error:
        one = queries.find(db.session, round_id, attempt.actor)
        return _indicators_page(one, typed, error), STATUS[type(error)]
    flash(_("指标已保存。"), "success")
    return to_round(round_id, "indicators")


@blueprint.post("/openness/evaluations/<int:round_id>/indicators/copy")
@requires(*EDITORS)
def copy_indicators(round_id: int) -> Response:
    attempt = attempt_now()
    source_id = plain_number(request.form.get("source_id")) or 0
    with transaction(attempt.actor, attempt.now) as session:
        source = queries.find(session, source_id, attempt.actor)
        one = queries.find_to_change(session, round_id, attempt.actor, seen_version())
        count = entering.copy_indicators(session, one, source, attempt)
    flash(_("已复制 %(count)s 项指标，请核对。", count=count), "success")
    return redirect(url_for("evaluations.indicators", round_id=round_id))


def to_round(round_id: int, anchor: str | None = None) -> Response:
    return redirect(url_for("evaluations.show", round_id=round_id, _anchor=anchor))


def may_edit(one: EvaluationRound, attempt: Attempt) -> bool:
    """Whether to offer the forms of a round at all."""
    return any(c.transition.action == "edit" for c in EVALUATION.choices(one, attempt))


def _kept_rows(one: EvaluationRound) -> list[TypedIndicator]:
    return [
        TypedIndicator(each.id, each.group, each.name, plain(each.weight), plain(each.full))
        for each in one.indicators
    ]


def _typed_rows() -> list[TypedIndicator]:
    """The rows of the form in their order; a row that was not sent is empty."""
    return [
        TypedIndicator(
            plain_number(request.form.get(f"id-{number}")) or 0,
            *(request.form.get(f"{name}-{number}", "").strip() for name in INDICATOR_FIELDS),
        )
        for number in range(1, MOST_INDICATORS + 1)
    ]


def _indicators_page(
    one: EvaluationRound, rows: list[TypedIndicator], error: DomainError | None = None
) -> str:
    last = max((place for place, row in enumerate(rows, 1) if not row.is_empty), default=0)
    overtaken = isinstance(error, Stale)
    empty = TypedIndicator(0, "", "", "", "")
    shown = [*rows[:last], *[empty] * SPARE_ROWS][:MOST_INDICATORS]
    return render_template(
        "openness/evaluations/indicators.html",
        round=one,
        rows=shown,
        error=error,
        version=shown_version(one, overtaken),
        stored=_lines(one) if overtaken else None,
        sources=queries.with_indicators(db.session, one.id) if not one.indicators else [],
    )


def _lines(one: EvaluationRound) -> list[str]:
    return [f"{each.group} {each.name} {each.weight:f} {each.full:f}" for each in one.indicators]


def _values(one: EvaluationRound) -> dict[str, object]:
    names = ("year", "number", "name", "evaluator", "evaluated_on", "bottom", "explain_by")
    return {**{name: getattr(one, name) for name in names}, "kind": one.kind.value}


def _facts(form: RoundForm) -> RoundFacts:
    return RoundFacts(
        year=form.year.data,
        kind=RoundKind(form.kind.data),
        number=form.number.data,
        name=form.name.data or "",
        evaluator=form.evaluator.data or "",
        evaluated_on=form.evaluated_on.data,
        bottom=form.bottom.data,
        explain_by=form.explain_by.data,
    )


def _refused(form: RoundForm, one: EvaluationRound | None, error: DomainError) -> tuple[str, int]:
    show_errors(form, error)
    return _form_page(form, one), STATUS[type(error)]


def _form_page(form: RoundForm, one: EvaluationRound | None) -> str:
    """A form that came too late keeps what was typed and what was seen: nothing is lost."""
    return render_template(
        "openness/evaluations/form.html", form=form, round=one, version=shown_version(one)
    )
