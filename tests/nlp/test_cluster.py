import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp import StreamClusterer, TextVectorizer
from nlp.gathering import merge_born, reassign, renumber, single_pass
from nlp.sparse import csr_matrix, unit_rows
from tests.nlp.examples import BUS, NOISE_AT_BAIYUN, NOISE_AT_QINGHE

DOCUMENTS = [*NOISE_AT_QINGHE, *NOISE_AT_BAIYUN, *BUS]
VECTORS = TextVectorizer().fit_transform(DOCUMENTS)
GROUPS = [0, 0, 0, 1, 1, 2, 2]


def rows(values):
    return unit_rows(csr_matrix(np.array(values, dtype=float)))


@st.composite
def streams(draw):
    """Rows near one of six axes, with noise, as CSR (n, 12)."""
    seed = draw(st.integers(0, 10_000))
    count = draw(st.integers(1, 60))
    random = np.random.default_rng(seed)
    values = random.random((count, 12)) * (random.random((count, 12)) < 0.4)
    values[np.arange(count), random.integers(0, 6, count)] += draw(st.sampled_from([0.5, 1.5]))
    return rows(values)


def same_grouping(one, other):
    return np.array_equal(np.equal.outer(one, one), np.equal.outer(other, other))


def test_each_matter_becomes_a_topic_of_its_own():
    topics = StreamClusterer(threshold=0.2, stay_threshold=0.1).partial_fit_predict(VECTORS)
    assert same_grouping(topics, np.array(GROUPS))


def test_new_topics_are_numbered_downwards_by_first_message():
    topics = StreamClusterer().partial_fit_predict(
        rows([[1, 0, 0], [0, 1, 0], [1, 0, 0], [0, 0, 1]])
    )
    assert topics.tolist() == [-1, -2, -1, -3]


def test_a_later_call_joins_topics_of_an_earlier_one_and_reuses_no_id():
    clusterer = StreamClusterer()
    assert clusterer.partial_fit_predict(rows([[1, 0, 0], [0, 1, 0]])).tolist() == [-1, -2]
    assert clusterer.partial_fit_predict(rows([[0, 1, 0.1], [0, 0, 1]])).tolist() == [-2, -3]
    assert clusterer.topic_ids_.tolist() == [-1, -2, -3]


def test_new_messages_join_restored_topics_under_their_ids():
    clusterer = StreamClusterer().restore(rows([[1, 0, 0], [0, 1, 0]]), [42, 7])
    found = clusterer.partial_fit_predict(rows([[1, 0.1, 0], [0, 1, 0], [0, 0, 1]]))
    assert found.tolist() == [42, 7, -1]


@given(streams())
def test_a_second_run_with_nothing_new_changes_nothing(vectors):
    clusterer = StreamClusterer()
    topics = clusterer.partial_fit_predict(vectors)
    before, ids = clusterer.centroids_, clusterer.topic_ids_.copy()
    assert clusterer.partial_fit_predict(vectors[:0]).tolist() == []
    assert (clusterer.centroids_ != before).nnz == 0
    assert np.array_equal(clusterer.topic_ids_, ids)
    assert set(topics.tolist()) == set(ids.tolist())


@given(streams(), streams())
def test_restored_topics_keep_id_and_never_merge(old, new):
    # Every old message a topic of its own, alike or not, as people may have parted them.
    ids = np.arange(old.shape[0]) + 100
    clusterer = StreamClusterer().restore(old, ids)
    found = clusterer.partial_fit_predict(new)
    assert set(ids.tolist()) <= set(clusterer.topic_ids_.tolist())
    assert all(topic < 0 or topic in ids for topic in found.tolist())


@given(streams(), st.integers(0, 60))
def test_restoring_between_two_parts_equals_going_on(vectors, cut):
    cut = min(cut, vectors.shape[0])
    first = StreamClusterer()
    before = first.partial_fit_predict(vectors[:cut])
    after = first.partial_fit_predict(vectors[cut:])
    again = StreamClusterer().restore(vectors[:cut], -before)
    resumed = again.partial_fit_predict(vectors[cut:])
    assert same_grouping(
        np.concatenate([before, after]),
        np.concatenate([before, np.where(resumed > 0, -resumed, resumed - 1000)]),
    )


@given(streams())
def test_the_same_stream_gives_the_same_topics(vectors):
    one, other = (StreamClusterer().partial_fit_predict(vectors) for _ in range(2))
    assert np.array_equal(one, other)


@given(streams())
@settings(max_examples=30)
def test_an_exact_repeat_follows_its_first_and_does_not_move_the_centroid(vectors):
    once, twice = StreamClusterer(), StreamClusterer()
    topics = once.partial_fit_predict(vectors)
    doubled = twice.partial_fit_predict(vectors[np.repeat(np.arange(vectors.shape[0]), 2)])
    assert np.array_equal(np.repeat(topics, 2), doubled)
    assert (once.centroids_ != twice.centroids_).nnz == 0


def test_messages_without_words_stand_alone():
    topics = StreamClusterer().partial_fit_predict(csr_matrix((3, 5)))
    assert topics.tolist() == [-1, -2, -3]


