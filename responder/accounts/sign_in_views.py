"""Signing in and out."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from responder.accounts import admitting, browsers
from responder.accounts.forms import SignInForm
from responder.accounts.models import User
from responder.accounts.sessions import entering
from responder.accounts.sessions.models import Method
from responder.accounts.views import blueprint
from responder.core.errors import Delayed, Forbidden
from responder.core.times import utc_now
from responder.web.access import public, signed_in
from responder.web.callers import caller
from responder.web.errors import STATUS
from responder.web.redirects import back_to
from responder.web.sentences import spoken

Page = str | Response | tuple[str, int] | tuple[str, int, dict[str, str]]


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> Page:
    if current_user.is_authenticated:
        return redirect(url_for("reports.today"))
    if user_id := browsers.user_of_pass(request.args.get("browser", "")):
        return browsers.remember(redirect(url_for("accounts.sign_in")), user_id)
    form = SignInForm(next=request.args.get("next", ""))
    if not form.validate_on_submit():
        return render_template("accounts/sign_in.html", form=form)
    try:
        user = admitting.check_password(
            form.username.data, form.password.data, caller(), browsers.this_browser(), utc_now()
        )
    except (Delayed, Forbidden) as error:
        form.password.errors = [spoken(error.message)]
        return _refused(render_template("accounts/sign_in.html", form=form), error)
    return _enter(user, Method.PASSWORD, form.next.data)


def _enter(user: User, method: Method, target: str | None) -> Response:
    browser, here, now = browsers.this_browser(), caller(), utc_now()
    admitting.admit(user, here, browser, {"method": method}, now)
    entering.enter(user, method, here)
    return browsers.remember(redirect(back_to(target)), user.id)


def _refused(page: str, error: Delayed | Forbidden) -> tuple[str, int, dict[str, str]]:
    headers = {"Retry-After": str(error.seconds)} if isinstance(error, Delayed) else {}
    return page, STATUS[type(error)], headers


@blueprint.post("/sign-out")
@signed_in
def sign_out() -> Response:
    entering.leave()
    flash(_("您已退出。"), "info")
    return redirect(url_for("accounts.sign_in"))
