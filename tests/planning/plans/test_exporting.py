"""The plan as files, opened by other readers than those that wrote them."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import python_calamine
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from sqlalchemy.orm import Session

from responder.core.database import transaction
from responder.core.permissions import CONSOLE
from responder.core.times import SHANGHAI
from responder.planning import service
from responder.planning.plans import changing, importing
from responder.planning.plans.changing import Ground
from responder.planning.plans.exporting import FORMATS
from responder.planning.plans.plan_rows import plan_template
from responder.planning.plans.service import get_plan
from tests.factories import NOW, unit
from tests.planning import factories as make

HEADINGS = ["序号", "发布主题", "发布形式", "拟发布时间", "发布单位", "发布人", "依据", "备注"]


def exported(session: Session, kind: str) -> bytes:
    """The plan with a row of each kind, and a change."""
    row = make.entry(theme="=HYPERLINK(1)", month=3, basis="+1", speaker="@局长")
    make.entry(theme="年终盘点", month=12, day=5)
    make.adopt()
    ground = Ground("数据核实延后", "分管副市长同意", CONSOLE, NOW)
    with transaction(CONSOLE, NOW) as writing:
        entry = service.get_entry(writing, row.id)
        wanted = make.facts(theme=row.theme, month=4, basis=row.basis, speaker=row.speaker)
        changing.change_entry(writing, entry, wanted, entry.version_id, ground)
    session.expire_all()
    return FORMATS[kind].write(session, get_plan(session, 2026), SHANGHAI, NOW, CONSOLE)


def sheets(content: bytes) -> dict[str, list[list[object]]]:
    book = python_calamine.CalamineWorkbook.from_filelike(BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_the_workbook_holds_the_offices_table_and_the_change_table(session: Session) -> None:
    found = sheets(exported(session, "xlsx"))
    plan, changes = found["年度计划"], found["变更表"]
    assert plan[0][0] == "2026年度新闻发布计划"
    assert plan[1][0] == "2026年2月10日 市政府第20次常务会议审议通过"
    assert plan[2] == HEADINGS
    assert plan[3][:5] == [1, "=HYPERLINK(1)", "新闻发布会", "2026年4月", "市住房和城乡建设局"]
    assert plan[4][3] == "2026年12月5日"
    assert changes[1][2:4] == ["变更", "计划条目"]
    assert changes[2][1] == "2026年11月20日"
    assert changes[2][4:7] == ["拟发布时间：3月 → 4月", "数据核实延后", "分管副市长同意"]


def test_no_cell_of_the_workbook_is_a_formula(session: Session) -> None:
    with zipfile.ZipFile(BytesIO(exported(session, "xlsx"))) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/"):
                assert "<f>" not in archive.read(name).decode()


def test_the_workbook_prints_on_a4_landscape_with_its_head_on_every_page(
    session: Session,
) -> None:
    with zipfile.ZipFile(BytesIO(exported(session, "xlsx"))) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        book = archive.read("xl/workbook.xml").decode()
    assert re.search(r'<pageSetup[^>]*paperSize="9"[^>]*orientation="landscape"', sheet)
    assert re.search(r'<pageSetup[^>]*fitToHeight="0"', sheet)
    assert 'fitToPage="1"' in sheet
    assert "第 &amp;P 页，共 &amp;N 页" in sheet
    assert re.search(r"_xlnm.Print_Titles[^>]*>年度计划!\$3:\$3<", book)


def test_an_exported_workbook_can_be_imported_into_another_year(
    session: Session, tmp_path: Path
) -> None:
    path = tmp_path / "计划.xlsx"
    path.write_bytes(exported(session, "xlsx"))
    with transaction(CONSOLE, NOW) as writing:
        file = importing.read_file(writing, path, 2027, CONSOLE)
        found = importing.store(writing, file, CONSOLE)
    assert found.rows == 2
    assert all("2026 年的时间" in refusal.reason for refusal in found.refusals)


def test_the_word_file_is_a4_landscape_with_the_standards_margins(session: Session) -> None:
    (section,) = Document(BytesIO(exported(session, "docx"))).sections
    assert section.orientation == WD_ORIENT.LANDSCAPE
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (297, 210)
    text_width = section.page_width - section.left_margin - section.right_margin
    text_height = section.page_height - section.top_margin - section.bottom_margin
    assert abs(text_width - Mm(225)) < Mm(0.1)
    assert abs(text_height - Mm(156)) < Mm(0.1)


def east_asian(paragraph: Any) -> str:
    """The font of its Chinese characters, which its style names."""
    return str(paragraph.style.element.rPr.rFonts.get(qn("w:eastAsia")))


def test_the_word_file_names_its_fonts(session: Session) -> None:
    document = Document(BytesIO(exported(session, "docx")))
    title = document.paragraphs[0]
    assert (title.text, east_asian(title), title.style.font.size) == (
        "2026年度新闻发布计划",
        "方正小标宋简体",
        Pt(22),
    )
    head = document.tables[0].rows[0].cells[0].paragraphs[0]
    body = document.tables[0].rows[1].cells[1].paragraphs[0]
    assert (east_asian(head), east_asian(body)) == ("黑体", "仿宋_GB2312")


def test_the_word_file_holds_both_tables_and_repeats_their_heads(session: Session) -> None:
    document = Document(BytesIO(exported(session, "docx")))
    plan, changes = document.tables
    assert [cell.text for cell in plan.rows[0].cells] == HEADINGS
    assert [cell.text for cell in plan.rows[2].cells][:4] == [
        "2",
        "年终盘点",
        "新闻发布会",
        "2026年12月5日",
    ]
    assert changes.rows[1].cells[4].text == "拟发布时间：3月 → 4月"
    for table in (plan, changes):
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)
    assert "附件" in [paragraph.text for paragraph in document.paragraphs]


def test_a_plan_without_changes_has_no_annex(session: Session) -> None:
    make.entry()
    content = FORMATS["docx"].write(session, get_plan(session, 2026), SHANGHAI, NOW, CONSOLE)
    document = Document(BytesIO(content))
    assert len(document.tables) == 1
    assert "（草案，尚未审议）" in [paragraph.text for paragraph in document.paragraphs]


def test_the_template_has_the_columns_and_lists_the_units(session: Session) -> None:
    found = sheets(plan_template([unit()]))
    assert found["发布计划"] == [HEADINGS]
    assert found["单位"] == [["市住房和城乡建设局"]]
    assert [line[0] for line in found["填写说明"][1:]] == HEADINGS
