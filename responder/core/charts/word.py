"""Charts inside a Word file: drawn by Word from numbers that can be edited there.

XlsxWriter writes the drawing of a chart for a workbook; the same drawing, with that workbook
embedded beside it, is a chart of a Word file.
"""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any
from xml.sax.saxutils import quoteattr  # it writes, and parses nothing  # nosec B406
from zipfile import ZipFile

import xlsxwriter
from docx.opc.part import Part
from docx.shared import Mm

from responder.core.charts.figures import ChartKind, Figures, described
from responder.core.official_word import BODY_FONT, TEXT_WIDTH

WIDTH, HEIGHT = TEXT_WIDTH, Mm(54)
POINTS_SIZE = 10

_SHEET = "数据"
_CHART_TYPE = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
_BOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
# Told apart also where the paper is grey: from dark to light.
COLOURS = ("#1F3A5F", "#C0504D", "#5B8DB8", "#E0A030", "#9AA5B1")
_MARKERS = ("circle", "square", "triangle", "diamond", "x")
_LABELS_SHOWN = 8
_NO_NUMBER = re.compile(r'<c:pt idx="\d+"><c:v(?:/>|></c:v>)</c:pt>')


class WordChart:
    """A chart for the place in a template where its name stands: becomes a run of XML."""

    def __init__(self, figures: Figures, part: Any) -> None:
        """:param part: of the document that the chart is put into."""
        self._figures, self._part = figures, part

    def __html__(self) -> str:
        """The run; each time a chart of its own is added to the package."""
        return _run(embed(self._part, self._figures), self._figures)

    __str__ = __html__


def embed(part: Any, figures: Figures) -> str:
    """Put a chart and its workbook into the package of ``part``; its relation's id."""
    package = part.package
    book = Part(
        package.next_partname("/word/embeddings/chart%d.xlsx"), _BOOK_TYPE, workbook(figures)
    )
    chart = Part(package.next_partname("/word/charts/chart%d.xml"), _CHART_TYPE, b"", package)
    chart._blob = chart_xml(figures, chart.relate_to(book, f"{_RELATION}/package"))
    relation: str = part.relate_to(chart, f"{_RELATION}/chart")
    return relation


def workbook(figures: Figures, drawn: bool = False) -> bytes:
    """The numbers as a workbook (.xlsx); with ``drawn`` also their chart."""
    target = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        sheet = book.add_worksheet(_SHEET)
        sheet.write_column(1, 0, figures.names)
        for column, (name, numbers) in enumerate(figures.series, 1):
            sheet.write_string(0, column, name)
            for row, number in enumerate(numbers, 1):
                if number is not None:
                    sheet.write_number(row, column, number)
        if drawn:
            sheet.insert_chart("A1", _drawn(book, figures))
    return target.getvalue()


def chart_xml(figures: Figures, book_id: str) -> bytes:
    """The chart's own part.

    :param book_id: of the chart's relation to its workbook.
    """
    with ZipFile(BytesIO(workbook(figures, drawn=True))) as archive:
        text = archive.read("xl/charts/chart1.xml").decode("utf-8")
    fonts = "".join(f'<a:{slot} typeface="{BODY_FONT}"/>' for slot in ("latin", "ea", "cs"))
    own = (
        f'<c:txPr><a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="{POINTS_SIZE}00">{fonts}'
        '</a:defRPr></a:pPr><a:endParaRPr lang="zh-CN"/></a:p></c:txPr>'
        f'<c:externalData r:id="{book_id}"><c:autoUpdate val="0"/></c:externalData>'
    )
    text = _NO_NUMBER.sub("", text)  # a day without a number is a gap, and not 0
    text = text.replace(f'<a:latin typeface="{BODY_FONT}"/>', fonts)
    text = text.replace('lang val="en-US"', 'lang val="zh-CN"').replace(
        'lang="en-US"', 'lang="zh-CN"'
    )
    text = text.replace("</c:chart>", '<c:dispBlanksAs val="gap"/></c:chart>', 1)
    return text.replace("<c:printSettings>", f"{own}<c:printSettings>", 1).encode("utf-8")


def _drawn(book: Any, figures: Figures) -> Any:
    lines, stacked = {"type": "line"}, {"type": "column", "subtype": "stacked"}
    chart = book.add_chart(lines if figures.kind is ChartKind.LINES else stacked)
    for number in range(len(figures.series)):
        chart.add_series(_series(figures, number))
    font = {"name": BODY_FONT, "size": POINTS_SIZE}
    step = max(1, -(-len(figures.names) // _LABELS_SHOWN))
    ticks = {"num_font": font, "major_tick_mark": "outside", "minor_tick_mark": "none"}
    chart.set_x_axis({**ticks, "interval_unit": step, "interval_tick": step})
    whole = {**ticks, "min": 0, "num_format": "0", "major_gridlines": _GRID}
    if figures.kind is not ChartKind.LINES and _top(figures) <= _LABELS_SHOWN:
        whole["major_unit"] = 1  # or Word writes 0, 1, 1, 2, 2 at 0.5, 1, 1.5
    chart.set_y_axis({**whole, "name": figures.axis, "name_font": {**font, "bold": False}})
    chart.set_legend({"position": "bottom", "font": font, "none": len(figures.series) == 1})
    chart.set_chartarea({"border": {"none": True}})
    chart.set_title({"none": True})  # the caption stands under it
    return chart


def _top(figures: Figures) -> float:
    """The highest stack."""
    columns = zip(*(numbers for _, numbers in figures.series), strict=True)
    return max((sum(number or 0 for number in column) for column in columns), default=0)


_GRID = {"visible": True, "line": {"color": "#D9D9D9", "width": 0.5}}


def _series(figures: Figures, number: int) -> dict[str, Any]:
    last, column = len(figures.names), number + 1
    colour = COLOURS[number % len(COLOURS)]
    series: dict[str, Any] = {
        "name": [_SHEET, 0, column],
        "categories": [_SHEET, 1, 0, last, 0],
        "values": [_SHEET, 1, column, last, column],
    }
    if figures.kind is ChartKind.LINES:
        marker = {"type": _MARKERS[number % len(_MARKERS)], "size": 4}
        marker |= {"fill": {"color": colour}, "border": {"color": colour}}
        return {**series, "line": {"color": colour, "width": 1.5}, "marker": marker}
    return {**series, "fill": {"color": colour}, "gap": 40}


def _run(relation: str, figures: Figures) -> str:
    words = quoteattr(described(figures))
    return (
        "<w:r><w:drawing>"
        f'<wp:inline xmlns:wp="{_DRAWING}/wordprocessingDrawing" distT="0" distB="0" '
        'distL="0" distR="0">'
        f'<wp:extent cx="{int(WIDTH)}" cy="{int(HEIGHT)}"/>'
        f'<wp:docPr id="1" name={quoteattr(figures.caption)} descr={words}/>'
        "<wp:cNvGraphicFramePr/>"
        f'<a:graphic xmlns:a="{_DRAWING}/main"><a:graphicData uri="{_DRAWING}/chart">'
        f'<c:chart xmlns:c="{_DRAWING}/chart" xmlns:r="{_RELATION}" r:id="{relation}"/>'
        "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )
