"""Word files to the standard: what every office's document has in common."""

from __future__ import annotations

from datetime import UTC, datetime

from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from responder.core import official_word as word

TENTH = 3_600  # EMU of a tenth of a millimetre


def test_a_turned_page_keeps_the_margins_of_the_upright_one():
    upright = word.new_document().sections[0]
    turned = word.new_document(landscape=True).sections[0]
    assert abs(turned.page_width - Mm(297)) < TENTH
    assert abs(turned.top_margin - upright.left_margin) < TENTH
    assert abs(turned.left_margin - upright.bottom_margin) < TENTH
    assert abs(turned.right_margin - upright.top_margin) < TENTH
    assert abs(turned.bottom_margin - upright.right_margin) < TENTH


def test_a_table_has_smaller_letters_where_that_is_asked_for():
    document = word.new_document()
    table = word.add_table(document, [("序号", 20), ("主题", 100)], [("1", "甲")], {0}, Pt(10.5))
    paragraph = table.rows[1].cells[0].paragraphs[0]
    assert paragraph.runs[0].font.size == Pt(10.5)
    assert paragraph.alignment.name == "CENTER"
    assert table.rows[1].cells[1].paragraphs[0].alignment is None
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None


def test_a_line_has_the_font_that_is_named():
    line = word.add_line(word.new_document(), "附件", "黑体")
    fonts = line.runs[0]._element.rPr.rFonts
    assert {fonts.get(qn(f"w:{slot}")) for slot in ("ascii", "eastAsia", "hAnsi")} == {"黑体"}


def test_the_file_says_when_it_was_made_and_not_by_what():
    now = datetime(2026, 3, 5, tzinfo=UTC)
    properties = word.new_document("年度计划", now).core_properties
    assert (properties.title, properties.author, properties.comments) == ("年度计划", "", "")
    assert properties.created == now


def test_a_pasted_control_character_breaks_no_file():
    document = word.new_document("年度\x0b计划")
    word.add_title(document, "年度\x0b计划")
    word.add_heading(document, "一、\x01总体", 1)
    word.add_body(document, "老旧\x0b小区\n第二行")
    word.add_line(document, "附\x1f件")
    table = word.add_table(document, [("主\x0b题", 100)], [("甲\x00乙",)])
    told = [paragraph.text for paragraph in document.paragraphs]
    assert told == ["年度计划", "一、总体", "老旧小区\n第二行", "附件"]
    assert [row.cells[0].text for row in table.rows] == ["主题", "甲乙"]
    assert document.core_properties.title == "年度计划"
