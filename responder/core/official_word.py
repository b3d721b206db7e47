"""Word files as offices write them (GB/T 9704-2012): page, fonts, headings, page numbers.

Fonts are set by name and not embedded: whoever opens the file has them, as every office does.
Texts are cleaned of what a Word file cannot hold, wherever they come from.
A turned page keeps the margins of the upright one, bound at its top.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Length, Mm, Pt

from responder.core.texts import clean

BODY_FONT = "仿宋_GB2312"
TITLE_FONT = "方正小标宋简体"
HEADING_FONTS = ("黑体", "楷体_GB2312", BODY_FONT)
PAGE_NUMBER_FONT = "宋体"

BODY_SIZE, TITLE_SIZE, PAGE_NUMBER_SIZE, TABLE_SIZE = Pt(16), Pt(22), Pt(14), Pt(12)

PAGE_WIDTH, PAGE_HEIGHT = Mm(210), Mm(297)
TOP, LEFT = Mm(37), Mm(28)
TEXT_WIDTH, TEXT_HEIGHT = Mm(156), Mm(225)
LINES, CHARACTERS = 22, 28

# Twentieths of a point. 225 mm are 12756 of them: 22 lines of 29 points (580) would not fit.
LINE_PITCH = 579
# Twentieths of a point by which characters move together: 28 of 16 points are wider than 156 mm.
# Said of the styles and not of the page's grid, which programs other than Word read as cells.
TIGHTER = -5
# The number stands 7 mm under the text: the foot of the page is 35 mm high, itself 5 mm.
FOOTER_DISTANCE = Mm(23)

BODY, TITLE, NOTE, CELL, CELL_HEAD, FIGURE = (
    "Body Text", "Title", "Subtitle", "Table Text", "Table Head", "Figure",
)  # fmt: skip
_FONT_SLOTS = ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs")
_AFTER_GRID = ("w:printerSettings", "w:sectPrChange")


def new_document(title: str = "", now: datetime | None = None, landscape: bool = False) -> Any:
    """An empty document whose page, styles and page numbers are those of the standard.

    :param title: of the file's properties.
    :param now: when it was made.
    """
    document = Document()
    _set_page(document.sections[0], landscape)
    _set_styles(document)
    _number_pages(document)
    properties = document.core_properties
    properties.title, properties.author, properties.comments = clean(title), "", ""
    if now is not None:
        properties.created = properties.modified = now
    return document


def add_title(document: Any, text: str) -> Any:
    """The title, centred, 22 points."""
    return document.add_paragraph(clean(text), style=TITLE)


def add_heading(document: Any, text: str, level: int) -> Any:
    """``一、…`` is of level 1, ``（一）…`` of 2, ``1. …`` of 3; never the last line of a page."""
    return document.add_paragraph(clean(text), style=f"Heading {level}")


def add_body(document: Any, text: str) -> Any:
    """A paragraph of the text, its first line two characters in."""
    return document.add_paragraph(clean(text), style=BODY)


def add_run(paragraph: Any, text: str, address: str = "") -> None:
    """Text at the end of a paragraph; with an address it leads there, and looks no different."""
    run = paragraph.add_run(clean(text))
    if address:
        part = paragraph.part
        link = OxmlElement("w:hyperlink")
        link.set(qn("r:id"), part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
        paragraph._p.remove(run._r)
        link.append(run._r)
        paragraph._p.append(link)


def add_line(document: Any, text: str, font: str = BODY_FONT, centred: bool = False) -> Any:
    """One line without indent: 附件 (黑体), a date below a title (楷体)."""
    paragraph = document.add_paragraph()
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _name_font(paragraph.add_run(clean(text)), font, BODY_SIZE)
    return paragraph


def add_number_line(document: Any, number: str, signer: str = "") -> Any:
    """The number at the left and who signed at the right, one character in on either side.

    :param signer: empty: the place for the name is left free.
    """
    paragraph = add_line(document, number)
    format_ = paragraph.paragraph_format
    format_.left_indent = format_.right_indent = BODY_SIZE
    format_.tab_stops.add_tab_stop(Emu(TEXT_WIDTH - BODY_SIZE), WD_TAB_ALIGNMENT.RIGHT)
    _name_font(paragraph.add_run("\t签发人："), BODY_FONT, BODY_SIZE)
    name = clean(signer) or "　　　"
    _name_font(paragraph.add_run(name), HEADING_FONTS[1], BODY_SIZE)
    return paragraph


def add_closing(document: Any, office: str, date: str) -> Any:
    """Who issues it and the date of it, four characters from the right; never parted."""
    lines = [document.add_paragraph(clean(text), style=BODY) for text in (office, date)]
    for line in lines:
        line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        line.paragraph_format.right_indent = Emu(4 * BODY_SIZE)
    lines[0].paragraph_format.keep_with_next = True
    return lines[-1]


def add_table(
    document: Any,
    columns: Sequence[tuple[str, int]],
    rows: Sequence[Sequence[str]] = (),
    centred: frozenset[int] = frozenset(),
    size: Length = TABLE_SIZE,
) -> Any:
    """A table with its head row, which is repeated on each page.

    :param columns: heading and width in millimetres; together at most the width of the text.
    :param centred: positions of the columns that are centred.
    :param size: of the letters; long tables have smaller ones.
    """
    table = document.add_table(rows=1, cols=len(columns), style="Table Grid")
    table.autofit, table.alignment = False, WD_TABLE_ALIGNMENT.CENTER
    for column, (_heading, width) in zip(table.columns, columns, strict=True):
        column.width = Mm(width)
    headings = [heading for heading, _width in columns]
    _fill(table, table.rows[0], headings, CELL_HEAD, size)
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for cells in rows:
        add_row(table, cells, centred, size)
    return table


def add_row(
    table: Any,
    cells: Sequence[str],
    centred: frozenset[int] = frozenset(),
    size: Length = TABLE_SIZE,
) -> Any:
    """One more row, which no page break parts."""
    row = table.add_row()
    _fill(table, row, cells, CELL, size)
    for place in centred:
        row.cells[place].paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
    return row


def _fill(table: Any, row: Any, texts: Sequence[str], style: str, size: Length) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    for cell, text, column in zip(row.cells, texts, table.columns, strict=True):
        cell.width = column.width
        paragraph = cell.paragraphs[0]
        paragraph.style = style
        run = paragraph.add_run(clean(text))
        if size != TABLE_SIZE:
            run.font.size = size
            paragraph.paragraph_format.line_spacing = Length(int(size * 1.5))


def _set_page(section: Any, landscape: bool) -> None:
    right = Emu(PAGE_WIDTH - LEFT - TEXT_WIDTH)
    bottom = Emu(PAGE_HEIGHT - TOP - TEXT_HEIGHT)
    # Turned, the sheet is bound at its top: the left margin goes there.
    margins = (LEFT, TOP, right, bottom) if landscape else (TOP, right, bottom, LEFT)
    size = (PAGE_HEIGHT, PAGE_WIDTH) if landscape else (PAGE_WIDTH, PAGE_HEIGHT)
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = size
    section.top_margin, section.right_margin = margins[:2]
    section.bottom_margin, section.left_margin = margins[2:]
    section.gutter = Emu(0)
    section.header_distance = Mm(15)
    section.footer_distance = Mm(15) if landscape else FOOTER_DISTANCE
    for old in section._sectPr.findall(qn("w:docGrid")):
        section._sectPr.remove(old)
    grid = _element("w:docGrid", type="lines", linePitch=str(LINE_PITCH))
    section._sectPr.insert_element_before(grid, *_AFTER_GRID)


def _set_styles(document: Any) -> None:
    styles = document.styles
    _set_language(styles)
    normal = styles["Normal"]
    _set_font(normal, BODY_FONT, BODY_SIZE)
    normal.paragraph_format.line_spacing = Pt(LINE_PITCH / 20)
    normal.paragraph_format.space_before = normal.paragraph_format.space_after = Pt(0)
    normal.paragraph_format.widow_control = False  # 22 lines, also where one stands alone
    body = _plain(styles[BODY], BODY_FONT, BODY_SIZE)
    _tighten(body)
    body.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    _indent(body)
    for level, font in enumerate(HEADING_FONTS, 1):
        heading = _plain(styles[f"Heading {level}"], font, BODY_SIZE)
        heading.paragraph_format.keep_with_next = True
        _tighten(heading)
        _indent(heading)
        _set_outline(heading, level)
    title = _plain(styles[TITLE], TITLE_FONT, TITLE_SIZE)
    title.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.paragraph_format.line_spacing = Pt(35)
    _leave_grid(title)
    note = _plain(styles[NOTE], HEADING_FONTS[1], BODY_SIZE)
    note.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _set_small_styles(styles)


def _set_small_styles(styles: Any) -> None:
    for name, font in ((CELL, BODY_FONT), (CELL_HEAD, HEADING_FONTS[0])):
        style = _plain(styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH), font, TABLE_SIZE)
        style.paragraph_format.line_spacing = Pt(18)
        _leave_grid(style)
        _close_up(style)
    head = styles[CELL_HEAD].paragraph_format
    head.alignment, head.keep_with_next = WD_ALIGN_PARAGRAPH.CENTER, True
    # What an exact line height would cut off.
    figure = _plain(styles.add_style(FIGURE, WD_STYLE_TYPE.PARAGRAPH), BODY_FONT, TABLE_SIZE)
    figure.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    figure.paragraph_format.line_spacing = 1.0
    _leave_grid(figure)
    _plain(styles["Footer"], PAGE_NUMBER_FONT, PAGE_NUMBER_SIZE)


def _plain(style: Any, font: str, size: Length) -> Any:
    """``style`` with nothing of its own but this font: no colours, no spaces, no borders."""
    for name in ("w:pPr", "w:rPr"):
        for old in style.element.findall(qn(name)):
            style.element.remove(old)
    for old in style.element.findall(qn("w:basedOn")):
        old.set(qn("w:val"), "Normal")
    style.quick_style = True
    _set_font(style, font, size)
    return style


def _set_font(style: Any, font: str, size: Length) -> None:
    style.font.name, style.font.size = font, size
    fonts = style.element.rPr.rFonts
    fonts.attrib.clear()  # themes go before names
    for slot in _FONT_SLOTS:
        fonts.set(qn(slot), font)


def _name_font(run: Any, font: str, size: Length) -> None:
    run.font.name, run.font.size = font, size
    for slot in _FONT_SLOTS:
        run._element.rPr.rFonts.set(qn(slot), font)


def _set_language(styles: Any) -> None:
    """No theme's font goes before the named ones, and the text is Chinese."""
    for fonts in styles.element.xpath("w:docDefaults//w:rFonts"):
        fonts.attrib.clear()
        for slot in _FONT_SLOTS:
            fonts.set(qn(slot), BODY_FONT)
    for language in styles.element.xpath("w:docDefaults//w:lang"):
        language.set(qn("w:eastAsia"), "zh-CN")


