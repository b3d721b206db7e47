"""Signing in by the provider: what lets somebody in, and each thing that does not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import g
from sqlalchemy import select

from responder.accounts.delays.models import SignInTries
from responder.accounts.sessions.models import METHOD_LABELS, Method
from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE
from responder.oidc import service
from responder.oidc.models import OidcStranger
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


def tries() -> list[int]:
    return list(db.session.scalars(select(SignInTries.tries)))


def test_wrong_tries_wait_and_the_provider_is_left_alone(app, people, provider) -> None:
    bound(people.editor, provider)
    client = browser(app)
    walked(client)  # from here on the browser is known, and counted by itself
    get(client, "/sign-in")
    client.post("/sign-out")
    provider.lies = {"nonce": "of another sign-in"}
    said = [said_at_sign_in(client, walked(client)) for _number in range(5)]
    assert all("没有采用" in one for one in said)
    provider.lies = {}
    asked = provider.asked.count("/token")
    assert "多次没有成功" in said_at_sign_in(client, walked(client))
    assert provider.asked.count("/token") == asked
    assert walked(browser(app)).location == "/topics"  # another browser does not wait
    people.sign_in(client, people.editor)  # and the password is another matter
    assert is_in(client)


def test_what_no_question_of_ours_led_to_counts_for_nothing(app, people, provider) -> None:
    bound(people.editor, provider)
    client = browser(app)
    gone(client)
    for _number in range(3):
        forged = get(client, "/sign-in/oidc/callback?state=forged&code=x")
        assert "已过期或已用过" in said_at_sign_in(client, forged)
    assert tries() == []


@pytest.mark.parametrize("error", ["access_denied", "server_error"])
def test_a_refusal_of_the_provider_counts_for_nothing(app, provider, error) -> None:
    provider.denies = error
    walked(browser(app))
    assert tries() == []


@pytest.mark.parametrize("path", ["/token", "/jwks"])
def test_a_provider_that_is_away_is_nobodys_wrong_try(app, people, provider, path) -> None:
    bound(people.editor, provider)
    provider.breaks[path] = (503, "busy")
    client = browser(app)
    assert "服务现在不能用" in said_at_sign_in(client, walked(client))
    assert sum(tries()) == 0


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
