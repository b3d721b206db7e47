"""A plan submitted, taken back, adopted; and what it was at each adoption."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from responder.core.database import db, transaction
from responder.core.errors import GuardRefused, Invalid
from responder.core.lifecycle import Attempt
from responder.core.permissions import Permission
from responder.core.times import utc_now
from responder.planning.models import FORM_LABELS
from responder.planning.plans import adopting, service
from responder.planning.plans.baselines import baselines, get_baseline
from responder.planning.plans.forms import AdoptForm
from responder.planning.plans.lifecycle import STEPS
from responder.planning.plans.views.common import Page, check_year, plan_page
from responder.planning.views import blueprint, zone
from responder.web.access import current_actor, requires
from responder.web.forms import show_errors


@blueprint.post("/planning/plan/<int:year>/steps/<string:action>")
@requires(Permission.PLAN_EDIT)
def plan_step(year: int, action: str) -> Response:
    if action not in STEPS:
        raise Invalid(_("没有这个操作：请从计划页重新进入"))
    attempt = Attempt(current_actor(), utc_now(), request.form.get("note", ""))
    with transaction(current_actor()) as session:
        adopting.advance_plan(session, service.get_plan(session, year), action, attempt)
    done = {
        "submit": _("已提交审议。会议通过后，请在下面登记。"),
        "take-back": _("已撤回，可以继续修改。"),
        "return": _("已登记退回，可以继续修改。"),
    }
    flash(done[action], "success")
    return redirect(url_for("planning.plan", year=year))


@blueprint.post("/planning/plan/<int:year>/adopt")
@requires(Permission.PLAN_EDIT)
def adopt(year: int) -> Response | Page:
    check_year(year)
    form = AdoptForm()
    if not form.validate_on_submit():
        return plan_page(year, adopt_form=form), 422
    try:
        with transaction(current_actor()) as session:
            frozen = adopting.adopt(
                session,
                service.get_or_create_plan(session, year),
                form.adopted_on.data,
                form.adopted_by.data,
                form.minutes_number.data or "",
                Attempt(current_actor(), utc_now()),
                zone(),
            )
            number = frozen.number
    except (Invalid, GuardRefused) as error:
        show_errors(form, error)
        return plan_page(year, adopt_form=form), 422
    flash(_("已登记审议通过，留下第 %(number)s 次基准版。", number=number), "success")
    return redirect(url_for("planning.plan", year=year))


@blueprint.get("/planning/plan/<int:year>/baselines/<int:number>")
@requires(Permission.PLAN_READ)
def plan_baseline(year: int, number: int) -> str:
    plan = service.get_plan(db.session, year)
    return render_template(
        "planning/plan_baseline.html",
        plan=plan,
        baseline=get_baseline(db.session, plan, number),
        others=baselines(db.session, plan),
        form_labels=FORM_LABELS,
    )
