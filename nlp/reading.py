"""One message, read for naming: its clauses, its words, the places that it names."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from nlp.headline import clauses, tidy, words_that
from nlp.phrases import Pair, numbered
from nlp.places import Place, PlaceFinder, place_suffixes

BODY_READ = 200  # characters; what a letter is about stands at its beginning
_OPENING_CLAUSES = 6  # of a body without title or headline
_HEADLINE, _TAG, _SENTENCE, _NOTED, _BESIDE = 1.0, 0.8, 0.75, 0.6, 0.5
_SHORT_NAME = 3  # characters, below which a place needs an ending to be believed: 人才, 山水

Cut = Callable[[str], list[str]]
Find = Callable[[Sequence[str]], list[Place]]
find_by_endings = PlaceFinder().find


class Clause(NamedTuple):
    """A clause that may name a topic: its words, the places in it, 1 if it is a headline."""

    tokens: list[str]
    places: list[str]
    rank: float

    @property
    def is_head(self) -> bool:
        """Whether the message says it of itself: in its title, opening or noted place."""
        return self.rank > _BESIDE


class Reading(NamedTuple):
    """The clauses of a message; the words of its head and of its body's opening.

    `names`: neighbouring words, in lower case, that a place is made of.
    """

    clauses: list[Clause]
    head: list[str]
    body: list[str]
    names: set[Pair]


class Reader:
    """Reads normalised messages, with a way to cut texts and a way to find places."""

    def __init__(self, cut: Cut, find: Find = find_by_endings) -> None:
        self._cut = cut
        self._find = find

    def read(self, title: str, body: str, place: str = "") -> Reading:
        """Return a message as read; `place`: where it is about, if that was noted.

        Without a usable title the body gives the head; where the title names no place, the
        opening clauses of the body that name one are read beside it.
        """
        tokens = numbered(self._cut(body[:BODY_READ])) if body else []
        head = numbered(self._cut(title)) if title else []
        names: set[Pair] = set()
        found = [self._clause(clause, _HEADLINE, names) for clause, _ in clauses(head)]
        found = [clause for clause in found if clause.tokens]
        if not found:
            found = list(self._opening(tokens, names))
            head = [token for clause in found for token in clause.tokens]
        elif tokens and not any(clause.places for clause in found):
            found += _beside(self._opening(tokens, names))
        if place:
            found = _located(found, place)
            head = [*head, "\n", place] if place not in title else head
        return Reading(found, _lower(head), _lower(tokens), names)

    def _clause(self, tokens: Sequence[str], rank: float, names: set[Pair]) -> Clause:
        tidied = tidy(tokens)
        places = [place for place in self._find(tidied) if _is_specific(place)]
        for place in places:
            names.update(pairwise(_lower(tidied[place.start : place.end])))
        return Clause(tidied, [place.text for place in places], rank)

    def _opening(self, tokens: Sequence[str], names: set[Pair]) -> Iterator[Clause]:
        """Yield what a body opens with: 【headline】, #tags#, or its first clauses."""
        parts = [(clause, mark) for clause, mark in clauses(tokens) if tidy(clause)]
        has_headline = any(mark == "【" for _, mark in parts)
        ranks = {"【": _HEADLINE, "#": _TAG}
        plain = 0
        for clause, mark in parts:
            plain += mark == ""
            if mark or (not has_headline and plain <= _OPENING_CLAUSES):
                yield self._clause(clause, ranks.get(mark, _SENTENCE), names)


def _beside(opening: Iterable[Clause]) -> Iterator[Clause]:
    """Yield the clauses of a body that name a place which its ending makes sure."""
    for clause in opening:
        places = [place for place in clause.places if _has_ending(place)]
        if places:
            yield Clause(clause.tokens, places, _BESIDE)


@lru_cache(maxsize=1 << 14)
def _has_ending(text: str) -> bool:
    return any(text[-length:] in place_suffixes() for length in (1, 2, 3, 4))


def _is_specific(place: Place) -> bool:
    """Tell whether a place is one of its own: no district, no 搅拌站, no 幼儿园."""
    text = place.text
    if place.is_district or text in words_that("no_places"):
        return False
    return len(text) >= _SHORT_NAME or (len(text) > 1 and _has_ending(text))


def _located(found: Sequence[Clause], place: str) -> list[Clause]:
    """Return the clauses, those that hold the noted place with it among their places.

    Where none does, the place itself comes last: alone it is a poor headline.
    """
    marked = [
        clause._replace(places=[*clause.places, place])
        if place in "".join(clause.tokens)
        else clause
        for clause in found
    ]
    is_named = any(place in clause.places for clause in marked)
    return marked if is_named else [*marked, Clause([place], [place], _NOTED)]


def _lower(tokens: Sequence[str]) -> list[str]:
    return [token.lower() for token in tokens]
