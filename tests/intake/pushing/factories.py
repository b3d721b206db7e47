"""What another system sends, and the token that it sends it with."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from responder.accounts import tokens
from responder.accounts.token_models import Scope
from responder.core.database import transaction
from responder.core.permissions import CONSOLE
from responder.core.times import utc_now

PATH = "/api/v1/messages"
MESSAGE = {
    "channel": "hotline",
    "external_id": "GD1",
    "title": "夜间施工",
    "body": "滨江路工地夜里十一点还在打桩",
    "author": "王女士",
    "phone": "13812345678",
    "occurred_at": "2026-03-05T09:30:00+08:00",
}


def message(number: int = 1, **changes: Any) -> dict[str, Any]:
    """A good message with its own number."""
    return {**MESSAGE, "external_id": f"GD{number}", **changes}


def new_token(name: str = "12345 工单系统", **allowed: Any) -> tokens.Issued:
    """A token that may push; say otherwise to restrict it."""
    now = utc_now()
    wanted = tokens.NewToken(**{"name": name, "scopes": frozenset(Scope), **allowed})
    with transaction(CONSOLE, now) as session:
        return tokens.issue(session, CONSOLE, wanted, now)


def push(client: FlaskClient, secret: str, value: Any, key: str = "", **more: Any) -> TestResponse:
    """Send a JSON value as the bearer of a token, under an idempotency key if there is one."""
    headers = {"Authorization": f"Bearer {secret}"} | ({"Idempotency-Key": key} if key else {})
    given = {"json": value} if "data" not in more else {}
    return client.post(PATH, headers=headers, **given, **more)
