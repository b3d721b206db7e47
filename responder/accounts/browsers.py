"""Browsers at which somebody has signed in before: a signed cookie, and no record of it.

It opens nothing. It says only that wrong passwords typed elsewhere are not this browser's.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from flask import current_app, request, url_for
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.wrappers import Response

KEPT_FOR = timedelta(days=180)
PASS_FOR = timedelta(minutes=30)
MOST_PEOPLE = 12  # at one browser: a desk that works in shifts


@dataclass(frozen=True)
class Browser:
    """A browser, and who has signed in at it, the last of them first."""

    id: str
    user_ids: tuple[int, ...] = ()

    def knows(self, user_id: int) -> bool:
        return user_id in self.user_ids

    def with_user(self, user_id: int) -> Browser:
        others = (one for one in self.user_ids if one != user_id)
        return Browser(self.id, (user_id, *others)[:MOST_PEOPLE])


def this_browser() -> Browser:
    """The one that sent this request; a new one when it shows nothing, or nothing of ours."""
    return _read(request.cookies.get(_cookie(), "")) or Browser(secrets.token_urlsafe(16))


def remember(response: Response, user_id: int) -> Response:
    """Have the browser show at the next sign-in that this person has signed in at it."""
    browser = this_browser().with_user(user_id)
    keep = partial(response.set_cookie, _cookie(), _signer().dumps([browser.id, browser.user_ids]))
    keep(
        max_age=KEPT_FOR,
        path=url_for("accounts.sign_in"),
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )
    return response


def pass_for(user_id: int) -> str:
    """What the console hands out: a browser that shows it within half an hour is known."""
    return str(_passes().dumps(user_id))


def user_of_pass(given: str) -> int | None:
    """Whose pass it is; None for one that is too old, or nobody's."""
    try:
        return int(_passes().loads(given, max_age=int(PASS_FOR.total_seconds())))
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


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="responder.browser")


def _passes() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="responder.browser-pass")
