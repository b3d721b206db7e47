"""Pages of the three lists: each list, one finding, entering and changing it, its steps."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from responder.accounts import service as accounts
from responder.accounts.models import Unit
from responder.core import audit
from responder.core.database import db, transaction
from responder.core.errors import DomainError, Forbidden, GuardRefused, Invalid, NotFound, Stale
from responder.core.lifecycle import Attempt
from responder.core.permissions import Permission
from responder.core.times import utc_now
from responder.openness.access import READERS
from responder.openness.findings import queries, service
from responder.openness.findings.declared import FINDINGS
from responder.openness.findings.forms import FindingForm
from responder.openness.findings.lifecycle import FINDING, OPEN_STATES
from responder.openness.findings.models import Finding, FindingSource
from responder.openness.findings.service import FindingFacts
from responder.openness.findings.tables import FORMATS
from responder.openness.years import asked_year, local_today
from responder.web import listing
from responder.web.access import current_actor, requires
from responder.web.errors import STATUS
from responder.web.forms import seen_version, show_errors, shown_version, unit_choices
from responder.web.overtaken import differences

blueprint = Blueprint("findings", __name__)

Page = str | Response | tuple[str, int]
STEPPERS = tuple({step.permission for step in FINDING.transitions})
REFUSALS = (Invalid, GuardRefused, Forbidden)
FIELDS = (
    "year", "inspection", "inspected_on", "problem", "category", "unit_id", "basis", "person",
    "post", "measures", "deadline",
)  # fmt: skip


def attempt_now(note: str = "") -> Attempt:
    return Attempt(current_actor(), utc_now(), note)


@blueprint.get("/openness/findings")
@requires(*READERS)
def index() -> str:
    listed = listing.show(FINDINGS)
    year = listed.asked.values["year"]
    return render_template(
        "openness/findings/index.html",
        listed=listed,
        counts=queries.counts(db.session, current_actor(), year, local_today()),
        formats=FORMATS,
    )


listing.add_list_pages(blueprint, "/openness/findings", FINDINGS, "index", frozenset(READERS))


@blueprint.get("/openness/findings/units")
@requires(*READERS)
def by_unit() -> str:
    """Who is late: each unit's findings of a year."""
    actor, year, today = current_actor(), asked_year(), local_today()
    return render_template(
        "openness/findings/units.html",
        year=year,
        years=sorted({year, today.year, *queries.years(db.session, actor)}),
        rows=queries.by_unit(db.session, actor, year, today),
        today=today,
    )


@blueprint.get("/openness/findings/<int:finding_id>")
@requires(*READERS)
def show(finding_id: int) -> str:
    attempt = attempt_now()
    finding = queries.find(db.session, finding_id, attempt.actor)
    choices = [one for one in FINDING.choices(finding, attempt) if one.transition.endpoint]
    return render_template(
        "openness/findings/show.html",
        finding=finding,
        choices=choices,
        may_edit=attempt.actor.may(Permission.OPENNESS_EDIT) and finding.state in OPEN_STATES,
        history=audit.history(db.session, finding),
        today=local_today(),
    )


@blueprint.route("/openness/findings/new", methods=["GET", "POST"])
@requires(Permission.OPENNESS_EDIT)
def add() -> Page:
    form = _with_units(FindingForm(data={"year": asked_year(), "unit_id": 0}))
    if not form.validate_on_submit():
        return _form_page(form, None), 422 if form.is_submitted() else 200
    attempt = attempt_now()
    try:
        with transaction(attempt.actor, attempt.now) as session:
            finding_id = service.enter_once(session, _facts(session, form), attempt).id
    except REFUSALS as error:
        return _refused(form, None, error)
    flash(_("已列入问题清单。责任人、措施、期限齐全后即可交办。"), "success")
    return to_finding(finding_id)


@blueprint.route("/openness/findings/<int:finding_id>/edit", methods=["GET", "POST"])
@requires(Permission.OPENNESS_EDIT)
def edit(finding_id: int) -> Page:
    attempt = attempt_now()
    finding = queries.find(db.session, finding_id, attempt.actor)
    FINDING.allow(finding, "edit", attempt)
    form = _with_units(FindingForm(data=_values(finding)))
    if not form.validate_on_submit():
        return _form_page(form, finding), 422 if form.is_submitted() else 200
    try:
        with transaction(attempt.actor, attempt.now) as session:
            finding = queries.find_to_change(session, finding_id, attempt.actor, seen_version())
            service.edit(session, finding, _facts(session, form), attempt)
    except Stale:
        finding = queries.find(db.session, finding_id, attempt.actor)
        return _form_page(form, finding, differences(form, _values(finding))), STATUS[Stale]
    except REFUSALS as error:
        return _refused(form, queries.find(db.session, finding_id, attempt.actor), error)
    flash(_("已保存。"), "success")
    return to_finding(finding_id)


@blueprint.post("/openness/findings/<int:finding_id>/<string:action>")
@requires(*STEPPERS)
def advance(finding_id: int, action: str) -> Response:
    attempt = attempt_now(request.form.get("note", ""))
    with transaction(attempt.actor, attempt.now) as session:
        finding = queries.find_to_change(session, finding_id, attempt.actor, seen_version())
        asked_by = request.form.get("asked_by", "")
        service.advance(session, finding, action, attempt, _typed_day(), asked_by)
        label = FINDING.states[finding.state]
    flash(_("已办理，现在是“%(state)s”。", state=_(label)), "success")
    return to_finding(finding_id)


def _typed_day() -> date | None:
    """:raises Invalid: something was typed that is no day."""
    typed = request.form.get("day", "").strip()
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError as error:
        raise Invalid(_("日期要写成 2026-12-31 的样子：请改正"), {"day": _("不是日期")}) from error


def to_finding(finding_id: int, anchor: str | None = None) -> Response:
    return redirect(url_for("findings.show", finding_id=finding_id, _anchor=anchor))


def _with_units(form: FindingForm) -> FindingForm:
    form.unit_id.choices = unit_choices(accounts.units(db.session))
    return form


def _values(finding: Finding) -> dict[str, object]:
    values = {name: getattr(finding, name) for name in FIELDS}
    return {**values, "source": finding.source.value}


def _facts(session: Session, form: FindingForm) -> FindingFacts:
    unit = session.get(Unit, form.unit_id.data)
    if unit is None:
        raise NotFound(_("所选单位已不存在：请刷新页面后重新选择"))
    texts = ("inspection", "problem", "category", "basis", "person", "post", "measures")
    return FindingFacts(
        year=form.year.data,
        source=FindingSource(form.source.data),
        inspected_on=form.inspected_on.data,
        deadline=form.deadline.data,
        unit=unit,
        **{name: form[name].data or "" for name in texts},
    )


def _refused(form: FindingForm, finding: Finding | None, error: DomainError) -> tuple[str, int]:
    show_errors(form, error)
    return _form_page(form, finding), STATUS[type(error)]


def _form_page(
    form: FindingForm, finding: Finding | None, stored: dict[str, str] | None = None
) -> str:
    """:param stored: what somebody else saved meanwhile and the form says otherwise."""
    return render_template(
        "openness/findings/form.html",
        form=form,
        finding=finding,
        version=shown_version(finding, stored is not None),
        stored=stored,
        categories=queries.categories(db.session),
    )
