"""Find listed words in a text, the longest at each place, the opening counted more."""

from collections import defaultdict
from collections.abc import Iterable

# A word at the very start counts this much more; half the surplus is gone after so many
# characters: people say first what it is about.
OPENING_SURPLUS = 3.0
OPENING_CHARACTERS = 21.0


def opening_weight(place: int) -> float:
    """Return how much a word counts that begins at character `place`: from 4 down to 1."""
    return float(1.0 + OPENING_SURPLUS * 2.0 ** (-place / OPENING_CHARACTERS))


def _cuts_number(text: str, start: int, end: int) -> bool:
    """Whether a stretch begins or ends within a run of digits: 120 in 1200."""
    return any(text[edge - 1 : edge + 1].isdigit() for edge in (start, end) if 0 < edge < len(text))


class CueFinder:
    """Looks for words, case ignored; where two begin together, for the longer.

    A number is no word within a longer one.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._words = frozenset(word.lower() for word in words if word)
        lengths: dict[str, set[int]] = defaultdict(set)
        for word in self._words:
            lengths[word[0]].add(len(word))
        self._lengths = {first: sorted(found, reverse=True) for first, found in lengths.items()}

    def find(self, text: str) -> dict[str, float]:
        """Return word → occurrences in `text`, each by its `opening_weight`."""
        text = text.lower()
        found: dict[str, float] = defaultdict(float)
        place = 0
        while place < len(text):
            step = 1
            for length in self._lengths.get(text[place], ()):
                word = text[place : place + length]
                if word in self._words and not _cuts_number(text, place, place + length):
                    found[word] += opening_weight(place)
                    step = length
                    break
            place += step
        return dict(found)
