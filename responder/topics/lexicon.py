"""Words that make a matter grave, from ``data/gravity.toml``."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class GravityLexicon:
    """``points``: word → points (0–10); ``pattern`` finds any of them."""

    points: dict[str, float]
    pattern: re.Pattern[str]

    def gravest_in(self, text: str) -> str:
        """The gravest word that occurs in ``text``, or the empty string."""
        return max(self.pattern.findall(text), key=lambda word: self.points[word], default="")


@cache
def gravity_lexicon() -> GravityLexicon:
    """The shipped lexicon, read once."""
    text = files("responder").joinpath("data/gravity.toml").read_text(encoding="utf-8")
    kinds = tomllib.loads(text)["kind"]
    points = {word: float(kind["points"]) for kind in kinds for word in kind["words"]}
    longest_first = sorted(points, key=len, reverse=True)
    return GravityLexicon(points, re.compile("|".join(map(re.escape, longest_first))))
