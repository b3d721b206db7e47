"""The edge where somebody signs in: counted, looked at, told in the trail, taken or refused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from responder.accounts import service
from responder.accounts.browsers import Browser
from responder.accounts.delays import service as delays
from responder.accounts.delays.rules import KNOWN_PLACE_FOR, Counted, counted
from responder.accounts.models import User
from responder.accounts.sessions import service as sessions
from responder.core.database import db, transaction
from responder.core.errors import Forbidden
from responder.web.callers import Caller, key_of


def name_key(username: str) -> str:
    """By which a name is counted: whether or not somebody has it, and however it is written."""
    return key_of("name", username.strip().casefold())


def counts_of(username: str, caller: Caller, browser: Browser, now: datetime) -> Sequence[Counted]:
    """Into which counts a try of this name goes, by what is known of browser and address."""
    user = service.find_user(db.session, username)
    known_browser = known_place = None
    if user is not None and browser.knows(user.id):
        known_browser = key_of("browser", browser.id, user.id)
    elif user is not None and sessions.was_at(
        db.session, user.id, caller.key, now - KNOWN_PLACE_FOR
    ):
        known_place = key_of("place", user.id, caller.key)
    return counted(name_key(username), known_browser, known_place, caller.key)


def check_password(
    username: str, password: str, caller: Caller, browser: Browser, now: datetime
) -> User:
    """The person with this name and password.

    :raises Delayed: too soon after what was wrong; the password is not looked at.
    :raises Forbidden: wrong, or the account is closed.
    """
    counts = counts_of(username, caller, browser, now)
    with transaction(now=now) as session:
        wait = delays.count(session, counts, now)
    try:
        user = service.authenticate(db.session, username, password)
    except Forbidden:
        with transaction(now=now) as session:
            service.record_attempt(session, username, "sign_in_refused", caller.told)
            if wait:
                told = caller.told | {"seconds": int(wait.total_seconds())}
                service.record_attempt(session, username, "sign_in_delayed", told)
        raise
    return user


def admit(
    user: User, caller: Caller, browser: Browser, told: dict[str, str], now: datetime
) -> None:
    """Somebody has shown who they are: their counts end, and the trail has it."""
    counts = counts_of(user.username, caller, browser, now)
    with transaction(user.actor, now) as session:
        delays.succeed(session, counts, now)
        user.last_signed_in_at = now
        service.record_attempt(session, user.username, "sign_in", caller.told | told)
