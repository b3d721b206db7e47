"""Show why a message was found: its words, masked, with those that were asked for marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from nlp.search_terms import spans
from responder.core import privacy

BEFORE, LENGTH = 30, 120  # characters of an excerpt, and of those before the first mark


class Part(NamedTuple):
    """Some of a text, and whether it is what was asked for."""

    text: str
    marked: bool


def marked(text: str, terms: Sequence[str]) -> list[Part]:
    """A whole text, masked, in parts."""
    shown = privacy.mask(text)
    return _parts(shown, spans(shown, terms), 0, len(shown))


def excerpt(text: str, terms: Sequence[str]) -> list[Part]:
    """So much of a text, masked, as a list has room for: from a little before the first mark."""
    shown = privacy.mask(text)
    found = spans(shown, terms)
    start = max(0, found[0][0] - BEFORE) if found else 0
    start = start if start + LENGTH < len(shown) else max(0, len(shown) - LENGTH)
    end = min(len(shown), start + LENGTH)
    parts = _parts(shown, found, start, end)
    return (
        ([Part("…", False)] if start else [])
        + parts
        + ([Part("…", False)] if end < len(shown) else [])
    )


def _parts(text: str, found: Sequence[tuple[int, int]], start: int, end: int) -> list[Part]:
    parts: list[Part] = []
    at = start
    for first, past in found:
        first, past = max(first, at), min(past, end)
        if first >= past:
            continue
        parts += [Part(text[at:first], False), Part(text[first:past], True)]
        at = past
    return [part for part in (*parts, Part(text[at:end], False)) if part.text]
