"""Between the first step of signing in and the desk: a code, for whoever has enrolled one."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from flask import flash, redirect, url_for
from flask import session as cookie
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from responder.accounts import admitting, browsers, proofs
from responder.accounts.models import User
from responder.accounts.sessions import entering
from responder.accounts.sessions.models import BY_PROVIDER, ONE_STEP, Method
from responder.accounts.ways_in import way_in
from responder.core.database import db
from responder.core.errors import Forbidden
from responder.core.times import utc_now
from responder.web.callers import caller
from responder.web.redirects import back_to
from responder.web.sentences import spoken

HALF_WAY = "half_way"  # in the browser: who has done the first step and owes a code
HALF_WAY_FOR = timedelta(minutes=5)
AFTERWARDS = {
    (Method.PASSWORD, proofs.CODE): Method.CODE,
    (Method.PASSWORD, proofs.RECOVERY): Method.RECOVERY,
    (Method.OIDC, proofs.CODE): Method.OIDC_CODE,
    (Method.OIDC, proofs.RECOVERY): Method.OIDC_RECOVERY,
}


class HalfWay(NamedTuple):
    """Whoever has done the first step, how, and what another way in has kept of it."""

    user: User
    method: Method
    visit_id: int


def proceed(
    user: User, seal: str, method: Method, target: str | None, visit_id: int = 0
) -> Response:
    """To the desk, or to the second step.

    :param seal: of the password that was looked at, or of the one that there was just now.
    :param method: by what they have shown who they are.
    :param visit_id: what another way in has kept of their coming (``ways_in.WayIn.admit``).
    """
    if method not in ONE_STEP or proofs.method_of(db.session, user.id) == proofs.PASSWORD:
        return enter(user, seal, method, target, visit_id)
    cookie[HALF_WAY] = [user.id, seal, int(utc_now().timestamp()), method, visit_id]
    return redirect(url_for("accounts.sign_in_code", next=target or None))


def half_way() -> HalfWay | None:
    """Whoever did the first step at this browser within the last minutes, and still owes a code."""
    user_id, seal, at, *by = cookie.get(HALF_WAY, (0, "", 0))
    user = db.session.get(User, user_id)
    late = utc_now().timestamp() - at > HALF_WAY_FOR.total_seconds()
    if user is None or not user.active or user.seal != seal or late:
        return None
    if proofs.method_of(db.session, user.id) == proofs.PASSWORD:
        return None
    method, visit_id = by or (Method.PASSWORD, 0)
    return HalfWay(user, Method(method), visit_id)


def forget_half_way() -> None:
    cookie.pop(HALF_WAY, None)


def start_over(target: str | None, sentence: str = "") -> Response:
    """To the sign-in, whichever way somebody came in the middle of which it ended."""
    forget_half_way()
    flash(sentence or _("登录没有完成：请重新登录。"), "danger" if sentence else "info")
    return redirect(url_for("accounts.sign_in", next=target or None))


def enter(user: User, seal: str, method: Method, target: str | None, visit_id: int = 0) -> Response:
    """To the desk; back to the sign-in where another way in does not let them through any more.

    :param seal: as for :func:`proceed`; a new password meanwhile ends the sign-in at once.
    """
    browser, here, now = browsers.this_browser(), caller(), utc_now()
    forget_half_way()
    counts = admitting.counts_of(user.username, here, browser, now)

    def admit(session: Session, session_id: int) -> None:
        if method in BY_PROVIDER:
            _admit_by_other_way(session, visit_id, user.id, session_id)
        admitting.admit(session, user, counts, here.told | {"method": method}, now)

    try:
        entering.enter(user, seal, method, here, admit, now)
    except Forbidden as error:
        return start_over(target, spoken(error.message))
    return browsers.remember(redirect(back_to(target)), browser.with_user(user.id))


def _admit_by_other_way(session: Session, visit_id: int, user_id: int, session_id: int) -> None:
    way = way_in()
    if way is None:
        raise Forbidden("统一身份认证已停用：请用密码登录")
    way.admit(session, visit_id, user_id, session_id)
