"""A few of the files of ``make fuzz``, so that what reads them keeps being asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.fuzzing.readers import KINDS
from tools.fuzzing.running import run

# Those that cost little; workbooks and templates take a process or a Word file each.
CHEAP = ("csv", "jsonl", "feed", "json", "letter", "page", "calendar")
FILES = 25


@pytest.mark.filterwarnings("ignore")  # parsers warn of what they are given, and then read it
@pytest.mark.parametrize("kind", CHEAP)
def test_a_file_is_read_or_refused_with_a_sentence(kind: str, tmp_path: Path) -> None:
    tally = run(kind, FILES, 20_261_130, tmp_path)
    assert tally.faults == []
    assert tally.files >= FILES


@pytest.mark.filterwarnings("ignore")
def test_a_fault_is_found_and_its_file_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_on_quotes(path: Path) -> tuple[int, int]:
        assert b'"' not in path.read_bytes()
        return 1, 0

    kind = KINDS["csv"]
    monkeypatch.setitem(KINDS, "csv", type(kind)(kind.suffix, 1, kind.files, break_on_quotes))
    tally = run("csv", 200, 1, tmp_path)
    assert "AssertionError" in tally.faults[0]
    assert b'"' in (tmp_path / "file.csv").read_bytes()
