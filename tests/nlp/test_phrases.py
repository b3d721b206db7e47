from hypothesis import given
from hypothesis import strategies as st

from nlp.phrases import cohesive_pairs, joined, numbered

WORDS = st.lists(st.sampled_from(["翠", "屏湾", "停水", "的", "3", "号线", "A市"]), max_size=8)


def test_a_number_stays_with_what_it_numbers():
    assert numbered(["地铁", "3", "号线", "402", "路", "30", "米"]) == [
        "地铁",
        "3号线",
        "402路",
        "30",
        "米",
    ]


def test_a_clipped_piece_joins_what_it_was_cut_from():
    texts = [["翠", "屏湾", "停水"], ["求助", "翠", "屏湾"]]
    assert joined(texts[0], cohesive_pairs(texts)) == ["翠屏湾", "停水"]


def test_words_that_also_occur_apart_stay_apart():
    texts = [
        ["搅拌站", "噪音"],
        ["搅拌站", "噪音", "大"],
        ["搅拌站", "粉尘"],
        ["搅拌站", "噪音"],
        ["噪音"],
    ]
    assert cohesive_pairs([*texts, ["搅拌站"], ["噪音"], ["搅拌站", "扰民"]]) == set()


def test_copies_of_one_text_join_nothing():
    assert cohesive_pairs([["夜间", "施工", "扰民"]] * 9) == set()


@given(st.lists(WORDS, max_size=6))
def test_joining_loses_and_moves_nothing(texts):
    pairs = cohesive_pairs(texts)
    for tokens in texts:
        assert "".join(joined(tokens, pairs)) == "".join(tokens) == "".join(numbered(tokens))
        assert all(len(word) <= 8 for word in joined(tokens, pairs))
