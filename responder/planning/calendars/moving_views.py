"""Another day for an event: what it would bring about, the decision, and the way back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask import flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from responder.core.database import db, transaction
from responder.core.errors import (
    DomainError,
    GuardRefused,
    Invalid,
    NotFound,
    Stale,
    WrongState,
)
from responder.core.permissions import Permission
from responder.core.times import local, utc_now
from responder.planning import service
from responder.planning.events.foreseeing import Consequences, foresee
from responder.planning.events.models import EventMove
from responder.planning.events.series import Scope
from responder.planning.events.series_moving import move_series, moved_together, versions
from responder.planning.events.undoing import moved_with, undo_together
from responder.planning.models import PressEvent
from responder.planning.plans.rules import FIRST_YEAR, LAST_YEAR
from responder.planning.views import blueprint, local_today, zone
from responder.web.access import current_actor, requires
from responder.web.errors import STATUS
from responder.web.redirects import back_to
from responder.web.sentences import spoken

# The move that the next calendar page tells of, and offers to take back.
TOLD_ONCE = "moved_event"

SCOPES = {
    Scope.THIS: _l("只改这一场"),
    Scope.LATER: _l("这一场和以后各场"),
    Scope.ALL: _l("全部"),
}


@dataclass(frozen=True)
class JustMoved:
    """The move that a page tells of, and how many others of its series were made with it."""

    move: EventMove
    others: int


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
            moves = move_series(
                session,
                event,
                _moment(event, to),
                _scope(event),
                current_actor(),
                now,
                seen=request.form.get("seen", ""),
                reason=request.form.get("reason", ""),
                accepted="accept_clashes" in request.form,
                zone=zone(),
            )
            cookie[TOLD_ONCE] = moves[0].id
    except (GuardRefused, Invalid, Stale, WrongState) as error:
        return _page(service.get_event(db.session, event_id), wanted, error), STATUS[type(error)]
    return redirect(_calendar_at(to))


@blueprint.post("/planning/moves/<int:move_id>/undo")
@requires(Permission.PLAN_EDIT)
def undo_move(move_id: int) -> Response:
    """Take a move back; with ``together``, all that were made with it in a series."""
    now = utc_now()
    with transaction(current_actor(), now) as session:
        moved = _get_move(session, move_id)
        undo = undo_together if "together" in request.form else service.undo_move
        sentence = undo(session, moved, current_actor(), now, zone())
        back_on = local(moved.from_at, zone()).date()
    flash(sentence, "success")
    if target := request.form.get("next"):
        return redirect(back_to(target, "planning.calendar"))
    return redirect(_calendar_at(back_on))


def just_moved() -> JustMoved | None:
    """The move of which this person's last page did not tell yet; tells of it once."""
    move_id = cookie.pop(TOLD_ONCE, None)
    found = db.session.get(EventMove, move_id) if move_id is not None else None
    if found is None:
        return None
    return JustMoved(found, len(moved_with(db.session, found)) - 1)


def _scope(event: PressEvent) -> Scope:
    """How far a move reaches in the event's series; this event where nobody said."""
    asked = request.values.get("scope")
    if event.series_id is None:
        return Scope.THIS
    return next((scope for scope in Scope if scope.value == asked), Scope.THIS)


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
    told, day, problem = list[Consequences](), None, spoken(error.message) if error else ""
    try:
        day = _day(wanted) if wanted else None
    except Invalid as refusal:
        problem = refusal.message
    old_day, scope = local(event.starts_at, zone()).date(), _scope(event)
    if day is not None:
        together = moved_together(db.session, event, _moment(event, day), scope, zone())
        told = foresee(db.session, together, local_today(), zone())
    return render_template(
        "planning/move.html",
        event=event,
        old_day=old_day,
        day=day,
        told=told,
        seen=versions(one.event for one in told),
        clashes=[clash for one in told for clash in one.clashes],
        scope=scope,
        scopes=SCOPES if event.series_id is not None else {},
        problem=problem,
        back=_calendar_at(old_day),
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
