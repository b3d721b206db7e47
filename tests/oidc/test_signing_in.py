"""Signing in by the provider: what lets somebody in, and each thing that does not."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from flask import g
from joserfc.jwk import RSAKey

from responder.accounts.sessions.models import METHOD_LABELS, Method
from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE
from responder.core.times import utc_now
from responder.oidc import service
from responder.oidc.models import OidcIdentity, OidcStranger
from responder.operating.doctor import PLACE
from responder.operating.findings import Level
from tests.oidc.walking import (
    bound,
    browser,
    events,
    get,
    gone,
    is_in,
    methods,
    said_at_sign_in,
    sent_back,
    walked,
)

pytestmark = pytest.mark.usefixtures("office")


def test_whoever_is_bound_is_let_in_and_the_history_says_how(app, people, provider) -> None:
    editor = bound(people.editor, provider)
    client = browser(app)
    page = get(client, "/sign-in?next=/topics").text
    assert "统一身份认证登录" in page
    assert 'href="/sign-in/oidc?next=/topics"' in page
    answer = walked(client)
    assert (answer.status_code, answer.location) == (302, "/topics")
    assert is_in(client)
    assert methods() == [Method.OIDC]
    assert METHOD_LABELS[Method.OIDC] in get(client, "/sign-ins").text
    [line] = events("sign_in")
    assert (line.object_id, line.changes["method"]) == (editor.id, "oidc")
    assert service.token_of(db.session, editor.id) == provider.tokens[-1]


def test_where_it_leads_is_a_page_of_the_desk_alone(app, people, provider) -> None:
    bound(people.editor, provider)
    assert walked(browser(app), "https://elsewhere.example/").location == "/"
    assert walked(browser(app), "//elsewhere.example/").location == "/"


def test_a_sign_in_ends_as_every_other_does(app, people, provider) -> None:
    bound(people.editor, provider)
    client = browser(app)
    walked(client)
    settings = app.extensions["settings"]
    app.extensions["settings"] = settings.model_copy(update={"session_idle_minutes": 0})
    assert not is_in(client)


def test_a_new_person_need_not_change_the_password_that_they_did_not_use(
    app, people, provider
) -> None:
    editor = bound(people.editor, provider)
    with transaction(CONSOLE):
        editor.must_change_password = True
    client = browser(app)
    walked(client)
    assert is_in(client)


# What the provider's token says, and what is said of it.
LIES = {
    "another nonce": ({"nonce": "of another sign-in"}, "不是给这次登录的"),
    "no nonce": ({"nonce": None}, "不是给这次登录的"),
    "another audience": ({"aud": "other"}, "不是给这次登录的"),
    "another audience, for us": ({"aud": "other", "azp": "desk"}, "不是给这次登录的"),
    "another issuer": ({"iss": "https://other.example"}, "不是给这次登录的"),
    "expired": ({"exp": int(time.time()) - 3600}, "已过期"),
    "nobody": ({"sub": None}, "不是给这次登录的"),
    "an empty name": ({"sub": ""}, "应答无法读取"),
    "a name too long": ({"sub": "u" * 256}, "应答无法读取"),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_is_not_for_this_sign_in_lets_nobody_in(app, people, provider, lie) -> None:
    bound(people.editor, provider)
    provider.lies, sentence = LIES[lie]
    client = browser(app)
    assert sentence in said_at_sign_in(client, walked(client))
    assert not is_in(client)


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


def test_an_answer_counts_once(app, people, provider) -> None:
    bound(people.editor, provider)
    client = browser(app)
    back = sent_back(gone(client).location)
    with client.session_transaction() as cookie:
        before = dict(cookie)
    assert get(client, back).location == "/topics"
    g.pop("_login_user", None)
    client.post("/sign-out")
    assert "已过期或已用过" in said_at_sign_in(client, get(client, back))
    stranger = browser(app)
    assert "已过期或已用过" in said_at_sign_in(stranger, get(stranger, back))
    assert provider.asked.count("/token") == 1
    # Even a browser whose cookie was copied before finds the code used up.
    with stranger.session_transaction() as cookie:
        cookie.update(before)
    assert "没有确认这次登录" in said_at_sign_in(stranger, get(stranger, back))
    assert not is_in(stranger)


def test_an_answer_to_a_question_of_long_ago_is_none(app, people, provider) -> None:
    bound(people.editor, provider)
    client = browser(app)
    back = sent_back(gone(client).location)
    with client.session_transaction() as cookie:
        cookie["oidc_pending"][3] -= 601
        cookie.modified = True
    assert "已过期或已用过" in said_at_sign_in(client, get(client, back))
    assert provider.asked.count("/token") == 0


def test_somebody_elses_answer_ends_no_sign_in_that_was_begun(app, people, provider) -> None:
    bound(people.editor, provider)
    client = browser(app)
    back = sent_back(gone(client).location)
    forged = get(client, "/sign-in/oidc/callback?state=forged&code=x")
    assert "已过期或已用过" in said_at_sign_in(client, forged)
    assert get(client, back).location == "/topics"


DENIALS = {
    "access_denied": "取消了登录",
    "temporarily_unavailable": "暂时不能用",
    "<script>": "没有接受这次登录",
}


@pytest.mark.parametrize("error", DENIALS)
def test_what_the_provider_refuses_is_said(app, provider, error) -> None:
    provider.denies = error
    client = browser(app)
    page = said_at_sign_in(client, walked(client))
    assert DENIALS[error] in page
    assert "<script>" not in page


BREAKS = {
    "discovery fails": ("/.well-known/openid-configuration", (503, "busy")),
    "discovery is no JSON": ("/.well-known/openid-configuration", (200, "<html>")),
    "discovery is a list": ("/.well-known/openid-configuration", (200, "[]")),
    "the token fails": ("/token", (500, "oops")),
    "the token is a list": ("/token", (200, "[1]")),
    "there is no token": ("/token", (200, '{"access_token": "at"}')),
    "the keys fail": ("/jwks", (500, "oops")),
    "the keys are none": ("/jwks", (200, '{"keys": [{"kty": "odd"}]}')),
    "it leads elsewhere": ("/.well-known/openid-configuration", (302, "")),
}


@pytest.mark.parametrize("broken", BREAKS)
def test_a_provider_that_does_not_work_is_said(app, people, provider, broken) -> None:
    bound(people.editor, provider)
    path, answer = BREAKS[broken]
    provider.breaks[path] = answer
    client = browser(app)
    away = gone(client)
    if "authorize" in away.location:
        away = get(client, sent_back(away.location))
    assert "统一身份认证" in said_at_sign_in(client, away)
    provider.forget()
    assert walked(client).location == "/topics"


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


def test_a_provider_that_is_another_than_was_set_is_not_believed(app, provider) -> None:
    provider.metadata = {"issuer": "https://other.example"}
    client = browser(app)
    assert "RESPONDER_OIDC_ISSUER" in said_at_sign_in(client, gone(client))


def test_a_secret_goes_as_the_provider_wants_it(app, people, provider) -> None:
    bound(people.editor, provider)
    provider.metadata = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    assert walked(browser(app)).location == "/topics"


def test_a_stranger_gets_no_account_and_is_written_down(app, people, provider) -> None:
    assert people.editor
    provider.sub, provider.claims = "u-7", {"name": "李某"}
    client = browser(app)
    assert "还没有绑定账号" in said_at_sign_in(client, walked(client))
    walked(client)
    assert not is_in(client)
    [stranger] = db.session.query(OidcStranger).all()
    assert (stranger.subject, stranger.name, stranger.times) == ("u-7", "李某", 2)
    lines = events("sign_in_refused")
    assert [(one.object_type, one.changes["subject"]) for one in lines] == [
        ("oidc_stranger", "u-7"), ("oidc_stranger", "u-7"),
    ]  # fmt: skip
    assert lines[0].changes["address"] == "127.0.0.*"


def test_the_same_subject_of_another_provider_is_somebody_else(app, people, provider) -> None:
    editor = bound(people.editor, provider)
    with transaction(CONSOLE) as session:
        service.of_user(session, editor.id).issuer = "https://former.example"
    client = browser(app)
    assert "还没有绑定账号" in said_at_sign_in(client, walked(client))


def test_a_closed_account_does_not_come_in(app, people, provider) -> None:
    editor = bound(people.editor, provider)
    with transaction(CONSOLE):
        editor.active = False
    client = browser(app)
    assert "账号已停用" in said_at_sign_in(client, walked(client))
    assert not is_in(client)
    [line] = events("sign_in_refused")
    assert (line.object_type, line.object_id) == ("user_account", editor.id)


def test_a_prepared_name_binds_the_first_who_shows_it_and_no_other(
    app, people, provider, office
) -> None:
    office(oidc_claim="preferred_username")
    editor = bound(people.editor, provider, "wang.ying", "preferred_username")
    provider.claims = {"preferred_username": "wang.ying"}
    assert walked(browser(app)).location == "/topics"
    [identity] = db.session.query(OidcIdentity).all()
    assert (identity.user_id, identity.subject) == (editor.id, "u-1001")
    # The name has moved on to somebody else, and the person has another one.
    provider.sub = "u-2002"
    other = browser(app)
    assert "还没有绑定账号" in said_at_sign_in(other, walked(other))
    provider.sub, provider.claims = "u-1001", {"preferred_username": "wang.y"}
    assert walked(browser(app)).location == "/topics"


def test_a_name_that_the_token_lacks_is_asked_for(app, people, provider, office) -> None:
    office(oidc_claim="preferred_username")
    bound(people.editor, provider, "wang.ying", "preferred_username")
    provider.userinfo = {"preferred_username": "wang.ying", "sub": "u-9"}
    client = browser(app)
    assert "应答无法读取" in said_at_sign_in(client, walked(client))
    provider.userinfo = {"preferred_username": "wang.ying"}
    assert walked(client).location == "/topics"


def test_a_prepared_name_binds_no_closed_account(app, people, provider, office) -> None:
    office(oidc_claim="preferred_username")
    editor = bound(people.editor, provider, "wang.ying", "preferred_username")
    with transaction(CONSOLE):
        editor.active = False
    provider.claims = {"preferred_username": "wang.ying"}
    client = browser(app)
    assert "账号已停用" in said_at_sign_in(client, walked(client))
    assert service.of_user(db.session, editor.id).subject is None


def test_wrong_tries_wait_and_the_provider_is_left_alone(app, people, provider) -> None:
    bound(people.editor, provider)
    client = browser(app)
    walked(client)  # from here on the browser is known, and counted by itself
    get(client, "/sign-in")
    client.post("/sign-out")
    forged = "/sign-in/oidc/callback?state=forged&code=x"
    said = [said_at_sign_in(client, get(client, forged)) for _number in range(6)]
    assert "出错次数较多" in said[5]
    assert not any("出错次数较多" in one for one in said[:5])
    asked = len(provider.asked)
    assert "出错次数较多" in said_at_sign_in(client, gone(client))
    assert len(provider.asked) == asked
    assert walked(browser(app)).location == "/topics"  # another browser does not wait


def test_what_was_right_counts_for_nothing(app, people, provider) -> None:
    bound(people.editor, provider)
    assert [walked(browser(app)).location for _number in range(60)] == ["/topics"] * 60


def test_who_it_was_is_forgotten_in_time(app, people, provider) -> None:
    provider.sub = "u-7"
    walked(browser(app))
    with transaction(CONSOLE) as session:
        session.query(OidcStranger).one().last_at -= timedelta(days=91)
    provider.sub = "u-8"
    walked(browser(app))
    assert [one.subject for one in db.session.query(OidcStranger)] == ["u-8"]
