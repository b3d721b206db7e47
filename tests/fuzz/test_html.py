"""No script survives what cleans HTML; and who writes HTML without it is known by name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from responder.responses.drafting.formats import to_html
from tools.fuzzing.sanitiser import faults, fuzz_html
from tools.fuzzing.streams import MUTANTS

ROOT = Path(__file__).parents[2] / "responder"

# Where a text becomes HTML without being escaped, and why nothing of a person's is in it.
WRITTEN_AS_IT_IS = {
    "desk/views.py": "joins what is Markup already, and formats, which escapes",
    "guide/chapters.py": "the guide, a file of ours",
    "responses/helpers.py": "to_html has cleaned it",
    "web/charts.py": "drawn by an XML writer, which escapes",
    "web/qr_codes.py": "drawn by segno, of nothing but squares",
    "web/scripts.py": "Markup that stays Markup: the converter touches Han characters alone",
}
SAFE_IN_TEMPLATES = {"responses/bulk.html": "a macro of ours, less one of its attributes"}


def test_no_script_survives_in_an_answer() -> None:
    assert fuzz_html(40, 20_261_130) >= 40


@pytest.mark.parametrize("text", MUTANTS)
def test_nothing_comes_alive_when_it_is_parsed_again(text: str) -> None:
    assert faults(to_html(text)) == []


@pytest.mark.parametrize(
    "html", ["<script>x</script>", "<a href='javascript:x'>", "<p onclick=x>", "<svg></svg>"]
)
def test_the_list_itself_finds_what_it_is_for(html: str) -> None:
    assert faults(html)


def test_every_text_that_is_not_escaped_is_known() -> None:
    code = re.compile(r"\bMarkup\((?!\))")
    found = {
        path.relative_to(ROOT).as_posix()
        for path in ROOT.rglob("*.py")
        if code.search(path.read_text("utf-8"))
    }
    assert found == WRITTEN_AS_IT_IS.keys()
    raw = re.compile(r"\|\s*safe\b|autoescape\s+false|\bMarkup\b")
    templates = {
        path.relative_to(ROOT / "templates").as_posix()
        for path in (ROOT / "templates").rglob("*.*")
        if raw.search(path.read_text("utf-8"))
    }
    assert templates == SAFE_IN_TEMPLATES.keys()
