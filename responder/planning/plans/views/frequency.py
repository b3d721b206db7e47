"""The rules of how often units must appear: listed, added, changed, switched."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from responder.accounts import service as accounts
from responder.core.database import db, transaction
from responder.core.errors import DomainError, Invalid, Stale
from responder.core.permissions import Permission
from responder.planning.models import FORM_LABELS, Form, SpeakerRank
from responder.planning.plans import frequency
from responder.planning.plans.forms import ReleaseRuleForm
from responder.planning.plans.frequency import RuleFacts
from responder.planning.plans.models import Period, ReleaseRule
from responder.planning.plans.views.common import Page
from responder.planning.views import blueprint, local_today
from responder.web.access import current_actor, requires
from responder.web.errors import STATUS
from responder.web.forms import show_errors


@blueprint.get("/planning/rules")
@requires(Permission.PLAN_READ)
def plan_rules() -> str:
    return render_template(
        "planning/release_rules.html",
        rules=frequency.all_rules(db.session),
        forms=FORM_LABELS,
        year=local_today().year,
    )


@blueprint.route("/planning/rules/new", methods=["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def new_plan_rule() -> Response | Page:
    form = _form(None)
    if not form.validate_on_submit():
        return _page(form, None)
    try:
        with transaction(current_actor()) as session:
            frequency.add_rule(session, _facts(session, form))
    except Invalid as error:
        return _refused(form, None, error)
    flash(_("已添加。"), "success")
    return redirect(url_for("planning.plan_rules"))


@blueprint.route("/planning/rules/<int:rule_id>", methods=["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def edit_plan_rule(rule_id: int) -> Response | Page:
    rule = frequency.get_rule(db.session, rule_id)
    form = _form(rule)
    if not form.validate_on_submit():
        return _page(form, rule)
    try:
        with transaction(current_actor()) as session:
            rule = frequency.get_rule(session, rule_id)
            frequency.edit_rule(
                session, rule, _facts(session, form), request.form.get("version_id", "")
            )
    except (Invalid, Stale) as error:
        return _refused(form, frequency.get_rule(db.session, rule_id), error)
    flash(_("已保存。"), "success")
    return redirect(url_for("planning.plan_rules"))


@blueprint.post("/planning/rules/<int:rule_id>/switch")
@requires(Permission.PLAN_EDIT)
def switch_plan_rule(rule_id: int) -> Response:
    with transaction(current_actor()) as session:
        rule = frequency.get_rule(session, rule_id)
        frequency.switch_rule(session, rule, request.form.get("active") == "1")
        on = _("已启用“%(name)s”。", name=rule.name)
        done = on if rule.active else _("已停用“%(name)s”。", name=rule.name)
    flash(done, "success")
    return redirect(url_for("planning.plan_rules"))


def _form(rule: ReleaseRule | None) -> ReleaseRuleForm:
    values = {} if rule is None else _values(rule)
    form = ReleaseRuleForm(data=values)
    form.units.choices = [(unit.id, unit.name) for unit in accounts.units(db.session)]
    return form


def _values(rule: ReleaseRule) -> dict[str, object]:
    return {
        "name": rule.name,
        "period": rule.period.value,
        "least": rule.least,
        "forms": rule.forms,
        "speaker_rank": rule.speaker_rank.value,
        "all_units": rule.all_units,
        "units": [unit.id for unit in rule.units],
        "source": rule.source,
        "version_id": frequency.seal(rule),
    }


def _facts(session: Session, form: ReleaseRuleForm) -> RuleFacts:
    chosen = set(form.units.data or ())
    return RuleFacts(
        name=form.name.data or "",
        period=Period(form.period.data),
        least=form.least.data,
        forms=tuple(Form(one) for one in form.forms.data or ()),
        speaker_rank=SpeakerRank(form.speaker_rank.data),
        all_units=form.all_units.data,
        units=tuple(unit for unit in accounts.units(session) if unit.id in chosen),
        source=form.source.data or "",
    )


def _refused(
    form: ReleaseRuleForm, rule: ReleaseRule | None, error: DomainError
) -> tuple[str, int]:
    """The form again, with what was typed, and what is wrong with it."""
    show_errors(form, error)
    return _page(form, rule), STATUS[type(error)]


def _page(form: ReleaseRuleForm, rule: ReleaseRule | None) -> str:
    return render_template("planning/release_rule.html", form=form, rule=rule)
