"""ID tokens: which let somebody in, and each that does not."""

from __future__ import annotations

import base64
import json
import time
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jws, jwt
from joserfc.jwk import OctKey, RSAKey

from responder.core.database import db
from responder.oidc.models import OidcStranger
from tests.oidc.provider import SECRET
from tests.oidc.walking import bound, browser, gone, is_in, said_at_sign_in, walked

pytestmark = pytest.mark.usefixtures("office")

# What the provider's token says, and what is said of it.
LIES = {
    "another nonce": ({"nonce": "of another sign-in"}, "不是给这次登录的"),
    "no nonce": ({"nonce": None}, "不是给这次登录的"),
    "another audience": ({"aud": "other"}, "不是给这次登录的"),
    "several audiences, for another": ({"aud": ["desk", "other"], "azp": "other"}, "没有采用"),
    "several audiences, for nobody": ({"aud": ["desk", "other"]}, "没有采用"),
    "another audience, for us": ({"aud": "other", "azp": "desk"}, "不是给这次登录的"),
    "another issuer": ({"iss": "https://other.example"}, "不是给这次登录的"),
    "expired": ({"exp": int(time.time()) - 3600}, "已过期"),
    "nobody": ({"sub": None}, "不是给这次登录的"),
    "an empty name": ({"sub": ""}, "应答无法读取"),
    "a name too long": ({"sub": "u" * 256}, "应答无法读取"),
    "signed in there long ago": ({"auth_time": int(time.time()) - 3600 - 90}, "过了太久"),
    "signed in there to come": ({"auth_time": int(time.time()) + 3600}, "过了太久"),
    "signed in there at True": ({"auth_time": True}, "过了太久"),
    "nothing of when": ({"auth_time": None}, "在登录凭据中给出 auth_time"),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_is_not_for_this_sign_in_lets_nobody_in(app, people, provider, lie) -> None:
    bound(people.editor, provider)
    provider.lies, sentence = LIES[lie]
    client = browser(app)
    assert sentence in said_at_sign_in(client, walked(client))
    assert not is_in(client)


FORGERIES = {
    "HS256": lambda told: jwt.encode({"alg": "HS256"}, told, OctKey.import_key(SECRET)),
    "HS256, with the key's name": lambda told: jwt.encode(
        {"alg": "HS256", "kid": "one"}, told, OctKey.import_key(SECRET)
    ),
    "none": lambda told: f"{unsigned({'alg': 'none'})}.{unsigned(told)}.",
}


def unsigned(told) -> str:
    return base64.urlsafe_b64encode(json.dumps(told).encode()).decode().rstrip("=")


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_token_that_others_than_the_provider_can_make_lets_nobody_in(
    app, people, provider, forgery
) -> None:
    bound(people.editor, provider)
    provider.metadata = {"id_token_signing_alg_values_supported": ["RS256", "HS256", "none"]}
    provider.forges = FORGERIES[forgery]
    client = browser(app)
    assert "没有采用" in said_at_sign_in(client, walked(client))
    assert not is_in(client)


def test_the_provider_is_told_how_long_a_sign_in_there_counts(app, office, provider) -> None:
    office(session_idle_minutes=20)
    assert parse_qs(urlsplit(gone(browser(app)).location).query)["max_age"] == ["1200"]


def test_half_a_character_is_no_name(app, people, provider) -> None:
    assert people.editor
    provider.forges = lambda told: jws.serialize_compact(
        {"alg": "RS256", "kid": "one"}, json.dumps(told), provider.key
    )
    provider.claims = {"name": "\ud83d", "preferred_username": "李某"[:1] + "\udc00"}
    client = browser(app)
    assert "还没有绑定账号" in said_at_sign_in(client, walked(client))
    assert db.session.query(OidcStranger).one().name == ""
    provider.sub = "u\ud83d"
    assert "应答无法读取" in said_at_sign_in(client, walked(client))


def test_a_token_that_somebody_else_signed_lets_nobody_in(app, people, provider) -> None:
    bound(people.editor, provider)
    provider.signs_with = RSAKey.generate_key(2048, {"kid": "one"})
    client = browser(app)
    assert "没有采用" in said_at_sign_in(client, walked(client))
    assert not is_in(client)


def test_a_new_key_of_the_provider_is_fetched(app, people, provider, monkeypatch) -> None:
    bound(people.editor, provider)
    assert walked(browser(app)).location == "/topics"
    renewed = RSAKey.generate_key(2048, {"kid": "two", "use": "sig", "alg": "RS256"})
    monkeypatch.setattr(provider, "key", renewed)
    provider.signs_with = renewed
    assert walked(browser(app)).location == "/topics"


def test_keys_that_no_longer_fit_are_fetched_for_the_next(
    app, people, provider, monkeypatch
) -> None:
    bound(people.editor, provider)
    assert walked(browser(app)).location == "/topics"
    renewed = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
    monkeypatch.setattr(provider, "key", renewed)
    provider.signs_with = renewed
    client = browser(app)
    assert "没有采用" in said_at_sign_in(client, walked(client))
    assert walked(client).location == "/topics"
