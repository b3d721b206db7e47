"""Colours stand in the tokens and nowhere else, and the dark gives anew what is a colour."""

from __future__ import annotations

import re
from pathlib import Path

STATIC = Path(__file__).parents[2] / "responder" / "static"
COLOUR = re.compile(r"#[0-9a-f]{3,8}\b|\brgba?\(|\bhsla?\(", re.I)
# Words on solid colours are white by night, too.
SAME_IN_THE_DARK = {"--rs-on-solid"}


def values(name: str) -> dict[str, str]:
    """Custom properties of the first ``:root`` of a stylesheet."""
    root = re.search(r":root \{(.*?)\n\}", (STATIC / name).read_text("utf-8"), re.S)[1]
    return dict(re.findall(r"(--rs-[\w-]+): (.*?);", root, re.S))


def test_a_colour_is_written_in_the_tokens_alone() -> None:
    found = [
        f"{path.name}: {line.strip()}"
        for path in sorted(STATIC.glob("*.css"))
        if path.name not in {"tokens.css", "dark.css"}
        for line in path.read_text("utf-8").splitlines()
        if COLOUR.search(line)
    ]
    assert found == []


def test_the_dark_gives_every_colour_anew() -> None:
    light = {name for name, value in values("tokens.css").items() if COLOUR.search(value)}
    assert light - SAME_IN_THE_DARK == values("dark.css").keys()


def test_every_token_that_is_used_exists() -> None:
    known = {
        name
        for path in STATIC.glob("*.css")
        for name in re.findall(r"(--rs-[\w-]+):", path.read_text("utf-8"))
    }
    used = {
        name
        for path in STATIC.glob("*.css")
        for name in re.findall(r"var\((--rs-[\w-]+)", path.read_text("utf-8"))
    }
    assert used - known == set()


def test_every_rule_of_a_stylesheet_is_closed() -> None:
    """A browser drops whatever follows one that is not, and says nothing."""
    for path in STATIC.glob("*.css"):
        depth = 0
        for line in re.sub(r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.S).splitlines():
            assert not (depth and line.startswith((".", "@media"))), f"{path.name}: {line}"
            depth += line.count("{") - line.count("}")
        assert depth == 0, path.name
