"""Pages of the rules of clocks, and of what a change moved."""

from __future__ import annotations

from collections import defaultdict

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from responder.core.clock_changes import Moved
from responder.core.clocks import ClockRule, RuleFacts, all_rules, get_rule
from responder.core.database import db, transaction
from responder.core.errors import DomainError, Invalid, Stale
from responder.core.office import office_zone
from responder.core.permissions import Permission
from responder.deadlines import service
from responder.deadlines.forms import RuleForm
from responder.web.access import current_actor, requires
from responder.web.errors import STATUS
from responder.web.forms import seen_version, show_errors

blueprint = Blueprint("deadlines", __name__)

CHANGES_SHOWN = 10

Page = str | Response | tuple[str, int]

# What starts the clocks of a level; the levels of work orders stand together.
GROUPS = {
    "ordinary": "回应事项：一般政务舆情",
    "major_emergency": "回应事项：重大及以上突发事件",
    "by_hand": "回应事项：由人增加",
    "order": "热线工单",
    "policy": "政策文件",
    "application": "依申请公开",
}
STARTS = {
    "found_at": "发现",
    "opened_at": "发起",
    "accepted_at": "受理",
    "dispatched_at": "派单",
    "signed_at": "签收",
    "published_at": "公开发布",
    "received_on": "收到申请",
    "delivered_on": "征求意见书送达",
    "fee_asked_on": "通知缴费",
}
STOPS = {
    "published": "公开发布",
    "event_held": "举行发布会",
    "signed": "签收",
    "answered": "答复",
    "closed": "办结",
    "replied": "答复申请人",
    "examined": "审查完毕",
    "opinion": "收到意见",
    "paid": "缴费",
}


@blueprint.get("/clocks")
@requires(Permission.CLOCK_READ)
def rules() -> str:
    return render_template(
        "deadlines/rules.html",
        groups=_grouped(all_rules(db.session)),
        labels=GROUPS,
        starts=STARTS,
        stops=STOPS,
        changes=service.changes(db.session, CHANGES_SHOWN),
    )


def _grouped(listed: list[ClockRule]) -> dict[str, list[ClockRule]]:
    """Rules by what starts them, in the order of ``GROUPS``; others under their own level."""
    found: defaultdict[str, list[ClockRule]] = defaultdict(list)
    for rule in listed:
        found["order" if rule.level.startswith("order_") else rule.level].append(rule)
    order = [*GROUPS, *(level for level in found if level not in GROUPS)]
    return {level: found[level] for level in order if found[level]}


@blueprint.route("/clocks/<int:rule_id>", methods=["GET", "POST"])
@requires(Permission.CLOCK_EDIT)
def edit_rule(rule_id: int) -> Page:
    rule = get_rule(db.session, rule_id)
    form = RuleForm(obj=rule)
    if not form.validate_on_submit():
        return _rule_page(form, rule), 422 if form.is_submitted() else 200
    facts = RuleFacts(form.name.data, form.length.data, form.unit.data, form.source.data)
    seen = seen_version() or 0
    try:
        with transaction(current_actor()) as session:
            rule = get_rule(session, rule_id)
            moved = service.change_rule(session, rule, facts, form.reason.data, seen, office_zone())
            change = service.last_change(session, rule) if moved is not None else 0
    except (Invalid, Stale) as error:
        return _refused(form, rule_id, error)
    if moved is None:
        flash(_("没有变化，规则和时限都保持原样。"), "info")
        return redirect(url_for("deadlines.rules"))
    return told(moved, change)


def _rule_page(form: RuleForm, rule: ClockRule) -> str:
    return render_template("deadlines/rule.html", form=form, rule=rule)


def _refused(form: RuleForm, rule_id: int, error: DomainError) -> tuple[str, int]:
    show_errors(form, error)
    return _rule_page(form, get_rule(db.session, rule_id)), STATUS[type(error)]


def told(moved: list[Moved], change: int) -> Response:
    """To the page of a change that has just been made."""
    if moved:
        flash(_("已保存，%(count)s 个时限随之改变。", count=len(moved)), "success")
    else:
        flash(_("已保存，没有时限因此改变。"), "success")
    return redirect(url_for("deadlines.show_change", event_id=change))


@blueprint.get("/clocks/changes/<int:event_id>")
@requires(Permission.CLOCK_READ)
def show_change(event_id: int) -> str:
    event = service.find_change(db.session, event_id)
    return render_template(
        "deadlines/change.html",
        event=event,
        moved=service.moved_by(db.session, event, current_actor()),
    )
