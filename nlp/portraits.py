"""What the words of many topics say: names and tones, a part at a time, wherever it is done.

Plain values in, plain values out (see `nlp.spreading`), for a part may travel.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from nlp.label import name_topic
from nlp.places import PlaceFinder
from nlp.representatives import representatives
from nlp.segment import default_segmenter
from nlp.tone import tone

LABEL_LENGTH = 24
KEYWORDS = 8
REPRESENTATIVES = 3
TONE_READS = 300
DOCUMENT_READS = 801
"""Characters of a body that say whether a message shows its topic; more are all the same."""


class Sitter(NamedTuple):
    """What is asked of one topic; all texts normalised.

    `naming`: (title, opening, noted place) of the messages that name it, without people; empty:
    its name stays. `shown`: (title, body) of those, to choose the telling ones from; empty where
    there is one message alone. `toned`: (title, opening) of those whose tone is asked for.
    """

    naming: list[tuple[str, str, str]]
    shown: list[tuple[str, str]]
    toned: list[tuple[str, str]]


class Portrait(NamedTuple):
    """What is said of a topic: label, place and (word, weight) where a name was asked for.

    `telling`: positions in `naming`, the most telling first. `tones`: tone → messages.
    """

    label: str
    place: str
    keywords: list[tuple[str, float]]
    telling: list[int]
    tones: dict[str, int]


def part_of(headings: Iterable[str], sitters: Sequence[Sitter]) -> list[Any]:
    """A part of the work for `portray`. `headings`: from which names of places are learned."""
    return [list(headings), [list(one) for one in sitters]]


def portray(part: Sequence[Any]) -> list[Any]:
    """Return what is to be said of each topic of a part, as `portrait` reads it."""
    headings, sitters = part
    finder = _finder(tuple(headings))
    return [_portray(Sitter(*one), finder) for one in sitters]


def portrait(told: Sequence[Any]) -> Portrait:
    """Read one of those that `portray` returned."""
    label, place, keywords, telling, tones = told
    return Portrait(label, place, [(word, weight) for word, weight in keywords], telling, tones)


def _portray(sitter: Sitter, finder: PlaceFinder) -> list[Any]:
    tones = Counter(_tone(title, opening) for title, opening in sitter.toned)
    if not sitter.naming:
        return ["", "", [], [], tones]
    titles, openings, places = (list(column) for column in zip(*sitter.naming, strict=True))
    named = name_topic(
        titles, openings, places=places, finder=finder, segmenter=default_segmenter(),
        max_length=LABEL_LENGTH, limit=KEYWORDS,
    )  # fmt: skip
    shown = [(title, body) for title, body in sitter.shown]
    telling = representatives(shown, REPRESENTATIVES, segmenter=default_segmenter())
    return [named.label, named.place, named.keywords, telling if shown else [0], tones]


@lru_cache(maxsize=2)
def _finder(headings: tuple[str, ...]) -> PlaceFinder:
    return PlaceFinder().partial_fit(map(default_segmenter().cut, headings))


@lru_cache(maxsize=1 << 15)
def _tone(title: str, opening: str) -> str:
    return tone(f"{title}\n{opening}", default_segmenter()).label
