"""What the words of a call suggest: its nature, and whether it is urgent. A person decides."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from nlp import normalise
from responder.intake.models import Nature
from responder.topics.lexicon import gravity_lexicon

DANGER = "险情"
# 没有人员伤亡, 未起火: what is denied is no danger. A few characters may stand between.
_DENIED = re.compile(r"(?:没有|没|未|无|不是)[^，。；！？,;!?\n]{0,4}$")


@dataclass(frozen=True)
class NatureHint:
    """A nature (诉求性质) and the words that speak for it, in the order of the text."""

    nature: Nature
    words: tuple[str, ...]


def suggest_nature(text: str) -> NatureHint | None:
    """What the citizen seems to want; None when no word says it."""
    cues, pattern = _cues()
    found = dict.fromkeys(pattern.findall(normalise(text)))
    points: dict[Nature, int] = defaultdict(int)
    for word in found:
        nature, worth = cues[word]
        points[nature] += worth
    if not points:
        return None
    order = list(dict.fromkeys(nature for nature, _ in cues.values()))
    top = max(points, key=lambda nature: (points[nature], -order.index(nature)))
    return NatureHint(top, tuple(word for word in found if cues[word][0] is top))


def urgent_words(text: str) -> tuple[str, ...]:
    """Words of danger (``data/gravity.toml``) that the text does not deny, in its order."""
    lexicon, plain = gravity_lexicon(), normalise(text)
    return tuple(
        dict.fromkeys(
            match[0]
            for match in lexicon.pattern.finditer(plain)
            if lexicon.words[match[0]].group == DANGER
            and not _DENIED.search(plain[: match.start()])
        )
    )


@cache
def _cues() -> tuple[dict[str, tuple[Nature, int]], re.Pattern[str]]:
    """The shipped cue words, read once, and what finds any of them, the longest first."""
    text = files("responder").joinpath("data/nature_cues.toml").read_text(encoding="utf-8")
    cues = {
        word: (Nature(kind["name"]), int(kind["points"]))
        for kind in tomllib.loads(text)["nature"]
        for word in kind["words"]
    }
    longest_first = sorted(cues, key=len, reverse=True)
    return cues, re.compile("|".join(map(re.escape, longest_first)))
