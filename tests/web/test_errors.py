"""Refusals: the right status, a sentence, and nothing that was typed is lost."""

from __future__ import annotations

import pytest

HUGE = "9" * 20


@pytest.mark.parametrize(
    "path", [f"/concerns/{HUGE}", "/concerns/9999999999", f"/concerns?page={HUGE}"]
)
def test_a_number_that_no_record_can_have_is_not_found(client, path) -> None:
    answer = client.get(path)
    assert answer.status_code in ({404} if "page" not in path else {200})


@pytest.mark.parametrize(
    "path", ["/audit?person=%00", "/messages?q=%00", "/planning/events?q=a%00b"]
)
def test_a_nul_character_is_refused_before_it_reaches_the_database(client, people, path) -> None:
    people.sign_in(client, people.auditor)
    answer = client.get(path)
    assert answer.status_code == 400
    assert "请求不完整" in answer.text


def test_days_beyond_the_calendar_are_refused_without_a_crash(client, people) -> None:
    people.sign_in(client, people.analyst)
    for query in ("from=0001-01-01", "to=9999-12-31"):
        assert client.get(f"/messages?{query}").status_code in {200, 404, 422}


def test_what_was_typed_survives_the_end_of_a_session(client) -> None:
    answer = client.post("/messages/new", data={"body": "小区停水三天了", "csrf_token": "x"})
    assert answer.status_code == 401
    assert "小区停水三天了" in answer.text
    assert ">内容</label>" in answer.text
    assert "请重新登录" in answer.text


def test_a_password_is_not_shown_again(client) -> None:
    answer = client.post("/people/new", data={"username": "new", "password": "secret words"})
    assert "secret words" not in answer.text


def test_strangers_are_led_to_the_column_from_an_unknown_address(client, people) -> None:
    assert 'href="/concerns"' in client.get("/concerns/4711").text
    people.sign_in(client, people.editor)
    assert "回到今日" in client.get("/no-such-page").text
