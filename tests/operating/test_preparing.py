"""Several may prepare the same new database at the same moment, each on a host of its own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.console import run, start
from tests.databases import DATABASES, empty_database

PASSWORD = "only for trying it"
HOSTS = 3


@pytest.mark.parametrize("kind", DATABASES)
def test_hosts_that_prepare_a_database_at_once_all_end_well(kind: str, tmp_path: Path) -> None:
    (tmp_path / "state").mkdir(mode=0o700)
    with empty_database(kind, tmp_path / "state") as url:
        environment = {
            **os.environ,
            "RESPONDER_STATE_DIR": str(tmp_path / "state"),
            "RESPONDER_DATABASE_URL": url,
            "RESPONDER_ADMIN_PASSWORD": PASSWORD,
        }
        hosts = [start(["init"], environment) for _host in range(HOSTS)]
        assert [host.wait() for host in hosts] == [0] * HOSTS
        again = run("init", state=tmp_path / "state", RESPONDER_DATABASE_URL=url)
        assert "新增日历 0 年，时限规则 0 条" in again.stderr
        assert run("verify", state=tmp_path / "state", RESPONDER_DATABASE_URL=url).returncode == 0
