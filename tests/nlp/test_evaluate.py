import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score

from nlp import Scores, bcubed_f1, evaluate, hot_topic_f1, pair_f1
from nlp.evaluate import adjusted_mutual_information, adjusted_rand_index

LABELS = st.lists(st.integers(0, 4), min_size=2, max_size=30)


@given(LABELS)
def test_a_perfect_grouping_scores_one_under_any_names(labels):
    if max(labels.count(label) for label in labels) < 2:
        labels = [*labels, labels[0]]
    renamed = [f"topic {label}" for label in labels]
    assert pair_f1(labels, renamed) == 1
    assert bcubed_f1(labels, renamed) == pytest.approx(1)
    assert hot_topic_f1(labels, renamed, least=1) == 1


@given(LABELS, st.randoms(use_true_random=False))
def test_scores_lie_between_zero_and_one(labels, random):
    found = [random.randrange(4) for _ in labels]
    for score in (pair_f1, bcubed_f1, hot_topic_f1):
        assert 0 <= score(labels, found) <= 1


@given(LABELS, st.randoms(use_true_random=False))
def test_ari_and_ami_are_those_of_scikit_learn(labels, random):
    found = [random.randrange(4) for _ in labels]
    ari, ami = adjusted_rand_index(labels, found), adjusted_mutual_information(labels, found)
    assert ari == pytest.approx(adjusted_rand_score(labels, found), abs=1e-9)
    assert ami == pytest.approx(adjusted_mutual_info_score(labels, found), abs=1e-6)


def test_ari_and_ami_of_groupings_without_a_choice_are_one():
    for grouping in ("", "a", "aaa", "abc"):
        assert adjusted_rand_index(grouping, grouping) == 1
        assert adjusted_mutual_information(grouping, grouping) == 1


def test_pair_f1_counts_pairs():
    # True pairs: 01, 02, 12, 34. Found: 01, 23, 24, 34. Common: 01, 34.
    assert pair_f1("aaabb", "xxyyy") == pytest.approx(2 * 2 / (4 + 4))


def test_bcubed_leaves_out_lone_messages_but_counts_them_against_precision():
    # Two a's beside a stray b: precision 2/3, recall 1.
    assert bcubed_f1("aab", "xxx") == pytest.approx(0.8)
    assert bcubed_f1("ab", "xx") == 0


def test_hot_topic_f1_takes_the_best_topic_of_each_large_label():
    true, found = "aaaaabb", "xxxxyyy"
    assert hot_topic_f1(true, found) == pytest.approx(8 / 9)
    assert hot_topic_f1(true, found, least=2) == pytest.approx((8 / 9 + 4 / 5) / 2)
    assert hot_topic_f1("ab", "xy") == 0


def test_only_labelled_messages_count():
    scores = evaluate({1: 7, 2: 7, 3: 7, 4: 7}, {1: "a", 2: "a"})
    assert scores == Scores(
        labelled=2, pair_f1=1.0, ari=1.0, ami=1.0, bcubed_f1=1.0, hot_topic_f1=0.0
    )


def test_a_labelled_message_without_prediction_is_an_error():
    with pytest.raises(KeyError):
        evaluate({1: 7}, {1: "a", 2: "a"})
