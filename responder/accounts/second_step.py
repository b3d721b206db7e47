"""Between the first step of signing in and the desk: a code, for whoever has enrolled one."""

from __future__ import annotations

from datetime import timedelta

from flask import redirect, url_for
from flask import session as cookie
from werkzeug.wrappers import Response

from responder.accounts import admitting, browsers, proofs
from responder.accounts.models import User
from responder.accounts.sessions import entering
from responder.accounts.sessions.models import ONE_STEP, Method
from responder.core.database import db
from responder.core.times import utc_now
from responder.web.callers import caller
from responder.web.redirects import back_to

HALF_WAY = "half_way"  # in the browser: who has done the first step and owes a code
HALF_WAY_FOR = timedelta(minutes=5)
AFTERWARDS = {
    (Method.PASSWORD, proofs.CODE): Method.CODE,
    (Method.PASSWORD, proofs.RECOVERY): Method.RECOVERY,
    (Method.OIDC, proofs.CODE): Method.OIDC_CODE,
    (Method.OIDC, proofs.RECOVERY): Method.OIDC_RECOVERY,
}


def proceed(user: User, seal: str, method: Method, target: str | None) -> Response:
    """To the desk, or to the second step.

    :param seal: of the password that was looked at, or of the one that there was just now.
    :param method: by what they have shown who they are.
    """
    if method not in ONE_STEP or proofs.method_of(db.session, user.id) == proofs.PASSWORD:
        return enter(user, seal, method, target)
    cookie[HALF_WAY] = [user.id, seal, int(utc_now().timestamp()), method]
    return redirect(url_for("accounts.sign_in_code", next=target or None))


def half_way() -> tuple[User, Method] | None:
    """Whoever did the first step at this browser within the last minutes, and how."""
    user_id, seal, at, *by = cookie.get(HALF_WAY, (0, "", 0))
    user = db.session.get(User, user_id)
    late = utc_now().timestamp() - at > HALF_WAY_FOR.total_seconds()
    if user is None or not user.active or user.seal != seal or late:
        return None
    return user, Method(by[0]) if by else Method.PASSWORD


def forget_half_way() -> None:
    cookie.pop(HALF_WAY, None)


def enter(user: User, seal: str, method: Method, target: str | None) -> Response:
    """To the desk.

    :param seal: as for :func:`proceed`; a new password meanwhile ends the sign-in at once.
    """
    browser, here, now = browsers.this_browser(), caller(), utc_now()
    forget_half_way()
    admitting.admit(user, here, browser, {"method": method}, now)
    entering.enter(user, seal, method, here)
    return browsers.remember(redirect(back_to(target)), browser.with_user(user.id))
