import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp import normalise, scripts, to_simplified

CHINESE = st.text(
    st.one_of(
        st.sampled_from("臺灣發佈會瞭解藉口乾燥後面著覆沈Ａ３ａ，。！\n\t\r \u3000\u00a0\u200b①㎡"),
        st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF),
        st.characters(codec="utf-8"),
    )
)


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [
        ("新聞發佈會", "新闻发布会"),
        ("市長熱線", "市长热线"),
        ("瞭解", "了解"),
        ("藉口", "借口"),
        ("答覆", "答复"),
        ("建立程序", "建立程序"),
    ],
)
def test_traditional_script_becomes_simplified_and_official_terms_stay(traditional, simplified):
    assert to_simplified(traditional) == simplified


def test_a_text_without_traditional_characters_is_returned_as_it_is():
    text = "小区停水三天，没有通知"
    assert to_simplified(text) is text


def test_the_blanks_before_a_letter_go_and_its_paragraphs_stay_apart():
    assert (
        normalise("\n\t\t\t\u3000尊敬的领导：\n\t\t\n  路灯\xa0\xa0坏了  ")
        == "尊敬的领导：\n路灯 坏了"
    )


def test_wide_letters_and_digits_fold_but_chinese_punctuation_stays():
    assert normalise("Ａ３区１１０ｋＶ，①号㎡") == "A3区110kV，①号㎡"


def test_invisible_and_control_characters_go():
    assert normalise("路\u200b灯\ufeff不\x00亮\x07") == "路灯不 亮"


@given(CHINESE)
def test_normalising_twice_changes_nothing_more(text):
    once = normalise(text)
    assert normalise(once) == once


@given(CHINESE)
def test_nothing_is_left_at_the_ends_and_no_control_character_but_line_breaks(text):
    result = normalise(text)
    assert result == result.strip()
    assert all(c == "\n" or unicodedata.category(c) != "Cc" for c in result)


@pytest.mark.parametrize("text", ["路灯", "路燈"])
def test_a_search_asks_for_both_scripts(text: str) -> None:
    assert set(scripts(text)) == {"路灯", "路燈"}


def test_a_search_keeps_what_was_typed_and_repeats_nothing() -> None:
    assert scripts("路燈开放") == ("路燈开放", "路灯开放", "路燈開放")
    assert scripts("abc 12") == ("abc 12",)


def test_a_text_of_blanks_is_as_quick_as_one_of_words() -> None:
    blanks = "\t \u3000" * 100_000
    assert normalise(f"a{blanks}b{blanks}\r\n{blanks}\u2028c") == "a b\nc"
