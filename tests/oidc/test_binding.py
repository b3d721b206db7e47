"""An administrator says whose account somebody's is; nobody else does."""

from __future__ import annotations

import pytest
from flask import g

from responder.core.audit import history
from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE, Permission
from responder.oidc import service
from responder.oidc.models import OidcIdentity, OidcStranger
from responder.web.access import PUBLIC, declared_access
from responder.web.trail import changes
from tests.oidc.walking import bound, browser, get, is_in, said_at_sign_in, walked
from tests.responses.pages import strict

pytestmark = pytest.mark.usefixtures("office")


@pytest.fixture
def desk(client, people):
    """The browser of an administrator."""
    return people.sign_in(client, people.administrator)


def sent(client, address, **data):
    g.pop("_login_user", None)
    return client.post(address, data=data)


def test_who_may_open_what(app) -> None:
    found = {
        rule.endpoint: declared_access(app, rule.endpoint)
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("oidc.")
    }
    managed = frozenset({Permission.USER_MANAGE})
    assert found == {
        "oidc.begin": PUBLIC,
        "oidc.callback": PUBLIC,
        "oidc.index": managed,
        "oidc.bind_stranger": managed,
        "oidc.of_person": managed,
        "oidc.unbind": managed,
    }


def test_a_person_is_bound_by_their_number_and_comes_in(app, desk, people) -> None:
    address = f"/people/{people.editor.id}/oidc"
    assert address in get(desk, f"/people/{people.editor.id}").text
    page = get(desk, address).text
    strict(page)
    assert "没有绑定" in page
    assert sent(desk, address, value=" u-1001 ").location == address
    strict(get(desk, address).text)
    assert walked(browser(app)).location == "/topics"
    [identity] = db.session.query(OidcIdentity).all()
    [line, *_others] = history(db.session, identity)
    assert (line.action, line.actor_id) == ("create", people.administrator.id)
    assert {one.label for one in changes(line)} >= {"统一身份认证编号", "绑定时间"}


def test_one_number_is_one_account(desk, people, provider) -> None:
    bound(people.editor, provider)
    answer = sent(desk, f"/people/{people.analyst.id}/oidc", value="u-1001")
    assert answer.status_code == 422
    assert f"已绑定到{people.editor.display_name}的账号" in answer.text
    strict(answer.text)
    assert sent(desk, f"/people/{people.analyst.id}/oidc", value="  ").status_code == 422


def test_one_prepared_name_is_one_account(desk, people, provider, office) -> None:
    office(oidc_claim="preferred_username")
    assert 'value="editor"' in get(desk, f"/people/{people.editor.id}/oidc").text
    assert sent(desk, f"/people/{people.editor.id}/oidc", value="wang").status_code == 302
    strict(get(desk, f"/people/{people.editor.id}/oidc").text)
    assert sent(desk, f"/people/{people.analyst.id}/oidc", value="wang").status_code == 422


def test_whoever_is_unbound_is_signed_out_and_does_not_come_back(
    app, desk, people, provider
) -> None:
    editor = bound(people.editor, provider)
    by_provider, by_password = browser(app), people.sign_in(browser(app), editor)
    walked(by_provider)
    address = f"/people/{editor.id}/oidc"
    assert sent(desk, f"{address}/unbind").location == address
    assert not is_in(by_provider)
    assert is_in(by_password)
    assert "还没有绑定账号" in said_at_sign_in(by_provider, walked(by_provider))
    assert sent(desk, f"{address}/unbind").status_code == 409


def test_whoever_is_bound_anew_has_no_old_way_in(app, desk, people, provider) -> None:
    editor = bound(people.editor, provider)
    client = browser(app)
    walked(client)
    sent(desk, f"/people/{editor.id}/oidc", value="u-2002")
    assert not is_in(client)
    assert "还没有绑定账号" in said_at_sign_in(client, walked(client))


def test_a_stranger_is_given_an_account(app, desk, people, provider) -> None:
    provider.sub, provider.claims = "u-7", {"name": "李某<b>"}
    client = browser(app)
    walked(client)
    editor = people.editor
    page = get(desk, "/people/oidc").text
    strict(page)
    assert "李某&lt;b&gt;" in page
    [stranger] = db.session.query(OidcStranger).all()
    address = f"/people/oidc/strangers/{stranger.id}/bind"
    assert sent(desk, address, user_id="x").status_code == 404
    assert sent(desk, address, user_id=editor.id).location == "/people/oidc"
    assert db.session.query(OidcStranger).all() == []
    assert walked(client).location == "/topics"
    assert sent(desk, address, user_id=editor.id).status_code == 404
    assert editor not in service.unbound_users(db.session, provider.issuer)


def test_after_a_change_of_provider_everybody_can_be_bound_anew(
    app, desk, people, provider
) -> None:
    editor = bound(people.editor, provider)
    with transaction(CONSOLE) as session:
        service.of_user(session, editor.id).issuer = "https://former.example"
    client = browser(app)
    walked(client)
    page = get(desk, "/people/oidc").text
    assert f'<option value="{editor.id}">' in page
    [stranger] = db.session.query(OidcStranger).all()
    sent(desk, f"/people/oidc/strangers/{stranger.id}/bind", user_id=editor.id)
    assert walked(client).location == "/topics"


def test_a_stranger_does_not_take_an_account_that_is_somebodys(app, desk, people, provider) -> None:
    editor = bound(people.editor, provider, "u-1")
    walked(browser(app))
    [stranger] = db.session.query(OidcStranger).all()
    address = f"/people/oidc/strangers/{stranger.id}/bind"
    assert sent(desk, address, user_id=editor.id).location == "/people/oidc"
    assert "请先到此人的页面解除绑定" in get(desk, "/people/oidc").text
    assert service.of_user(db.session, editor.id).subject == "u-1"
    bound(people.analyst, provider)  # as somebody else did meanwhile
    sent(desk, address, user_id=people.signer.id)
    assert service.of_user(db.session, people.signer.id) is None


def test_the_token_that_is_kept_is_sealed_and_never_told(app, people, provider, desk) -> None:
    editor = bound(people.editor, provider)
    walked(browser(app))
    token = provider.tokens[-1]
    sent(desk, f"/people/{editor.id}/oidc/unbind")
    stored = db.session.connection().exec_driver_sql("SELECT * FROM audit_event").all()
    assert token not in str(stored)
    bound(editor, provider)
    walked(browser(app))
    rows = db.session.connection().exec_driver_sql("SELECT * FROM oidc_visit").all()
    assert rows
    assert provider.tokens[-1] not in str(rows)


LANGUAGES = {
    "zh_Hant": ("統一身份認證", "已過期或已用過", "未綁定的來訪"),
    "en": ("Single sign-on", "has run out or was used already", "Visitors without an account"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_and_refusals_speak_the_readers_language(client, people, language) -> None:
    button, refusal, heading = LANGUAGES[language]
    client.post("/language", data={"language": language})
    page = said_at_sign_in(client, get(client, "/sign-in/oidc/callback?state=x"))
    assert refusal in page
    people.sign_in(client, people.administrator)
    client.post("/language", data={"language": language})
    page = get(client, "/people/oidc").text
    assert button in page
    assert heading in page
