import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp import NearDuplicates

LETTER = (
    "清荷苑小区门口的搅拌站日夜开工，灰尘飘进家里，老人孩子整夜咳嗽，我们已经打过很多次电话，"
    "每次都说会来看，可是到现在也没有人来，请尽快让搅拌站停工搬走。"
)
TITLE = "清荷苑小区搅拌站扰民"


def find(texts, titles=None):
    return NearDuplicates().fit_predict(texts, titles).tolist()


def test_a_copy_with_another_greeting_repeats_the_first():
    assert find([LETTER, "您好！" + LETTER, LETTER + "谢谢。"], [TITLE] * 3) == [0, 0, 0]


def test_the_same_words_about_another_estate_are_no_repeat():
    other = LETTER.replace("清荷苑", "白鹭湾")
    assert find([LETTER, other], [TITLE, TITLE.replace("清荷苑", "白鹭湾")]) == [0, 1]


def test_without_titles_the_opening_tells_the_places():
    assert find([LETTER, LETTER.replace("清荷苑", "白鹭湾"), LETTER]) == [0, 1, 0]


def test_another_building_number_is_no_repeat_but_another_date_is():
    texts = [f"{LETTER}" for _ in range(3)]
    titles = ["清荷苑3栋停水", "清荷苑5栋停水", "2024年3月5日清荷苑3栋停水"]
    assert find(texts, titles) == [0, 1, 0]


def test_a_place_named_more_fully_is_the_same_place():
    assert find([LETTER, LETTER], [TITLE, "暮云街道" + TITLE]) == [0, 0]


def test_different_texts_are_their_own_representatives():
    assert find([LETTER, "希望402路公交车延长到江滩公园，老人步行困难。"]) == [0, 1]


def test_nothing_and_empty_texts_are_handled():
    assert find([]) == []
    assert find(["", ""]) == [0, 1]


def test_missing_titles_are_refused():
    with pytest.raises(ValueError, match="2 texts but 1 titles and 2 known results"):
        find([LETTER, LETTER], [TITLE])


@given(st.lists(st.text("清荷苑搅拌站扰民3栋，", max_size=20), max_size=12))
def test_representatives_come_first_and_stand_for_themselves(texts):
    found = NearDuplicates().fit_predict(texts)
    assert np.all(found <= np.arange(len(texts)))
    assert np.array_equal(found[found], found)


@given(st.lists(st.text("清荷苑搅拌站扰民停水", min_size=1, max_size=16), max_size=12))
def test_no_pair_at_the_threshold_is_missed(texts):
    finder = NearDuplicates(shingle=2)
    found = finder.fit_predict(texts, [""] * len(texts))
    shingles = [finder._shingles(text) for text in texts]
    firsts = np.flatnonzero(found == np.arange(len(texts))).tolist()
    for at, one in enumerate(firsts):
        for other in firsts[:at]:
            assert finder._jaccard(shingles[one], shingles[other]) < finder.threshold


SHORT = st.lists(st.text("清荷苑搅拌站扰民3栋，", max_size=20), max_size=12)


@given(SHORT, SHORT)
def test_what_is_known_of_the_earlier_texts_gives_the_same_as_comparing_all(earlier, later):
    finder = NearDuplicates()
    known = finder.fit_predict(earlier).tolist() + [-1] * len(later)
    found = finder.fit_predict(earlier + later, known=known)
    assert found.tolist() == finder.fit_predict(earlier + later).tolist()


def test_what_is_known_is_not_compared_again():
    assert NearDuplicates().fit_predict([LETTER] * 3, known=[0, 1, -1]).tolist() == [0, 1, 0]
