"""Another day for an event: what it would bring about, the decision, and the way back."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask import flash, redirect, render_template, request, url_for
from flask import session as cookie
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from responder.core.database import db, transaction
from responder.core.errors import DomainError, Invalid, NotFound, Stale, WrongState
from responder.core.permissions import Permission
from responder.core.times import local, utc_now
from responder.planning import service
from responder.planning.events.models import EventMove
from responder.planning.models import PressEvent
from responder.planning.plans.rules import FIRST_YEAR, LAST_YEAR
from responder.planning.views import blueprint, local_today, zone
from responder.web.access import current_actor, requires
from responder.web.errors import STATUS
from responder.web.forms import seen_version

# The move that the next calendar page tells of, and offers to take back.
TOLD_ONCE = "moved_event"


@blueprint.route("/planning/events/<int:event_id>/move", methods=["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def move(event_id: int) -> str | Response | tuple[str, int]:
    event = service.get_event(db.session, event_id)
    wanted = request.values.get("to", "")
    if request.method == "GET":
        return _page(event, wanted)
    try:
        to, now = _day(wanted), utc_now()
        with transaction(current_actor(), now) as session:
            event = service.get_event(session, event_id)
            moved = service.move_event(
                session,
                event,
                _moment(event, to),
                current_actor(),
                now,
                reason=request.form.get("reason", "")[:300],
                version_id=seen_version() or 0,
                zone=zone(),
            )
            session.flush()
            cookie[TOLD_ONCE] = moved.id
    except (Invalid, Stale, WrongState) as error:
        return _page(service.get_event(db.session, event_id), wanted, error), STATUS[type(error)]
    return redirect(_calendar_at(to))


@blueprint.post("/planning/moves/<int:move_id>/undo")
@requires(Permission.PLAN_EDIT)
def undo_move(move_id: int) -> Response:
    now = utc_now()
    with transaction(current_actor(), now) as session:
        moved = _get_move(session, move_id)
        sentence = service.undo_move(session, moved, current_actor(), now, zone())
        back_on = local(moved.from_at, zone()).date()
    flash(sentence, "success")
    return redirect(_calendar_at(back_on))


def just_moved() -> EventMove | None:
    """The move of which this person's last page did not tell yet; tells of it once."""
    move_id = cookie.pop(TOLD_ONCE, None)
    return db.session.get(EventMove, move_id) if move_id is not None else None


def _get_move(session: Session, move_id: int) -> EventMove:
    found = session.get(EventMove, move_id)
    if found is None:
        raise NotFound("没有这次改期：请从发布日历重新进入")
    return found


def _day(text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError as error:
        raise Invalid("请选择新的日期", {"to": "请选择日期"}) from error
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise Invalid(
            f"{found.year} 年不在可安排的范围内：请选择另一个日期", {"to": "不能选这一年"}
        )
    return found


def _moment(event: PressEvent, day: date) -> datetime:
    """That day, at the hour at which the event is."""
    there = local(event.starts_at, zone())
    return datetime.combine(day, there.time(), zone())


def _page(event: PressEvent, wanted: str, error: DomainError | None = None) -> str:
    told, day, problem = None, None, error.message if error else ""
    try:
        day = _day(wanted) if wanted else None
    except Invalid as refusal:
        problem = refusal.message
    today = local_today()
    if day is not None:
        told = service.consequences(db.session, event, _moment(event, day), today, zone=zone())
    return render_template(
        "planning/move.html",
        event=event,
        old_day=local(event.starts_at, zone()).date(),
        day=day,
        told=told,
        problem=problem,
        back=_calendar_at(local(event.starts_at, zone()).date()),
        back_query=_back_query(),
    )


def _back_query() -> str:
    """The query of the calendar's page that the person came from; only its own words."""
    return request.values.get("back", "")


def _calendar_at(day: date) -> str:
    """The calendar at a day, in the view and under the filters that the person came from."""
    asked = dict(parse_qsl(urlsplit(f"?{_back_query()}").query))
    kept: dict[str, Any] = {
        name: asked[name] for name in ("view", "unit", "form", "state") if name in asked
    }
    return url_for(
        "planning.calendar",
        **{**kept, "year": day.year, "month": day.month},
        _anchor=f"d-{day.isoformat()}",
    )
