"""Which phrases two texts share, as people would read them."""

import re
from collections.abc import Iterator, Mapping, Sequence

from nlp.segment import Segmenter
from nlp.words import is_content

_RUN = re.compile(r"[^\W_]+")
_SHORTEST = 2  # characters


class Phrases:
    """The phrases of some texts, to be compared with other texts one after the other."""

    def __init__(self, texts: Sequence[str], segmenter: Segmenter) -> None:
        self._runs = list(dict.fromkeys(_RUN.findall("\n".join(texts))))
        self._segmenter = segmenter
        self._phrases: dict[str, str] = {}

    def shared_with(self, other: str, points: Mapping[str, float]) -> list[tuple[str, float]]:
        """Return the longest phrases that `other` has too, heaviest first.

        `points`: what each shared term (bigram or word, in lower case) is worth; each goes to
        the longest phrase that holds it. Shares sum to 1. Words that say nothing are cut off at
        both ends of a phrase: 翠屏湾小区的 is shown as 翠屏湾小区.
        """
        other = other.lower()
        found: dict[str, str] = {}  # in lower case → as written
        for run in self._runs:
            for common in _common(run, other):
                phrase = self._phrase(common)
                if phrase:
                    found.setdefault(phrase.lower(), phrase)
        longest_first = sorted(found, key=len, reverse=True)
        worth: dict[str, float] = {}
        for term, value in points.items():
            holder = next((phrase for phrase in longest_first if term in phrase), None)
            if holder is not None and value > 0:
                worth[holder] = worth.get(holder, 0.0) + value
        whole = sum(worth.values())
        ordered = sorted(worth.items(), key=lambda item: (-item[1], item[0]))
        return [(found[phrase], value / whole) for phrase, value in ordered]

    def _phrase(self, common: str) -> str:
        """What people would read of a common part; cut once, however many texts have it."""
        if common not in self._phrases:
            self._phrases[common] = _trimmed(self._segmenter.cut(common))
        return self._phrases[common]


def _common(run: str, other: str) -> Iterator[str]:
    """Yield the parts of `run` that stand in `other` and in no longer such part."""
    done = 0
    for start in range(len(run) - _SHORTEST + 1):
        end = max(done, start + _SHORTEST - 1)
        while end < len(run) and run[start : end + 1].lower() in other:
            end += 1
        if end - start >= _SHORTEST and end > done:
            yield run[start:end]
            done = end


def _trimmed(tokens: Sequence[str]) -> str:
    """Join tokens from the first to the last that carries content; "" for one character."""
    carrying = [place for place, token in enumerate(tokens) if is_content(token)]
    if not carrying:
        return ""
    phrase = "".join(tokens[carrying[0] : carrying[-1] + 1])
    return phrase if len(phrase) >= _SHORTEST else ""
