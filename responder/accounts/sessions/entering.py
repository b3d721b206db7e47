"""The edge of sign-ins: the cookie of a request, and what is kept of the request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Flask, current_app, g, request
from flask import session as cookie
from flask_login import current_user, login_user, logout_user
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from responder.accounts.models import User
from responder.accounts.sessions import service
from responder.accounts.sessions.models import Method, SignInSession, Why
from responder.accounts.sessions.rules import Limits, is_to_be_noted
from responder.core.database import db, said_by, transaction
from responder.core.times import utc_now
from responder.settings import Settings
from responder.web.access import asks_who_it_is, current_actor, login_manager
from responder.web.callers import Caller

TOKEN = "_user_id"  # noqa: S105 - where Flask-Login keeps what it hands to the loader
# Asked by a page itself, whether or not somebody sits in front of it.
BY_ITSELF = frozenset({"errands.progress", "intake.import_progress"})


@dataclass(frozen=True)
class Present:
    """The sign-in that this request came with."""

    id: int
    method: Method
    seen_at: datetime


def limits_of(settings: Settings) -> Limits:
    """How long the office lets a sign-in last."""
    return Limits(
        timedelta(minutes=settings.session_idle_minutes), timedelta(hours=settings.session_hours)
    )


@login_manager.user_loader
def load_user(token: str) -> User | None:
    """Whoever signed in with this number, while it lasts."""
    found = service.find(db.session, token)
    limits = limits_of(current_app.extensions["settings"])
    if found is not None and found.over(utc_now(), limits) is not None:
        found = None
    g.present = _present(found)
    return found.user if found is not None else None


def present() -> Present | None:
    """The sign-in of this request; None of whoever has not signed in."""
    kept: Present | None = g.get("present") if current_user.is_authenticated else None
    return kept


def enter(
    user: User,
    seal: str,
    method: Method,
    caller: Caller,
    admit: Callable[[Session, int], None],
    now: datetime,
) -> None:
    """Sign somebody in at this browser.

    :param seal: of the password that they knew: a new one meanwhile ends the sign-in at once.
    :param admit: what belongs to it, in the same transaction; takes the number of the sign-in.
    :raises Forbidden: what ``admit`` raises; nothing of it has happened then.
    """
    with transaction(user.actor, now) as session:
        token = service.begin(session, user, seal, method, caller, now)
        here = _present(service.find(session, token))
        assert here is not None, "it was begun just now"
        admit(session, here.id)
    login_user(user)
    cookie[TOKEN], g.present = token, here


def leave() -> None:
    """Sign this browser out."""
    here, actor, now = present(), current_actor(), utc_now()
    if here is not None:
        with transaction(actor, now) as session:
            service.end(session, service.get(session, here.id), Why.SIGNED_OUT, actor, now)
    logout_user()


def note_seen() -> None:
    """Before a request that may pass: somebody is here. Nothing that is read fails by it."""
    if request.endpoint in BY_ITSELF or not asks_who_it_is():
        return
    here, now = present(), utc_now()
    if here is None or not is_to_be_noted(here.seen_at, now):
        return
    try:
        with transaction(current_actor(), now) as session:
            service.note_seen(session, here.id, now)
    except OperationalError as error:
        current_app.logger.warning("not noted that somebody is here: %s", said_by(error))


def init_app(app: Flask) -> None:
    app.before_request(note_seen)


def _present(found: SignInSession | None) -> Present | None:
    return Present(found.id, found.method, found.seen_at) if found is not None else None
