"""Refusals: the right status, a sentence, and nothing that was typed is lost."""

from __future__ import annotations

import sqlite3

import pytest
from flask_login import login_user
from psycopg.errors import DiskFull
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError

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


def test_a_refused_form_leads_back_to_its_page_and_to_no_other_site(client, people) -> None:
    people.sign_in(client, people.press_officer)
    form = {"reply": "nobody", "place-27": "三"}
    headers = {"Referer": "http://localhost/planning/events/1/media?page=2"}
    refused = client.post("/planning/media/1/reply", data=form, headers=headers)
    assert refused.status_code == 422
    assert 'href="/planning/events/1/media?page=2"' in refused.text
    assert "place-27" not in refused.text
    foreign = client.post(
        "/planning/media/1/reply", data=form, headers={"Referer": "http://evil/x"}
    )
    assert "evil" not in foreign.text
    assert "返回上一页" not in foreign.text


def test_wrong_fields_are_named_above_the_form_with_the_way_to_each(client, people) -> None:
    people.sign_in(client, people.press_officer)
    refused = client.post("/planning/events/new", data={"theme": ""})
    summary = refused.text.partition("还没有保存，请改正")[2].partition("</div>")[0]
    assert 'href="#theme"' in summary
    assert "csrf" not in summary


def test_a_full_disk_is_told_on_a_page_that_asks_the_database_anew(
    app, client, people, session
) -> None:
    people.sign_in(client, people.operator)
    with app.test_request_context("/"):
        login_user(people.operator)
        with pytest.raises(DBAPIError):
            session.execute(text("SELECT nothing FROM nowhere"))
        page, status = app.handle_user_exception(OperationalError("SELECT", {}, DiskFull()))
    assert status == 503
    assert "磁盘已满，没有保存" in page
    assert people.operator.display_name in page


def test_a_write_that_failed_is_not_called_a_full_disk_for_certain(app, session) -> None:
    failed = sqlite3.OperationalError("disk I/O error")
    failed.sqlite_errorcode = sqlite3.SQLITE_IOERR_WRITE
    with app.test_request_context("/"):
        page, status = app.handle_user_exception(OperationalError("INSERT", {}, failed))
    assert status == 503
    assert "可能已满或超出配额，也可能磁盘有故障" in page
