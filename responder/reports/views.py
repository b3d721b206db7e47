"""Today, the first page; the audit trail."""

from __future__ import annotations

from flask import Blueprint, current_app, render_template

from responder.core.database import db
from responder.core.permissions import Permission
from responder.core.times import chinese_moment, utc_now
from responder.reports import service
from responder.reports.trail import TRAIL
from responder.web.access import current_actor, requires, signed_in
from responder.web.listing import add_list_pages, show

blueprint = Blueprint("reports", __name__)


@blueprint.get("/")
@signed_in
def today() -> str:
    settings = current_app.extensions["settings"]
    now = utc_now()
    return render_template(
        "reports/today.html",
        today=service.today(db.session, current_actor(), now, settings.package_reminder_days),
        moment_now=chinese_moment(now, settings.zone),
    )


@blueprint.get("/audit")
@requires(Permission.AUDIT_READ)
def audit_trail() -> str:
    return render_template("reports/audit.html", listed=show(TRAIL))


add_list_pages(blueprint, "/audit", TRAIL, "audit_trail", frozenset({Permission.AUDIT_READ}))
