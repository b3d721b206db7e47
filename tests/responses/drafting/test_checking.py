"""The check beside the editor: what it says, and what it leaves alone."""

from __future__ import annotations

import re
from datetime import date, datetime

import pytest

from nlp.answers import read_answer
from responder.responses.drafting import checking
from responder.responses.drafting.checking import Lists, Name, Word
from responder.responses.drafting.facts import EventFact, Facts, differences
from responder.responses.drafting.models import Severity

QUESTION = "金浦华庭地下车位只售不租，业主无处停车。"
GOOD = (
    "经核实，金浦华庭车位共812个，因开发企业尚未公布租售方案，业主停车困难。"
    "根据《物业管理条例》，开发企业须于12月20日前公布租金标准。"
)
FACTS = Facts(
    day=date(2026, 3, 1),
    event=EventFact(datetime(2026, 3, 6, 9, 30), False, "市政务中心三楼发布厅"),
    messages=12,
    people=10,
    first_day=date(2026, 2, 2),
    last_day=date(2026, 2, 20),
    known_days=frozenset({date(2026, 2, 25)}),
    sources=(
        ("关切内容", "2026年2月2日至2026年2月20日，共有 10 人通过 12 条留言反映车位问题。"),
        ("活动口径", "补贴标准为每平方米300元，涉及居民1200户，4月15日起受理申请。"),
        (
            "商定口径",
            "小区配建车位412个，须于12月22日前提供长租车位。承诺推出100个月租车位。",
        ),
    ),
    working_days=frozenset({15}),
    hours=frozenset({48}),
)


def checked(text: str, lists: Lists | None = None, facts: Facts | None = None) -> checking.Check:
    reading = read_answer(text, QUESTION)
    return checking.check(text, reading, lists or Lists(), facts or Facts(date(2026, 3, 1)))


def told(text: str) -> list[str]:
    return [one.told for one in differences(text, FACTS)]


DIFFERENT = {
    "我市定于3 月 5 日召开新闻发布会。": "文中3月5日，发布活动定于3月6日",
    "新闻发布会定于3 月 6 日 9 时 10 分举行。": "文中9时10分，发布活动定于09:30",
    "共收到群众反映 15 条。": "文中15条，话题里现有 12 条",
    "补贴标准为每平方米 350 元。": "文中350元，活动口径里是300元",
    "4 月 25 日起受理申请。": "文中4月25日，活动口径里是4月15日",
    "小区配建车位500个。": "文中500个，商定口径里是412个",
    "小区共配建 500 个车位。": "文中500个，商定口径里是412个",
    "须于 12 月 25 日前提供长租车位，不少于 150 个。": "文中12月25日，商定口径里是12月22日",
    "开发企业承诺推出120个月租车位。": "文中120个，商定口径里是100个",
    "我市定于3月5日召开新闻发布会。": "文中3月5日，发布活动定于3月6日",
    "我市定于2025年3月6日召开新闻发布会。": "文中2025年3月6日，发布活动定于2026年3月6日",
    "新闻发布会定于3月6日9:00举行。": "文中9:00，发布活动定于09:30",
    "发布会于3月6日下午3时举行。": "文中下午3时，发布活动定于09:30",
    "我市将于3月7日上午，举行新闻发布会通报情况。": "文中3月7日，发布活动定于3月6日",
    "3月6日在市文化馆召开新闻发布会。": ("文中“市文化馆”，发布活动的地点是“市政务中心三楼发布厅”"),
    "共收到群众反映15条。": "文中15条，话题里现有 12 条",
    "先后有30人反映车位问题。": "文中30人，话题里现有 10 人",
    "我局3月9日收到群众来电。": "文中3月9日，话题的留言在2月2日至2月20日之间",
    "补贴标准为每平方米350元。": "文中350元，活动口径里是300元",
    "改造涉及居民1500户。": "文中1500户，活动口径里是1200户",
    "4月25日起受理申请。": "文中4月25日，活动口径里是4月15日",
    "我局按规定在20个工作日内答复。": "文中20个工作日，本事项的时限规则是 15 工作日",
    "按照要求，有关部门应在72小时内回应。": "文中72小时，本事项的时限规则是 48 小时",
}

