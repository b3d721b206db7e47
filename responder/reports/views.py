"""Today, the first page; the audit trail."""

from __future__ import annotations

from collections import defaultdict

from flask import Blueprint, current_app, render_template, request

from responder.core.database import db
from responder.core.permissions import Permission
from responder.core.times import chinese_moment, utc_now
from responder.intake.models import CHANNEL_LABELS
from responder.reports import service
from responder.reports.desk import deadlines
from responder.reports.trail import TRAIL
from responder.responses import service as responses
from responder.responses.models import ItemClock
from responder.web.access import current_actor, requires, signed_in
from responder.web.listing import add_list_pages, show

blueprint = Blueprint("reports", __name__)

WAITING_SHOWN = 8


@blueprint.get("/")
@signed_in
def today() -> str:
    settings = current_app.extensions["settings"]
    now = utc_now()
    return render_template(
        "reports/today.html",
        today=service.today(db.session, current_actor(), now, settings.package_reminder_days),
        moment_now=chinese_moment(now, settings.zone),
        shown=None if request.args.get("waiting") == "all" else WAITING_SHOWN,
        channel_names=CHANNEL_LABELS,
    )


@blueprint.get("/due")
@requires(Permission.RESPONSE_READ)
def due() -> str:
    """All clocks that run, by time left."""
    now = utc_now()
    clocks = responses.due(db.session)
    by_span: dict[str, list[ItemClock]] = defaultdict(list)
    for clock in clocks:
        by_span[deadlines.span_of(clock.due_at, now)].append(clock)
    cells = deadlines.strip([clock.due_at for clock in clocks], now)
    return render_template("reports/due.html", cells=cells, clocks=by_span)


@blueprint.get("/audit")
@requires(Permission.AUDIT_READ)
def audit_trail() -> str:
    return render_template("reports/audit.html", listed=show(TRAIL))


add_list_pages(blueprint, "/audit", TRAIL, "audit_trail", frozenset({Permission.AUDIT_READ}))
