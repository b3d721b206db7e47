"""The geometry of a line over time, drawn on the server: plain numbers in, points out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

MOST_POINTS = 240


@dataclass(frozen=True)
class Line:
    """A line in a box of ``width`` by ``height``; y grows downwards.

    :ivar strokes: points of each unbroken piece, as SVG writes them.
    :ivar dots: pieces of a single point: x and y.
    """

    strokes: tuple[str, ...]
    dots: tuple[tuple[str, str], ...]
    low: float
    high: float


def thinned(points: Sequence[tuple[datetime, float]]) -> list[tuple[datetime, float]]:
    """At most 240 points: every n-th, and the last."""
    step = -(-len(points) // MOST_POINTS) or 1
    return [*points[:-1:step], *points[-1:]]


def line(
    points: Sequence[tuple[datetime, float]],
    width: float,
    height: float,
    longest_gap: timedelta,
    upside_down: bool = False,
) -> Line:
    """A line through points in order of time, broken where more than a gap lies between two.

    :param upside_down: small values on top, as ranks want it.
    :raises ValueError: no points.
    """
    kept = thinned(points)
    values = [value for _at, value in kept]
    low, high = min(values), max(values)
    begin, span = kept[0][0], (kept[-1][0] - kept[0][0]).total_seconds()
    gap = longest_gap * (-(-len(points) // MOST_POINTS) or 1)
    pieces: list[list[tuple[str, str]]] = []
    before: datetime | None = None
    for at, value in kept:
        share = (value - low) / (high - low) if high > low else 0.5
        x = (at - begin).total_seconds() / span * width if span else width / 2
        y = height * (share if upside_down else 1 - share)
        if before is None or at - before > gap:
            pieces.append([])
        pieces[-1].append((f"{x:.1f}", f"{y:.1f}"))
        before = at
    return Line(
        strokes=tuple(" ".join(map(",".join, piece)) for piece in pieces if len(piece) > 1),
        dots=tuple(piece[0] for piece in pieces if len(piece) == 1),
        low=low,
        high=high,
    )
