"""The month."""

from __future__ import annotations

from flask import render_template, request

from responder.core.database import db
from responder.core.permissions import Permission
from responder.planning import service
from responder.planning.calendars import rules
from responder.planning.plans.rules import FIRST_YEAR, LAST_YEAR
from responder.planning.views import blueprint, local_today, zone
from responder.web.access import requires


@blueprint.get("/planning/calendar")
@requires(Permission.PLAN_READ)
def calendar() -> str:
    today = local_today()
    year, month = requested_month(today.year, today.month)
    return render_template(
        "planning/calendar.html",
        page=service.month_page(db.session, year, month, today, zone()),
        previous=rules.next_month(year, month, -1),
        following=rules.next_month(year, month),
        today=today,
    )


def requested_month(year: int, month: int) -> tuple[int, int]:
    """The month in the address; the given one when there is none or nonsense."""
    asked_year = request.args.get("year", year, type=int)
    asked_month = request.args.get("month", month, type=int)
    if FIRST_YEAR <= asked_year <= LAST_YEAR and 1 <= asked_month <= 12:
        return asked_year, asked_month
    return year, month
