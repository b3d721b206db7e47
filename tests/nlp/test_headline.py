import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp import RjiebaSegmenter
from nlp.headline import clauses, is_masked, is_paired, tidy

SEGMENTER = RjiebaSegmenter()
PHRASES = [
    "关于",
    "请",
    "清荷苑",
    "停水",
    "的",
    "几点",
    "建议",
    "问题",
    "有",
    "（",
    "图",
    "）",
    "“",
    "吗",
    "了",
]


def tidied(text: str) -> str:
    return "".join(tidy(SEGMENTER.cut(text)))


@pytest.mark.parametrize(
    ("clause", "headline"),
    [
        ("关于清荷苑地下车库积水问题的投诉", "清荷苑地下车库积水"),
        ("对沿河路绿化的两点建议", "沿河路绿化"),
        ("就沿河路扩建的几点意见", "沿河路扩建"),
        ("再次强烈要求清荷苑通水", "清荷苑通水"),
        ("请政府尽快修复沿河路", "修复沿河路"),
        ("请在沿河路装路灯", "沿河路装路灯"),
        ("清荷苑停车难如何解决", "清荷苑停车难"),
        ("清荷苑电梯安全隐患盼重视", "清荷苑电梯安全隐患"),
        ("清荷苑漏水（图）", "清荷苑漏水"),
        ("“清荷苑停水”", "清荷苑停水"),
        ("清荷苑停水了", "清荷苑停水"),
        ("反映情况", ""),
        ("您好", ""),
    ],
)
def test_the_wrapping_of_a_letter_is_taken_off(clause, headline):
    assert tidied(clause) == headline


@pytest.mark.parametrize(
    "clause",
    [
        "清荷苑房屋有质量问题",  # without 问题 it would praise the houses
        "没有消防证却正常营业",
        "不让业主进小区",
        "清荷苑能否通公交",
        "沿河路何时开工",
        "生育津贴还能领取吗",
        "咨询公司拖欠工资",
        "希望小学操场积水",
        "老板欠钱不还",
        "家长对供餐单位的疑问",
    ],
)
def test_words_that_carry_the_sense_stay(clause):
    assert tidied(clause) == clause


@given(st.lists(st.sampled_from(PHRASES), max_size=9))
def test_what_remains_is_words_of_the_clause_in_their_order(tokens):
    rest = iter(tokens)
    assert all(token in rest for token in tidy(tokens))
    assert is_paired("".join(tidy(tokens)))


@given(st.lists(st.sampled_from(PHRASES), max_size=9))
def test_no_headline_ends_in_a_particle(tokens):
    assert not tidy(tokens) or tidy(tokens)[-1] not in {"的", "请", "关于"}


def found(text: str) -> list[tuple[str, str]]:
    return [("".join(clause), mark) for clause, mark in clauses(SEGMENTER.cut(text))]


def test_clauses_end_at_punctuation_and_blanks_between_han():
    assert found("清荷苑停水，求助！盼复 急") == [
        ("清荷苑停水", ""),
        ("求助", ""),
        ("盼复", ""),
        ("急", ""),
    ]
    assert found("A3区 清荷苑停水") == [("A3区清荷苑停水", "")]


def test_headlines_and_tags_are_told_from_the_text():
    assert found("#共同战疫#【上海#购物节#来啦！】今晚") == [
        ("共同战疫", "#"),
        ("上海购物节来啦", "【"),
        ("今晚", ""),
    ]


def test_codes_of_masked_places_are_known():
    assert is_masked("A市")
    assert is_masked("K10县")
    assert not is_masked("长沙市")
