"""How a text speaks, and which of its words say so."""

import tomllib
from collections import Counter
from importlib.resources import files

import pytest

from nlp import RjiebaSegmenter, normalise, tone, tone_of_tokens

COMPLAINT = "小区楼下烧烤店油烟扰民，投诉多次一直无人管，居民苦不堪言！"
PRAISE = "感谢社区工作人员，态度热情，办事很认真，点赞！"


@pytest.mark.parametrize(
    ("text", "label"),
    [
        (COMPLAINT, "negative"),
        ("开发商拖欠工资，投诉无门。", "negative"),
        ("凌晨还在施工，噪音大得睡不着觉", "negative"),
        (PRAISE, "positive"),
        ("为坚守岗位的医护人员致敬，武汉加油！", "positive"),
        ("请问新建的客运站什么时候开通？", "neutral"),
        ("建议在路口增加一个红绿灯。", "neutral"),
        ("9月1日起，办事大厅搬到中山路12号。", "neutral"),
    ],
)
def test_a_text_is_negative_neutral_or_positive(text: str, label: str) -> None:
    assert tone(text).label == label


@pytest.mark.parametrize("text", ["", " ", "\n", "。。。", "@12345: https://example.org/a"])
def test_a_text_without_words_that_feel_is_neutral_without_evidence(text: str) -> None:
    found = tone(text)
    assert (found.label, found.score, found.evidence) == ("neutral", 0.0, ())


def test_negation_turns_what_it_stands_before() -> None:
    assert tone("对处理结果满意").score > 0 > tone("对处理结果不满意").score
    assert tone("公园不漂亮").label == "negative"
    assert tone("晚上没有噪音了").score > 0
    assert tone("办事从不敷衍").score > 0


def test_negation_ends_with_its_clause() -> None:
    assert tone("没有，非常满意").label == "positive"


def test_degree_words_raise_and_lower() -> None:
    assert tone("非常满意").score > tone("满意").score > tone("比较满意").score


def test_what_stands_before_an_adversative_counts_less_than_what_follows() -> None:
    assert tone("工作人员态度很好，但是问题一直没有解决，非常失望").label == "negative"
    before, after = tone("很失望，但是满意"), tone("满意，但是很失望")
    assert before.score > after.score


def test_an_adversative_leaves_the_sentence_before_alone() -> None:
    alone, before = dict(tone("很满意。").evidence), dict(tone("很满意。但是路远。").evidence)
    assert before["很满意"] == alone["很满意"]


def test_what_is_wished_for_is_not_yet_there() -> None:
    assert tone("希望早点给我们一个整洁优美的环境").label == "neutral"
    assert tone("小区整洁优美").label == "positive"


def test_a_blessing_is_a_wish_that_counts() -> None:
    assert tone("希望大家平安健康，早日康复").label == "positive"


def test_thanks_that_close_a_request_or_a_complaint_are_manners() -> None:
    assert tone("请问公积金怎样提取？谢谢！").label == "neutral"
    assert tone("噪音扰民，多次反映无果。感谢政府！").label == "negative"
    assert tone("问题已经解决，非常感谢！").label == "positive"


def test_a_report_of_something_bad_weighs_less_than_the_writers_own_words() -> None:
    own, reported = "路上发生事故，令人痛心", "据报道，路上发生事故，令人痛心"
    assert tone(own).score < tone(reported).score < 0


def test_evidence_occurs_in_the_text_in_its_order() -> None:
    for text in (COMPLAINT, PRAISE, "//@某某:不太满意，但是有点可怕"):
        phrases = [phrase for phrase, _ in tone(text).evidence]
        places = [text.index(phrase) for phrase in phrases]
        assert phrases
        assert places == sorted(places)


def test_evidence_shows_the_words_that_changed_a_weight() -> None:
    assert [phrase for phrase, _ in tone("结果非常不满意").evidence] == ["非常不满意"]


def test_the_score_follows_the_sum_of_the_evidence() -> None:
    for text in (COMPLAINT, PRAISE, "投诉无门。" * 50):
        found = tone(text)
        total = sum(weight for _, weight in found.evidence)
        assert (found.score > 0) == (total > 0)
        assert -1 <= found.score <= 1


def test_saying_it_again_counts_once() -> None:
    assert tone("加油！" * 9) == tone("加油！")


def test_names_of_others_are_no_words_of_the_writer() -> None:
    assert tone("//@快乐的小明: 转发").evidence == ()


def test_a_listed_word_inside_a_name_feels_nothing() -> None:
    assert tone("加油站在幸福路").label == "neutral"


def test_traditional_script_speaks_the_same_once_normalised() -> None:
    text = normalise("樓下燒烤店油煙擾民，投訴多次無人管，居民苦不堪言")
    assert tone(text).label == "negative"
    assert tone(text) == tone("楼下烧烤店油烟扰民，投诉多次无人管，居民苦不堪言")


def test_tokens_and_text_say_the_same() -> None:
    segmenter = RjiebaSegmenter()
    assert tone_of_tokens(segmenter.cut(COMPLAINT)) == tone(COMPLAINT, segmenter)
    assert tone_of_tokens(()).label == "neutral"


def test_no_word_is_listed_with_two_weights() -> None:
    source = tomllib.loads(files("nlp").joinpath("data", "tone.toml").read_text("utf-8"))
    feelings = Counter(
        word
        for name in ("feeling", "courtesy")
        for group in source[name]
        for word in group["words"].split()
    )
    degrees = Counter(word for group in source["degree"] for word in group["words"].split())
    assert {word for words in (feelings, degrees) for word, n in words.items() if n > 1} == set()
