"""A report as a Word file to official format: nothing but what is stored stands in it."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt
from flask import current_app, url_for

from responder.core import official_word as word
from responder.core.charts import ChartKind, Figures
from responder.core.charts.word import WordChart
from responder.core.times import chinese_date, local
from responder.reports.documents import queries
from responder.reports.documents.content import (
    Figure,
    Heading,
    Link,
    Paragraph,
    Slot,
    Table,
    text_of,
)
from responder.reports.documents.models import Report, ReportState

TABLE_SIZE = Pt(10.5)
UNWRITTEN = "（待填写）"
NOTHING_TO_DRAW = "（没有数据可画）"
# What is said below the title of anything that is not signed.
_STANDINGS = {
    ReportState.DRAFT: "（草稿，未签发）",
    ReportState.RETURNED: "（草稿，未签发）",
    ReportState.SUBMITTED: "（送签稿，未签发）",
    ReportState.VOID: "（已作废）",
}


# Figures in a sentence are a few; numbers of messages are many, and stay together at the left:
# stretched to both edges they would leave gaps.
FEW_LINKS = 8

# Link → address; empty where it has none outside this office's network.
Address = Callable[[Link], str]


def word_file(report: Report, office: str, zone: ZoneInfo, address: Address | None = None) -> bytes:
    """The report as .docx.

    :param office: who issues it, below the text.
    :param address: of the pages behind the figures; without it they are plain text.
    """
    content, signed_at = report.said, report.signed_at
    document = word.new_document(content.title, signed_at or report.composed_at)
    word.add_number_line(document, queries.number(report), report.signer_name)
    word.add_title(document, content.title)
    if standing := _STANDINGS.get(report.state):
        document.add_paragraph(standing, style=word.NOTE)
    if content.subtitle:
        document.add_paragraph(f"（{content.subtitle}）", style=word.NOTE)
    document.add_paragraph("", style=word.BODY)
    for block in content.blocks:
        if isinstance(block, Paragraph):
            _paragraph(document, block, address)
        else:
            _ADD[type(block)](document, block)
    _keep_with_closing(document)
    document.add_paragraph("", style=word.BODY).paragraph_format.keep_with_next = True
    day = local(signed_at or report.created_at, zone).date()
    word.add_closing(document, office, chinese_date(day))
    output = BytesIO()
    document.save(output)
    return output.getvalue()


def linking(root: str) -> Address | None:
    """The addresses of pages below ``root``; none where the office has not said it."""
    if not root:
        return None

    def address(to: Link) -> str:
        if to.endpoint not in current_app.view_functions:
            return ""
        with current_app.test_request_context():
            path = url_for(to.endpoint, **dict(to.arguments))  # type: ignore[arg-type]
        return root.rstrip("/") + path

    return address


def _keep_with_closing(document: Any) -> None:
    """No page has nothing but the name of the office and the date."""
    *_before, last, _section = document.element.body
    if last.tag == qn("w:tbl"):
        last_row = document.tables[-1].rows[-1]
        paragraphs = [paragraph for cell in last_row.cells for paragraph in cell.paragraphs]
    else:
        paragraphs = document.paragraphs[-1:]
    for paragraph in paragraphs:
        paragraph.paragraph_format.keep_with_next = True


def figures_of(figure: Figure) -> Figures:
    """What the chart of a page or of a file is drawn from."""
    return Figures(ChartKind(figure.kind), figure.caption, figure.axis, figure.names, figure.series)


def _heading(document: Any, block: Heading) -> None:
    word.add_heading(document, block.text, block.level)


def _paragraph(document: Any, block: Paragraph, address: Address | None) -> None:
    paragraph = word.add_body(document, "")
    for run in block.runs:
        to = address(run.link) if run.link and address else ""
        word.add_run(paragraph, run.text, to)
    if sum(run.link is not None for run in block.runs) > FEW_LINKS:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT


def _table(document: Any, block: Table) -> None:
    columns = [(column.heading, column.millimetres) for column in block.columns]
    centred = frozenset(n for n, column in enumerate(block.columns) if column.centred)
    rows = [[text_of(cell) for cell in row] for row in block.rows]
    made = word.add_table(document, columns, rows, centred, TABLE_SIZE)
    if block.totalled and rows:
        for cell in made.rows[-1].cells:
            for run in cell.paragraphs[0].runs:
                run.font.bold = True


def _figure(document: Any, block: Figure) -> None:
    figures = figures_of(block)
    drawn = document.add_paragraph(style=word.FIGURE)
    drawn.paragraph_format.keep_with_next = True
    if figures.empty or not figures.names:
        drawn.add_run(NOTHING_TO_DRAW)
    else:
        run = str(WordChart(figures, document.part))
        element = parse_xml(run.replace("<w:r>", f"<w:r {nsdecls('w')}>", 1))
        drawn._p.append(element)
        _tell_apart(document)
    document.add_paragraph(block.caption, style=word.FIGURE)


def _tell_apart(document: Any) -> None:
    """Each drawing of a file has a number of its own."""
    for number, drawing in enumerate(document.element.body.iter(qn("wp:docPr")), 1):
        drawing.set("id", str(number))


def _slot(document: Any, block: Slot) -> None:
    for line in block.text.splitlines() or [UNWRITTEN]:
        if line.strip():
            word.add_body(document, line.strip())


_ADD: dict[type[Any], Callable[[Any, Any], None]] = {
    Heading: _heading,
    Table: _table,
    Figure: _figure,
    Slot: _slot,
}
