"""Signing in and out."""

from __future__ import annotations

from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from responder.accounts import admitting, browsers, proofs, recovery
from responder.accounts.forms import CodeForm, SignInForm
from responder.accounts.models import User
from responder.accounts.sessions import entering
from responder.accounts.sessions.models import Method
from responder.accounts.views import blueprint
from responder.core.database import db
from responder.core.errors import Delayed, Forbidden
from responder.core.times import utc_now
from responder.web.access import public, signed_in
from responder.web.callers import caller
from responder.web.errors import STATUS
from responder.web.redirects import back_to
from responder.web.sentences import spoken

HALF_WAY = "half_way"  # in the browser: who has typed their password and owes a code
HALF_WAY_FOR = timedelta(minutes=5)
Page = str | Response | tuple[str, int] | tuple[str, int, dict[str, str]]


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> Page:
    if current_user.is_authenticated:
        return redirect(url_for("reports.today"))
    given = request.args.get("browser", "")
    if browsers.browser_of_pass(given):
        return browsers.keep_pass(redirect(url_for("accounts.sign_in")), given)
    form = SignInForm(next=request.args.get("next", ""))
    if not form.validate_on_submit():
        return render_template("accounts/sign_in.html", form=form)
    cookie.pop(HALF_WAY, None)
    try:
        user = admitting.check_password(
            form.username.data, form.password.data, caller(), browsers.this_browser(), utc_now()
        )
    except (Delayed, Forbidden) as error:
        form.password.errors = [spoken(error.message)]
        return _refused(render_template("accounts/sign_in.html", form=form), error)
    seal = user.seal  # of the password that was looked at, whatever becomes of it meanwhile
    if proofs.method_of(db.session, user.id) == proofs.PASSWORD:
        return _enter(user, seal, Method.PASSWORD, form.next.data)
    admitting.step_aside(user, caller(), browsers.this_browser(), utc_now())
    cookie[HALF_WAY] = [user.id, seal, int(utc_now().timestamp())]
    return redirect(url_for("accounts.sign_in_code", next=form.next.data or None))


@blueprint.route("/sign-in/code", methods=["GET", "POST"])
@public
def sign_in_code() -> Page:
    """The second step, for whoever has one-time codes and has just typed their password."""
    if current_user.is_authenticated:
        return redirect(url_for("reports.today"))
    user = _half_way()
    if user is None:
        flash(_("请先输入用户名和密码。"), "info")
        return redirect(url_for("accounts.sign_in", next=request.args.get("next") or None))
    seal, form = user.seal, CodeForm()
    if not form.validate_on_submit():
        return render_template("accounts/sign_in_code.html", form=form)
    try:
        method = admitting.check_code(
            user, form.code.data, caller(), browsers.this_browser(), utc_now()
        )
    except (Delayed, Forbidden) as error:
        form.code.errors = [spoken(error.message)]
        return _refused(render_template("accounts/sign_in_code.html", form=form), error)
    if method == proofs.RECOVERY:
        count = recovery.left(db.session, user.id)
        flash(
            _("您用了一个恢复码，还剩 %(count)s 个：请尽快更换手机或重新生成。", count=count),
            "warning",
        )
    return _enter(user, seal, Method(method), request.args.get("next"))


def _half_way() -> User | None:
    """Whoever typed their password at this browser within the last minutes, and no other since."""
    user_id, seal, at = cookie.get(HALF_WAY, (0, "", 0))
    user = db.session.get(User, user_id)
    late = utc_now().timestamp() - at > HALF_WAY_FOR.total_seconds()
    return user if user and user.active and user.seal == seal and not late else None


def _enter(user: User, seal: str, method: Method, target: str | None) -> Response:
    """:param seal: of the password that was shown to be right."""
    browser, here, now = browsers.this_browser(), caller(), utc_now()
    cookie.pop(HALF_WAY, None)
    admitting.admit(user, here, browser, {"method": method}, now)
    entering.enter(user, seal, method, here)
    return browsers.remember(redirect(back_to(target)), browser.with_user(user.id))


def _refused(page: str, error: Delayed | Forbidden) -> tuple[str, int, dict[str, str]]:
    headers = {"Retry-After": str(error.seconds)} if isinstance(error, Delayed) else {}
    return page, STATUS[type(error)], headers


@blueprint.post("/sign-out")
@signed_in
def sign_out() -> Response:
    cookie.pop(HALF_WAY, None)
    entering.leave()
    flash(_("您已退出。"), "info")
    return redirect(url_for("accounts.sign_in"))
