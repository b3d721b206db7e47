"""Signing out here, and there."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from flask import g

from responder.accounts.sessions.models import SignInSession, Why
from responder.core.database import db
from responder.oidc.provider import Provider
from tests.oidc.provider import CLIENT
from tests.oidc.walking import bound, browser, is_in, walked
from tests.responses.pages import strict

pytestmark = pytest.mark.usefixtures("office")


def left(client):
    g.pop("_login_user", None)
    return client.post("/sign-out")


@pytest.fixture
def inside(app, people, provider):
    bound(people.editor, provider)
    client = browser(app)
    walked(client)
    return client


def test_whoever_signs_out_is_led_to_the_provider_with_its_own_token(inside, provider) -> None:
    answer = left(inside)
    assert answer.status_code == 200
    strict(answer.text)
    seconds, _, address = answer.headers["Refresh"].partition("; url=")
    assert seconds == "0"
    asked = parse_qs(urlsplit(address).query)
    assert address.startswith(f"{provider.issuer}/leave?")
    assert asked["id_token_hint"] == [provider.tokens[-1]]
    assert asked["client_id"] == [CLIENT]
    assert asked["post_logout_redirect_uri"] == ["http://localhost/sign-in"]
    assert not is_in(inside)
    assert db.session.query(SignInSession.why).all() == [(Why.SIGNED_OUT,)]


def test_each_sign_in_leaves_with_its_own_token(app, inside, provider) -> None:
    walked(browser(app))
    first, second = provider.tokens
    address = left(inside).headers["Refresh"]
    assert parse_qs(urlsplit(address).query)["id_token_hint"] == [first]
    assert first != second


def test_nothing_of_the_database_is_held_while_the_provider_is_asked(
    app, inside, monkeypatch
) -> None:
    held = []
    monkeypatch.setattr(
        Provider, "farewell", lambda *_given: held.append(db.session.in_transaction())
    )
    assert left(inside).location == "/sign-in"
    assert held == [False]


def test_a_provider_without_such_a_door_is_left_alone(inside, provider, office) -> None:
    provider.metadata = {"end_session_endpoint": ""}
    office()
    assert left(inside).location == "/sign-in"
    assert not is_in(inside)


def test_a_door_that_is_no_web_address_is_not_opened(inside, provider, office) -> None:
    provider.metadata = {"end_session_endpoint": "javascript:alert(1)"}
    office()
    assert left(inside).location == "/sign-in"


def test_while_the_provider_is_away_one_is_signed_out_here(inside, provider, office) -> None:
    provider.breaks["/.well-known/openid-configuration"] = (503, "")
    office()
    assert left(inside).location == "/sign-in"
    assert not is_in(inside)


def test_whoever_came_by_password_is_not_led_away(app, client, people) -> None:
    people.sign_in(client, people.editor)
    assert left(client).location == "/sign-in"
