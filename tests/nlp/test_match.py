import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp import match

TERMS = st.dictionaries(
    st.sampled_from(["公交", "地铁", "学位", "油烟", "停水"]), st.floats(0.1, 9)
)


def test_the_reason_names_shared_words_rarest_first():
    idf = {"公交": 1.0, "江滩": 4.0, "线路": 2.0, "发布会": 3.0}
    found = match(["江滩", "公交", "线路"], ["公交", "江滩", "发布会"], idf)
    assert [word for word, _ in found.words] == ["江滩", "公交"]
    assert 0 < found.score < 1


def test_a_word_that_idf_lacks_counts_as_the_rarest():
    found = match(["清荷苑", "公交"], ["清荷苑", "公交"], {"公交": 1.0, "学位": 3.0})
    assert found.words[0] == ("清荷苑", pytest.approx(0.9))


def test_nothing_shared_gives_zero_and_no_words():
    assert match(["公交"], ["学位"]) == (0.0, ())
    assert match([], {}) == (0.0, ())


@given(TERMS, TERMS)
def test_score_is_symmetric_bounded_and_its_shares_sum_to_one(one, other):
    found, back = match(one, other), match(other, one)
    assert 0 <= found.score <= 1
    assert found.score == pytest.approx(back.score)
    assert {word for word, _ in found.words} == set(one) & set(other)
    if found.words:
        assert sum(share for _, share in found.words) == pytest.approx(1)


@given(TERMS.filter(bool))
def test_a_text_matches_itself_wholly(terms):
    assert match(terms, terms).score == pytest.approx(1)
