"""A line over time: plain points in, the figures of a chart out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from responder.core.charts import ChartKind, Figures

MOST_POINTS = 120

Point = tuple[datetime, float]


def thinned(points: Sequence[Point]) -> list[Point]:
    """At most so many points: every n-th, and the last."""
    step = -(-len(points) // MOST_POINTS) or 1
    return [*points[:-1:step], *points[-1:]]


def line(
    caption: str,
    points: Sequence[Point],
    longest_gap: timedelta,
    name: Callable[[datetime], str],
    descending: bool = False,
) -> Figures:
    """A line through points in order of time, broken where more than a gap lies between two.

    :param name: of a moment, along the axis.
    :param descending: small values on top, as ranks want it.
    """
    gap = longest_gap * (-(-len(points) // MOST_POINTS) or 1)
    drawn = list(_broken(thinned(points), gap))
    return Figures(
        ChartKind.LINES,
        caption,
        caption,
        tuple(name(at) for at, _value in drawn),
        ((caption, tuple(value for _at, value in drawn)),),
        descending=descending,
    )


def _broken(points: Sequence[Point], gap: timedelta) -> Iterator[tuple[datetime, float | None]]:
    """The points, and one without a value wherever the line breaks."""
    before: datetime | None = None
    for at, value in points:
        if before is not None and at - before > gap:
            yield before + gap, None
        yield at, value
        before = at
