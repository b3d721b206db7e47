"""The pack as a Word file: to the standard, with charts of the table's numbers, masked."""

from __future__ import annotations

import re
from datetime import date, timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from responder.core import official_word as official
from responder.core.charts import ChartKind, Figures
from responder.core.charts.word import workbook
from responder.core.database import transaction
from responder.core.permissions import CONSOLE
from responder.intake.models import Channel
from responder.planning.briefing import answers as registry
from responder.planning.briefing.answers import Answer
from responder.planning.briefing.layout import shipped_template
from responder.planning.briefing.pack import CURVE_DAYS
from responder.planning.briefing.rendering import word_file
from responder.planning.briefing.sample import sample_pack
from responder.planning.events.models import MediaInvitation, PreparationTask, Reply
from responder.planning.models import EventState, LinkState
from tests.factories import NOW
from tests.planning import factories
from tests.planning.briefing.factories import (
    answered_event,
    fill,
    heat_on,
    message,
    pack_of,
    refreshed,
    say,
)
from tests.planning.queries import count_queries

PARKING = "小区地下车位为什么只售不租？"
MILLIMETRE = 36_000  # EMU


def opened(content: bytes):
    return Document(BytesIO(content))


def text_of(content: bytes) -> str:
    document = opened(content)
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def part(content: bytes, name: str) -> str:
    with ZipFile(BytesIO(content)) as archive:
        return archive.read(name).decode("utf-8")


@pytest.fixture(scope="module")
def sample() -> bytes:
    return word_file(sample_pack(), shipped_template())


def east_asian(style) -> str:
    return style.element.rPr.rFonts.get(qn("w:eastAsia"))


def test_the_page_is_that_of_the_standard(sample):
    section = opened(sample).sections[0]
    assert abs(section.page_width - Mm(210)) < MILLIMETRE / 10
    assert abs(section.page_height - Mm(297)) < MILLIMETRE / 10
    assert abs(section.top_margin - Mm(37)) < MILLIMETRE / 10
    assert abs(section.left_margin - Mm(28)) < MILLIMETRE / 10
    width = section.page_width - section.left_margin - section.right_margin
    height = section.page_height - section.top_margin - section.bottom_margin
    assert abs(width - Mm(156)) < MILLIMETRE / 10
    assert abs(height - Mm(225)) < MILLIMETRE / 10


def test_22_lines_of_28_characters_fit_and_not_one_more(sample):
    document = opened(sample)
    section, body = document.sections[0], document.styles[official.BODY]
    height = section.page_height - section.top_margin - section.bottom_margin
    line = document.styles["Normal"].paragraph_format.line_spacing
    assert 22 * line <= height < 23 * line
    width = section.page_width - section.left_margin - section.right_margin
    closer = int(body.element.rPr.find(qn("w:spacing")).get(qn("w:val"))) / 20
    character = body.font.size + Pt(1) * closer
    assert 28 * character <= width < 29 * character


@pytest.mark.parametrize(
    ("style", "font", "size"),
    [
        ("Normal", "仿宋_GB2312", 16),
        ("Body Text", "仿宋_GB2312", 16),
        ("Title", "方正小标宋简体", 22),
        ("Heading 1", "黑体", 16),
        ("Heading 2", "楷体_GB2312", 16),
        ("Heading 3", "仿宋_GB2312", 16),
        ("Footer", "宋体", 14),
    ],
)
def test_fonts_are_named_and_not_embedded(sample, style, font, size):
    found = opened(sample).styles[style]
    assert (east_asian(found), found.font.size) == (font, Pt(size))
    assert not any("theme" in key.lower() for key in found.element.rPr.rFonts.attrib)
    with ZipFile(BytesIO(sample)) as archive:
        assert not [name for name in archive.namelist() if name.startswith("word/fonts/")]


