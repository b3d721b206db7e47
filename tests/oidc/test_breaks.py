"""A provider that does not work, or answers what nobody can read: said in a sentence."""

from __future__ import annotations

import pytest

from responder.core.times import utc_now
from responder.oidc.provider import DISCOVERY
from responder.operating.doctor import PLACE
from responder.operating.findings import Level
from tests.oidc.walking import bound, browser, get, gone, said_at_sign_in, sent_back, walked

pytestmark = pytest.mark.usefixtures("office")
AWAY, UNREADABLE = "服务现在不能用", "应答无法读取"
ENDLESS = '{"access_token": "at", "token_type": "Bearer", "id_token": "x", "expires_in": 1e999}'
BREAKS = {
    "discovery fails": (DISCOVERY, (503, "busy"), AWAY),
    "discovery is no JSON": (DISCOVERY, (200, "<html>"), "没有确认这次登录"),
    "discovery is a list": (DISCOVERY, (200, "[]"), UNREADABLE),
    "the token fails": ("/token", (500, "oops"), AWAY),
    "the token is a list": ("/token", (200, "[1]"), UNREADABLE),
    "there is no token": ("/token", (200, '{"access_token": "at"}'), UNREADABLE),
    "the token lasts for ever": ("/token", (200, ENDLESS), UNREADABLE),
    "the keys fail": ("/jwks", (500, "oops"), AWAY),
    "the keys are none": ("/jwks", (200, '{"keys": [{"kty": "odd"}]}'), "没有采用"),
    "it leads elsewhere": (DISCOVERY, (302, ""), AWAY),
}


@pytest.mark.parametrize("broken", BREAKS)
def test_a_provider_that_does_not_work_is_said(app, people, provider, office, broken) -> None:
    bound(people.editor, provider)
    path, answer, sentence = BREAKS[broken]
    provider.breaks[path] = answer
    client = browser(app)
    away = gone(client)
    if "authorize" in away.location:
        away = get(client, sent_back(away.location))
    assert sentence in said_at_sign_in(client, away)
    provider.forget()
    office()
    assert walked(client).location == "/topics"


@pytest.mark.parametrize("door", ["javascript:alert(1)", "http://id.example/\ud800", "http:"])
def test_a_door_that_no_browser_could_open_is_said(app, provider, door) -> None:
    provider.metadata = {"authorization_endpoint": door}
    client = browser(app)
    assert UNREADABLE in said_at_sign_in(client, gone(client))


def doctor(app) -> list[tuple[Level, str]]:
    found = PLACE["统一身份认证"](app.extensions["settings"], utc_now())
    return [(one.level, one.sentence) for one in found]


def test_a_provider_that_is_away_is_said_and_the_doctor_knows_more(app, office) -> None:
    assert [level for level, _sentence in doctor(app)] == [Level.OK]
    office(oidc_issuer="http://127.0.0.1:9", source_private_hosts="127.0.0.1:9")
    client = browser(app)
    page = said_at_sign_in(client, gone(client))
    assert "用密码登录" in page
    assert "127.0.0.1" not in page
    [(level, sentence)] = doctor(app)
    assert (level, "连接不上 127.0.0.1" in sentence) == (Level.WRONG, True)


def test_an_inner_host_that_is_not_listed_is_not_asked(app, office, provider) -> None:
    office(source_private_hosts="")
    client = browser(app)
    assert "现在不能用" in said_at_sign_in(client, gone(client))
    assert "RESPONDER_SOURCE_PRIVATE_HOSTS" in doctor(app)[0][1]
    assert provider.asked == []
