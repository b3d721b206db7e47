"""The plan against what came of it, and what stands behind each figure."""

from __future__ import annotations

from flask import render_template, request

from responder.core.database import db
from responder.core.errors import NotFound
from responder.core.permissions import Permission
from responder.planning.access import sees_row
from responder.planning.models import FORM_LABELS, PlanEntry, PressEvent
from responder.planning.plans import rules
from responder.planning.plans.baselines import in_words
from responder.planning.plans.rules import Figure, Grouping
from responder.planning.plans.status import YearStatus, year_status
from responder.planning.plans.views.common import check_year
from responder.planning.views import asked_for, blueprint, local_today, zone
from responder.web.access import current_actor, requires


@blueprint.get("/planning/plan/<int:year>/status")
@requires(Permission.PLAN_READ)
def plan_status(year: int) -> str:
    return render_template(
        "planning/plan_status.html",
        status=_status(year),
        groupings=rules.GROUPING_LABELS,
        figures=rules.FIGURE_LABELS,
        timings=rules.TIMING_LABELS,
        progress_labels=rules.PROGRESS_LABELS,
        form_labels=FORM_LABELS,
    )


def _status(year: int) -> YearStatus:
    check_year(year)
    return year_status(db.session, year, local_today(), zone(), current_actor())


@blueprint.get("/planning/plan/<int:year>/status/<string:name>")
@requires(Permission.PLAN_READ)
def plan_figure(year: int, name: str) -> str:
    """The rows and events that a figure counts."""
    actor = current_actor()
    figure = next((one for one in Figure if one.value == name), None)
    by, key = asked_for(Grouping, "by"), request.args.get("key", "")
    status = _status(year)
    group = _label(status, by, key)
    if figure is None or (request.args.get("by") and group is None):
        raise NotFound("没有这项统计：请从计划执行对照重新进入")
    found = status.behind(figure, by, key)
    return render_template(
        "planning/plan_figure.html",
        status=status,
        figure=rules.FIGURE_LABELS[figure],
        group=group or "",
        by=by,
        key=key,
        entries=[one for one in found if isinstance(one, PlanEntry) and sees_row(actor, one)],
        events=[one for one in found if isinstance(one, PressEvent)],
        frozen=[(one["number"], in_words(one)) for one in found if isinstance(one, dict)],
        progress_labels=rules.PROGRESS_LABELS,
    )


def _label(status: YearStatus, by: Grouping | None, key: str) -> str | None:
    if by is None:
        return None
    return next((label for one, label in status.groups(by) if str(one) == key), None)
