import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp import BigramVectorizer
from nlp.repeats import Repeats, digests

TEXT = ("清荷苑搅拌站噪音", "日夜开工，无法入睡。")
OTHER = ("402路公交车", "希望延长线路。")

marks_lists = st.lists(st.integers(0, 6), max_size=20)


def marks_of(*documents):
    return digests(BigramVectorizer().fit_transform(documents))


def as_marks(values):
    return np.array(values, dtype=np.uint64)


def test_texts_that_say_the_same_have_one_mark_and_an_empty_text_has_none():
    marks = marks_of(TEXT, OTHER, TEXT, ("", ""))
    assert marks[0] == marks[2] != marks[1]
    assert marks[3] == 0


def test_punctuation_makes_no_other_mark():
    assert len(set(marks_of(TEXT, ("清荷苑搅拌站噪音！", " 日夜开工，\n无法入睡")).tolist())) == 1


def test_one_character_more_makes_another_mark():
    assert len(set(marks_of(TEXT, (TEXT[0] + "大", TEXT[1])).tolist())) == 2


def test_marks_do_not_change_with_the_frequencies():
    vectorizer = BigramVectorizer()
    before = digests(vectorizer.fit_transform([TEXT]))
    vectorizer.partial_fit([OTHER] * 50)
    assert np.array_equal(digests(vectorizer.transform([TEXT])), before)


def test_only_the_first_of_those_alike_is_fresh_and_the_empty_all_are():
    fresh, first_of = Repeats().split(as_marks([5, 0, 5, 3, 0, 3]))
    assert fresh.tolist() == [0, 1, 3, 4]
    assert first_of.tolist() == [0, 1, 0, 3, 4, 3]


def test_what_is_known_from_before_is_not_fresh():
    repeats = Repeats()
    repeats.remember(as_marks([5, 3]), np.array([50, 30]))
    fresh, first_of = repeats.split(as_marks([3, 7, 5, 7]))
    assert fresh.tolist() == [1]
    topics = np.array([0, 70, 0, 0])
    assert repeats.topics_of(as_marks([3, 7, 5, 7]), topics, first_of).tolist() == [30, 70, 50, 70]


@given(st.lists(marks_lists, max_size=5))
@settings(deadline=None)
def test_each_mark_keeps_the_topic_that_it_was_first_given(batches):
    repeats, expected = Repeats(), {}
    for batch in batches:
        marks = as_marks(batch)
        fresh, first_of = repeats.split(marks)
        topics = np.zeros(len(marks), dtype=np.int64)
        topics[fresh] = 100 * len(expected) + fresh
        repeats.remember(marks[fresh], topics[fresh])
        found = repeats.topics_of(marks, topics, first_of)
        for place, mark in enumerate(batch):
            if mark:
                assert found[place] == expected.setdefault(mark, int(topics[first_of[place]]))


def test_renamed_and_forgotten_topics():
    repeats = Repeats()
    repeats.remember(as_marks([5, 3, 4]), np.array([-1, -2, -1]))
    repeats.rename({-1: 10, -7: 70})
    repeats.forget([-2])
    fresh, first_of = repeats.split(as_marks([3, 4, 5]))
    assert fresh.tolist() == [0]
    assert repeats.topics_of(as_marks([3, 4, 5]), np.zeros(3, np.int64), first_of).tolist() == [
        0, 10, 10,
    ]  # fmt: skip


def test_a_saved_state_knows_the_same():
    repeats, again = Repeats(), Repeats()
    repeats.remember(as_marks([9, 2]), np.array([1, 2]))
    again.load(repeats.state())
    assert again.split(as_marks([2, 9, 4]))[0].tolist() == [2]
