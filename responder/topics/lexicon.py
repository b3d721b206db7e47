"""Words that make a matter grave, from ``data/gravity.toml``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files

from responder.topics.rules import GraveWord

EDITION_LENGTH = 8
_BETWEEN = " "


@dataclass(frozen=True)
class GravityLexicon:
    """``words``: what each tells; ``pattern`` finds any of them.

    ``edition``: changes with the lexicon. Words that were found are noted with it, so that
    another edition has them read anew.
    """

    words: dict[str, GraveWord]
    pattern: re.Pattern[str]
    edition: str

    def gravest_in(self, text: str) -> tuple[str, ...]:
        """The gravest word of each group that occurs in ``text``, the first of equals."""
        found: dict[str, str] = {}
        for word in self.pattern.findall(text):
            group = self.words[word].group
            if group not in found or self.words[word].points > self.words[found[group]].points:
                found[group] = word
        return tuple(found.values())

    def note(self, words: Iterable[str]) -> str:
        """What to keep of the words that were found in a text."""
        return _BETWEEN.join((self.edition, *words))

    def noted(self, note: str | None) -> tuple[str, ...] | None:
        """The words that were kept; None where none were, or of another edition."""
        edition, *words = (note or "").split(_BETWEEN)
        return tuple(words) if edition == self.edition else None


@cache
def gravity_lexicon() -> GravityLexicon:
    """The shipped lexicon, read once."""
    text = files("responder").joinpath("data/gravity.toml").read_text(encoding="utf-8")
    edition = sha256(text.encode()).hexdigest()[:EDITION_LENGTH]
    words = {
        word: GraveWord(float(kind["points"]), kind["name"], kind["group"])
        for kind in tomllib.loads(text)["kind"]
        for word in kind["words"]
    }
    longest_first = sorted(words, key=len, reverse=True)
    return GravityLexicon(words, re.compile("|".join(map(re.escape, longest_first))), edition)
