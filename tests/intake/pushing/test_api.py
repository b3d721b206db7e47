"""The push API: each message once, each told what became of it, each refusal in its form."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from responder.accounts import tokens
from responder.accounts.token_models import ApiUse
from responder.core.audit import AuditEvent
from responder.core.database import transaction
from responder.core.permissions import CONSOLE
from responder.core.times import utc_now
from responder.intake.models import Channel, Message, Nature
from responder.intake.new_message import NewMessage
from responder.intake.pushing.schema import MessageIn
from tests.factories import PASSWORD
from tests.intake.pushing.factories import PATH, message, new_token, push


@pytest.fixture
def secret(app) -> str:
    return new_token().secret


def stored(session) -> int:
    return session.scalar(select(func.count()).select_from(Message))


def problem(answer, status: int, code: str) -> dict:
    """The problem details of a refusal, checked."""
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    said = answer.json
    assert (said["status"], said["code"]) == (status, code)
    assert said["type"].endswith(f"#{code}")
    assert said["detail"]
    return said


def first_errors(answer) -> list[tuple[str, str]]:
    return [(one["field"], one["code"]) for one in answer.json["results"][0]["errors"]]


def test_a_message_is_stored_with_all_that_was_said(client, session, secret) -> None:
    full = message(
        district="江北区", place="滨江路 88 号", nature="complaint", urgent=True,
        likes=3, dislikes=1, comments=2, shares=4, reply="已转办",
        replied_at="2026-03-06T01:00:00.75Z", source_url="https://example.org/留言/1",
    )  # fmt: skip
    answer = push(client, secret, full)
    assert answer.status_code == 201
    assert answer.json["created"] == 1
    found = session.get(Message, answer.json["results"][0]["id"])
    assert (found.channel, found.nature, found.urgent) == (Channel.HOTLINE, Nature.COMPLAINT, True)
    assert (found.author, found.phone, found.place) == ("王女士", "13812345678", "滨江路 88 号")
    assert found.occurred_at == datetime(2026, 3, 5, 1, 30, tzinfo=UTC)
    assert found.replied_at == datetime(2026, 3, 6, 1, 0, tzinfo=UTC)
    assert (found.likes, found.dislikes, found.comments, found.shares) == (3, 1, 2, 4)
    assert found.source_url == full["source_url"]


def test_every_field_of_a_message_can_be_pushed() -> None:
    taken = {field.name for field in fields(NewMessage)} - {"received_at"}
    assert set(MessageIn.model_fields) == taken


def test_what_is_null_or_empty_counts_as_left_out(client, session, secret) -> None:
    bare = dict.fromkeys(MessageIn.model_fields) | {
        "channel": "mailbox",
        "body": " 路灯坏了。请修。 ",
        "occurred_at": "2026-03-05T09:30:00+08:00",
        "external_id": "",
    }
    answer = push(client, secret, bare)
    found = session.get(Message, answer.json["results"][0]["id"])
    assert (found.title, found.body) == ("路灯坏了", "路灯坏了。请修。")
    assert (found.external_id, found.nature, found.likes) == (None, None, 0)


def test_a_batch_tells_of_each_message_and_stores_what_it_can(client, session, secret) -> None:
    push(client, secret, message(1))
    batch = [message(1), message(2), message(2), message(3, body=""), "?"]
    answer = push(client, secret, {"messages": batch})
    assert answer.status_code == 207
    results = answer.json["results"]
    assert [one["status"] for one in results] == [200, 201, 200, 422, 422]
    assert [one["index"] for one in results] == [0, 1, 2, 3, 4]
    assert results[1]["id"] == results[2]["id"]
    counts = {name: answer.json[name] for name in ("created", "duplicates", "refused")}
    assert counts == {"created": 1, "duplicates": 2, "refused": 2}
    assert stored(session) == 2


@pytest.mark.parametrize(
    ("numbers", "status"), [([1], 200), ([2, 1], 201), ([1, 0], 207), ([0], 422)]
)
def test_one_status_stands_for_all_results(client, secret, numbers, status) -> None:
    push(client, secret, message(1))
    batch = [message(number) if number else {} for number in numbers]
    assert push(client, secret, {"messages": batch}).status_code == status


def test_a_repeat_without_a_number_is_known_again(client, session, secret) -> None:
    plain = message(external_id=None)
    assert push(client, secret, plain).status_code == 201
    same = plain | {"occurred_at": "2026-03-05T01:30:00.9Z", "body": f" {plain['body']}\n"}
    assert push(client, secret, same).status_code == 200
    assert push(client, secret, plain | {"author": "李先生"}).status_code == 201
    assert stored(session) == 2


WRONG = {
    "channel": [(1, "not_a_choice"), ("telegraph", "not_a_choice"), (["x"], "not_a_choice")],
    "body": [(None, "wrong_type"), (" \n", "required"), ("长" * 20_001, "too_long"),
             ("a\0b", "bad_character"), ("a\ud83d", "bad_character"), ({}, "wrong_type")],
    "occurred_at": [(1700000000, "bad_time"), ("1700000000", "bad_time"),
                    ("2026-03-05", "bad_time"), ("2026-03-05T09:30:00", "bad_time"),
                    ("2026-02-30T09:30:00Z", "bad_time"), ("2026-03-05T09:30:00+24:00", "bad_time"),
                    ("0001-01-01T00:00:00+14:00", "too_early"),
                    ("1989-12-31T23:59:59Z", "too_early"),
                    ("9999-12-31T23:59:59-12:00", "future"),
                    ("２０２６-03-05T09:30:00Z", "bad_time")],
    "likes": [(-1, "out_of_range"), (2**31, "out_of_range"), (True, "wrong_type"),
              ("3", "wrong_type"), (1.5, "wrong_type"), (10**400, "out_of_range")],
    "urgent": [(1, "wrong_type"), ("true", "wrong_type")],
    "external_id": [(17, "wrong_type"), ("9" * 65, "too_long")],
    "source_url": [("javascript:alert(1)", "bad_url"), ("ftp://example.org/", "bad_url"),
                   ("https:///path", "bad_url"), ("http://[::1", "bad_url"),
                   ("https://example.org/a b", "bad_url"), ("/relative", "bad_url")],
    "replied_at": [("", "bad_time")],
    "occured_at": [("2026-03-05T09:30:00Z", "unknown_field"), (None, "unknown_field")],
}  # fmt: skip


@pytest.mark.parametrize("field", list(WRONG))
def test_what_cannot_be_taken_is_refused_with_its_field_and_code(client, session, secret, field):
    for value, code in WRONG[field]:
        answer = push(client, secret, message(**{field: value}))
        problem(answer, 422, "refused")
        assert first_errors(answer) == [(field, code)], value
    assert stored(session) == 0


def test_a_clock_may_be_ten_minutes_ahead_and_no_more(client, secret) -> None:
    for ahead, status in ((9, 201), (11, 422)):
        moment = utc_now() + timedelta(minutes=ahead)
        told = message(occurred_at=moment.isoformat(timespec="seconds"), external_id=None)
        assert push(client, secret, told).status_code == status


def test_refusals_never_say_what_was_sent(client, secret) -> None:
    answer = push(client, secret, message(phone="13812345678" * 3, nature="13812345678"))
    assert answer.status_code == 422
    assert "13812345678" not in answer.text


@pytest.mark.parametrize("name", ["\ud83d", "\0", "x" * 10_000, "标题"])
def test_a_field_with_an_impossible_name_is_refused(client, secret, name) -> None:
    answer = push(client, secret, message(**{name: "x"}), key="k")
    assert answer.status_code == 422
    assert len(answer.data) < 2000
    again = push(client, secret, message(**{name: "x"}), key="k")
    assert again.data == answer.data


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"body": "a", "body": "b"}',
        b'{"likes": NaN}',
        b"[" * 100_000,
        b"1" * 5000,
        '{"body": "路灯"}'.encode("gb18030"),
        '{"body": "路灯"}'.encode("utf-16"),
    ],
)
def test_what_is_not_json_is_refused(client, secret, body) -> None:
    problem(push(client, secret, None, data=body, content_type="application/json"), 400, "bad_json")


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ([], "wrong_type"),
        ("text", "wrong_type"),
        ({"messages": []}, "required"),
        ({"messages": [{}] * 501}, "too_many"),
        ({"messages": {}}, "wrong_type"),
        ({"messages": [{}], "channel": "hotline"}, "unknown_field"),
    ],
)
def test_what_is_neither_message_nor_batch_is_refused(client, secret, value, code) -> None:
    said = problem(push(client, secret, value), 422, "invalid")
    assert [one["code"] for one in said["errors"]] == [code]


def test_types_and_sizes_that_are_not_taken(client, secret) -> None:
    text = json.dumps(message())
    for more in (
        {"content_type": "text/plain"},
        {"content_type": "application/x-www-form-urlencoded"},
        {"content_type": "multipart/form-data"},
        {"content_type": None},
    ):
        problem(push(client, secret, None, data=text, **more), 415, "unsupported_media_type")
    headers = {"Authorization": f"Bearer {secret}", "Content-Encoding": "gzip"}
    problem(client.post(PATH, json=message(), headers=headers), 415, "unsupported_media_type")
    huge = message(body="长" * 1_000_000)
    problem(push(client, secret, huge), 413, "too_large")


def test_without_a_token_nothing_is_read(client, people, session, secret) -> None:
    people.sign_in(client, people.analyst)  # may import, but a cookie opens nothing here
    answer = client.post(PATH, json=message())
    problem(answer, 401, "unauthenticated")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="responder"'
    for wrong in ("Basic YTpi", "Bearer", "Bearer ", f"Token {secret}"):
        answer = client.post(PATH, json=message(), headers={"Authorization": wrong})
        problem(answer, 401, "unauthenticated")
    answer = push(client, f"{secret}x", message())
    problem(answer, 401, "unauthenticated")
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
    assert stored(session) == 0


def test_the_api_needs_no_form_token_and_pages_still_do(app, people, secret) -> None:
    assert people.administrator
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        client = app.test_client()
        assert push(client, secret, message()).status_code == 201
        form = {"username": "administrator", "password": PASSWORD}
        assert client.post("/sign-in", data=form).status_code != 302
    finally:
        app.config["WTF_CSRF_ENABLED"] = False


def test_a_revoked_token_is_refused_at_once(client, session) -> None:
    issued = new_token()
    assert push(client, issued.secret, message(1)).status_code == 201
    with transaction(CONSOLE):
        tokens.revoke(session, issued.token.id, utc_now())
    problem(push(client, issued.secret, message(2)), 401, "unauthenticated")


def test_a_token_without_the_scope_is_told_which_it_lacks(client, session) -> None:
    issued = new_token()
    with transaction(CONSOLE):
        issued.token.scopes = ""
    answer = push(client, issued.secret, message())
    problem(answer, 403, "insufficient_scope")
    assert 'scope="messages:write"' in answer.headers["WWW-Authenticate"]


def test_a_token_is_held_to_its_channels(client, session) -> None:
    secret = new_token(channels=frozenset({"mailbox"})).secret
    answer = push(client, secret, {"messages": [message(1), message(2, channel="mailbox")]})
    assert answer.status_code == 207
    assert first_errors(answer) == [("channel", "channel_not_allowed")]
    assert session.scalars(select(Message.channel)).all() == [Channel.MAILBOX]


def test_too_many_requests_are_told_when_to_come_back(app, client, session, monkeypatch) -> None:
    issued = new_token()
    few = app.extensions["settings"].model_copy(update={"api_requests_per_minute": 2})
    monkeypatch.setitem(app.extensions, "settings", few)
    minute = utc_now().replace(second=0, microsecond=0)
    with transaction(CONSOLE) as writing:
        # of the next minute, so that the test does not depend on when it runs
        writing.add(
            ApiUse(token_id=issued.token.id, minute=minute + timedelta(minutes=1), requests=1)
        )
    assert push(client, issued.secret, message(1)).status_code == 201
    answer = push(client, issued.secret, message(2))
    problem(answer, 429, "rate_limited")
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert push(client, new_token("别的系统").secret, message(2)).status_code == 201


def test_the_same_request_under_a_key_gets_the_same_answer(client, session, secret) -> None:
    value = {"messages": [message(1), message(2, body="")]}
    first = push(client, secret, value, key="k1")
    again = push(client, secret, value, key="k1")
    assert (first.status_code, first.data) == (again.status_code, again.data)
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    problem(push(client, secret, message(1), key="k1"), 422, "idempotency_key_reused")
    assert push(client, secret, message(1), key="k2").status_code == 200
    other = new_token("别的系统").secret
    assert push(client, other, message(3), key="k1").status_code == 201
    assert stored(session) == 2


@pytest.mark.parametrize("key", ["a b", "键", "x" * 129])
def test_a_key_that_is_none_is_refused(client, secret, key) -> None:
    answer = client.post(
        PATH,
        json=message(),
        headers={"Authorization": f"Bearer {secret}"},
        environ_overrides={"HTTP_IDEMPOTENCY_KEY": key.encode().decode("latin-1")},
    )
    problem(answer, 400, "bad_idempotency_key")


def test_the_trail_says_which_system_brought_which_messages(client, session) -> None:
    issued = new_token("热线")
    ids = push(client, issued.secret, {"messages": [message(1), message(2), {}]}).json["results"]
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "push")).one()
    assert (event.object_type, event.object_id) == ("api_token", issued.token.id)
    assert event.actor_name == f"接口 热线（{issued.secret[:12]}）"
    assert event.changes == {"created": 2, "duplicates": 0, "refused": 1}
    assert event.note == f"第 {ids[0]['id']}–{ids[1]['id']} 号留言"
    assert session.get(ApiUse, issued.token.id).requests == 1


def test_programs_get_problem_details_where_people_get_a_page(client) -> None:
    problem(client.get("/api/v1/nothing"), 404, "not_found")
    answer = client.get(PATH)
    problem(answer, 405, "method_not_allowed")
    assert "POST" in answer.headers["Allow"]
    assert client.get("/nothing").content_type.startswith("text/html")
    assert "Set-Cookie" not in answer.headers
