"""Signing in by the identity provider: away to it, and back from it.

Whatever goes wrong leads to the sign-in page with a sentence; what was right goes on where a right
password goes on.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from hmac import compare_digest

from flask import Blueprint, current_app, flash, redirect, request, url_for
from flask import session as cookie
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from responder.accounts import browsers, second_step
from responder.accounts import service as accounts
from responder.accounts.delays import service as delays
from responder.accounts.delays.rules import Counted, Kind
from responder.accounts.delays.service import TOLD_IN_SECONDS
from responder.accounts.models import User
from responder.accounts.sessions.models import Method
from responder.core.database import db, end_read, transaction
from responder.core.errors import Delayed
from responder.core.times import utc_now
from responder.oidc import service
from responder.oidc.failures import NotLetIn
from responder.oidc.models import OidcIdentity
from responder.oidc.provider import Begun, Provider, Told
from responder.oidc.rules import has_done_second_step
from responder.settings import Settings
from responder.web.access import NOBODY, public
from responder.web.callers import caller, key_of
from responder.web.redirects import back_to
from responder.web.sentences import spoken

blueprint = Blueprint("oidc", __name__)

EXTENSION = "oidc"
PENDING = "oidc_pending"  # in the browser: the sign-in that was begun, and where it was to lead
PENDING_FOR = timedelta(minutes=10)
LONGEST_NEXT = 500  # characters


@blueprint.get("/sign-in/oidc")
@public
def begin() -> Response:
    target = request.args.get("next", "")[:LONGEST_NEXT]
    if current_user.is_authenticated:
        return redirect(back_to(target))
    end_read()  # the provider may take its time
    try:
        begun = provider().begin(own_address("oidc.callback"))
    except NotLetIn as error:
        return _back(error.message, target)
    cookie[PENDING] = [begun.state, begun.nonce, begun.verifier, int(utc_now().timestamp()), target]
    return redirect(begun.url)


@blueprint.get("/sign-in/oidc/callback")
@public
def callback() -> Response:
    if current_user.is_authenticated:
        return redirect(url_for("reports.today"))
    now = utc_now()
    begun, target = _begun(now)
    try:
        if begun is None:
            raise NotLetIn("这次统一身份认证登录已过期或已用过：请重新登录")
        told, user, visit_id = _came(begun, now)
    except NotLetIn as error:
        return _back(error.message, target)
    strong = has_done_second_step(told.claims, _settings().oidc_second_steps)
    method = Method.OIDC_STRONG if strong else Method.OIDC
    return second_step.proceed(user, user.seal, method, target, visit_id)


def provider() -> Provider:
    found: Provider = current_app.extensions[EXTENSION]
    return found


def own_address(endpoint: str) -> str:
    """A page of ours as the provider must know it: by the address that the settings name."""
    return _settings().desk_url.rstrip("/") + url_for(endpoint)


def admit(session: Session, visit_id: int, user_id: int, session_id: int) -> None:
    """:raises Forbidden: whoever came by the provider is no longer bound."""
    service.admit(session, provider().issuer, visit_id, user_id, session_id)


def farewell(session_id: int) -> str | None:
    """Where somebody who signs out is signed out by the provider, too; nowhere while it is away."""
    token = service.token_of(db.session, session_id)
    end_read()  # the provider may take its time
    try:
        return provider().farewell(token, own_address("accounts.sign_in"))
    except NotLetIn:
        return None


def _begun(now: datetime) -> tuple[Begun | None, str]:
    """The sign-in that this answer belongs to, which is good for this once; and where it leads."""
    state, nonce, verifier, at, target = cookie.get(PENDING) or ("", "", "", 0, "")
    given = request.args.get("state", "")
    if not state or not compare_digest(state.encode(), given.encode("utf-8", "replace")):
        return None, ""
    del cookie[PENDING]
    late = now.timestamp() - at > PENDING_FOR.total_seconds()
    return None if late else Begun("", state, nonce, verifier), target


def _came(begun: Begun, now: datetime) -> tuple[Told, User, int]:
    """Who came back, whose account it is, and the number of the visit.

    :raises NotLetIn: the provider let nobody in, or nobody who has an account.
    """
    code = request.args.get("code", "")
    if problem := _refusal(request.args.get("error", ""), code):
        raise NotLetIn(problem)
    with _counted(now):
        told = provider().finish(code, begun, own_address("oidc.callback"), now)
        return told, *_recognised(told, now)


def _refusal(error: str, code: str) -> str | None:
    """What is said of an answer that brings nobody (RFC 6749, OpenID Connect Core)."""
    if error == "access_denied":
        return (
            "您在统一身份认证中取消了登录，或没有使用本系统的权限："
            "请重新登录，或联系统一身份认证的管理员"
        )
    if error in {"temporarily_unavailable", "server_error"}:
        return "统一身份认证服务暂时不能用：请稍后再试，或用密码登录"
    if error or not code:
        return "统一身份认证服务没有接受这次登录：请重新登录；再出现时，请联系系统管理员"
    return None


def _recognised(told: Told, now: datetime) -> tuple[User, int]:
    """Whose account it is, and the number of the visit.

    :raises NotLetIn: nobody's, or one that is closed; the trail has it.
    """
    claim, issuer = _settings().oidc_claim, provider().issuer
    with transaction(NOBODY, now) as session:
        identity = service.recognise(session, issuer, told.subject, claim, told.awaited, now)
        if identity is not None and identity.user.active:
            return identity.user, service.let_through(session, identity, told.id_token, now)
        problem = _turned_away(session, identity, told, now)
    raise problem


def _turned_away(
    session: Session, identity: OidcIdentity | None, told: Told, now: datetime
) -> NotLetIn:
    """Write down that somebody came and was not let in; the sentence for them."""
    facts = caller().told
    if identity is None:
        name = told.awaited or told.called
        service.note_stranger(session, provider().issuer, told.subject, name, facts, now)
        return NotLetIn(
            "统一身份认证中的这个身份还没有绑定账号，不能登录：请联系系统管理员绑定后再试"
        )
    username = identity.user.username
    accounts.record_attempt(session, username, "sign_in_refused", facts | {"method": Method.OIDC})
    return NotLetIn("您的账号已停用，不能登录：如工作需要，请联系系统管理员")


@contextmanager
def _counted(now: datetime) -> Iterator[None]:
    """Count a try apart from those of the sign-in form; one that was not wrong is taken off again.

    :raises NotLetIn: too soon after what was wrong; nothing is asked of the provider.
    """
    browser = browsers.this_browser()
    one = (
        Counted(Kind.BROWSER, key_of("browser-oidc", browser.id))
        if browser.user_ids
        else Counted(Kind.ADDRESS, key_of("address-oidc", caller().key))
    )
    try:
        with transaction(now=now) as session:
            delays.count(session, [one], now)
    except Delayed as error:
        raise _too_soon(error.seconds) from error
    try:
        yield
    except NotLetIn as error:
        if error.away:
            with transaction(now=now) as session:
                delays.take_back(session, [one], now)
        raise
    with transaction(now=now) as session:
        delays.succeed(session, [one], now)


def _too_soon(seconds: int) -> NotLetIn:
    if seconds <= TOLD_IN_SECONDS:
        return NotLetIn(f"统一身份认证登录多次没有成功：请 {seconds} 秒后再试，或用密码登录")
    return NotLetIn(
        f"统一身份认证登录多次没有成功：请 {-(-seconds // 60)} 分钟后再试，或用密码登录"
    )


def _back(sentence: str, target: str) -> Response:
    flash(spoken(sentence), "danger")
    return redirect(url_for("accounts.sign_in", next=target or None))


def _settings() -> Settings:
    found: Settings = current_app.extensions["settings"]
    return found
