"""The page of the rule on how long senders are kept."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.core import audit
from responder.core.database import transaction
from responder.core.permissions import CONSOLE
from responder.core.times import SHANGHAI, utc_now
from responder.intake import service
from responder.intake.identity import retention
from responder.intake.models import Message
from tests.factories import People
from tests.intake.factories import new_message

PAGE = "/identity-retention"


def store(days_ago: int, number: int = 1) -> None:
    received_at = utc_now() - timedelta(days=days_ago)
    message = new_message(number, received_at=received_at, author="王女士", phone="13812345678")
    with transaction(CONSOLE) as session:
        service.store_messages(session, [message], utc_now())


@pytest.fixture
def administrator(client: FlaskClient, people: People) -> FlaskClient:
    return people.sign_in(client, people.administrator)


def ask(client: FlaskClient, days: object, **more: object):
    version = re.search(r'name="version" value="(\d+)"', client.get(PAGE).text)[1]
    return client.post(PAGE, data={"keep_days": days, "version": version, **more})


def test_a_shorter_time_is_confirmed_with_what_it_erases(
    administrator: FlaskClient, session: Session, people: People
) -> None:
    store(200, 1)
    store(200, 2)
    assert "730" in administrator.get(PAGE).text
    asked = ask(administrator, 30)
    assert "2 条留言的姓名和电话，涉及 1 人" in asked.text
    assert retention.keep_days(session) == 730
    assert ask(administrator, 30, confirmed="1").status_code == 200  # meanwhile there are more
    assert retention.keep_days(session) == 730
    assert ask(administrator, 30, confirmed="2").status_code == 302
    session.expire_all()
    rule = retention.rule_of(session)
    assert rule.keep_days == 30
    line = audit.history(session, rule)[-1]
    assert (line.actor_id, line.changes["keep_days"]) == (people.administrator.id, [730, 30])
    retention.erase_due(utc_now(), SHANGHAI, CONSOLE)
    assert set(session.scalars(select(Message.author))) == {""}
    page = administrator.get(PAGE).text
    assert "2 条留言，1 人" in page
    assert "没有到期的" in page


def test_what_would_erase_nobody_and_for_ever_is_said_so(administrator: FlaskClient) -> None:
    store(200)
    assert "不会抹去" in ask(administrator, 3650).text
    assert "一直保留，不再清除" in ask(administrator, 0).text
    assert ask(administrator, 0, confirmed="0").status_code == 302
    assert "一直保留，不清除" in administrator.get(PAGE).text


@pytest.mark.parametrize("days", ["", "-1", "36501", "很久"])
def test_days_that_make_no_sense_are_refused(
    administrator: FlaskClient, session: Session, days: str
) -> None:
    answer = ask(administrator, days)
    assert answer.status_code == 422
    assert "请填 0 到 36500 的整数" in answer.text
    assert retention.keep_days(session) == 730


def test_who_looked_at_an_older_rule_is_told(administrator: FlaskClient, session: Session) -> None:
    with transaction(CONSOLE) as writing:
        retention.change(writing, 365)
    stale = {"keep_days": 700, "version": "0", "confirmed": "0"}
    assert "别人保存过这一项" in administrator.post(PAGE, data=stale).text
    assert retention.keep_days(session) == 365


def test_only_an_administrator_sees_and_changes_it(client: FlaskClient, people: People) -> None:
    people.sign_in(client, people.administrator)
    assert f'href="{PAGE}"' in client.get("/people").text
    people.sign_in(client, people.analyst)
    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE, data={"keep_days": 1}).status_code == 403