# Each is near to one above, and right or about something else.
ALIKE = [
    "我市定于 3 月 6 日召开新闻发布会。",
    "小区配建 412 个车位，须于12 月 22 日前提供长租车位。",
    "小区配建充电桩 20 个。",
    "楼栋加固至2月29日，3月31号楼不在其列。",
    "补贴标准为每平方米 300 元，4 月 15 日起受理申请。",
    "我市定于3月6日召开新闻发布会。",
    "我市定于2026年3月6日上午9时30分召开新闻发布会。",
    "新闻发布会3月6日9点半开始，8:00起签到。",
    "针对市民2月10日来电反映的问题，将在新闻发布会上回应。",
    "此前1月5日召开的新闻发布会已介绍有关情况。",
    "3月6日在政务中心三楼召开新闻发布会。",
    "在市政府统一部署下召开新闻发布会。",
    "工程3月5日开工，12月20日完工。",
    "共收到群众反映12条，涉及10人。",
    "近期收到10余条群众反映。",
    "今年已办结15件，罚款30人。",
    "我局2月10日收到群众来电。",
    "我局2月25日收到该诉求。",
    "补贴标准为每平方米300元。",
    "每户补贴350元。",
    "改造涉及商户35户、居民1200户。",
    "4月15日起受理申请，4月25日截止。",
    "施工单位将在3个工作日内清理完毕。",
    "我局按规定在15个工作日内答复。",
    "业主委员会在20个工作日内答复物业。",
    "依据国办发〔2016〕61号文件办理。",
    "车位共812个，每月租金300元。",
]


@pytest.mark.parametrize("text", DIFFERENT)
def test_what_differs_from_the_record_is_named_with_both(text):
    assert told(text) == [DIFFERENT[text]]


@pytest.mark.parametrize("text", ALIKE)
def test_what_merely_looks_alike_is_left_alone(text):
    assert told(text) == []


def test_a_day_that_no_calendar_has_is_named():
    assert told("工程2 月 30 日完工。") == ["没有2月30日这一天"]


def test_without_a_record_nothing_differs():
    bare = Facts(date(2026, 3, 1))
    assert [one for text in DIFFERENT for one in differences(text, bare)] == []


LISTS = Lists(
    (
        Word("严厉打击", "改为“依法查处”", Severity.REMIND),
        Word("农民工讨薪", "", Severity.BLOCK),
    ),
    (
        Name("市长王明", ("王明市长", "长王明")),
        Name("市发展和改革委员会", ("市发改委员会",)),
    ),
    ("市住房和城乡建设局", "市公安局", "市第一人民医院", "市第二人民医院", "水务局"),
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("王明市长到现场调研。", "写作“王明市长”，应为“市长王明”"),
        ("市发改委员会已批复。", "写作“市发改委员会”，应为“市发展和改革委员会”"),
        ("市住房与城乡建设局已约谈。", "写作“市住房与城乡建设局”，应为“市住房和城乡建设局”"),
        ("市住房城乡建设局已约谈。", "写作“市住房城乡建设局”，应为“市住房和城乡建设局”"),
        ("市住房和城乡设建局已约谈。", "写作“市住房和城乡设建局”，应为“市住房和城乡建设局”"),
        ("将严厉打击违规行为。", "敏感词“严厉打击”"),
    ],
)
def test_words_and_names_are_told_with_the_right_form(text, said):
    assert said in [remark.told for remark in checked(text, LISTS).remarks]


@pytest.mark.parametrize(
    "text",
    [
        "市长王明到现场调研。", "市发展和改革委员会已批复。", "市住房和城乡建设局已约谈。",
        "市第一人民医院和市第二人民医院已开诊。", "市水务局已到场。",
    ],
)  # fmt: skip
def test_right_names_are_left_alone(text):
    assert [one for one in checked(text, LISTS).remarks if one.kind in ("name", "word")] == []


def test_only_private_data_and_barred_words_block():
    text = "王明市长回应农民工讨薪，将严厉打击，联系13812345678。"
    check = checked(text, LISTS)
    assert [(one.kind, one.severity) for one in check.remarks][:2] == [
        ("private", Severity.BLOCK), ("word", Severity.BLOCK)
    ]  # fmt: skip
    assert check.blocking == 2
    assert {one.severity for one in check.remarks[2:]} == {Severity.REMIND}
    assert "13812345678" not in "".join(one.place for one in check.remarks)
    assert all(one.place and one.told and one.remedy for one in check.remarks)


