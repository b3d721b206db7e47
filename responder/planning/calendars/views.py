"""The calendar: month, quarter, year, and the days one below the other."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for

from responder.accounts import service as accounts
from responder.core.database import db
from responder.core.permissions import Permission
from responder.planning import service
from responder.planning.calendars.moving_views import just_moved
from responder.planning.calendars.pages import Filters
from responder.planning.calendars.rules import VIEW_LABELS, Span, View
from responder.planning.events.lifecycle import PRESS_EVENT
from responder.planning.events.moving import why_not
from responder.planning.models import FORM_LABELS, EventState, Form, PressEvent
from responder.planning.plans.rules import FIRST_YEAR, LAST_YEAR
from responder.planning.views import asked_for, blueprint, local_today, zone
from responder.web.access import current_actor, requires

FILTERS = ("unit", "form", "state")


@blueprint.get("/planning/calendar")
@requires(Permission.PLAN_READ)
def calendar() -> str:
    today = local_today()
    span = requested_span(today.year, today.month)
    page = service.calendar_page(
        db.session,
        span,
        today,
        zone(),
        reader=current_actor(),
        filters=_filters(),
    )
    return render_template(
        "planning/calendar.html",
        page=page,
        span=span,
        today=today,
        views=VIEW_LABELS,
        address=address,
        previous=_within(span.moved(-1)),
        following=_within(span.moved(1)),
        units=accounts.units(db.session),
        forms=FORM_LABELS,
        states=PRESS_EVENT.states,
        may_move=may_move,
        moved=just_moved(),
        filtered=any(request.args.get(name) for name in FILTERS),
    )


def address(span: Span | None, **changes: Any) -> str:
    """Where a page of the calendar is, under the filters of this one; None is now.

    :param changes: ``view``, ``month`` or ``_anchor`` that differ.
    """
    kept: dict[str, Any] = {name: request.args[name] for name in FILTERS if request.args.get(name)}
    if span is None:
        if request.args.get("view"):
            kept["view"] = request.args["view"]
        return url_for("planning.calendar", **kept)
    view = changes.pop("view", span.view)
    if view != View.MONTH:
        kept["view"] = View(view).value
    return url_for(
        "planning.calendar", **{"year": span.year, "month": span.month, **kept, **changes}
    )


def may_move(event: PressEvent) -> bool:
    """Whether the event's state lets it be put to another day."""
    return not why_not(event)


def requested_span(year: int, month: int) -> Span:
    """The page in the address; the given month when there is none or nonsense."""
    view = asked_for(View, "view") or View.MONTH
    asked_year = request.args.get("year", year, type=int)
    asked_month = request.args.get("month", month, type=int)
    if FIRST_YEAR <= asked_year <= LAST_YEAR and 1 <= asked_month <= 12:
        return Span(view, asked_year, asked_month)
    return Span(view, year, month)


def _within(span: Span) -> Span | None:
    return span if FIRST_YEAR <= span.year <= LAST_YEAR else None


def _filters() -> Filters:
    return Filters(
        unit_id=request.args.get("unit", type=int),
        form=asked_for(Form, "form"),
        state=asked_for(EventState, "state"),
    )
