"""Today, the first page; the audit trail."""

from __future__ import annotations

from flask import Blueprint, current_app, render_template, request

from responder.core.database import db
from responder.core.permissions import Permission
from responder.core.times import chinese_moment, utc_now
from responder.reports import service
from responder.web.access import current_actor, may, requires, signed_in
from responder.web.paging import paginate, requested_page
from responder.web.trail import kinds

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
    query = service.audit_trail(
        kind=request.args.get("kind", ""), person=request.args.get("person", "").strip()
    )
    page = paginate(db.session, query, requested_page())
    # What somebody noted of an application may name who applied.
    untold = set() if may(Permission.APPLICATION_READ) else {"disclosure_application"}
    return render_template("reports/audit.html", page=page, kinds=kinds(), untold=untold)
