"""Word files by GB/T 9704-2012."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO

from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from responder.core import official_word as word

NOW = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)


def saved(document: object) -> object:
    content = BytesIO()
    document.save(content)
    return Document(BytesIO(content.getvalue()))


def test_an_upright_page_has_the_standards_text_area_and_22_lines() -> None:
    (section,) = saved(word.new_document("通知", NOW)).sections
    assert (round(section.top_margin.mm), round(section.left_margin.mm)) == (37, 28)
    text_height = section.page_height - section.top_margin - section.bottom_margin
    assert abs(section.page_width - section.left_margin - section.right_margin - Mm(156)) < Mm(0.1)
    assert abs(text_height - Mm(225)) < Mm(0.1)
    assert text_height // Pt(word.LINE_PITCH) == 22
    grid = section._sectPr.find(qn("w:docGrid"))
    assert grid.get(qn("w:linePitch")) == str(word.LINE_TWIPS)


def test_the_body_is_fangsong_of_16_points_on_exact_lines() -> None:
    normal = saved(word.new_document("通知", NOW)).styles["Normal"]
    assert normal.element.rPr.rFonts.get(qn("w:eastAsia")) == "仿宋_GB2312"
    assert normal.font.size == Pt(16)
    assert abs(normal.paragraph_format.line_spacing - Pt(28.9)) < Pt(0.1)


def test_pages_are_numbered_between_dashes() -> None:
    (section,) = saved(word.new_document("通知", NOW)).sections
    (paragraph,) = section.footer.paragraphs
    assert paragraph.text == "—  —"
    assert [one.text for one in paragraph._p.iter(qn("w:instrText"))] == ["PAGE"]


def test_a_file_says_what_it_is_and_when_it_was_made() -> None:
    properties = saved(word.new_document("通知", NOW)).core_properties
    assert (properties.title, properties.author, properties.comments) == ("通知", "", "")
    assert properties.created.replace(tzinfo=UTC) == NOW
