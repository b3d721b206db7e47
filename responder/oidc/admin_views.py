"""Who may come in by the identity provider: pages of whoever manages accounts."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from responder.accounts import service as accounts
from responder.core.database import db, transaction
from responder.core.errors import Invalid
from responder.core.permissions import Permission
from responder.core.times import utc_now
from responder.oidc import service
from responder.oidc.forms import IdentityForm
from responder.oidc.rules import SUBJECT
from responder.oidc.views import blueprint, own_address, provider
from responder.web.access import current_actor, requires
from responder.web.forms import show_errors
from responder.web.sentences import spoken


@blueprint.get("/people/oidc")
@requires(Permission.USER_MANAGE)
def index() -> str:
    return render_template(
        "oidc/index.html",
        strangers=service.strangers(db.session, provider().issuer),
        users=service.unbound_users(db.session, provider().issuer),
        issuer=provider().issuer,
        claim=_claim(),
        callback=own_address("oidc.callback"),
        afterwards=own_address("accounts.sign_in"),
    )


@blueprint.post("/people/oidc/strangers/<int:stranger_id>/bind")
@requires(Permission.USER_MANAGE)
def bind_stranger(stranger_id: int) -> Response:
    actor, now = current_actor(), utc_now()
    try:
        with transaction(actor, now) as session:
            user = accounts.get_user(session, request.form.get("user_id", 0, type=int))
            service.bind_stranger(session, stranger_id, user, actor, now)
            name = user.display_name
    except Invalid as error:
        flash(spoken(error.message), "danger")
    else:
        flash(_("已绑定到%(name)s的账号，可以用统一身份认证登录了。", name=name), "success")
    return redirect(url_for("oidc.index"))


@blueprint.route("/people/<int:user_id>/oidc", methods=["GET", "POST"])
@requires(Permission.USER_MANAGE)
def of_person(user_id: int) -> str | Response | tuple[str, int]:
    person, form = accounts.get_user(db.session, user_id), IdentityForm()
    if request.method == "GET":
        form.value.data = "" if _claim() == SUBJECT else person.username
    if not form.validate_on_submit():
        return _page(user_id, form), 422 if form.errors else 200
    actor, now = current_actor(), utc_now()
    try:
        with transaction(actor, now) as session:
            service.bind(session, person, provider().issuer, _claim(), form.value.data, actor, now)
    except Invalid as error:
        show_errors(form, error)
        return _page(user_id, form), 422
    flash(_("已保存%(name)s的绑定。", name=person.display_name), "success")
    return redirect(url_for("oidc.of_person", user_id=user_id))


@blueprint.post("/people/<int:user_id>/oidc/unbind")
@requires(Permission.USER_MANAGE)
def unbind(user_id: int) -> Response:
    actor, now = current_actor(), utc_now()
    with transaction(actor, now) as session:
        person = accounts.get_user(session, user_id)
        service.unbind(session, person, actor, now)
        name = person.display_name
    flash(_("已解除%(name)s的绑定，经统一身份认证的登录也已结束。", name=name), "success")
    return redirect(url_for("oidc.of_person", user_id=user_id))


def _page(user_id: int, form: IdentityForm) -> str:
    return render_template(
        "oidc/person.html",
        person=accounts.get_user(db.session, user_id),
        identity=service.of_user(db.session, user_id),
        form=form,
        claim=_claim(),
        issuer=provider().issuer,
    )


def _claim() -> str:
    claim: str = current_app.extensions["settings"].oidc_claim
    return claim
