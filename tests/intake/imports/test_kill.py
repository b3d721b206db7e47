"""Imports as real processes: killed, run again, and two at once, on both databases."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.kill_import import prove, share
from tests.console import run
from tests.databases import DATABASES, migrated_database
from tests.forking import Forking
from tests.intake.factories import row, write_csv

ROWS = 600
OPTIONS = ("--channel", "mailbox")


@pytest.fixture(params=DATABASES)
def instance(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of an installation of its own, ready for use."""
    with migrated_database(request.param, tmp_path) as url:
        environment = {
            **os.environ,
            "RESPONDER_STATE_DIR": str(tmp_path),
            "RESPONDER_DATABASE_URL": url,
            "RESPONDER_IMPORT_CHUNK_ROWS": "25",
        }
        done = run("init", "--password", "correct horse", state=tmp_path, **environment)
        assert done.returncode == 0, done.stderr
        yield environment


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """600 rows, of which some repeat, some carry no number, some are refused."""
    rows = [row(number) for number in range(ROWS)]
    for number in range(0, ROWS, 100):
        rows[number] = row(1)
        rows[number + 1] = row(0, 编号="", 标题=f"没有编号的第 {number} 条")
        rows[number + 2] = row(number, 时间="昨天")
    return write_csv(tmp_path / "留言.csv", rows)


def test_an_import_that_is_killed_loses_and_doubles_nothing(
    instance: dict[str, str], file: Path
) -> None:
    url = instance["RESPONDER_DATABASE_URL"]
    proof = prove(file, 2, OPTIONS, instance, url, console=Forking())
    assert proof.killed > 0
    assert any(0 < stored < proof.messages for stored in proof.stored_at_kill)
    assert (proof.rows, proof.errors) == (ROWS, ROWS // 100)
    assert (proof.nothing_lost, proof.nothing_doubled, proof.batch_agrees) == (True,) * 3, proof


def test_two_imports_of_one_file_at_once_share_it(instance: dict[str, str], file: Path) -> None:
    shared = share(file, OPTIONS, instance, instance["RESPONDER_DATABASE_URL"], Forking())
    assert (shared.rows, shared.messages) == (ROWS, ROWS - 2 * (ROWS // 100) + 1)
    assert (shared.batches, shared.every_row_once) == (1, True), shared
