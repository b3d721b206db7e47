"""Changing one's own password."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from nlp.pinyin import spelt
from responder.accounts import service
from responder.accounts.forms import PasswordForm
from responder.accounts.password_rules import PasswordRules
from responder.accounts.proving import prove_password
from responder.accounts.sessions import service as sessions
from responder.accounts.sessions.entering import present
from responder.accounts.sessions.models import Why
from responder.core.database import transaction
from responder.core.errors import Delayed, Forbidden, Invalid
from responder.core.times import utc_now
from responder.settings import Settings
from responder.web.access import current_actor, signed_in
from responder.web.errors import STATUS
from responder.web.forms import show_errors

blueprint = Blueprint("passwords", __name__)

PRODUCT = ("responder", "huiyingtai", "demo")  # what the documents print, everybody knows


def rules_of(settings: Settings) -> PasswordRules:
    """What this office asks of passwords; its names as they are typed, too."""
    names = [settings.site_name, settings.city_name, settings.public_name]
    typed = [spelt(name.removesuffix("市")).syllables for name in names if name]
    return PasswordRules(settings.password_least, tuple({*names, *typed, *PRODUCT} - {""}))


def password_rules() -> PasswordRules:
    return rules_of(current_app.extensions["settings"])


@blueprint.route("/password", methods=["GET", "POST"])
@signed_in
def own() -> str | Response | tuple[str, int]:
    form = PasswordForm()
    if not form.validate_on_submit():
        return _page(form), 422 if form.is_submitted() else 200
    try:
        _change(form.old.data, form.new.data)
    except (Delayed, Forbidden, Invalid) as error:
        show_errors(form, error)
        return _page(form), STATUS[type(error)]
    flash(_("密码已修改：您在其他地方的登录已经结束。"), "success")
    return redirect(url_for("reports.today"))


def _change(old: str, new: str) -> None:
    actor, here, now = current_actor(), present(), utc_now()
    prove_password(actor, old, now)
    with transaction(actor, now) as session:
        user = service.get_user(session, actor.id or 0)
        service.change_own_password(session, user, old, new, password_rules())
        if here is not None:
            sessions.keep_after_new_password(session, here.id, user)
        sessions.end_all(session, user, Why.PASSWORD, actor, now, but=here.id if here else None)


def _page(form: PasswordForm) -> str:
    return render_template(
        "accounts/password.html", form=form, must=current_user.must_change_password
    )
