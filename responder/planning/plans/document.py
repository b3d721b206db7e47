"""The plan as a Word file to official format, its change table as the annex."""

from __future__ import annotations

from io import BytesIO

from docx.shared import Pt

from responder.core import official_word as word
from responder.planning.plans.tables import Paper, PaperTable

# Millimetres; 225 are there.
_PLAN_WIDTHS = (12, 44, 24, 35, 31, 29, 28, 22)
_CHANGE_WIDTHS = (12, 35, 14, 38, 57, 32, 20, 17)
_SIZE = Pt(10.5)
_CENTRED = frozenset({0, 2, 3})
_CENTRED_CHANGES = frozenset({0, 1, 2, 7})


def plan_document(paper: Paper) -> bytes:
    """A4 landscape, as wide tables are printed; 变更表 on a page of its own if there is one."""
    document = word.new_document(paper.plan.title, paper.now, landscape=True)
    _add(document, paper.plan, _PLAN_WIDTHS, _CENTRED)
    if paper.changes.rows:
        annex = word.add_line(document, "附件", word.HEADING_FONTS[0])
        annex.paragraph_format.page_break_before = True
        _add(document, paper.changes, _CHANGE_WIDTHS, _CENTRED_CHANGES)
    output = BytesIO()
    document.save(output)
    return output.getvalue()


def _add(
    document: object, table: PaperTable, widths: tuple[int, ...], centred: frozenset[int]
) -> None:
    word.add_title(document, table.title)
    if table.below:
        word.add_line(document, f"（{table.below}）", word.HEADING_FONTS[1], centred=True)
    word.add_line(document, "")
    columns = list(zip(table.headings, widths, strict=True))
    word.add_table(document, columns, table.rows, centred, _SIZE)