def test_a_sentence_is_long_from_eighty_one_characters():
    assert [one.kind for one in checked("好" * 79 + "。" + GOOD).remarks] == []
    long = checked("好" * 80 + "。" + GOOD).remarks
    assert [(one.kind, one.told) for one in long] == [("long", "这一句有 81 字")]


def test_an_answer_that_says_nothing_is_told_with_its_evidence():
    check = checked("您反映的问题已收悉，已转有关部门，将尽快处理，感谢您的关注。")
    assert [one.kind for one in check.remarks] == ["empty"]
    assert check.remarks[0].told == "没有说任何实情：只说收到、只说转办、只作承诺、客套"
    assert [quality.good for quality in check.qualities] == [False] * 4
    assert "“您反映的问题已收悉，”只说收到" in check.qualities[1].evidence


def test_a_good_answer_shows_by_which_words_it_is_one():
    check = checked(GOOD)
    assert check.remarks == ()
    assert [(one.label, one.good) for one in check.qualities] == [
        ("扣题", True), ("完整", True), ("解释", True), ("时间", True)
    ]  # fmt: skip
    evidence = [one.evidence for one in check.qualities]
    assert "车位" in evidence[0]
    assert "根据" in evidence[2]
    assert "12月20日" in evidence[3]


@pytest.mark.parametrize(
    "written", ["农民工 讨薪", "农\u200b民工讨薪", "农 民 工 讨 薪", "农民工\u3000讨薪"]
)
def test_a_barred_word_is_found_however_it_is_parted(written):
    check = checked(f"关于{written}的问题，{GOOD}", LISTS)
    assert check.remarks[0].told == "敏感词“农民工讨薪”"
    assert written in check.remarks[0].place
    assert check.blocking == 1


def test_blanks_between_latin_words_part_them():
    lists = Lists((Word("ad hoc", "", Severity.BLOCK), Word("pass", "", Severity.BLOCK)))
    assert checked(f"p ass {GOOD}", lists).blocking == 0
    assert checked(f"ad hoc {GOOD}", lists).blocking == 1


def test_a_text_that_takes_up_one_word_of_many_is_told_so():
    check = checking.check(
        "车位的事。",
        read_answer(
            "车位的事。", "金浦华庭地下车位只售不租，业主无处停车，物业收费偏高，电梯经常停运。"
        ),
        Lists(),
        Facts(date(2026, 3, 1)),
    )
    relevance = check.qualities[0]
    assert not relevance.good
    assert re.fullmatch(r"关切中的 \d+ 个词只提到 1 个：车位", relevance.evidence)


def test_what_leads_up_to_something_is_not_shown_as_the_substance():
    check = checked("经查，详见 https://www.example.gov.cn/a：小区共配建车位812个。")
    assert "如“小区共配建车位812个。”" in check.qualities[1].evidence
    assert "https:”" not in check.qualities[1].evidence


def test_a_day_that_is_on_no_calendar_is_no_time():
    assert not checked("车位2月30日公布。").qualities[3].good
    assert checked("车位 2 月 28 日公布。").qualities[3].good


def test_an_empty_page_is_not_scolded():
    assert checked(" \n") == checking.Check((), ())


@pytest.mark.parametrize(
    "text",
    [
        "项目将尽快复工（复工日期待专班会议确定后补充）。",
        "详见通知【文号待定】。",
        "由××公司负责整改。",
        "联系人：XX。",
        "数据待核实。",
    ],
)
def test_what_was_left_for_later_is_named(text):
    (remark,) = checking.unfinished_remarks(text)
    assert not remark.blocks
    assert "还没有写完" in remark.told


@pytest.mark.parametrize(
    "text",
    [
        "待遇不变（待遇标准见附件）。",
        "信访接待日（接待地点已确定）为周五。",
        "改造 3×4 米的通道。",
        "待天气好转后补种树木。",
    ],
)
def test_what_only_looks_like_it_is_left_alone(text):
    assert list(checking.unfinished_remarks(text)) == []
