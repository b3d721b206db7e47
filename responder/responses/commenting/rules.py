"""Where the words of a comment stand in a text. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

# Blanks and the marks of Markdown: a reader copies what is shown, not what was typed.
_UNREAD = frozenset(" \t\r\n\u3000*_#>`~")

Span = tuple[int, int]


@dataclass(frozen=True)
class Piece:
    """A stretch of a text, with the numbers of the comments that are about it."""

    text: str
    comments: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()


def locate(text: str, quote: str) -> Span | None:
    """Where a quote first stands in a text, whatever blanks and marks lie between its words."""
    start = text.find(quote)
    if quote and start >= 0:
        return start, start + len(quote)
    read = [(position, sign) for position, sign in enumerate(text) if sign not in _UNREAD]
    wanted = "".join(sign for sign in quote if sign not in _UNREAD)
    found = "".join(sign for _position, sign in read).find(wanted)
    if not wanted or found < 0:
        return None
    return read[found][0], read[found + len(wanted) - 1][0] + 1


def pieces(text: str, spans: Sequence[tuple[int, Span]]) -> list[Piece]:
    """``text`` cut where passages begin and end; passages may overlap.

    :param spans: number of a comment and where its words stand.
    """
    cuts = sorted({0, len(text), *(edge for _number, span in spans for edge in span)})
    return [
        Piece(
            text[start:end],
            tuple(n for n, span in spans if span[0] <= start and end <= span[1]),
            tuple(n for n, span in spans if span[1] == end),
        )
        for start, end in pairwise(cuts)
    ]
