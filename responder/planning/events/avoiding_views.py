"""Days to avoid: listed, entered, changed, removed."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from responder.core.database import db, transaction
from responder.core.errors import Invalid, Stale
from responder.core.permissions import Permission
from responder.core.versions import check_seen
from responder.planning.events import avoiding
from responder.planning.events.models import AvoidedPeriod
from responder.planning.events.small_forms import PeriodForm
from responder.planning.views import blueprint, local_today
from responder.web.access import current_actor, requires
from responder.web.errors import STATUS
from responder.web.forms import seen_version, show_errors, shown_version
from responder.web.overtaken import differences
from responder.web.undoing import flash_with_undo

Page = str | Response | tuple[str, int]
FIELDS = ("name", "first_day", "last_day", "source")


@blueprint.get("/planning/avoided-periods")
@requires(Permission.PLAN_READ)
def avoided_periods() -> str:
    periods = avoiding.periods(db.session)
    return render_template("planning/avoided_periods.html", periods=periods, today=local_today())


@blueprint.route("/planning/avoided-periods/new", methods=["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def add_period() -> Page:
    return _period_page(None, PeriodForm())


@blueprint.route("/planning/avoided-periods/<int:period_id>/edit", methods=["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def edit_period(period_id: int) -> Page:
    period = avoiding.find_period(db.session, period_id)
    return _period_page(period, PeriodForm(obj=period))


@blueprint.post("/planning/avoided-periods/<int:period_id>/remove")
@requires(Permission.PLAN_EDIT)
def remove_period(period_id: int) -> Response:
    with transaction(current_actor()) as session:
        period = avoiding.find_period(session, period_id)
        check_seen(period, seen_version())
        fields = {name: getattr(period, name) or "" for name in FIELDS}
        avoiding.remove_period(session, period)
    flash_with_undo(_("已删除回避时段。"), "planning.add_period", fields)
    return redirect(url_for("planning.avoided_periods"))


def _period_page(period: AvoidedPeriod | None, form: PeriodForm) -> Page:
    if not form.validate_on_submit():
        return _form_page(form, period)
    try:
        with transaction(current_actor()) as session:
            stored = avoiding.find_period(session, period.id) if period else None
            if stored is not None:
                check_seen(stored, seen_version())
            avoiding.save_period(
                session, stored, form.first_day.data, form.last_day.data, form.name.data,
                form.source.data or "",
            )  # fmt: skip
    except Invalid as error:
        show_errors(form, error)
        return _form_page(form, period), STATUS[Invalid]
    except Stale:
        assert period is not None, "a new period has no other version"
        period = avoiding.find_period(db.session, period.id)
        latest = {name: getattr(period, name) for name in FIELDS}
        return _form_page(form, period, differences(form, latest)), STATUS[Stale]
    flash(_("已保存回避时段。"), "success")
    return redirect(url_for("planning.avoided_periods"))


def _form_page(
    form: PeriodForm, period: AvoidedPeriod | None, stored: dict[str, str] | None = None
) -> str:
    """:param stored: what somebody else saved meanwhile and the form says otherwise."""
    version = shown_version(period, stored is not None)
    return render_template(
        "planning/avoided_period.html", form=form, period=period, version=version, stored=stored
    )
