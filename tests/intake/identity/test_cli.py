"""``responder identity`` as an administrator meets it."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from responder.core.database import db, transaction
from responder.core.errors import Invalid
from responder.core.identity import ring_of
from responder.core.permissions import CONSOLE
from responder.intake import service
from responder.intake.models import Message
from tests.factories import NOW
from tests.intake.factories import new_message


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["identity", *arguments], catch_exceptions=False)


@pytest.fixture
def two(app: Flask) -> Flask:
    """Two messages: one of 2020, one of now."""
    old = new_message(1, received_at=datetime(2020, 1, 2, tzinfo=UTC))
    with transaction(CONSOLE) as session:
        service.store_messages(session, [old, new_message(2)], NOW)
    return app


def test_the_state_is_told_and_a_rotation_changes_it(two: Flask) -> None:
    key = ring_of(db.session).newest
    told = json.loads(run(two, "status", "--json").stdout)
    assert (told["keys"], told["keep_days"]) == ([key], 730)
    assert told["values"]["message.author"] == {key: 2}
    rotated = json.loads(run(two, "rotate", "--json").stdout)
    assert (rotated["rows"], rotated["key"] != key) == (2, True)
    assert f"密钥 {rotated['key']}（现用）：2 项" in run(two, "status").stdout


def test_erasing_is_tried_first_then_wanted_twice(two: Flask) -> None:
    tried = json.loads(run(two, "erase", "--before", "2021-01-01", "--dry-run", "--json").stdout)
    assert tried == {"before": "2021-01-01", "messages": 1, "people": 1}
    with pytest.raises(Invalid, match=r"无法恢复.*--yes"):
        run(two, "erase", "--before", "2021-01-01")
    query = select(Message.author).order_by(Message.id)
    assert db.session.scalars(query).all() == ["市民1", "市民2"]
    assert "已清除 1 条，涉及 1 人" in run(two, "erase", "--yes").stderr
    db.session.expire_all()
    assert db.session.scalars(query).all() == ["", "市民2"]


def test_the_rule_is_shown_and_changed(two: Flask) -> None:
    assert "730 天" in run(two, "keep").stdout
    assert "不清除" in run(two, "keep", "--days", "0").stdout
    assert json.loads(run(two, "erase", "--yes", "--json").stdout)["messages"] == 0