def test_born_topics_are_merged_with_their_nearest():
    vectors = rows([[1, 0, 0], [0.9, 0.4, 0], [0, 0, 1]])
    base = rows([[0, 0.1, 1]])
    merged = merge_born(base, vectors, np.array([1, 2, 3]), threshold=0.8)
    assert merged.tolist() == [1, 1, 0]


def test_two_topics_that_existed_are_not_merged_even_by_what_lies_between_them():
    clusterer = StreamClusterer(threshold=2.0, merge_threshold=0.7, stay_threshold=0.1)
    clusterer.restore(rows([[1, 0, 0], [0.8, 0.6, 0]]), [5, 6])
    found = clusterer.partial_fit_predict(rows([[1, 0.05, 0], [0.8, 0.62, 0]]))
    assert found.tolist() == [5, 6]


def test_merging_a_born_topic_into_one_that_existed_leaves_its_neighbour_alone():
    base, vectors = rows([[1, 0, 0], [0.8, 0.6, 0]]), rows([[1, 0.05, 0], [0.8, 0.62, 0]])
    assert merge_born(base, vectors, np.array([2, 1]), threshold=0.7).tolist() == [0, 1]


def test_consolidation_joins_what_the_single_pass_left_apart():
    vectors = rows([[1, 0, 0], [0.75, 0.66, 0], [1, 0.05, 0], [0.72, 0.69, 0]])
    apart = StreamClusterer(threshold=0.8, rounds=0).partial_fit_predict(vectors)
    together = StreamClusterer(threshold=0.8, merge_threshold=0.7, stay_threshold=0.1)
    assert apart.tolist() == [-1, -2, -1, -2]
    assert together.partial_fit_predict(vectors).tolist() == [-1] * 4


def test_a_message_moves_to_the_topic_that_suits_it_better():
    vectors = rows([[1, 0], [1, 0.1], [0.1, 1], [0, 1], [0, 1]])
    moved = reassign(vectors[:0], vectors, np.array([0, 0, 0, 1, 1]), threshold=0.3)
    assert moved.tolist() == [0, 0, 1, 1, 1]


def test_a_message_that_suits_no_topic_stands_alone():
    vectors = rows([[1, 0, 0], [1, 0.1, 0], [0, 0, 1]])
    moved = reassign(vectors[:0], vectors, np.array([0, 0, 0]), threshold=0.3)
    assert moved[0] == moved[1] == 0
    assert moved[2] > 0


def test_consolidation_reassigns_messages():
    vectors = rows([[1, 0, 0.2], [0.7, 0.75, 0], [0, 1, 0], [0, 1, 0.1], [0.1, 1, 0], [1, 0, 0]])
    clusterer = StreamClusterer(threshold=0.6, merge_threshold=0.99, stay_threshold=0.1)
    unmoved = StreamClusterer(threshold=0.6, rounds=0).partial_fit_predict(vectors)
    moved = clusterer.partial_fit_predict(vectors)
    assert unmoved[1] == unmoved[0]
    assert moved[1] == moved[2] != moved[0]


def one_by_one(vectors, threshold):
    """Single pass as the textbook has it, one dense row after the other."""
    sums, assigned = np.empty((0, vectors.shape[1])), []
    for row in vectors.toarray():
        cosines = sums @ row / np.linalg.norm(sums, axis=1)
        best = int(cosines.argmax()) if len(sums) else -1
        if best < 0 or cosines[best] < threshold:
            best, sums = len(sums), np.vstack([sums, np.zeros_like(row)])
        sums[best] += row
        assigned.append(best)
    return assigned


@pytest.mark.parametrize("noise", [0.1, 0.3])
@pytest.mark.parametrize("seed", [0, 1])
def test_single_pass_in_chunks_equals_going_one_by_one(seed, noise):
    random = np.random.default_rng(seed)
    axes = np.concatenate([np.arange(256), random.integers(250, 262, 700)])
    values = np.eye(270)[axes] + noise * random.random((956, 270)) * (
        random.random((956, 270)) < 0.1
    )
    vectors = rows(values)
    found = single_pass(csr_matrix((0, 270)), vectors, threshold=0.8)
    assert found.tolist() == one_by_one(vectors, threshold=0.8)


def test_renumbering_counts_born_topics_by_first_message():
    assert renumber(np.array([9, 1, 5, 9, 0]), 2).tolist() == [2, 1, 3, 2, 0]


@pytest.mark.parametrize(("ids", "reason"), [([1], "but 1 topic ids"), ([1, -2], "must be >= 0")])
def test_unfit_ids_are_refused(ids, reason):
    with pytest.raises(ValueError, match=reason):
        StreamClusterer().restore(rows([[1, 0], [0, 1]]), ids)


def test_vectors_of_another_width_are_refused():
    clusterer = StreamClusterer().restore(rows([[1, 0]]), [1])
    with pytest.raises(ValueError, match="3 wide, not 2"):
        clusterer.partial_fit_predict(rows([[1, 0, 0]]))


def test_centroids_before_anything_was_learned_are_an_error():
    with pytest.raises(ValueError, match="nothing restored"):
        _ = StreamClusterer().centroids_
