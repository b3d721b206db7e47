"""Where somebody is signed in: everybody's own page, and a person's for an administrator."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from responder.accounts import service as accounts
from responder.accounts.models import User
from responder.accounts.sessions import service
from responder.accounts.sessions.entering import limits_of, present
from responder.accounts.sessions.models import METHOD_LABELS, WHY_LABELS, Why
from responder.core.database import db, transaction
from responder.core.permissions import Permission
from responder.core.times import utc_now
from responder.web.access import current_actor, requires, signed_in
from responder.web.paging import paginate, requested_page

blueprint = Blueprint("sessions", __name__)


@blueprint.get("/sign-ins")
@signed_in
def index() -> str:
    return _page(current_user)


@blueprint.get("/people/<int:user_id>/sign-ins")
@requires(Permission.USER_MANAGE)
def of_person(user_id: int) -> str:
    return _page(accounts.get_user(db.session, user_id), by_administrator=True)


@blueprint.post("/sign-ins/<int:session_id>/end")
@signed_in
def end(session_id: int) -> Response:
    actor, now = current_actor(), utc_now()
    with transaction(actor, now) as session:
        ended = service.get(session, session_id)
        own, user_id = ended.user_id == actor.id, ended.user_id
        service.end(session, ended, _why(own), actor, now)
    flash(_("这次登录已结束，那个浏览器须重新登录。"), "success")
    return redirect(url_for("sessions.index") if own else _of(user_id))


@blueprint.post("/sign-ins/end-others")
@signed_in
def end_others() -> Response:
    actor, now, here = current_actor(), utc_now(), present()
    with transaction(actor, now) as session:
        user = accounts.get_user(session, actor.id or 0)
        count = service.end_all(
            session, user, Why.ELSEWHERE, actor, now, but=here.id if here else None
        )
    flash(_("已结束其他 %(count)s 次登录。", count=count), "success")
    return redirect(url_for("sessions.index"))


@blueprint.post("/people/<int:user_id>/sign-ins/end")
@requires(Permission.USER_MANAGE)
def end_of_person(user_id: int) -> Response:
    actor, now = current_actor(), utc_now()
    with transaction(actor, now) as session:
        user = accounts.get_user(session, user_id)
        count, name = (
            service.end_all(session, user, Why.ADMINISTRATOR, actor, now),
            user.display_name,
        )
    flash(_("已结束%(name)s的 %(count)s 次登录。", name=name, count=count), "success")
    return redirect(_of(user_id))


def _why(own: bool) -> Why:
    return Why.ELSEWHERE if own else Why.ADMINISTRATOR


def _of(user_id: int) -> str:
    return url_for("sessions.of_person", user_id=user_id)


def _page(user: User, by_administrator: bool = False) -> str:
    here = present()
    return render_template(
        "accounts/sign_ins.html",
        person=user,
        by_administrator=by_administrator,
        page=paginate(db.session, service.listed(user.id), requested_page()),
        here=here.id if here else None,
        limits=limits_of(current_app.extensions["settings"]),
        method_labels=METHOD_LABELS,
        why_labels=WHY_LABELS,
    )
