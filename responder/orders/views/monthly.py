"""The monthly hotline table, on the screen and as a workbook."""

from __future__ import annotations

from flask import render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from responder.core.database import db
from responder.core.permissions import Permission
from responder.core.times import local, utc_now
from responder.orders import rules, service
from responder.orders.exporting import monthly_workbook
from responder.orders.views.common import blueprint, workbook, zone
from responder.web.access import requires


@blueprint.get("/orders/monthly")
@requires(Permission.ORDER_READ)
def monthly() -> str:
    first_day = rules.parse_month(_asked()) or local(utc_now(), zone()).date().replace(day=1)
    typed = request.args.get("month", "")
    before, after = rules.neighbours(first_day)
    return render_template(
        "orders/monthly.html",
        table=service.monthly_table(db.session, rules.month_of(first_day), zone()),
        before=rules.month_of(before),
        after=rules.month_of(after),
        unknown="" if rules.parse_month(typed) else typed,
    )


@blueprint.get("/orders/monthly/export")
@requires(Permission.ORDER_READ)
def export_monthly() -> Response:
    table = service.monthly_table(db.session, _asked(), zone())
    return workbook(monthly_workbook(table), _("热线办理情况 %(month)s", month=table.month))


def _asked() -> str:
    return request.args.get("month") or rules.month_of(local(utc_now(), zone()).date())
