"""Signing in and out in the browser's terms."""

from __future__ import annotations

import pytest

from tests.factories import PASSWORD


def sign_in(client, password=PASSWORD, next_=""):
    form = {"username": "editor", "password": password, "next": next_}
    return client.post("/sign-in", data=form)


def test_signing_in_leads_to_the_page_that_was_asked_for(client, people) -> None:
    assert people.editor
    asked = client.get("/topics")
    assert asked.status_code == 302
    assert "/sign-in" in asked.location
    assert sign_in(client, next_="/topics").location == "/topics"
    assert client.get("/topics").status_code == 200


def test_a_wrong_password_keeps_the_name_and_says_so(client, people) -> None:
    assert people.editor
    answer = sign_in(client, "wrong")
    assert answer.status_code == 403
    assert "用户名或密码不正确" in answer.text
    assert 'value="editor"' in answer.text


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:1"]
)
def test_signing_in_never_leads_to_another_site(client, people, elsewhere) -> None:
    assert people.editor
    assert sign_in(client, next_=elsewhere).location == "/"


def test_signing_out_ends_the_session(client, people) -> None:
    people.sign_in(client, people.editor)
    assert client.post("/sign-out").status_code == 302
    assert client.get("/topics").status_code == 302


def test_a_form_without_its_token_is_refused(app, people) -> None:
    assert people.editor
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        answer = sign_in(app.test_client())
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert answer.status_code in {200, 400}
    assert "_user_id" not in str(answer.headers)
    assert answer.status_code != 302
