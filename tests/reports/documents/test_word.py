"""The Word file: to the standard, with nothing that is not stored."""

from __future__ import annotations

import re
from io import BytesIO
from zipfile import ZipFile

import pytest
from docx.oxml.ns import qn
from docx.shared import Mm

from responder.core.times import SHANGHAI
from responder.orders.models import OrderState
from responder.reports.documents import queries, rules
from responder.reports.documents.models import Report, ReportState
from responder.reports.documents.word import word_file
from tests.orders import factories as orders
from tests.reports.documents.factories import (
    OFFICE,
    SUMMARY,
    TODAY,
    brought_to,
    made,
    month,
    word,
    worried_topic,
    write,
)


def special() -> Report:
    report = made("special", rules.of_topic(worried_topic().id, TODAY))
    write(report, {"summary": SUMMARY, "advice": "加强值守。\n及时通报进展。"})
    return report


@pytest.fixture
def signed(app) -> Report:
    return brought_to(ReportState.SIGNED, special())


def lines(document) -> list[str]:
    return [paragraph.text for paragraph in document.paragraphs]


def cells(document) -> list[str]:
    return [c.text for table in document.tables for row in table.rows for c in row.cells]


def font_of(document, style: str) -> str:
    return document.styles[style].element.rPr.rFonts.get(qn("w:eastAsia"))


def test_number_signer_title_and_date_stand_where_they_belong(signed, people) -> None:
    found = lines(word(signed))
    assert found[0] == f"舆情专报〔2026〕1号\t签发人：{people.signer.display_name}"
    assert found[1] == "关于“翠湖名苑停水”的专报"
    assert found[2].startswith("（数据截至 2026年11月20日")
    assert found[-2:] == [OFFICE, "2026年11月20日"]
    assert "草稿" not in "".join(found)


def test_fonts_are_named_as_the_standard_asks(signed) -> None:
    document = word(signed)
    fonts = [font_of(document, name) for name in ("Title", "Heading 1", "Heading 2", "Body Text")]
    assert fonts == ["方正小标宋简体", "黑体", "楷体_GB2312", "仿宋_GB2312"]
    headings = [p.text for p in document.paragraphs if p.style.name == "Heading 1"]
    assert headings[:3] == ["一、摘要", "二、基本情况", "三、各方观点"]
    section = document.sections[0]
    assert abs(section.page_width - Mm(210)) < Mm(1)
    assert abs(section.top_margin - Mm(37)) < Mm(1)


def test_head_rows_are_repeated_and_no_table_is_wider_than_the_text(app) -> None:
    orders.brought_to(OrderState.DISPATCHED)
    for code in ("hotline", "concerns"):
        document = word(made(code, month()))
        assert document.tables
        for table in document.tables:
            assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
            assert sum(column.width for column in table.columns) <= Mm(156) + 10


def test_charts_are_there_with_chinese_names_and_numbers_of_their_own(signed) -> None:
    content = word_file(signed, OFFICE, SHANGHAI)
    with ZipFile(BytesIO(content)) as archive:
        charts = [name for name in archive.namelist() if name.startswith("word/charts/chart")]
        drawn = "".join(archive.read(name).decode("utf-8") for name in charts)
        body = archive.read("word/document.xml").decode("utf-8")
    assert len(charts) == 1
    assert "留言" in drawn
    assert "仿宋_GB2312" in drawn
    assert body.count("<c:chart ") == len(charts)
    ids = re.findall(r'<wp:docPr id="(\d+)"', body)
    assert len(set(ids)) == len(ids) == len(charts)
    assert "近 30 天每日留言" in lines(word(signed))


def test_what_is_not_signed_says_so(app) -> None:
    report = special()
    found = lines(word(report))
    assert found[0].startswith("舆情专报〔2026〕1号\t签发人：")
    assert "（草稿，未签发）" in found
    assert "（待填写）" in found  # the outlook
    assert "（已作废）" in lines(word(brought_to(ReportState.VOID, report)))


def test_every_number_of_the_file_is_in_what_is_stored(app) -> None:
    orders.brought_to(OrderState.CLOSED)
    for report in (
        special(),
        made("hotline"),
        made("concerns"),
        made("daily", rules.of_day(TODAY, TODAY)),
    ):
        document = word(report)
        stored = str(report.content) + queries.number(report) + "2026年11月20日"
        numbers = re.findall(r"\d[\d.]*", "\n".join([*lines(document), *cells(document)]))
        assert numbers
        assert [one for one in numbers if one not in stored] == []


def test_nothing_that_must_not_leave_is_in_the_file(signed) -> None:
    with ZipFile(BytesIO(word_file(signed, OFFICE, SHANGHAI))) as archive:
        for name in archive.namelist():
            content = archive.read(name)
            assert b"13812345678" not in content
            assert "张建国".encode() not in content


def test_the_closing_never_stands_alone_on_a_page(app) -> None:
    for report in (special(), made("hotline")):
        *_before, last, blank, office, date, _section = word(report).element.body
        kept = [one.find(".//" + qn("w:keepNext")) is not None for one in (last, blank, office)]
        assert kept == [True] * 3
        assert date.findall(".//" + qn("w:keepNext")) == []


def test_each_paragraph_of_a_writer_is_one_of_the_file(signed) -> None:
    found = lines(word(signed))
    assert found[found.index("加强值守。") + 1] == "及时通报进展。"
