"""Real processes: clients whose connections are cut push again, on both databases."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.push import prove
from responder import create_app
from responder.cli import prepare_database
from responder.core.database import db
from responder.settings import Settings
from tests.databases import DATABASES, migrated_database
from tests.factories import PASSWORD

# The web processes alone: what the scheduler does is not asked here.
WEB = (sys.executable, "-m", "responder.webserver")


@pytest.fixture(params=DATABASES)
def installation(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of an installation of its own, ready for use."""
    with migrated_database(request.param, tmp_path) as url:
        with create_app(Settings(state_dir=tmp_path, database_url=url)).app_context():
            prepare_database("admin", "系统管理员", PASSWORD)
            db.session.close()
            db.engine.dispose()
        yield {
            **os.environ,
            "RESPONDER_STATE_DIR": str(tmp_path),
            "RESPONDER_DATABASE_URL": url,
            "RESPONDER_API_REQUESTS_PER_MINUTE": "100000",
        }


def test_what_is_pushed_again_after_a_cut_is_stored_once(installation: dict[str, str]) -> None:
    proof = prove(200, 4, 10, installation, serve=WEB)
    assert proof.once, proof
    assert proof.cut > 5
    assert proof.cut_and_taken > 0, "no cut request reached the server: nothing was shown"
