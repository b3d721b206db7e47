"""The edge where somebody signs in: counted, looked at, told in the trail, taken or refused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from responder.accounts import proofs, service
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
    known_as = browser.id_for(user.id) if user is not None else None
    if user is not None and known_as is not None:
        known_browser = key_of("browser", known_as, user.id)
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
            if not _tell_refused(session, username, caller, wait):
                delays.write_again(session, counts)  # a name is not known by its taking longer
        raise
    return user


def step_aside(user: User, caller: Caller, browser: Browser, now: datetime) -> None:
    """The password was right and a code is to come: it was no wrong try."""
    counts = counts_of(user.username, caller, browser, now)
    with transaction(user.actor, now) as session:
        delays.take_back(session, counts, now)


def check_code(user: User, given: str, caller: Caller, browser: Browser, now: datetime) -> str:
    """By which method the second step was done; what was given counts no second time.

    :raises Delayed: too soon after what was wrong.
    :raises Forbidden: wrong, or used before.
    """
    counts = counts_of(user.username, caller, browser, now)
    with transaction(user.actor, now) as session:
        wait = delays.count(session, counts, now)
    right = proofs.examine(db.session, user.actor, given, now, with_recovery=True)
    with transaction(user.actor, now) as session:
        proven = proofs.accept(session, user.actor, right, now) if right else None
        if proven is None:
            _tell_refused(session, user.username, caller, wait)
    if proven is None:
        raise Forbidden(
            "动态口令不正确或已用过：请输入手机上新显示的六位数字，或一个没有用过的恢复码"
        )
    return proven.method


def _tell_refused(session: Session, username: str, caller: Caller, wait: timedelta) -> bool:
    """Whether the trail has it: an unknown name leaves no line."""
    has_line = service.record_attempt(session, username, "sign_in_refused", caller.told)
    if wait:
        told = caller.told | {"seconds": int(wait.total_seconds())}
        service.record_attempt(session, username, "sign_in_delayed", told)
    return has_line


def admit(
    session: Session,
    user: User,
    counts: Sequence[Counted],
    told: dict[str, str],
    now: datetime,
) -> None:
    """Somebody has shown who they are: their counts end, and the trail has it."""
    delays.succeed(session, counts, now)
    user.last_signed_in_at = now
    service.record_attempt(session, user.username, "sign_in", told)
