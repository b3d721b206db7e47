"""Word files to the national standard for official documents (GB/T 9704-2012).

A4, text area 156 × 225 mm, 22 lines of 28 characters: 仿宋 16 pt on lines of 28.9 pt. Fonts
are named, never embedded: whoever opens the file has them, or Word puts its own in.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

TITLE_FONT = "方正小标宋简体"
BODY_FONT = "仿宋_GB2312"
HEAD_FONT = "黑体"
SUBHEAD_FONT = "楷体_GB2312"
NUMBER_FONT = "宋体"
LATIN_FONT = "Times New Roman"

TITLE_SIZE, BODY_SIZE, TABLE_SIZE, NUMBER_SIZE = 22, 16, 10.5, 14
LINE_PITCH = 28.9  # points; 22 of them fill 225 mm
CELL_PADDING = "45"  # twentieths of a point
LINE_TWIPS = 578  # the same for the grid, in twentieths of a point

# Top, right, bottom, left. Turned, the sheet is bound at its top: the left margin goes there.
_UPRIGHT = (37, 26, 35, 28)
_TURNED = (28, 35, 26, 37)


def new_document(title: str, now: datetime, landscape: bool = False) -> Any:
    """An empty document with page, grid, body style and page numbers set.

    :param title: for the file's properties.
    :param now: aware; when it was made.
    """
    document = Document()
    _set_page(document.sections[0], landscape)
    _drop_theme_fonts(document)
    normal = document.styles["Normal"]
    set_style_font(normal, BODY_FONT, BODY_SIZE)
    set_line_pitch(normal.paragraph_format)
    _add_page_number(document.sections[0])
    properties = document.core_properties
    properties.title, properties.author, properties.comments = title, "", ""
    properties.created = properties.modified = now
    return document


def _set_page(section: Any, landscape: bool) -> None:
    wide, narrow = Mm(297), Mm(210)
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (wide, narrow) if landscape else (narrow, wide)
    top, right, bottom, left = map(Mm, _TURNED if landscape else _UPRIGHT)
    section.top_margin, section.right_margin = top, right
    section.bottom_margin, section.left_margin = bottom, left
    section.footer_distance = Mm(15)
    for old in section._sectPr.findall(qn("w:docGrid")):
        section._sectPr.remove(old)
    grid = OxmlElement("w:docGrid")
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), str(LINE_TWIPS))
    section._sectPr.append(grid)


def _drop_theme_fonts(document: Any) -> None:
    """A theme's font would win over the one that is named; and the text is Chinese."""
    defaults = document.styles.element.find(qn("w:docDefaults"))
    for fonts in defaults.iter(qn("w:rFonts")):
        for name in [name for name in fonts.attrib if name.endswith("Theme")]:
            del fonts.attrib[name]
    for language in defaults.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")


def set_font(run: Any, east_asian: str, size: float, latin: str = LATIN_FONT) -> Any:
    """Name a run's fonts, for Chinese and for the rest; ``size`` in points. Returns the run."""
    run.font.name, run.font.size = latin, Pt(size)
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), east_asian)
    return run


def set_style_font(style: Any, east_asian: str, size: float, latin: str = LATIN_FONT) -> None:
    """The same for a style."""
    style.font.name, style.font.size = latin, Pt(size)
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), east_asian)


def set_line_pitch(paragraph_format: Any, points: float = LINE_PITCH) -> None:
    """Exact line spacing, nothing before or after."""
    paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    paragraph_format.line_spacing = Pt(points)
    paragraph_format.space_before = paragraph_format.space_after = Pt(0)


def leave_grid(paragraph: Any) -> None:
    """Let a paragraph keep its own line spacing, where the page's grid would widen it."""
    snap = OxmlElement("w:snapToGrid")
    snap.set(qn("w:val"), "0")
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(
        snap, "w:spacing", "w:ind", "w:contextualSpacing", "w:mirrorIndents",
        "w:suppressOverlap", "w:jc", "w:textDirection", "w:textAlignment", "w:outlineLvl",
        "w:divId", "w:cnfStyle", "w:rPr", "w:sectPr", "w:pPrChange",
    )  # fmt: skip


def add_title(document: Any, text: str) -> Any:
    """The document's title: 小标宋 22 pt, centred."""
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    set_line_pitch(paragraph.paragraph_format, 34)
    set_font(paragraph.add_run(text), TITLE_FONT, TITLE_SIZE)
    return paragraph


def add_line(
    document: Any, text: str, font: str = BODY_FONT, size: float = BODY_SIZE, centred: bool = False
) -> Any:
    """One line without indent: 附件 (黑体), a date below a title (楷体)."""
    paragraph = document.add_paragraph()
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    set_font(paragraph.add_run(text), font, size)
    return paragraph


def add_table(
    document: Any,
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    widths: Sequence[float],
    centred: frozenset[int] = frozenset(),
) -> Any:
    """A bordered table; its head row (黑体) stands on every page, no row breaks over two.

    :param widths: of the columns, in millimetres.
    :param centred: positions of the columns that are centred.
    """
    table = document.add_table(rows=1, cols=len(headings), style=_grid(document))
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    _pad_cells(table)
    for place, heading in enumerate(headings):
        _write_cell(table.rows[0].cells[place], heading, HEAD_FONT, True)
    _mark_row(table.rows[0], "w:tblHeader")
    for row in rows:
        cells = table.add_row().cells
        for place, text in enumerate(row):
            _write_cell(cells[place], text, BODY_FONT, place in centred)
    for row in table.rows:
        _mark_row(row, "w:cantSplit")
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Mm(width)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    return table


def _grid(document: Any) -> Any:
    name = "Table Grid"
    styles = document.styles
    return styles[name] if name in styles else styles.add_style(name, WD_STYLE_TYPE.TABLE)


def _pad_cells(table: Any) -> None:
    """A little room above and below the words of each cell."""
    margins = OxmlElement("w:tblCellMar")
    for side in ("w:top", "w:bottom"):
        margin = OxmlElement(side)
        margin.set(qn("w:w"), CELL_PADDING)
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    table._tbl.tblPr.insert_element_before(margins, "w:tblLook", "w:tblCaption")


def _write_cell(cell: Any, text: str, font: str, centred: bool) -> None:
    paragraph = cell.paragraphs[0]
    set_line_pitch(paragraph.paragraph_format, TABLE_SIZE * 1.5)
    leave_grid(paragraph)
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    set_font(paragraph.add_run(text), font, TABLE_SIZE)
    cell.vertical_alignment = 1  # centre


def _mark_row(row: Any, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))


def _add_page_number(section: Any) -> None:
    """``— 1 —`` below the text, in 宋体 14 pt."""
    paragraph = section.footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    set_font(paragraph.add_run("— "), NUMBER_FONT, NUMBER_SIZE, NUMBER_FONT)
    run = set_font(paragraph.add_run(), NUMBER_FONT, NUMBER_SIZE, NUMBER_FONT)
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        if kind:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
        else:
            element = OxmlElement("w:instrText")
            element.set(qn("xml:space"), "preserve")
            element.text = text
        run._element.append(element)
    set_font(paragraph.add_run(" —"), NUMBER_FONT, NUMBER_SIZE, NUMBER_FONT)
