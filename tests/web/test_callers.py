"""What a request says of the way it came: whether cookies come back, and the desk's own address."""

from __future__ import annotations

from pathlib import Path

import pytest

from responder import create_app
from responder.core.database import alembic, db
from responder.settings import Settings
from responder.web.callers import NEEDS_HTTPS, at_desk

HTTP = {"X-Forwarded-For": "10.0.0.7", "X-Forwarded-Proto": "http"}
HTTPS = {"X-Forwarded-For": "10.0.0.7", "X-Forwarded-Proto": "https"}
UNSAID = {"X-Forwarded-For": "10.0.0.7"}
WAYS = {
    "plain, and cookies need https": (True, "http://desk.intra", {}, True),
    "https itself": (True, "https://desk.intra", {}, False),
    "a proxy that was asked by https": (True, "http://desk.intra", HTTPS, False),
    "a proxy that was asked by http": (True, "http://desk.intra", HTTP, True),
    "a proxy that does not say": (True, "http://desk.intra", UNSAID, False),
    "plain, and cookies need nothing": (False, "http://desk.intra", {}, False),
}


@pytest.mark.parametrize("way", WAYS)
def test_who_cannot_stay_signed_in_is_told_where_it_happens(tmp_path: Path, way: str) -> None:
    secure, base_url, headers, told = WAYS[way]
    app = create_app(Settings(state_dir=tmp_path, secret_key="s" * 40, secure_cookies=secure))
    with app.app_context():
        alembic.upgrade()
        db.engine.dispose()
    client = app.test_client(use_cookies=False)
    page = client.get("/sign-in", base_url=base_url, headers=headers)
    refused = client.post("/sign-in", base_url=base_url, headers=headers)
    assert (str(NEEDS_HTTPS) in page.text) is told
    assert (refused.status_code, str(NEEDS_HTTPS) in refused.text) == (400, told)
    with app.app_context():
        db.engine.dispose()


ROOTS = {"": "http://10.0.0.5:8000", "https://desk.intra/": "https://desk.intra"}


@pytest.mark.parametrize("desk_url", ROOTS)
def test_the_desks_address_is_the_one_that_is_set(tmp_path: Path, desk_url: str) -> None:
    app = create_app(Settings(state_dir=tmp_path, secret_key="s" * 40, desk_url=desk_url))
    with app.test_request_context(base_url="http://10.0.0.5:8000"):
        assert at_desk("/api/v1/messages") == f"{ROOTS[desk_url]}/api/v1/messages"


def test_examples_of_the_interface_carry_it(tmp_path: Path) -> None:
    desk = "https://desk.intra"
    app = create_app(Settings(state_dir=tmp_path, secret_key="s" * 40, desk_url=desk))
    with app.app_context():
        alembic.upgrade()
    assert f"curl -X POST {desk}/api/v1/" in app.test_client().get("/api/v1/docs").text
    with app.app_context():
        db.engine.dispose()