def _set_outline(style: Any, level: int) -> None:
    properties = style.element.get_or_add_pPr()
    properties.append(_element("w:outlineLvl", val=str(level - 1)))


def _tighten(style: Any) -> None:
    style.element.rPr.insert_element_before(
        _element("w:spacing", val=str(TIGHTER)), "w:w", "w:kern", "w:position", "w:sz"
    )


def _leave_grid(style: Any) -> None:
    """Lines of their own height, wherever the lines of the text stand."""
    style.element.get_or_add_pPr().insert_element_before(
        _element("w:snapToGrid", val="0"), "w:spacing", "w:ind", "w:jc"
    )


def _close_up(style: Any) -> None:
    """No space between Chinese and figures: a date fits its column."""
    for name in ("w:autoSpaceDE", "w:autoSpaceDN"):
        style.element.get_or_add_pPr().insert_element_before(
            _element(name, val="0"), "w:snapToGrid", "w:spacing", "w:ind", "w:jc"
        )


def _indent(style: Any) -> None:
    style.paragraph_format.first_line_indent = Emu(2 * BODY_SIZE)
    style.element.pPr.find(qn("w:ind")).set(qn("w:firstLineChars"), "200")


def _number_pages(document: Any) -> None:
    """``— 1 —``, outside on each page, one character from the edge of the text."""
    document.settings.odd_and_even_pages_header_footer = True
    section = document.sections[0]
    for footer, alignment, side in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT, "right_indent"),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT, "left_indent"),
    ):
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]
        paragraph.style = "Footer"
        paragraph.alignment = alignment
        setattr(paragraph.paragraph_format, side, PAGE_NUMBER_SIZE)
        paragraph.add_run("— ")
        _add_page_field(paragraph)
        paragraph.add_run(" —")


def _add_page_field(paragraph: Any) -> None:
    for kind in ("begin", None, "separate", "1", "end"):
        run = paragraph.add_run("1" if kind == "1" else "")
        if kind is None:
            code = _element("w:instrText")
            code.text = "PAGE"
            run._r.append(code)
        elif kind != "1":
            run._r.append(_element("w:fldChar", fldCharType=kind))


def _element(name: str, **attributes: str) -> Any:
    element = OxmlElement(name)
    for key, value in attributes.items():
        element.set(qn(f"w:{key}"), value)
    return element
