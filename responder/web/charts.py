"""Charts of pages: pygal draws them as SVG on the server, classes of the stylesheet colour them.

They print, need no script, and each mark that counts something is a link to what it counts.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pygal
from flask import Flask
from flask_babel import gettext
from markupsafe import Markup
from pygal.style import Style

from responder.core.charts import ChartKind, Figures, plain

# pygal adds a finder of its own for map plugins, which we have none of; Python 3.11 warns of it
# at every import that follows.
sys.meta_path[:] = [one for one in sys.meta_path if not isinstance(one, pygal.PluginImportFixer)]

WIDTH, HEIGHT = 640, 190
BAR_HEIGHT, LYING_MARGIN = 26, 20
VALUES_SHOWN = 12  # columns that have their number above them
LONGEST_LABEL = 14
# pygal reckons 0.6 of the size for a letter, which is right for Latin. A Chinese one is square:
# said to be larger than the stylesheet shows it, it has the room that it needs.
LATIN, SQUARE = Style(label_font_size=12), Style(label_font_size=19, value_font_size=12)

_MAKERS = {
    ChartKind.DAYS: pygal.StackedBar,
    ChartKind.KINDS: pygal.HorizontalStackedBar,
    ChartKind.LINES: pygal.Line,
    ChartKind.BARS: pygal.HorizontalBar,
}
_LYING = frozenset({ChartKind.KINDS, ChartKind.BARS})
_LONG_FRACTION = re.compile(r"(\d+\.\d)\d+")
_DRAWN_BY_PLACE = frozenset({"d", "x", "y", "cx", "cy", "width", "height", "transform"})


def init_app(app: Flask) -> None:
    app.add_template_filter(svg, "svg")
    app.add_template_filter(spark)


def svg(figures: Figures, width: int = WIDTH) -> Markup:
    """One chart, to stand in a page.

    :param width: of the place that it stands in, in pixels; a narrow one has larger words.
    """
    figures = _downwards(figures)
    chart = _MAKERS[figures.kind](**_options(figures, width))
    chart.x_labels = [_short(_(name)) for name in figures.names]
    for place, (name, numbers) in enumerate(figures.series):
        chart.add(_(name), list(_points(figures, place, numbers)))
    if figures.marks:
        chart.add(_("发生的事"), list(_marked(figures)), stroke=False, dots_size=6)
    chart.add_xml_filter(lambda root: _fitted(root, figures))
    # An XML writer has escaped it.
    return Markup(chart.render(is_unicode=True))  # noqa: S704  # nosec B704


def spark(figures: Figures) -> Markup:
    """One line without axes, to stand in a row of a table beside its numbers."""
    numbers = [value for value in figures.series[0][1] if value is not None]
    chart = pygal.Line(
        width=120, height=30, js=[], disable_xml_declaration=True, margin=4, spacing=0,
        show_legend=False, show_x_labels=False, show_y_labels=False, dots_size=1,
        show_y_guides=False, range=(min(numbers), max(numbers)), allow_interruptions=True,
        inverse_y_axis=figures.descending,
    )  # fmt: skip
    chart.add("", list(figures.series[0][1]))
    chart.add_xml_filter(lambda root: _fitted(root, figures))
    # An XML writer has escaped it.
    return Markup(chart.render(is_unicode=True))  # noqa: S704  # nosec B704


def _downwards(figures: Figures) -> Figures:
    """What lies is drawn from the foot upwards: turned round, so that the first stands on top."""
    if figures.kind not in _LYING:
        return figures
    series = tuple((name, numbers[::-1]) for name, numbers in figures.series)
    links = tuple(row[::-1] for row in figures.links)
    return replace(figures, names=figures.names[::-1], series=series, links=links)


def _options(figures: Figures, width: int) -> dict[str, Any]:
    bars, lies = figures.kind is ChartKind.BARS, figures.kind in _LYING
    shown = _labels_shown(figures, width)
    many = len(figures.names) > shown and not lies
    few = figures.kind is ChartKind.DAYS and len(figures.names) <= VALUES_SHOWN
    count = len(figures.names) * (len(figures.series) if bars else 1)
    top = _top(figures)
    return {
        "width": width,
        "height": LYING_MARGIN + BAR_HEIGHT * count if lies else HEIGHT,
        "style": SQUARE if lies or figures.levels else LATIN,
        "js": [],
        "disable_xml_declaration": True,
        "show_legend": False,  # the page writes it, where it wraps and speaks
        "margin": 6,
        "spacing": 8,
        "truncate_label": -1,
        "x_labels_major_every": -(-len(figures.names) // shown) if many else None,
        "show_minor_x_labels": not many,
        "show_x_guides": False,
        "show_x_labels": not lies,
        "range": (1, top) if figures.descending else (0, top),
        "inverse_y_axis": figures.descending,
        "y_labels": _ticks(figures, top),
        "print_values": bars or (few and len(figures.series) == 1),
        "print_values_position": "top",
        "value_formatter": plain,
        "allow_interruptions": True,
        "dots_size": 3,
    }


def _labels_shown(figures: Figures, width: int) -> int:
    """How many names have room below the axis."""
    longest = max((len(name) for name in figures.names), default=0)
    return int(width // (9 * longest + 12))


def _ticks(figures: Figures, top: float) -> list[dict[str, Any]]:
    if figures.levels:
        return [{"value": number, "label": _(name)} for number, name in figures.levels]
    low = 1.0 if figures.descending else 0.0
    middle = round(top / 2)
    kept = [low, *([float(middle)] if low < middle < top else []), top]
    return [{"value": number, "label": plain(number)} for number in kept]


def _top(figures: Figures) -> float:
    """The end of the scale: a stack is as high as its parts together."""
    if figures.top is not None:
        return figures.top
    columns = zip(*(numbers for _name, numbers in figures.series), strict=True)
    stacked = figures.kind in (ChartKind.DAYS, ChartKind.KINDS)
    add = sum if stacked else max
    highest = max((add(number or 0 for number in column) for column in columns), default=0)
    return highest or 1.0


def _points(figures: Figures, place: int, numbers: tuple[float | None, ...]) -> Iterator[Any]:
    name = _(figures.series[place][0])
    for at, number in enumerate(numbers):
        if number is None or (not number and figures.kind is not ChartKind.LINES):
            yield None
            continue
        told = f"{_(figures.names[at])} {name}{_('：')}{plain(number)}"
        point: dict[str, Any] = {"value": number, "label": told}
        if link := figures.link(place, at):
            point["xlink"] = {"href": link}
        yield point


def _marked(figures: Figures) -> Iterator[Any]:
    """A mark stands on the first line, or where that has no number, at the foot."""
    numbers = figures.series[0][1] if figures.series else ()
    for at, name in enumerate(figures.names):
        found = figures.marks_at(name)
        if not found:
            yield None
            continue
        told = "；".join(f"{_(name)} {_(mark.text)}" for mark in found)
        link = next((mark.link for mark in found if mark.link), "")
        point: dict[str, Any] = {"value": numbers[at] or 0, "label": told}
        yield point | ({"xlink": {"href": link}} if link else {})


def _said(figures: Figures) -> str:
    """What the chart shows, for whoever hears it; the table behind it has every number."""
    lines = [_line_said(figures, name, numbers) for name, numbers in figures.series]
    return _("：").join([_(figures.caption), _("；").join(lines)])


def _line_said(figures: Figures, name: str, numbers: tuple[float | None, ...]) -> str:
    pairs = zip(figures.names, numbers, strict=True)
    known = [(_(place), number) for place, number in pairs if number is not None]
    if not known:
        return gettext("%(name)s没有数据", name=_(name))
    if figures.kind in _LYING:
        return _("、").join(
            f"{place} {_(name)} {plain(number)}" for place, number in known if number
        )
    (first, start), (last, end) = known[0], known[-1]
    best = min if figures.descending else max
    at, top = best(known, key=lambda pair: pair[1])
    return gettext(
        "%(name)s %(first)s 至 %(last)s 从 %(start)s 到 %(end)s，最高 %(top)s（%(at)s）",
        name=_(name), first=first, last=last, start=plain(start), end=plain(end),
        top=plain(top), at=at,
    )  # fmt: skip


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_LABEL else f"{text[: LONGEST_LABEL - 1]}…"


def _(text: str) -> str:
    return str(gettext(text)) if text else ""


def _fitted(root: Any, figures: Figures) -> Any:
    """As our pages want it: no style and no script of its own, links that speak, short numbers."""
    for child in list(root):
        if not isinstance(child.tag, str) or child.tag in ("defs", "title"):
            root.remove(child)
    root.attrib.pop("id", None)
    linked = any(any(row) for row in figures.links) or any(mark.link for mark in figures.marks)
    root.set("role", "group" if linked else "img")
    root.set("aria-label", _said(figures))
    for element in list(root.iter()):
        if isinstance(element.tag, str):
            element.attrib.pop("style", None)  # the policy of our pages would refuse it
            _speak(element)
            _shorten(element)
    return root


def _speak(element: Any) -> None:
    """What pygal notes for its own script becomes the name of the mark."""
    notes = [child for child in element if child.tag in ("desc", "title")]
    label = next((one.text for one in notes if one.get("class") == "label"), None)
    for one in notes:
        element.remove(one)
    if element.tag == "a":
        element.attrib.pop("target", None)
        element.set("href", element.attrib.pop("{http://www.w3.org/1999/xlink}href"))
        element.set("aria-label", label or element.get("href"))
    if label:
        title = element.makeelement("title", {})
        title.text = label
        element.insert(0, title)


def _shorten(element: Any) -> None:
    for name in _DRAWN_BY_PLACE & set(element.attrib):
        element.set(name, _LONG_FRACTION.sub(r"\1", element.get(name)))
