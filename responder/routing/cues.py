"""What the cue words of the taxonomy say of a text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import log1p, sqrt

from nlp.cues import CueFinder
from responder.routing.rules import Evidence, Guess, sureness

READ_CHARACTERS = 1200
SHOWN_EVIDENCE = 6

# What a general word (学校) adds to a special one (学费) of the same branch.
_FROM_ABOVE = 0.5


@dataclass(frozen=True)
class Cues:
    """The cue words of one category; ``parent`` is the code of its first level or empty."""

    code: str
    parent: str
    words: tuple[str, ...]


class CueRules:
    """Categories by their cue words.

    Longer words say more (square root of their length), words of many categories less, those
    of the opening more; each further occurrence adds less than the one before.
    """

    def __init__(self, categories: Iterable[Cues]) -> None:
        self.parents: dict[str, str] = {}
        self._categories_of: dict[str, list[str]] = defaultdict(list)
        for one in categories:
            self.parents[one.code] = one.parent
            for word in one.words:
                self._categories_of[word.lower()].append(one.code)
        self._finder = CueFinder(self._categories_of)

    def lists(self) -> dict[str, list[str]]:
        """Category → its words; a first level has also those of its children."""
        lists: dict[str, list[str]] = {code: [] for code in self.parents}
        for word, codes in self._categories_of.items():
            for code in codes:
                lists[code].append(word)
                if self.parents[code] in lists:
                    lists[self.parents[code]].append(word)
        return lists

    def guesses(self, text: str) -> list[Guess]:
        """Categories that a cue word of the normalised ``text`` speaks for, best first.

        A first-level category lends weight to its children that are named, and stands for
        itself when none of them is.
        """
        weights = self._weights(text)
        totals = {code: sum(words.values()) for code, words in weights.items()}
        scores = {
            code: total + _FROM_ABOVE * totals.get(self.parents[code], 0.0)
            for code, total in totals.items()
        }
        for parent in {self.parents[code] for code in totals}:
            scores.pop(parent, None)
        whole = sum(scores.values())
        ranked = sorted(scores, key=lambda code: (-scores[code], code))
        return [
            Guess(code, sureness(scores[code], whole), self._evidence(code, weights))
            for code in ranked
        ]

    def first_level(self, text: str) -> dict[str, float]:
        """First-level category → weight of all that speaks for it or its children."""
        whole: dict[str, float] = defaultdict(float)
        for code, words in self._weights(text).items():
            whole[self.parents[code] or code] += sum(words.values())
        return dict(whole)

    def _weights(self, text: str) -> dict[str, dict[str, float]]:
        """Category → word → weight."""
        weights: dict[str, dict[str, float]] = defaultdict(dict)
        for word, count in self._finder.find(text[:READ_CHARACTERS]).items():
            codes = self._categories_of[word]
            for code in codes:
                weights[code][word] = log1p(count) * sqrt(len(word)) / len(codes)
        return weights

    def _evidence(
        self, code: str, weights: Mapping[str, Mapping[str, float]]
    ) -> tuple[Evidence, ...]:
        spoken = {**weights.get(self.parents[code], {}), **weights.get(code, {})}
        ranked = sorted(spoken.items(), key=lambda item: (-item[1], item[0]))
        return tuple(Evidence(word, round(weight, 2)) for word, weight in ranked[:SHOWN_EVIDENCE])