def test_pages_are_numbered_outside(sample):
    document = opened(sample)
    section = document.sections[0]
    assert document.settings.odd_and_even_pages_header_footer
    for footer, side in ((section.footer, "RIGHT"), (section.even_page_footer, "LEFT")):
        paragraph = footer.paragraphs[0]
        assert paragraph.text == "— 1 —"
        assert "PAGE" in paragraph._p.xml
        assert paragraph.alignment.name == side


def test_tables_stay_within_the_text_and_repeat_their_heads(sample):
    document = opened(sample)
    assert len(document.tables) == 2
    for table in document.tables:
        assert sum(column.width for column in table.columns) < Mm(156.1)
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None


def test_nothing_of_the_template_is_left(sample):
    text = text_of(sample)
    assert "{" not in text
    assert "占位符" not in text
    assert "内部材料，2026年3月5日" in text


def test_the_pack_says_all_that_there_is(session):
    made, of = answered_event(summary="介绍车位租售管理办法。")
    fill(made, wording="先租后售。\n价格公示。", host="李主任")
    say(made, "已约谈开发企业。")
    for number in range(3):
        message(of, PARKING, who=f"person-{number}")
    with transaction(CONSOLE, NOW) as writing:
        writing.add(
            PreparationTask(
                event_id=made.id, position=1, name="审定口径", days=5,
                due_on=date(2026, 11, 20), responsible="王静",
            )
        )  # fmt: skip
        writing.add(MediaInvitation(event_id=made.id, outlet="日报", reply=Reply.ACCEPTED))
    text = text_of(word_file(pack_of(made), shipped_template()))
    for said in (
        "发布时间：2026年11月27日 星期五 09:00",
        "发布地点：市政府新闻发布厅",
        "发布单位：市住房和城乡建设局",
        "主持人：李主任",
        "先租后售。",
        "价格公示。",
        "已约谈开发企业。",
        "介绍车位租售管理办法。",
        f"1. {PARKING}（来电记录，3 条、3 人，留言编号 ",
        "市长热线 3 条",
        "此前没有回应。",
        "审定口径",
        "王静",
        "拟邀媒体 1 家：同意参加 1 家。",
    ):
        assert said in text


def test_an_event_of_which_nothing_is_known_still_makes_a_file(session):
    text = text_of(word_file(pack_of(factories.event()), shipped_template()))
    assert "还没有确认关联的话题。" in text
    assert "还没有筹备清单。" in text
    assert "{" not in text


def test_personal_data_is_masked_in_every_part(session):
    made, of = answered_event()
    number = "13812345678"
    fill(made, wording=f"联系 {number}。", summary=f"电话 {number}")
    say(made, f"请拨 {number}")
    message(of, f"请问为什么不处理？请回电{number}")
    content = word_file(pack_of(made), shipped_template())
    with ZipFile(BytesIO(content)) as archive:
        for name in archive.namelist():
            assert number.encode() not in archive.read(name), name
    assert "138******78" in text_of(content) or "138****5678" in text_of(content)


def test_charts_show_the_numbers_of_the_pack(session):
    made, of = answered_event()
    refreshed()
    today = date(2026, 11, 20)
    for days in (1, 1, 3):
        message(of, PARKING, at=NOW - timedelta(days=days), channel=Channel.WEIBO)
    heat_on(of, today - timedelta(days=2), 40.0)
    heat_on(of, today, 56.5)
    pack = pack_of(made)
    content = word_file(pack, shipped_template())
    volume, heat, channels = (part(content, f"word/charts/chart{n}.xml") for n in (1, 2, 3))
    assert pack.charts[0].names[-1] == "11/20"
    assert cached(volume) == [str(n) for n in pack.charts[0].series[0][1]]
    assert sum(pack.charts[0].series[0][1]) == 3
    assert len(cached(volume)) == CURVE_DAYS
    assert cached(heat) == ["40", "56.5"]
    assert 'dispBlanksAs val="gap"' in heat
    assert cached(channels) == ["3"]
    assert "微博" in channels
    assert "留言（条）" in volume
    assert "1. 金浦华庭地下车位只售不" in volume


