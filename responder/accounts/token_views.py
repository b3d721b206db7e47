"""The page on which an administrator issues and revokes API tokens."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask_babel import gettext as _
from werkzeug.wrappers import Response
from wtforms.fields import SelectChoice

from responder.accounts import tokens
from responder.accounts.token_forms import TokenForm, usual_last_day
from responder.core.database import db, transaction
from responder.core.errors import Invalid
from responder.core.identity import ring_of
from responder.core.permissions import Permission
from responder.core.times import local, start_of_day, utc_now
from responder.web.access import current_actor, requires
from responder.web.callers import at_desk
from responder.web.forms import show_errors

blueprint = Blueprint("tokens", __name__)


# Where a new token waits for the one page that shows it: sealed, in the browser that asked.
SHOWN_ONCE = "new_token"


@blueprint.get("/tokens")
@requires(Permission.TOKEN_MANAGE)
def index() -> str:
    return _page(_form(), _just_issued())


@blueprint.post("/tokens")
@requires(Permission.TOKEN_MANAGE)
def issue() -> Response | tuple[str, int]:
    """The next page shows the new token, and no other ever does; reloading issues none."""
    form, now = _form(), utc_now()
    if not form.validate():
        return _page(form), 422
    try:
        with transaction(current_actor(), now) as session:
            issued = tokens.issue(session, current_actor(), _wanted(form), now)
            sealed = ring_of(session).seal(issued.secret, SHOWN_ONCE.encode())
            cookie[SHOWN_ONCE] = [issued.token.id, sealed]
    except Invalid as error:
        show_errors(form, error)
        return _page(form), 422
    return redirect(url_for("tokens.index"))


def _just_issued() -> tokens.Issued | None:
    token_id, sealed = cookie.pop(SHOWN_ONCE, (None, ""))
    if token_id is None:
        return None
    secret = ring_of(db.session).open(sealed, SHOWN_ONCE.encode())
    return tokens.Issued(tokens.get(db.session, token_id), secret)


@blueprint.post("/tokens/<int:token_id>/revoke")
@requires(Permission.TOKEN_MANAGE)
def revoke(token_id: int) -> Response:
    now = utc_now()
    with transaction(current_actor(), now) as session:
        name = tokens.revoke(session, token_id, now).name
    flash(_("已撤销%(name)s的令牌，立即生效。", name=name), "success")
    return redirect(url_for("tokens.index"))


def _page(form: TokenForm, issued: tokens.Issued | None = None) -> str:
    return render_template(
        "accounts/tokens.html",
        form=form,
        issued=issued,
        tokens=tokens.listed(db.session),
        channel_labels=tokens.channel_labels(),
        last_moment=timedelta(seconds=1),
        push_url=at_desk("/api/v1/messages"),
    )


def _form() -> TokenForm:
    form = TokenForm()
    form.channels.choices = [
        SelectChoice(value, _(label)) for value, label in tokens.channel_labels().items()
    ]
    if request.method == "GET":
        zone = current_app.extensions["settings"].zone
        form.expires_on.data = usual_last_day(local(utc_now(), zone).date())
    return form


def _wanted(form: TokenForm) -> tokens.NewToken:
    last_day = form.expires_on.data
    zone = current_app.extensions["settings"].zone
    return tokens.NewToken(
        name=form.name.data,
        scopes=frozenset(form.scopes.data),
        channels=frozenset(form.channels.data or ()),
        expires_at=start_of_day(last_day + timedelta(days=1), zone) if last_day else None,
    )
