"""Signing in and out in the browser's terms."""

from __future__ import annotations

import pytest
from flask import g
from sqlalchemy import event, select

from responder.accounts import service
from responder.core.audit import AuditEvent
from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE, Role
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
    "elsewhere",
    [
        "https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:1",
        "/topics\r\nX-Made-Up: 1", "/topics\n", "/\t/evil.example",
    ],
)  # fmt: skip
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


def deeds(session) -> list[str]:
    query = select(AuditEvent.action).where(AuditEvent.object_type == "user_account")
    return list(session.scalars(query.order_by(AuditEvent.id)))


def test_signing_in_and_failing_to_are_in_the_trail(client, people, session) -> None:
    assert people.editor
    sign_in(client, "wrong")
    sign_in(client)
    client.post("/sign-in", data={"username": "nobody", "password": "x"})
    assert deeds(session)[-2:] == ["sign_in_refused", "sign_in"]


def test_a_name_that_nobody_has_is_refused_by_as_many_stores_as_one_that_is_known(
    client, people, session
) -> None:
    """What is stored takes time; and of the unknown one nothing new is stored but its count."""
    assert people.editor

    def stores(username: str) -> int:
        stored: list[str] = []

        def note(_c, _cursor, statement, *_rest) -> None:
            if statement.startswith(("INSERT", "UPDATE")):
                stored.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            answer = client.post("/sign-in", data={"username": username, "password": "wrong"})
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        assert answer.status_code == 403
        return len(stored)

    known, before = stores("editor"), deeds(session)
    assert stores("nobody") == known
    assert deeds(session) == before


def test_a_new_password_ends_the_old_sessions(client, people, session) -> None:
    assert people.editor
    sign_in(client)
    assert client.get("/topics").status_code == 200
    with transaction(CONSOLE):
        user = service.find_user(session, "editor")
        service.change_user(
            session,
            user,
            display_name="编辑",
            roles=user.roles,
            unit=None,
            active=True,
            password="another one",
        )
    g.pop("_login_user", None)  # the tests share one context; a browser does not
    assert client.get("/topics").status_code == 302


def test_the_administrator_adds_people_and_units(client, people, session) -> None:
    people.sign_in(client, people.administrator)
    client.post("/units", data={"code": "jyj", "name": "市教育局"})
    form = {"username": "new", "display_name": "新人", "unit_id": "0", "roles": ["editor"]}
    short = client.post("/people/new", data={**form, "password": "short"})
    assert short.status_code == 422
    assert "至少 10 位" in short.text
    assert client.post("/people/new", data={**form, "password": PASSWORD}).status_code == 302
    assert service.find_user(session, "new").roles == (Role.EDITOR,)
    assert "新人" in client.get("/people").text
    assert "市教育局" in client.get("/units").text


def test_the_last_administrator_cannot_be_taken_away(client, people, session) -> None:
    admin = people.administrator
    people.sign_in(client, admin)
    form = {"username": "administrator", "display_name": "管理员", "unit_id": "0", "active": "y"}
    answer = client.post(
        f"/people/{admin.id}", data={**form, "roles": ["editor"], "version_id": "1"}
    )
    assert answer.status_code == 422
    assert "至少要保留一位" in answer.text