def cached(xml: str) -> list[str]:
    """The numbers that a chart shows without its workbook."""
    kept = re.findall(r"<c:numCache>.*?</c:numCache>", xml)
    return re.findall(r"<c:v>(.*?)</c:v>", "".join(kept))


def test_charts_can_be_edited_and_are_named_for_who_cannot_see_them(sample):
    document = part(sample, "word/document.xml")
    assert document.count("<c:chart ") == 3
    assert "每日留言。示例：3月4日 至 3月5日，最高 5（3月5日）" in document
    for number in (1, 2, 3):
        chart = part(sample, f"word/charts/chart{number}.xml")
        assert "<c:externalData" in chart
        assert '<a:ea typeface="仿宋_GB2312"/>' in chart
        relations = part(sample, f"word/charts/_rels/chart{number}.xml.rels")
        book = re.search(r"\.\./(embeddings/\w+\.xlsx)", relations).group(1)
        with ZipFile(BytesIO(sample)) as archive, ZipFile(archive.open(f"word/{book}")) as inner:
            assert "xl/worksheets/sheet1.xml" in inner.namelist()


def test_what_was_answered_is_told_by_higher_rooms_and_by_earlier_events(session, monkeypatch):
    made, of = answered_event()
    earlier = factories.event("老的发布会", NOW - timedelta(days=40), EventState.HELD)
    factories.link(of, earlier, LinkState.CONFIRMED)
    say(earlier, "正在研究。")
    answer = Answer(of.id, "关于车位的回应", "已查处。", "住建局", "已公开", NOW, "HY-2026-0001")
    monkeypatch.setattr(registry, "_answering", {})
    registry.answered_by("test", lambda _session, ids: [answer] if of.id in ids else [])
    text = text_of(word_file(pack_of(made), shipped_template()))
    assert "1. 关于车位的回应（住建局，已公开，2026年11月20日，HY-2026-0001）" in text
    assert "2. 老的发布会（市住房和城乡建设局，会上已回应，2026年10月11日）" in text
    assert "正在研究。" in text


def test_a_topic_that_was_merged_away_stands_once_with_both_statements(session):
    made, of = answered_event()
    other = factories.topic("车位太贵")
    link = factories.link(other, made, LinkState.CONFIRMED)
    say(made, "先租后售。")
    with transaction(CONSOLE, NOW):
        link.statement = "价格公示。"
    with transaction(CONSOLE, NOW):
        other.merged_into_id = of.id
    pack = pack_of(made)
    assert [one.topic_id for one in pack.topics] == [of.id]
    assert pack.topics[0].statement == ("先租后售。", "价格公示。")


def test_more_topics_cost_no_more_queries(session):
    made, of = answered_event()
    message(of, PARKING)

    def cost() -> int:
        return count_queries(lambda: pack_of(made))

    few = cost()
    for number in range(6):
        another = factories.topic(f"第{number}个话题")
        factories.link(another, made, LinkState.CONFIRMED)
        message(another, PARKING)
    assert cost() == few


def test_the_axis_of_counts_has_whole_numbers_in_word():
    few = Figures(ChartKind.KINDS, "来源", "留言（条）", ("热线", "网站"), (("留言", (2.0, 3.0)),))
    with ZipFile(BytesIO(workbook(few, drawn=True))) as archive:
        assert '<c:majorUnit val="1"/>' in archive.read("xl/charts/chart1.xml").decode()


def test_the_axis_of_counts_has_whole_numbers_on_the_page(app):
    figures = Figures(
        ChartKind.KINDS, "来源", "留言（条）", ("热线", "网站"), (("留言", (17.0, 5.0)),)
    )
    with app.test_request_context():
        macros = app.jinja_env.get_template("components/charts.html").module
        drawn = str(macros.figure(figures))
    assert "<title>热线 留言：17</title>" in drawn
    assert ".0<" not in drawn
