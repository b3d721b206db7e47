"""The page on which an administrator reads and changes how long senders are kept."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from responder.core.database import db, transaction
from responder.core.errors import Invalid, Stale
from responder.core.permissions import Permission
from responder.core.times import local, utc_now
from responder.intake.identity import retention
from responder.intake.identity.forms import RuleForm
from responder.intake.identity.retention import Erased
from responder.web.access import current_actor, requires
from responder.web.errors import STATUS
from responder.web.forms import seen_version, show_errors

blueprint = Blueprint("identity", __name__)


@blueprint.get("/identity-retention")
@requires(Permission.IDENTITY_KEEP)
def index() -> str:
    return _page(_form())


def _form() -> RuleForm:
    rule = retention.rule_of(db.session)
    return RuleForm(data={"keep_days": rule.keep_days, "version": rule.version_id})


@blueprint.post("/identity-retention")
@requires(Permission.IDENTITY_KEEP)
def change() -> str | Response | tuple[str, int]:
    """Ask first: what is erased does not come back."""
    form = _form()
    if not form.validate():
        return _page(form), 422
    days: int = form.keep_days.data
    if days == retention.keep_days(db.session):
        flash(_("保留天数没有变化。"), "info")
        return redirect(url_for("identity.index"))
    losing = _due(days)
    if form.confirmed.data != str(losing.messages):
        return _page(form, losing)
    try:
        with transaction(current_actor(), utc_now()) as session:
            retention.change(session, days, seen_version() or 0)
    except (Invalid, Stale) as error:
        show_errors(form, error)
        return _page(form), STATUS[type(error)]
    flash(_("已修改，从下次清除起执行。"), "success")
    return redirect(url_for("identity.index"))


def _page(form: RuleForm, losing: Erased | None = None) -> str:
    """:param losing: what the days in the form would erase, to be agreed to."""
    rule = retention.rule_of(db.session)
    return render_template(
        "intake/identity_rule.html",
        form=form,
        rule=rule,
        due=_due(rule.keep_days),
        next_day=retention.next_day(rule, _today()),
        last=retention.last_erasure(db.session),
        losing=losing,
    )


def _due(days: int) -> Erased:
    return retention.due_under(db.session, days, _today(), _zone())


def _today() -> date:
    return local(utc_now(), _zone()).date()


def _zone() -> ZoneInfo:
    zone: ZoneInfo = current_app.extensions["settings"].zone
    return zone
