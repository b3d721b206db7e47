"""What an official answer says: hand-written answers, empty ones and tempting ones."""

from __future__ import annotations

import pytest

from nlp.answers import Part, read_answer

EMPTY = [
    "已收悉",
    "网友：您好！留言已收悉",
    "您的留言已收悉。关于您反映的问题，已转市教育局调查处理。",
    "您好，您所反映的问题已转交相关部门核实、办复。2025年3月6日",
    "您的来信收悉，我们将尽快调查处理，请耐心等待，谢谢！",
    "感谢您对我们工作的关心、监督与支持。",
    "2025年3月6日",
    "江澜市住房和城乡建设局",
    "网友您好！您反映的事情已收悉，现回复如下：",
]
TELLING = [
    "您好！来信收悉。经核实，该路段路灯线路老化，预计5月底前更换完毕。",
    "您好，您反映的问题已转市教育局。该校2025年秋季不新设班级。",
    "根据《物业管理条例》，停车收费须公示，未公示的可拨打12345举报。",
    "摩托车年检可到建北检测站办理。",
    "因不属于我区管辖，建议您向市电业局反映。",
    "该户不符合低保条件，故不能享受。",
]


@pytest.mark.parametrize("answer", EMPTY)
def test_what_only_acknowledges_passes_on_promises_or_thanks_says_nothing(answer: str) -> None:
    reading = read_answer(answer)
    assert reading.says_nothing, [(c.part.value, c.text) for c in reading.clauses]


@pytest.mark.parametrize("answer", TELLING)
def test_a_fact_a_reason_or_an_instruction_says_something(answer: str) -> None:
    reading = read_answer(answer)
    assert not reading.says_nothing, [(c.part.value, c.text) for c in reading.clauses]


def test_each_clause_is_told_with_what_it_does() -> None:
    parts = [c.part for c in read_answer("您好！留言已收悉。已转市教育局处理。").clauses]
    assert parts == [Part.COURTESY, Part.RECEIPT, Part.FORWARD]


def test_an_answer_to_something_else_shares_few_words_with_the_question() -> None:
    question = "小区地下车位为什么只售不租？"
    near = read_answer("经核查，该小区地下车位可以租赁，月租300元。", question)
    far = read_answer("本市公交三路已增加班次。", question)
    assert near.relevance > far.relevance == 0.0
    assert "车位" in near.shared


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("因开发企业资金周转困难，项目停工。", "因开发企业资金周转困难"),
        ("价格公示有误，系录入错误。", "系录入错误"),
        ("受暴雨影响，线路停运。", "受暴雨影响"),
    ],
)
def test_a_reason_needs_no_long_word(text, reason) -> None:
    assert read_answer(text).reasons == (reason,)


@pytest.mark.parametrize("text", ["因此我局已约谈企业。", "起因正在调查。", "关系到居民出行。"])
def test_what_is_no_reason_is_none(text) -> None:
    assert read_answer(text).reasons == ()


def test_reasons_and_times_are_found_where_they_stand_and_a_signed_date_is_none() -> None:
    reading = read_answer("由于汛期施工受阻，工程将于9月底完工。2025年7月1日")
    assert reading.reasons == ("由于",)
    assert reading.times == ("9月底",)


def test_traditional_script_is_read_as_well() -> None:
    assert read_answer("您的留言已收悉，已轉市教育局處理。").says_nothing


def test_nothing_at_all_says_nothing() -> None:
    assert read_answer("").says_nothing
    assert read_answer("", "何时？").relevance == 0.0 or not read_answer("", "何时？").asked


def test_a_run_of_digits_is_read_as_quickly_as_words() -> None:
    answer = f"经核查，编号为{'7' * 200_000}的路灯将在3个工作日内修好。"
    assert read_answer(answer).times == ("3个工作日",)
