"""Words that make a matter grave, from ``data/gravity.toml``."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from responder.topics.rules import GraveWord


@dataclass(frozen=True)
class GravityLexicon:
    """``words``: what each tells; ``pattern`` finds any of them."""

    words: dict[str, GraveWord]
    pattern: re.Pattern[str]

    def gravest_in(self, text: str) -> tuple[str, ...]:
        """The gravest word of each group that occurs in ``text``, the first of equals."""
        found: dict[str, str] = {}
        for word in self.pattern.findall(text):
            group = self.words[word].group
            if group not in found or self.words[word].points > self.words[found[group]].points:
                found[group] = word
        return tuple(found.values())


@cache
def gravity_lexicon() -> GravityLexicon:
    """The shipped lexicon, read once."""
    text = files("responder").joinpath("data/gravity.toml").read_text(encoding="utf-8")
    words = {
        word: GraveWord(float(kind["points"]), kind["name"], kind["group"])
        for kind in tomllib.loads(text)["kind"]
        for word in kind["words"]
    }
    longest_first = sorted(words, key=len, reverse=True)
    return GravityLexicon(words, re.compile("|".join(map(re.escape, longest_first))))
