"""The change table: a row of an adopted plan changed, added, dropped, each with a reason."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from responder.core.database import db, transaction
from responder.core.errors import DomainError, GuardRefused, Invalid, Stale, WrongState
from responder.core.permissions import Permission
from responder.core.times import utc_now
from responder.planning.models import EntryState, PlanEntry, ReleasePlan
from responder.planning.plans import changing, service
from responder.planning.plans.changing import Ground
from responder.planning.plans.forms import ChangeForm, DropForm
from responder.planning.plans.lifecycle import why_not_adopted
from responder.planning.plans.views.common import Page, facts_of, seen, values_of, with_units
from responder.planning.views import blueprint
from responder.web.access import current_actor, requires
from responder.web.errors import STATUS
from responder.web.forms import show_errors

EDIT = Permission.PLAN_EDIT
REFUSED = (Invalid, Stale, GuardRefused)


@blueprint.route("/planning/plan/<int:year>/changes/new", methods=["GET", "POST"])
@requires(EDIT)
def plan_addition(year: int) -> Response | Page:
    plan = service.get_plan(db.session, year)
    _check_adopted(plan)
    form = with_units(ChangeForm())
    if not form.validate_on_submit():
        return _page(form, plan)
    try:
        with transaction(current_actor()) as session:
            plan = service.get_plan(session, year)
            change = changing.add_to_adopted(session, plan, facts_of(session, form), _ground(form))
            number = change.number
    except REFUSED as error:
        show_errors(form, error)
        return _page(form, service.get_plan(db.session, year)), STATUS[type(error)]
    return _done(year, number)


@blueprint.route("/planning/plan/entries/<int:entry_id>/change", methods=["GET", "POST"])
@requires(EDIT)
def plan_change(entry_id: int) -> Response | Page:
    entry = _changeable(entry_id)
    form = with_units(ChangeForm(data=values_of(entry)))
    if not form.validate_on_submit():
        return _page(form, entry.plan, entry)
    try:
        with transaction(current_actor()) as session:
            entry = service.get_entry(session, entry_id)
            facts = facts_of(session, form)
            change = changing.change_entry(session, entry, facts, seen(), _ground(form))
            number, year = change.number, entry.plan.year
    except REFUSED as error:
        return _refused(form, entry_id, error)
    return _done(year, number)


@blueprint.post("/planning/plan/entries/<int:entry_id>/drop")
@requires(EDIT)
def drop_entry(entry_id: int) -> Response | Page:
    entry = _changeable(entry_id)
    form = DropForm()
    if not form.validate_on_submit():
        return _page(_change_form(entry), entry.plan, entry, form), 422
    try:
        with transaction(current_actor()) as session:
            entry = service.get_entry(session, entry_id)
            change = changing.drop_entry(session, entry, seen(), _ground(form))
            number, year = change.number, entry.plan.year
    except REFUSED as error:
        show_errors(form, error)
        entry = service.get_entry(db.session, entry_id)
        return _page(_change_form(entry), entry.plan, entry, form), STATUS[type(error)]
    return _done(year, number)


def _changeable(entry_id: int) -> PlanEntry:
    entry = service.get_entry(db.session, entry_id)
    _check_adopted(entry.plan)
    if entry.state is not EntryState.LISTED:
        raise WrongState("这一条已不在计划中，不能再调整：需要时请增加一条")
    return entry


def _check_adopted(plan: ReleasePlan) -> None:
    if reason := why_not_adopted(plan):
        raise WrongState(reason)


def _ground(form: ChangeForm | DropForm) -> Ground:
    reason, approval = form.reason.data or "", form.approval.data or ""
    return Ground(reason, approval, current_actor(), utc_now())


def _change_form(entry: PlanEntry) -> ChangeForm:
    return with_units(ChangeForm(formdata=None, data=values_of(entry)))


def _refused(form: ChangeForm, entry_id: int, error: DomainError) -> tuple[str, int]:
    """The form again, with what was typed, and what is wrong with it."""
    show_errors(form, error)
    entry = service.get_entry(db.session, entry_id)
    return _page(form, entry.plan, entry), STATUS[type(error)]


def _page(
    form: ChangeForm,
    plan: ReleasePlan,
    entry: PlanEntry | None = None,
    drop_form: DropForm | None = None,
) -> str:
    if drop_form is None and entry is not None:
        drop_form = DropForm(formdata=None, data={"version_id": entry.version_id})
    return render_template(
        "planning/plan_change.html", form=form, plan=plan, entry=entry, drop_form=drop_form
    )


def _done(year: int, number: int) -> Response:
    flash(_("已登记变更，变更表第 %(number)s 项。", number=number), "success")
    return redirect(url_for("planning.plan", year=year, _anchor="changes"))
