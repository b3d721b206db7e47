import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp import JiebaSegmenter, RjiebaSegmenter, content_words, default_user_words
from nlp.words import stop_words

TEXTS = [
    "清荷苑小区旁的搅拌站噪音扰民。",
    "市长热线新闻发布会回应关切",
    "B市C3区路灯坏了 30 天",
    "",
]
RJIEBA = RjiebaSegmenter()


@pytest.fixture(scope="module")
def jieba_segmenter() -> JiebaSegmenter:
    return JiebaSegmenter()


@given(st.text())
def test_the_words_of_a_text_joined_give_the_text_again(text):
    assert "".join(RJIEBA.cut(text)) == text


@pytest.mark.parametrize("text", TEXTS)
def test_the_fast_segmenter_cuts_as_the_reference_does(text, jieba_segmenter):
    assert RJIEBA.cut(text) == jieba_segmenter.cut(text)


def test_shipped_words_are_kept_whole():
    assert RJIEBA.cut("回应关切与新闻发布会") == ["回应关切", "与", "新闻发布会"]


@pytest.mark.parametrize("kind", [RjiebaSegmenter, JiebaSegmenter])
def test_words_given_by_the_caller_are_kept_whole(kind):
    assert "清荷苑小区" in kind(["清荷苑小区"]).cut("我住清荷苑小区三栋")


def test_a_masked_place_does_not_swallow_the_estate_behind_it():
    assert RJIEBA.cut("C3区清荷苑")[0] == "C3区"


def test_jieba_says_nothing_and_writes_a_cache_only_where_told(tmp_path, capfd, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "system"))
    (tmp_path / "system").mkdir()
    (tmp_path / "mine").mkdir()
    JiebaSegmenter().cut("停水")
    assert list((tmp_path / "system").iterdir()) == []
    JiebaSegmenter(tmp_dir=str(tmp_path / "mine")).cut("停水")
    assert list((tmp_path / "system").iterdir()) == []
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["jieba.cache"]
    assert capfd.readouterr() == ("", "")
    assert logging.getLogger("jieba").level == logging.WARNING


def test_politeness_punctuation_and_lone_numbers_are_no_content():
    assert content_words(["您好", "，", "领导", "2019", "三十", "3.5", "路灯", "B3区"]) == [
        "路灯",
        "b3区",
    ]


def test_no_word_is_both_vocabulary_and_stop_word():
    assert stop_words().isdisjoint(default_user_words())


def test_the_word_lists_hold_no_word_twice():
    assert len(set(default_user_words())) == len(default_user_words())
