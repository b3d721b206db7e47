"""Two real schedulers, killed around the due time: everything goes out once, and whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.kill_publish import prove
from tests.databases import DATABASES, migrated_database
from tests.forking import Forking


@pytest.mark.parametrize("kind", DATABASES)
def test_a_killed_scheduler_loses_doubles_and_halves_nothing(kind: str, tmp_path: Path) -> None:
    with migrated_database(kind, tmp_path) as url:
        [run] = prove(kind, url, tmp_path, runs=1, seed=3, console=Forking())
    assert run.holds, run
