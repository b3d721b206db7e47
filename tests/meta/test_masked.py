"""People's words reach a page only through ``|masked``, senders only through ``|masked_name``."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TEMPLATES = Path(__file__).parents[2] / "responder" / "templates"

# What a citizen wrote, by the names that templates give it.
WORDS = re.compile(
    r"\{\{[^}]*\b(?:message|original|earlier|call|similar)\.(title|body|reply|place)\b"
)
SENDER = re.compile(r"\{\{[^}]*\bmessage\.(author|phone)\b")
# Fill the operator's own form when a call is said to be the same as another.
FILLED = {"desk/_similar.html": {"{{ message.place }}"}}
# These mask before they mark what was searched for (test_identity looks at the page).
MASKING = re.compile(r"masked|\bmarked\(|\bexcerpt\(")
# Shown in full to whoever may, once, with a line in the trail.
REVEALED = {
    "intake/show.html": {
        *("{{ message.author or '—' }}", "{{ message.phone or '—' }}"),
        *(f"{{{{ message.{name} }}}}" for name in ("title", "body", "reply", "place")),
    }
}
# Asks whether there is one, and shows no more.
ASKED = re.compile(r"\b_\('已隐去'\) if message\.phone\b")


def expressions(text: str) -> list[str]:
    return re.findall(r"\{\{.*?\}\}", text, re.DOTALL)


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_a_template_masks_what_people_wrote(path: Path) -> None:
    name = path.relative_to(TEMPLATES).as_posix()
    bare = []
    for shown in expressions(path.read_text("utf-8")):
        allowed = REVEALED.get(name, set()) | FILLED.get(name, set())
        if shown in allowed or ASKED.search(shown):
            continue
        if (WORDS.search(shown) or SENDER.search(shown)) and not MASKING.search(shown):
            bare.append(shown)
    assert bare == []


def test_messages_are_shown_somewhere() -> None:
    shown = [path for path in TEMPLATES.rglob("*.html") if WORDS.search(path.read_text("utf-8"))]
    assert len(shown) >= 5
