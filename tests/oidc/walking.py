"""A browser that goes to the provider and comes back."""

from __future__ import annotations

from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, ProxyHandler, build_opener

from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import select

from responder.accounts.models import User
from responder.accounts.sessions.models import SignInSession
from responder.core.audit import AuditEvent
from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE
from responder.core.times import utc_now
from responder.oidc import service
from tests.oidc.conftest import DESK
from tests.oidc.provider import IdentityProvider

OPEN_PAGE = "/topics"
SIGN_IN = "/sign-in"


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_arguments: object) -> None:
        return None


def get(client: FlaskClient, address: str):
    g.pop("_login_user", None)  # the tests share one context; a browser does not
    return client.get(address)


def gone(client: FlaskClient, next_: str = OPEN_PAGE):
    """What the desk answers to the button."""
    return get(client, f"/sign-in/oidc?{urlencode({'next': next_})}")


def sent_back(address: str) -> str:
    """Where the provider sends a browser, as a path of the desk."""
    try:
        build_opener(ProxyHandler({}), _Stay).open(address, timeout=5)
    except HTTPError as answer:
        location = answer.headers["Location"]
        answer.close()
        assert location.startswith(f"{DESK}/")
        return location.removeprefix(DESK)
    raise AssertionError("the provider sends nobody back")


def walked(client: FlaskClient, next_: str = OPEN_PAGE):
    """What the desk answers to whoever pressed the button and came back."""
    away = gone(client, next_)
    assert away.status_code == 302, away.text
    return get(client, sent_back(away.location))


def said_at_sign_in(client: FlaskClient, answer) -> str:
    """The sign-in page to which an answer leads."""
    assert answer.status_code == 302, answer.text
    assert answer.location.partition("?")[0] == SIGN_IN, answer.location
    page = get(client, answer.location)
    assert page.status_code == 200
    return page.text


def is_in(client: FlaskClient) -> bool:
    return get(client, OPEN_PAGE).status_code == 200


def bound(
    user: User, provider: IdentityProvider, value: str = "u-1001", claim: str = "sub"
) -> User:
    with transaction(CONSOLE) as session:
        service.bind(session, user, provider.issuer, claim, value, CONSOLE, utc_now())
    return user


def methods() -> list[str]:
    return list(db.session.scalars(select(SignInSession.method).order_by(SignInSession.id)))


def events(*actions: str) -> list[AuditEvent]:
    query = select(AuditEvent).where(AuditEvent.action.in_(actions)).order_by(AuditEvent.id)
    return list(db.session.scalars(query))


def browser(app: Flask) -> FlaskClient:
    return app.test_client()
