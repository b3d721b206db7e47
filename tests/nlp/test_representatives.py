import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.representatives import representatives

MIXER = "搅拌站日夜开工，清荷苑居民整夜无法入睡，粉尘飘进家里。"
COPY = "搅拌站日夜开工，清荷苑居民整夜无法入睡，粉尘飘进家里！"
TRUCKS = "清荷苑门口搅拌站的罐车堵住路口，孩子上学要绕行半小时。"
DEPOSIT = "我在健身房办卡，老板失联，押金退不回来，请协调退款。"
DOCUMENTS = [
    ("清荷苑搅拌站噪音扰民", MIXER),
    ("清荷苑搅拌站噪音扰民", COPY),
    ("清荷苑搅拌站罐车堵路", TRUCKS),
    ("健身房跑路", DEPOSIT),
]
TEXTS = st.lists(
    st.tuples(
        st.sampled_from(["", "清荷苑停水", "清荷苑漏水"]), st.sampled_from([MIXER, TRUCKS, ""])
    ),
    max_size=8,
)


def test_the_choice_is_central_and_varied():
    assert representatives(DOCUMENTS, limit=2) == [0, 2]


def test_a_copy_is_never_chosen_beside_what_it_repeats():
    assert representatives([DOCUMENTS[0]] * 5) == [0]
    assert 1 not in representatives(DOCUMENTS, limit=4)


def test_a_title_is_preferred():
    assert representatives([("", MIXER), ("清荷苑搅拌站", MIXER)], limit=1) == [1]


def test_a_readable_length_is_preferred():
    assert representatives([("搅拌站", MIXER * 40), ("搅拌站", MIXER)], limit=1) == [1]


def test_words_cut_before_are_taken_as_they_are():
    words = [["甲", "乙"], ["甲", "乙", "丙"], ["丁"]]
    assert representatives(DOCUMENTS[:3], limit=1, words=words) in ([0], [1])
    with pytest.raises(ValueError, match="3 documents but words of 2"):
        representatives(DOCUMENTS[:3], words=words[:2])


def test_nothing_and_one():
    assert representatives([]) == []
    assert representatives(DOCUMENTS[:1]) == [0]
    assert representatives(DOCUMENTS, limit=0) == []


@given(TEXTS)
def test_positions_are_distinct_and_the_same_each_time(documents):
    chosen = representatives(documents)
    assert len(set(chosen)) == len(chosen) <= 3
    assert set(chosen) <= set(range(len(documents)))
    assert chosen == representatives(documents)
    assert bool(chosen) == bool(documents)
