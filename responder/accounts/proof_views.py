"""One's own one-time codes: begun with a proof, confirmed by a code; others' are taken off."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from responder.accounts import proofs, recovery, service
from responder.accounts.proving import prove
from responder.accounts.sessions import duties
from responder.accounts.sessions.entering import BY_ITSELF
from responder.core.database import db, transaction
from responder.core.errors import DomainError
from responder.core.identity import KeysUnusable, ring_of
from responder.core.permissions import Permission
from responder.core.times import utc_now
from responder.web import qr_codes
from responder.web.access import asks_who_it_is, current_actor, requires, signed_in
from responder.web.errors import STATUS
from responder.web.sentences import spoken

blueprint = Blueprint("proofs", __name__)

Page = str | tuple[str, int] | Response
SHOWN_ONCE = "new_recovery_codes"
# A page in another window that asks how far something is opens no page.
KEEPING_CODES = BY_ITSELF | {"proofs.recovery_codes"}


@blueprint.get("/one-time-code")
@signed_in
def index() -> str:
    return _page()


@blueprint.post("/one-time-code/begin")
@signed_in
def begin() -> Page:
    actor = current_actor()
    try:
        proven = prove(actor, request.form.get("proof", ""), utc_now(), with_recovery=True)
    except DomainError as error:
        return _page(error), STATUS[type(error)]
    now = utc_now()
    with transaction(actor, now) as session:
        proofs.begin(session, actor, proven, now)
    return redirect(url_for("proofs.index"))


@blueprint.post("/one-time-code/confirm")
@signed_in
def confirm() -> Page:
    actor = current_actor()
    try:
        proven = prove(actor, request.form.get("proof", ""), utc_now(), with_recovery=True)
        now = utc_now()
        with transaction(actor, now) as session:
            proofs.confirm(session, actor, proven, request.form.get("code", ""), now)
            _keep_for_one_page(proofs.issue_recovery_codes(session, actor, proven, now))
    except DomainError as error:
        return _page(error), STATUS[type(error)]
    flash(_("动态口令已启用：以后登录和签发时输入手机上的六位数字。"), "success")
    return redirect(url_for("proofs.recovery_codes"))


@blueprint.post("/one-time-code/recovery-codes")
@signed_in
def issue_recovery_codes() -> Page:
    actor = current_actor()
    try:
        proven = prove(actor, request.form.get("proof", ""), utc_now(), with_recovery=True)
        now = utc_now()
        with transaction(actor, now) as session:
            _keep_for_one_page(proofs.issue_recovery_codes(session, actor, proven, now))
    except DomainError as error:
        return _page(error), STATUS[type(error)]
    return redirect(url_for("proofs.recovery_codes"))


@blueprint.get("/one-time-code/recovery-codes")
@signed_in
def recovery_codes() -> Page:
    """Shows new codes once, on paper if wanted; whoever comes again is led away."""
    codes = _kept_for_this_page()
    if not codes:
        return redirect(url_for("proofs.index"))
    return render_template("accounts/recovery_codes.html", codes=codes)


@blueprint.before_app_request
def drop_codes_elsewhere() -> None:
    """Whoever opens another page, or signs out, has left new codes behind for good."""
    if asks_who_it_is() and request.endpoint not in KEEPING_CODES:
        cookie.pop(SHOWN_ONCE, None)


def _keep_for_one_page(codes: list[str]) -> None:
    """Sealed for this person, in the browser that asked: the next page shows them."""
    cookie[SHOWN_ONCE] = ring_of(db.session).seal(" ".join(codes), _of_this_person())


def _kept_for_this_page() -> list[str]:
    """New codes of whoever is signed in; none when they are another person's."""
    sealed = cookie.pop(SHOWN_ONCE, "")
    try:
        return ring_of(db.session).open(sealed, _of_this_person()).split() if sealed else []
    except KeysUnusable:
        return []


def _of_this_person() -> bytes:
    return f"{SHOWN_ONCE} {current_user.id}".encode()


@blueprint.post("/people/<int:user_id>/one-time-code/remove")
@requires(Permission.USER_MANAGE)
def remove(user_id: int) -> Response:
    with transaction(current_actor()) as session:
        user = service.get_user(session, user_id)
        proofs.remove(session, user, current_actor())
        name = user.display_name
    flash(_("%(name)s的动态口令已停用，改为用密码登录和签发。", name=name), "success")
    return redirect(url_for("accounts.edit_person", user_id=user_id))


def _page(error: DomainError | None = None) -> str:
    own: int = current_user.id
    secret = proofs.pending_secret(db.session, own, utc_now())
    issuer = current_app.extensions["settings"].site_name
    uri = proofs.provisioning_uri(secret, current_user.username, issuer) if secret else ""
    return render_template(
        "accounts/one_time_code.html",
        method=proofs.method_of(db.session, own),
        codes_left=recovery.left(db.session, own),
        must_enrol=duties.must_enrol(current_user),
        secret=secret,
        uri=uri,
        qr_code=qr_codes.drawn(uri) if uri else "",
        error=spoken(error.message) if error else "",
    )
