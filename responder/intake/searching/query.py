"""What somebody typed into the search box, read.

Words parted by blanks must all be there; "in quotes", side by side; -before a word, not.
A word in Latin letters may also be the pinyin of names (see ``names.py``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from nlp.search_terms import fold, query_words

MOST_TERMS = 12
WHOLE_UPTO = 4  # characters; a longer word is cut, for nobody parts Chinese words by blanks

_PIECE = re.compile(
    r"""(?P<minus>[-－])?(?:["“”「『](?P<quoted>[^"“”」』]*)["“”」』]?|(?P<word>\S+))"""
)
_PINYIN = re.compile(r"[a-z]{2,40}")


@dataclass(frozen=True)
class Query:
    """What must stand in a message, and what must not: folded, each a part of its text."""

    wanted: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.wanted or self.unwanted)


def read_query(typed: str) -> Query:
    """Whatever is typed can be read; what says nothing asks for nothing."""
    wanted: list[str] = []
    unwanted: list[str] = []
    for piece in _PIECE.finditer(typed):
        quoted, word = piece["quoted"], piece["word"]
        terms = [quoted] if quoted is not None else [word or ""]
        folded = [text for text in fold(terms) if text]
        if quoted is None and not piece["minus"]:
            folded = [part for text in folded for run in text.split() for part in _parts(run)]
        (unwanted if piece["minus"] else wanted).extend(folded)
    return Query(_first(wanted), _first(unwanted))


def is_pinyin(term: str) -> bool:
    """Whether a term may be how a name is typed without an input method."""
    return bool(_PINYIN.fullmatch(term))


def pairs_of(term: str) -> list[str]:
    """The pairs of neighbouring characters of a folded term; of a lone character, itself."""
    return [pair for run in term.split() for pair in _pairs(run)]


def _pairs(run: str) -> Iterator[str]:
    for at in range(max(1, len(run) - 1)):
        yield run[at : at + 2]


def _parts(run: str) -> list[str]:
    return [run] if len(run) <= WHOLE_UPTO or run.isascii() else query_words(run) or [run]


def _first(terms: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(terms))[:MOST_TERMS]
