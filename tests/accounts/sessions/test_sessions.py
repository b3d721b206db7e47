"""Sign-ins are kept on the server, end by themselves, and can be ended."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import g
from sqlalchemy import event, select, update

from responder.accounts import service as accounts
from responder.accounts.sessions import entering, service
from responder.accounts.sessions.models import SignInSession, Why
from responder.core.audit import AuditEvent
from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE
from responder.core.times import utc_now
from tests.factories import PASSWORD

WINDOWS = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/131.0.0.0 Safari/537.36"
OPEN_PAGE = "/topics"


def entered(app, username="editor", address="10.1.3.77"):
    """A browser at which somebody has typed name and password."""
    client = app.test_client()
    g.pop("_login_user", None)
    answer = client.post(
        "/sign-in",
        data={"username": username, "password": PASSWORD},
        headers={"User-Agent": WINDOWS},
        environ_base={"REMOTE_ADDR": address},
    )
    assert answer.status_code == 302, answer.text
    return client


def opens(client) -> bool:
    g.pop("_login_user", None)  # the tests share one context; a browser does not
    return client.get(OPEN_PAGE).status_code == 200


def rows() -> list[SignInSession]:
    return list(db.session.scalars(select(SignInSession).order_by(SignInSession.id)))


def aged(**changes) -> None:
    """Put the last sign-in back in time."""
    with transaction(CONSOLE) as session:
        row = session.scalars(select(SignInSession).order_by(SignInSession.id.desc())).first()
        for name, span in changes.items():
            setattr(row, name, getattr(row, name) - span)


def told(action: str) -> list[dict]:
    query = select(AuditEvent.changes).where(AuditEvent.action == action)
    return list(db.session.scalars(query.order_by(AuditEvent.id)))


def settled(app, now=None) -> int:
    now = now or utc_now()
    with transaction(CONSOLE, now) as session:
        return service.settle(session, now, entering.limits_of(app.extensions["settings"]))


def test_a_sign_in_is_kept_without_what_would_open_it(app, people) -> None:
    client = entered(app, people.editor.username)
    [row] = rows()
    assert (row.address, row.browser, row.method) == (
        "10.1.3.*",
        "Chrome 131 · Windows",
        "password",
    )
    with client.session_transaction() as cookie:
        token = cookie[entering.TOKEN]
    assert len(token) >= 43
    everything = str(db.session.connection().exec_driver_sql("SELECT * FROM sign_in_session").all())
    assert token not in everything
    assert "10.1.3.77" not in everything + str(told("sign_in"))
    assert told("sign_in")[-1]["address"] == "10.1.3.*"
    assert opens(client)


def test_what_the_cookie_held_before_opens_nothing(app, people) -> None:
    user, client = people.editor, app.test_client()
    for forged in (str(user.id), f"{user.id}.{user.seal}", "", "x" * 5000, "\ud800"):
        with client.session_transaction() as cookie:
            cookie[entering.TOKEN] = forged if forged.isascii() else "é"
        assert not opens(client), forged


@pytest.mark.parametrize(
    ("column", "span", "why"),
    [
        ("seen_at", timedelta(minutes=60), Why.IDLE),
        ("begun_at", timedelta(hours=12), Why.EXPIRED),
    ],
)
def test_a_sign_in_ends_by_itself(app, people, column, span, why) -> None:
    client = entered(app, people.editor.username)
    aged(**{column: span - timedelta(minutes=1)})
    assert opens(client)
    if column == "seen_at":
        aged(seen_at=timedelta(minutes=59))  # it was noted that somebody is here
        assert opens(client)
    aged(**{column: span})
    assert not opens(client)
    assert settled(app) == 1
    assert rows()[0].why == why
    assert told("session_ended")[-1] == {
        "address": "10.1.3.*", "browser": "Chrome 131 · Windows", "why": why,
    }  # fmt: skip


def test_what_was_typed_into_a_form_outlives_the_sign_in(app, people) -> None:
    client = entered(app, people.editor.username)
    aged(seen_at=timedelta(hours=2))
    g.pop("_login_user", None)
    answer = client.post("/responses/1/drafts", data={"answer": "小区车位租售的处理情况如下"})
    assert (answer.status_code, "小区车位租售的处理情况如下" in answer.text) == (401, True)


def test_reading_writes_once_a_minute(app, people) -> None:
    client, writes = entered(app, people.editor.username), []

    def count(_connection, _cursor, statement, *_rest) -> None:
        if statement.lstrip().upper().startswith(("UPDATE", "INSERT", "DELETE")):
            writes.append(statement)

    engine = db.engine
    event.listen(engine, "before_cursor_execute", count)
    try:
        for _request in range(5):
            assert opens(client)
        assert writes == []
        aged(seen_at=timedelta(seconds=61))
        writes.clear()
        for _request in range(5):
            assert opens(client)
        assert len(writes) == 1
    finally:
        event.remove(engine, "before_cursor_execute", count)


@pytest.mark.parametrize(
    "address", ["/static/responder.css", "/static/icon.svg", "/healthz", "/no-such-page"]
)
def test_what_opens_to_everybody_asks_nothing_of_who_it_is(app, people, address) -> None:
    client, asked = entered(app, people.editor.username), []
    aged(seen_at=timedelta(minutes=5))

    def note(_connection, _cursor, statement, *_rest) -> None:
        if "sign_in_session" in statement:
            asked.append(statement)

    g.pop("_login_user", None)
    event.listen(db.engine, "before_cursor_execute", note)
    try:
        client.get(address).close()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert not any(one.lstrip().upper().startswith("UPDATE") for one in asked)
    assert asked == [] or address == "/no-such-page"  # whose page is dressed for who it is


@pytest.mark.parametrize("address", ["/errands/1/progress", "/imports/runs/1/progress"])
def test_a_page_that_asks_by_itself_keeps_nobody_here(app, people, session, address) -> None:
    client = entered(app, people.editor.username)
    client.get("/")
    before = utc_now() - timedelta(minutes=10)
    session.execute(update(SignInSession).values(seen_at=before))
    g.pop("_login_user", None)
    assert client.get(address).status_code in (403, 404)  # not theirs, or no such work
    session.expire_all()
    assert [row.seen_at for row in rows()] == [before]
    g.pop("_login_user", None)
    client.get("/")
    session.expire_all()
    assert rows()[0].seen_at > before


def test_signing_out_ends_it_on_the_server_too(app, people) -> None:
    client = entered(app, people.editor.username)
    with client.session_transaction() as cookie:
        stolen = dict(cookie)
    g.pop("_login_user", None)
    client.post("/sign-out")
    with client.session_transaction() as cookie:
        cookie.update(stolen)
    assert not opens(client)
    assert rows()[0].why == Why.SIGNED_OUT


def test_a_closed_account_and_a_new_password_end_what_is_open(app, people) -> None:
    client = entered(app, people.editor.username)
    with transaction(CONSOLE):
        people.editor.active = False
    assert not opens(client)
    settled(app)
    with transaction(CONSOLE):
        people.editor.active = True
    assert not opens(client)
    client = entered(app, people.editor.username)
    with transaction(CONSOLE) as session:
        user = people.editor
        accounts.change_user(
            session, user, display_name="编辑", roles=user.roles, unit=None, active=True,
            password="another long one",
        )  # fmt: skip
    assert not opens(client)
    settled(app)
    assert [row.why for row in rows()] == [Why.CLOSED, Why.PASSWORD]


def test_an_account_that_is_closed_has_nothing_back_when_it_is_opened_again(
    app, people, client
) -> None:
    editor = people.editor
    own = entered(app, editor.username)
    people.sign_in(client, people.administrator)
    form = {"username": "editor", "display_name": "编辑", "unit_id": "0", "roles": ["editor"]}
    assert client.post(f"/people/{editor.id}", data={**form, "version_id": "1"}).status_code == 302
    assert (rows()[0].why, rows()[0].ended_at is not None) == (Why.CLOSED, True)
    assert told("session_ended")[-1]["why"] == Why.CLOSED
    assert (
        client.post(
            f"/people/{editor.id}", data={**form, "version_id": "2", "active": "y"}
        ).status_code
        == 302
    )
    assert not opens(own)
    assert opens(entered(app, editor.username))


def test_the_own_page_lists_and_ends(app, people) -> None:
    there = entered(app, people.editor.username, "192.0.2.9")
    third = entered(app, people.editor.username)
    here = entered(app, people.editor.username)
    page = here.get("/sign-ins").text
    assert page.count("当前这次") == 1
    assert ("192.0.2.*" in page, "192.0.2.9" in page) == (True, False)
    first = rows()[0]
    assert here.post(f"/sign-ins/{first.id}/end").status_code == 302
    assert (opens(there), opens(third), opens(here)) == (False, True, True)
    here.post("/sign-ins/end-others")
    assert (opens(third), opens(here)) == (False, True)
    assert rows()[0].why == Why.ELSEWHERE
    assert "本人从别处结束" in here.get("/sign-ins").text


def test_an_administrator_sees_and_ends_a_persons_and_nobody_else_does(app, people, client) -> None:
    editor = entered(app, people.editor.username)
    [row] = rows()
    own = f"/people/{people.editor.id}/sign-ins"
    people.sign_in(client, people.analyst)
    assert client.get(own).status_code == 403
    assert client.post(f"{own}/end").status_code == 403
    assert client.post(f"/sign-ins/{row.id}/end").status_code == 403
    assert client.post("/sign-ins/999999/end").status_code == 404
    people.sign_in(client, people.administrator)
    assert "10.1.3.*" in client.get(own).text
    assert client.post(f"{own}/end").status_code == 302
    assert not opens(editor)
    assert rows()[0].why == Why.ADMINISTRATOR


def test_what_ended_long_ago_is_forgotten(app, people) -> None:
    entered(app, people.editor.username)
    later = utc_now() + timedelta(days=1)
    assert settled(app, later) == 1
    for kept, now in ((1, later), (0, later + timedelta(seconds=1))):
        with transaction(CONSOLE, now) as session:
            service.forget(session, now)
        assert len(rows()) == kept
