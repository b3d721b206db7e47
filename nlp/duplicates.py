"""Find texts that say the same again: copies with small changes, not the same matter elsewhere."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import chain

import numpy as np

from nlp.sparse import Integers

_NOT_WORDS = re.compile(r"[\W_]+")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
# Dates, clock times, phone numbers and counts of days change from copy to copy.
_PASSING_NUMBER = re.compile(
    r"\d{4}[年/.-]\d{1,2}(?:[月/.-]\d{1,2}日?)?|\d{1,2}月\d{1,2}日?|\d{1,2}[:点]\d{0,2}分?"
    r"|\d{5,}|\d+(?:多?个?[年月日天次遍])"
)
_PLACE = re.compile(
    r"[A-Za-z]\d*[市区县镇]"
    r"|[\u4e00-\u9fff]{2,6}?(?:小区|花园|家园|公寓|社区|街道|大道|广场|新城|学校|中学|小学"
    r"|公园|医院|[路街巷村镇乡苑城府湾园桥站区县])"
)

_NONE: frozenset[str] = frozenset()  # what a text that repeats another is compared by
Signature = tuple[frozenset[str], frozenset[str]]


class NearDuplicates:
    """Give each text the index of the first text that it repeats.

    A text repeats an earlier one when the Jaccard similarity of their character shingles
    (runs of `shingle` characters, punctuation dropped) is >= `threshold`, and what tells
    two matters apart agrees: the places named in the titles, and the numbers in the titles
    and the first 80 characters (building 3 is not building 5), apart from dates, times,
    durations and long numbers, which differ from one copy to the next. Places agree when all
    that the one title names are also in the other, whole or in part: a copy may leave the
    street or the city out, but not name another estate. Without titles the same is asked
    of the first 80 characters. Only texts that share a rare shingle are compared.
    """

    def __init__(self, threshold: float = 0.8, shingle: int = 4) -> None:
        self.threshold = threshold
        self.shingle = shingle

    def fit_predict(
        self,
        texts: Sequence[str],
        titles: Sequence[str] | None = None,
        known: Sequence[int] | None = None,
    ) -> Integers:
        """Return int64 (n,): the index of each text's representative, its own if it is none.

        `texts` and `titles` (as many, or None) are normalised. `known`: what an earlier call
        returned for a text, -1 for those to compare now. A representative is always its own
        representative. Raises ValueError when there are not as many titles, or known, as texts.
        """
        heads = texts if titles is None else titles
        found = [-1] * len(texts) if known is None else known
        if len(heads) != len(texts) or len(found) != len(texts):
            raise ValueError(
                f"{len(texts)} texts but {len(heads)} titles and {len(found)} known results"
            )
        shingles = [
            self._shingles(text) if known_as in (-1, index) else _NONE
            for index, (text, known_as) in enumerate(zip(texts, found, strict=True))
        ]
        return self._match(shingles, list(zip(heads, texts, strict=True)), found)

    def _shingles(self, text: str) -> frozenset[str]:
        bare = _NOT_WORDS.sub("", text)
        count = max(1, len(bare) - self.shingle + 1)
        return frozenset(bare[start : start + self.shingle] for start in range(count) if bare)

    def _match(
        self,
        shingles: Sequence[frozenset[str]],
        said: Sequence[tuple[str, str]],
        known: Sequence[int],
    ) -> Integers:
        """Compare each new text with the representatives that hold one of its prefix shingles.

        `said`: (head, text) of each.
        """
        new = [own for own, found in zip(shingles, known, strict=True) if found < 0]
        wanted = frozenset().union(*new)
        frequency = Counter(chain.from_iterable(own & wanted for own in shingles))
        posted: dict[str, list[int]] = defaultdict(list)
        result = np.arange(len(shingles), dtype=np.int64)
        for index, own in enumerate(shingles):
            is_new = known[index] < 0
            parts = self._prefix(own, frequency) if is_new else own & wanted
            candidates = {other for part in parts for other in posted[part]} if is_new else ()
            result[index] = index if is_new else known[index]
            for other in sorted(candidates):
                alike = self._jaccard(own, shingles[other]) >= self.threshold
                if alike and _agree(_signature(*said[index]), _signature(*said[other])):
                    result[index] = other
                    break
            if result[index] == index:
                for part in parts:
                    posted[part].append(index)
        return result

    def _prefix(self, own: frozenset[str], frequency: Mapping[str, int]) -> list[str]:
        """Return the rarest shingles, enough that two texts at the threshold share one.

        Prefix filtering (Chaudhuri, Ganti, Kaushik 2006): with Jaccard >= t at least
        ceil(t * n) of n shingles are shared, so any n - ceil(t * n) + 1 of either text hold one.
        """
        ordered = sorted(own, key=lambda part: (frequency[part], part))
        return ordered[: len(own) - int(np.ceil(self.threshold * len(own) - 1e-9)) + 1]

    @staticmethod
    def _jaccard(one: frozenset[str], other: frozenset[str]) -> float:
        shared = len(one & other)
        return shared / (len(one) + len(other) - shared)


def _signature(head: str, text: str) -> Signature:
    """Return the places of the title, and the numbers of title and opening, that carry meaning."""
    head, opening = head[:80], text[:80]
    numbers = _NUMBER.findall(_PASSING_NUMBER.sub(" ", f"{head} {opening}"))
    return frozenset(_PLACE.findall(head)), frozenset(numbers)


def _agree(one: Signature, other: Signature) -> bool:
    (places, numbers), (other_places, other_numbers) = one, other
    return numbers == other_numbers and _covered(places, other_places)


def _covered(places: frozenset[str], others: frozenset[str]) -> bool:
    """Tell whether each place of the text that names fewer is, in part, one of the other's."""
    fewer, more = sorted((places, others), key=len)
    return all(any(one in other or other in one for other in more) for one in fewer)
