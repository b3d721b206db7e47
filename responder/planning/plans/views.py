"""The annual plan."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from responder.accounts import service as accounts
from responder.accounts.models import Unit
from responder.core.database import db, transaction
from responder.core.errors import Invalid, NotFound
from responder.core.permissions import Permission
from responder.planning import service
from responder.planning.models import Form
from responder.planning.plans import rules
from responder.planning.plans.forms import AdoptForm, PlanEntryForm
from responder.planning.views import blueprint, local_today
from responder.web.access import current_actor, requires
from responder.web.forms import show_errors, unit_choices


@blueprint.get("/planning/plan/<int:year>")
@requires(Permission.PLAN_READ)
def plan(year: int) -> str:
    return _page(year, _entry_form(), _adopt_form())


@blueprint.post("/planning/plan/<int:year>/entries")
@requires(Permission.PLAN_EDIT)
def add_entry(year: int) -> Response | tuple[str, int]:
    form = _entry_form()
    if not form.validate_on_submit():
        return _page(year, form, _adopt_form()), 422
    try:
        with transaction(current_actor()) as session:
            _store_entry(session, year, form)
    except Invalid as error:
        show_errors(form, error)
        return _page(year, form, _adopt_form()), 422
    flash(_("已加入计划。"), "success")
    return redirect(url_for("planning.plan", year=year))


@blueprint.post("/planning/plan/<int:year>/adopt")
@requires(Permission.PLAN_EDIT)
def adopt(year: int) -> Response | tuple[str, int]:
    form = AdoptForm()
    if not form.validate_on_submit():
        return _page(year, _entry_form(blank=True), form), 422
    try:
        with transaction(current_actor()) as session:
            plan = service.get_or_create_plan(session, year)
            service.adopt(session, plan, form.adopted_on.data, form.adopted_by.data)
    except Invalid as error:
        show_errors(form, error)
        return _page(year, _entry_form(blank=True), form), 422
    flash(_("计划已登记为审议通过，内容就此固定。"), "success")
    return redirect(url_for("planning.plan", year=year))


def _store_entry(session: Session, year: int, form: PlanEntryForm) -> None:
    unit = session.get(Unit, form.unit_id.data)
    if unit is None:
        raise NotFound("所选单位已不存在：请刷新页面后重新选择")
    service.add_entry(
        session,
        service.get_or_create_plan(session, year),
        theme=form.theme.data or "",
        form=Form(form.form.data),
        month=form.month.data,
        day=form.day.data,
        unit=unit,
        speaker=form.speaker.data or "",
        basis=form.basis.data or "",
        remark=form.remark.data or "",
    )


def _entry_form(blank: bool = False) -> PlanEntryForm:
    """The form of a row; ``blank`` when what was posted is meant for the other form."""
    form = PlanEntryForm(formdata=None) if blank else PlanEntryForm()
    form.unit_id.choices = unit_choices(accounts.units(db.session))
    return form


def _adopt_form() -> AdoptForm:
    return AdoptForm(formdata=None, data={"adopted_on": local_today()})


def _page(year: int, entry_form: PlanEntryForm, adopt_form: AdoptForm) -> str:
    if not rules.FIRST_YEAR <= year <= rules.LAST_YEAR:
        raise NotFound(f"没有 {year} 年的计划：请从年度计划重新进入")
    plan = service.find_plan(db.session, year)
    this_year = local_today().year
    return render_template(
        "planning/plan.html",
        year=year,
        plan=plan,
        report=service.report(plan, local_today()) if plan else None,
        progress_labels=rules.PROGRESS_LABELS,
        years=sorted({year, this_year} | {p.year for p in service.list_plans(db.session)}),
        next_year=this_year + 1,
        entry_form=entry_form,
        adopt_form=adopt_form,
    )
