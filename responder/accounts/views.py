"""Signing in and out."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response

from responder.accounts import service
from responder.accounts.forms import SignInForm
from responder.accounts.models import User
from responder.core.database import db, transaction
from responder.core.errors import Forbidden
from responder.core.times import utc_now
from responder.web.access import login_manager, public, signed_in
from responder.web.redirects import back_to

blueprint = Blueprint("accounts", __name__)


@login_manager.user_loader
def load_user(user_id: str) -> User | None:
    return db.session.get(User, int(user_id))


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> str | Response | tuple[str, int]:
    if current_user.is_authenticated:
        return redirect(url_for("reports.today"))
    form = SignInForm(next=request.args.get("next", ""))
    if not form.validate_on_submit():
        return render_template("accounts/sign_in.html", form=form)
    try:
        with transaction() as session:
            user = service.authenticate(session, form.username.data, form.password.data, utc_now())
    except Forbidden as error:
        form.password.errors = [error.message]
        return render_template("accounts/sign_in.html", form=form), 403
    login_user(user)
    return redirect(back_to(form.next.data))


@blueprint.post("/sign-out")
@signed_in
def sign_out() -> Response:
    logout_user()
    flash(_("您已退出。"), "info")
    return redirect(url_for("accounts.sign_in"))
