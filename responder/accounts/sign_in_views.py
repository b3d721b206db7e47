"""Signing in and out."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from responder.accounts import admitting, browsers, proofs, recovery, second_step
from responder.accounts.forms import CodeForm, SignInForm
from responder.accounts.sessions import entering
from responder.accounts.sessions.models import BY_PROVIDER, Method
from responder.accounts.views import blueprint
from responder.accounts.ways_in import way_in
from responder.core.database import db
from responder.core.errors import Delayed, Forbidden
from responder.core.times import utc_now
from responder.web.access import public, signed_in
from responder.web.callers import NEEDS_HTTPS, caller, loses_cookies
from responder.web.errors import STATUS
from responder.web.sentences import spoken

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
        return _sign_in_page(form)
    second_step.forget_half_way()
    try:
        user = admitting.check_password(
            form.username.data, form.password.data, caller(), browsers.this_browser(), utc_now()
        )
    except (Delayed, Forbidden) as error:
        form.password.errors = [spoken(error.message)]
        return _refused(_sign_in_page(form), error)
    seal = user.seal  # of the password that was looked at, whatever becomes of it meanwhile
    if proofs.method_of(db.session, user.id) != proofs.PASSWORD:
        admitting.step_aside(user, caller(), browsers.this_browser(), utc_now())
    return second_step.proceed(user, seal, Method.PASSWORD, form.next.data)


def _sign_in_page(form: SignInForm) -> str:
    in_vain = NEEDS_HTTPS if loses_cookies() else ""
    return render_template("accounts/sign_in.html", form=form, in_vain=in_vain)


@blueprint.route("/sign-in/code", methods=["GET", "POST"])
@public
def sign_in_code() -> Page:
    """The second step, for whoever has one-time codes and has just done the first."""
    if current_user.is_authenticated:
        return redirect(url_for("reports.today"))
    found, target = second_step.half_way(), request.args.get("next")
    if found is None:
        return second_step.start_over(target)
    user, first, visit_id = found
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
    done = second_step.AFTERWARDS.get((first, method))
    if done is None:  # their codes were taken off while this one was on its way
        return second_step.start_over(target)
    if method == proofs.RECOVERY:
        count = recovery.left(db.session, user.id)
        flash(
            _("您用了一个恢复码，还剩 %(count)s 个：请尽快更换手机或重新生成。", count=count),
            "warning",
        )
    return second_step.enter(user, seal, done, target, visit_id)


def _refused(page: str, error: Delayed | Forbidden) -> tuple[str, int, dict[str, str]]:
    headers = {"Retry-After": str(error.seconds)} if isinstance(error, Delayed) else {}
    return page, STATUS[type(error)], headers


@blueprint.post("/sign-out")
@signed_in
def sign_out() -> Page:
    second_step.forget_half_way()
    here, way = entering.present(), way_in()
    entering.leave()
    if way is not None and here is not None and here.method in BY_PROVIDER:
        there = way.farewell(here.id)
        if there:
            return _leave_there(there)
    flash(_("您已退出。"), "info")
    return redirect(url_for("accounts.sign_in"))


def _leave_there(address: str) -> tuple[str, int, dict[str, str]]:
    """A page that leads on by itself: a form may not be redirected to another site (CSP)."""
    page = render_template("accounts/signed_out.html", address=address)
    return page, 200, {"Refresh": f"0; url={address}"}
