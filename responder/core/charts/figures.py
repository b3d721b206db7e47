"""The figures of one chart: what a page, a Word file and the table behind both are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class ChartKind(StrEnum):
    """How numbers are drawn: by day as columns or lines, by kind as columns or bars."""

    DAYS = "days"
    LINES = "lines"
    KINDS = "kinds"
    BARS = "bars"


@dataclass(frozen=True)
class Mark:
    """What happened at one place of the axis: a publication, a press event.

    :param name: of the category at which it stands.
    :param link: its page; empty where the reader may not open it.
    """

    name: str
    text: str
    link: str = ""


@dataclass(frozen=True)
class Figures:
    """What one chart shows.

    :param caption: under the chart.
    :param axis: what the numbers are: 留言（条）.
    :param names: of the categories, along the axis.
    :param series: (name, one number for each category; None where there is none).
    :param links: of each series, one address for each category: the rows that are counted there.
    :param marks: what happened along the axis; only lines carry them.
    :param levels: (number, name) of lines across.
    :param descending: small numbers on top, as ranks want it.
    :param top: the end of the scale; None: the highest number.
    """

    kind: ChartKind
    caption: str
    axis: str
    names: tuple[str, ...]
    series: tuple[tuple[str, tuple[float | None, ...]], ...]
    links: tuple[tuple[str, ...], ...] = ()
    marks: tuple[Mark, ...] = ()
    levels: tuple[tuple[float, str], ...] = ()
    descending: bool = False
    top: float | None = None

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(number for _, numbers in self.series for number in numbers)

    def link(self, series: int, place: int) -> str:
        """The address behind one number; empty where there is none."""
        return self.links[series][place] if self.links else ""

    def marks_at(self, name: str) -> list[Mark]:
        return [mark for mark in self.marks if mark.name == name]


def plain(number: float) -> str:
    """A number as people write it; a large one is never written as a power of ten."""
    return f"{number:,.0f}" if abs(number) >= 1000 else f"{number:g}"


def described(figures: Figures) -> str:
    """What the chart shows, for whoever cannot see it."""
    return f"{figures.caption}。" + "；".join(
        f"{name}：{_summed(figures, numbers)}" for name, numbers in figures.series
    )


def _summed(figures: Figures, numbers: Sequence[float | None]) -> str:
    known = [
        (name, number)
        for name, number in zip(figures.names, numbers, strict=True)
        if number is not None
    ]
    if not known:
        return "没有数据"
    if figures.kind in (ChartKind.KINDS, ChartKind.BARS):
        return "、".join(f"{name} {plain(number)}" for name, number in known if number) or "0"
    day, top = max(known, key=lambda pair: pair[1])
    return f"{known[0][0]} 至 {known[-1][0]}，最高 {plain(top)}（{day}）"
