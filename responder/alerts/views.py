"""The pages of alerts: the list, and the rules."""

from __future__ import annotations

from flask import Blueprint, Flask, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from responder.alerts import service, wording
from responder.alerts.declared import ALERTS
from responder.alerts.forms import RuleForm
from responder.alerts.models import KIND_LABELS, AlertRule, Kind
from responder.alerts.service import OF_ALL_KINDS, USED_BY, RuleFacts
from responder.core.database import db, transaction
from responder.core.errors import DomainError, Invalid, Stale
from responder.core.permissions import Permission
from responder.core.times import utc_now
from responder.web.access import current_actor, requires
from responder.web.errors import STATUS
from responder.web.forms import seen_version, show_errors
from responder.web.listing import add_list_pages, show
from responder.web.navigation import counted
from responder.web.redirects import back_to
from responder.web.undoing import flash_with_undo, sent_moment

blueprint = Blueprint("alerts", __name__)


def register(app: Flask) -> None:
    """What templates, also those of other rooms, may ask of alerts."""
    app.add_template_filter(wording.happened, "alert_happened")
    app.add_template_filter(wording.aside, "alert_aside")
    app.add_template_filter(wording.condition, "alert_condition")
    app.add_template_global(open_alert_count)
    counted(app, "alerts.index", open_alert_count)


def open_alert_count() -> int:
    """For the navigation and Today: what whoever asks has not read."""
    return service.open_count(db.session, current_actor(), utc_now())


@blueprint.get("/alerts")
@requires(Permission.TOPIC_READ)
def index() -> str:
    return render_template(
        "alerts/index.html", listed=show(ALERTS), held=service.held(db.session, utc_now())
    )


add_list_pages(blueprint, "/alerts", ALERTS, "index", frozenset({Permission.TOPIC_READ}))


@blueprint.post("/alerts/<int:alert_id>/read")
@requires(Permission.TOPIC_READ)
def read(alert_id: int) -> Response:
    with transaction(current_actor()) as session:
        service.mark_read(session, alert_id, current_actor(), utc_now())
    return redirect(back_to(request.form.get("next"), "alerts.index"))


@blueprint.post("/alerts/read")
@requires(Permission.TOPIC_READ)
def read_all() -> Response:
    with transaction(current_actor()) as session:
        moment = utc_now()
        count = service.mark_all_read(session, current_actor(), moment)
    if count:
        done = _("已阅 %(count)s 条提醒。", count=count)
        flash_with_undo(done, "alerts.unread", {"at": moment.isoformat()})
    else:
        flash(_("没有未阅的提醒。"), "info")
    return redirect(url_for("alerts.index"))


@blueprint.post("/alerts/unread")
@requires(Permission.TOPIC_READ)
def unread() -> Response:
    """Take back a click on "all read", told by its moment."""
    with transaction(current_actor()) as session:
        count = service.mark_unread(session, current_actor(), sent_moment())
    flash(_("%(count)s 条提醒恢复为未阅。", count=count), "success")
    return redirect(url_for("alerts.index"))


@blueprint.get("/alerts/rules")
@requires(Permission.TOPIC_READ)
def rules() -> str:
    return render_template(
        "alerts/rules.html", rules=service.all_rules(db.session), kinds=KIND_LABELS
    )


@blueprint.route("/alerts/rules/new", methods=["GET", "POST"])
@requires(Permission.ALERT_EDIT)
def new_rule() -> str | Response | tuple[str, int]:
    kind = _asked_kind() or abort(404)
    form = _form(kind)
    if not form.validate_on_submit():
        return _rule_page(form, kind)
    try:
        with transaction(current_actor()) as session:
            service.add_rule(session, kind, _facts(form))
    except Invalid as error:
        return _refused(form, kind, error)
    flash(_("已添加规则，下次聚合后生效。"), "success")
    return redirect(url_for("alerts.rules"))


@blueprint.route("/alerts/rules/<int:rule_id>", methods=["GET", "POST"])
@requires(Permission.ALERT_EDIT)
def edit_rule(rule_id: int) -> str | Response | tuple[str, int]:
    rule = service.get_rule(db.session, rule_id)
    form = _form(rule.kind, _values(rule))
    if not form.validate_on_submit():
        return _rule_page(form, rule.kind, rule)
    try:
        with transaction(current_actor()) as session:
            rule = service.get_rule(session, rule_id)
            seen = seen_version() or 0
            service.edit_rule(session, rule, _facts(form), seen)
    except (Invalid, Stale) as error:
        return _refused(form, service.get_rule(db.session, rule_id).kind, error)
    flash(_("已保存规则。"), "success")
    return redirect(url_for("alerts.rules"))


@blueprint.post("/alerts/rules/<int:rule_id>/switch")
@requires(Permission.ALERT_EDIT)
def switch_rule(rule_id: int) -> Response:
    with transaction(current_actor()) as session:
        rule = service.get_rule(session, rule_id)
        service.switch_rule(session, rule, request.form.get("active") == "1")
        on = _("已启用规则“%(name)s”。", name=rule.name)
        done = on if rule.active else _("已停用规则“%(name)s”。", name=rule.name)
    flash(done, "success")
    return redirect(url_for("alerts.rules"))


def _asked_kind() -> Kind | None:
    value = request.args.get("kind", "")
    return next((kind for kind in Kind if kind.value == value), None)


def _values(rule: AlertRule) -> dict[str, object]:
    return {
        name: getattr(rule, name) for name in (*OF_ALL_KINDS, *USED_BY[rule.kind], "version_id")
    }


def _form(kind: Kind, values: dict[str, object] | None = None) -> RuleForm:
    """The form with the fields that this kind uses."""
    form = RuleForm(data=values)
    for name in {name for names in USED_BY.values() for name in names} - set(USED_BY[kind]):
        del form[name]
    return form


def _facts(form: RuleForm) -> RuleFacts:
    used = {name: form.data[name] for name in RuleFacts.__match_args__ if name in form}
    return RuleFacts(**used)


def _rule_page(form: RuleForm, kind: Kind, rule: AlertRule | None = None) -> str:
    return render_template(
        "alerts/rule.html", form=form, kind=kind, used=USED_BY[kind], rule=rule, kinds=KIND_LABELS
    )


def _refused(form: RuleForm, kind: Kind, error: DomainError) -> tuple[str, int]:
    for name, sentence in error.fields.items():
        show_errors(form, Invalid(sentence, {name: sentence}))
    if not error.fields:
        show_errors(form, error)
    return _rule_page(form, kind), STATUS[type(error)]
