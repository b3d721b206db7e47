"""Browsers at which somebody has signed in before: a signed cookie, and no record of it.

It opens nothing. It says only that wrong passwords typed elsewhere are not this browser's.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import timedelta

from flask import current_app, request, url_for
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from responder.web.callers import key_of

KEPT_FOR = timedelta(days=180)
PASS_FOR = timedelta(minutes=30)
MOST_PEOPLE = 12  # at one browser: a desk that works in shifts


@dataclass(frozen=True)
class Browser:
    """A browser, and who has signed in at it, the last of them first.

    :ivar passed: what a pass that was opened here makes of it, for the person of the pass alone.
    """

    id: str
    user_ids: tuple[int, ...] = ()
    passed: Browser | None = None

    def id_for(self, user_id: int) -> str | None:
        """By what it is known to be somebody's; None where it is nobody's they know."""
        if user_id in self.user_ids:
            return self.id
        return self.passed.id_for(user_id) if self.passed else None

    def with_user(self, user_id: int) -> Browser:
        others = (one for one in self.user_ids if one != user_id)
        return Browser(self.id, (user_id, *others)[:MOST_PEOPLE])


def this_browser() -> Browser:
    """The one that sent this request; a new one when it shows nothing, or nothing of ours."""
    own = _read(request.cookies.get(_cookie(), "")) or Browser(secrets.token_urlsafe(16))
    return replace(own, passed=browser_of_pass(request.cookies.get(_pass_cookie(), "")))


def remember(response: Response, browser: Browser) -> Response:
    """Have whoever sent this request show at the next sign-in that they are this browser."""
    value = str(_signer().dumps([browser.id, browser.user_ids]))
    return _keep(response, _cookie(), value, KEPT_FOR)


def keep_pass(response: Response, given: str) -> Response:
    """Have whoever opened a pass show it at their sign-in, as long as it lasts."""
    return _keep(response, _pass_cookie(), given, PASS_FOR)


def _keep(response: Response, name: str, value: str, lasts: timedelta) -> Response:
    response.set_cookie(
        name,
        value,
        max_age=lasts,
        path=url_for("accounts.sign_in"),
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )
    return response


def pass_for(user_id: int) -> str:
    """What the console hands out: a browser that shows it within half an hour is known."""
    return str(_passes().dumps(user_id))


def browser_of_pass(given: str) -> Browser | None:
    """Which browser somebody is who shows a pass; None for one that is too old, or nobody's.

    The same one however often it is shown and wherever, so that a pass gives no new tries.
    """
    try:
        user_id, made_at = _passes().loads(
            given, max_age=int(PASS_FOR.total_seconds()), return_timestamp=True
        )
        return Browser(key_of("pass", user_id, made_at), (int(user_id),))
    except (BadData, ValueError, TypeError):
        return None


def _read(value: str) -> Browser | None:
    try:
        browser_id, user_ids = _signer().loads(value, max_age=int(KEPT_FOR.total_seconds()))
        return Browser(str(browser_id), tuple(int(one) for one in user_ids))
    except (BadData, ValueError, TypeError):
        return None


def _cookie() -> str:
    return f"{current_app.config['SESSION_COOKIE_NAME']}_browser"


def _pass_cookie() -> str:
    return f"{_cookie()}_pass"


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="responder.browser")


def _passes() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="responder.browser-pass")
