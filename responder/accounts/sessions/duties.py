"""What somebody has to do before any page opens: a password of their own, a one-time code."""

from __future__ import annotations

from flask import Flask, current_app, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from responder.accounts import proofs
from responder.accounts.models import User
from responder.accounts.sessions.entering import present
from responder.accounts.sessions.models import BY_PROVIDER, ONE_STEP
from responder.core.database import db
from responder.core.errors import Forbidden
from responder.web.access import asks_who_it_is

ALWAYS_OPEN = frozenset({"accounts.sign_out"})
OF_PASSWORDS = frozenset({"passwords.own"})
OF_CODES = frozenset(
    {
        "proofs.index", "proofs.begin", "proofs.confirm", "proofs.issue_recovery_codes",
        "proofs.recovery_codes",
    }
)  # fmt: skip


def must_enrol(user: User) -> bool:
    """Whether the office wants a one-time code of this person, who has none yet."""
    wanted = current_app.extensions["settings"].roles_with_codes
    return not wanted.isdisjoint(user.roles) and (
        proofs.method_of(db.session, user.id) == proofs.PASSWORD
    )


def _lead_to_what_comes_first() -> Response | None:
    if request.endpoint in ALWAYS_OPEN or not asks_who_it_is():
        return None
    here = present()
    if here is None:
        return None
    if current_user.must_change_password and here.method not in BY_PROVIDER:
        return _lead(
            OF_PASSWORDS, "passwords.own", _("您的密码由别人设定：请先改成只有自己知道的密码")
        )
    if here.method in ONE_STEP and must_enrol(current_user):
        return _lead(OF_CODES, "proofs.index", _("您的岗位须用动态口令登录：请先启用动态口令"))
    return None


def _lead(open_: frozenset[str], endpoint: str, sentence: str) -> Response | None:
    """To the page where it is done; what was sent elsewhere is refused, and given back."""
    if request.endpoint in open_:
        return None
    if request.method != "GET":
        raise Forbidden(sentence)
    flash(sentence, "warning")
    return redirect(url_for(endpoint))


def init_app(app: Flask) -> None:
    app.before_request(_lead_to_what_comes_first)
