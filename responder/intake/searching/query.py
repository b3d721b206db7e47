"""What somebody typed into the search box, read.

Words parted by blanks must all be there; "in quotes", side by side; -before a word, not.
A word in Latin letters may also be the pinyin of names (see ``names.py``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from nlp.search_terms import fold, query_words

MOST_TERMS = 12
WHOLE_UPTO = 4  # characters; a longer word is cut, for nobody parts Chinese words by blanks

_PIECE = re.compile(
    r"""(?P<minus>[-－])?(?:["“”「『](?P<quoted>[^"“”」』]*)["“”」』]?|(?P<word>\S+))"""
)
_PINYIN = re.compile(r"[a-z]{2,40}")


@dataclass(frozen=True)
class Query:
    """What must stand in a message, and what must not: folded, each a part of its text.

    :param spelt: those of both that may be how a name is typed without an input method; what
        was put in quotes is meant as it stands.
    """

    wanted: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()
    spelt: frozenset[str] = field(default=frozenset(), compare=False)

    def __bool__(self) -> bool:
        return bool(self.wanted or self.unwanted)


def read_query(typed: str) -> Query:
    """Whatever is typed can be read; what says nothing asks for nothing."""
    wanted: list[str] = []
    unwanted: list[str] = []
    spelt: set[str] = set()
    for piece in _PIECE.finditer(typed):
        quoted, word = piece["quoted"], piece["word"]
        terms = [quoted] if quoted is not None else [word or ""]
        folded = [text for text in fold(terms) if text]
        if quoted is None and not piece["minus"]:
            folded = [part for text in folded for run in text.split() for part in _parts(run)]
        (unwanted if piece["minus"] else wanted).extend(folded)
        spelt.update(filter(_PINYIN.fullmatch, folded if quoted is None else ()))
    return Query(_first(wanted), _first(unwanted), frozenset(spelt))


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
