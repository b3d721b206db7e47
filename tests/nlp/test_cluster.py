from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp import BigramVectorizer, StreamClusterer
from nlp.kernels.table import WIDEST
from nlp.repeats import digests
from nlp.sparse import csr_matrix
from tests.nlp.examples import BUS, NOISE_AT_BAIYUN, NOISE_AT_QINGHE

DOCUMENTS = [*NOISE_AT_QINGHE, *NOISE_AT_BAIYUN, *BUS]
VECTORS = BigramVectorizer().fit_transform(DOCUMENTS)
GROUPS = [0, 0, 0, 1, 1, 2, 2]
WIDTH = 12

unhurried = settings(deadline=None)  # the first call may compile


def rows(values):
    dense = np.array(values, dtype=float).reshape(len(values), -1)
    lengths = np.linalg.norm(dense, axis=1, keepdims=True)
    return csr_matrix(dense / np.where(lengths > 0, lengths, 1))


def axes(*places, own=0):
    """Messages that each say one thing, and a word of their own, so that none is a repeat."""
    values = np.zeros((len(places), 1000))
    values[np.arange(len(places)), places] = 1
    values[np.arange(len(places)), WIDTH + own + np.arange(len(places))] = 0.2
    return rows(values)


def distinct(values):
    """Rows to which a trace of a word of their own is added, so that none is a repeat."""
    return rows(np.hstack([np.array(values, dtype=float), 0.01 * np.eye(len(values))]))


@st.composite
def streams(draw, most=60):
    """Rows near one of six axes, with noise, as CSR (n, 12)."""
    random = np.random.default_rng(draw(st.integers(0, 10_000)))
    count = draw(st.integers(1, most))
    values = random.random((count, WIDTH)) * (random.random((count, WIDTH)) < 0.4)
    values[np.arange(count), random.integers(0, 6, count)] += draw(st.sampled_from([0.5, 1.5]))
    return rows(values)


def days(vectors, step=0.1):
    return np.arange(vectors.shape[0]) * step


def same_grouping(one, other):
    return np.array_equal(np.equal.outer(one, one), np.equal.outer(other, other))


def predict(clusterer, vectors, moments=None, **constraints):
    moments = days(vectors) if moments is None else moments
    return clusterer.partial_fit_predict(vectors, moments, **constraints)


def last_of(merges, topic_id):
    lost = {lost: kept for kept, lost in merges}
    while topic_id in lost:
        topic_id = lost[topic_id]
    return topic_id


def test_each_matter_becomes_a_topic_of_its_own():
    topics = predict(StreamClusterer(join=0.2, merge=0.3, stay=0.1), VECTORS)
    assert same_grouping(topics, np.array(GROUPS))


def test_new_topics_are_numbered_downwards_by_first_message():
    assert predict(StreamClusterer(), axes(0, 1, 0, 2)).tolist() == [-1, -2, -1, -3]


def test_a_later_call_joins_topics_of_an_earlier_one_and_reuses_no_id():
    clusterer = StreamClusterer()
    assert predict(clusterer, axes(0, 1)).tolist() == [-1, -2]
    assert predict(clusterer, axes(1, 2, own=2)).tolist() == [-2, -3]
    assert clusterer.topic_ids_.tolist() == [-1, -2, -3]


@given(streams(), streams())
@unhurried
def test_no_id_is_given_twice(one, other):
    clusterer = StreamClusterer()
    first = predict(clusterer, one)
    held = set(clusterer.topic_ids_.tolist())
    second = predict(clusterer.forget(held), other, days(other) + 9)
    assert not set(first.tolist()) & set(second.tolist())


@given(streams())
@unhurried
def test_the_same_stream_gives_the_same_topics(vectors):
    one, other = (predict(StreamClusterer(), vectors) for _ in range(2))
    assert np.array_equal(one, other)


@given(streams())
@unhurried
def test_every_message_is_in_a_topic_that_is_held(vectors):
    clusterer = StreamClusterer()
    assert set(predict(clusterer, vectors).tolist()) == set(clusterer.topic_ids_.tolist())


@given(streams(), st.integers(1, 9))
@unhurried
def test_a_merge_between_periods_reaches_messages_given_out_before(vectors, period):
    clusterer = StreamClusterer(period=period)
    topics = predict(clusterer, vectors)
    assert set(topics.tolist()) == set(clusterer.topic_ids_.tolist())
    assert clusterer.merges_ == []  # nobody outside has heard of those that went


@given(streams(), streams())
@unhurried
def test_messages_of_earlier_calls_move_with_their_topic_only(one, other):
    clusterer = StreamClusterer()
    earlier = predict(clusterer, one)
    predict(clusterer, other)
    held = set(clusterer.topic_ids_.tolist())
    assert {last_of(clusterer.merges_, topic) for topic in earlier.tolist()} <= held


@given(streams())
@unhurried
def test_a_call_without_messages_changes_nothing(vectors):
    clusterer = StreamClusterer()
    predict(clusterer, vectors)
    ids = clusterer.topic_ids_.copy()
    assert predict(clusterer, vectors[:0]).tolist() == []
    assert np.array_equal(clusterer.topic_ids_, ids)
    assert clusterer.merges_ == []


def test_messages_without_words_stand_alone():
    assert predict(StreamClusterer(), csr_matrix((3, 5))).tolist() == [-1, -2, -3]


def test_nothing_restored_holds_nothing():
    assert StreamClusterer().topic_ids_.tolist() == []
    assert StreamClusterer().nearest([1, 2]) == [[], []]


@given(streams(30))
@settings(max_examples=30, deadline=None)
def test_an_exact_repeat_follows_its_first_and_does_not_weigh(vectors):
    once, twice = StreamClusterer(), StreamClusterer()
    topics = predict(once, vectors)
    each_twice = np.repeat(np.arange(vectors.shape[0]), 2)
    doubled = predict(twice, vectors[each_twice], days(vectors)[each_twice])
    assert np.array_equal(np.repeat(topics, 2), doubled)
    for name in ("sums", "size", "square"):
        assert np.array_equal(once.state()[name], twice.state()[name])
    assert np.array_equal(predict(twice, vectors), topics)


def test_a_repeat_follows_its_first_into_the_topic_that_took_it_up():
    clusterer = StreamClusterer(join=2.0, merge=0.5, stay=0.0)
    clusterer.restore(axes(0, 0, 0), [7, 7, 9], [0, 0, 0])
    bridge = predict(clusterer, axes(0, own=4))
    assert clusterer.merges_ == [(7, 9)]
    assert bridge.tolist() == [7]
    assert predict(clusterer, axes(0, own=2)).tolist() == [7]


def test_a_lead_over_the_next_topic_helps_to_join():
    vectors = distinct([[1, 0, 0, 0], [0, 1, 0, 0], [0.3, 0, 0.95, 0], [0.3, 0.3, 0, 0.9]])
    lead = StreamClusterer(join=0.35, merge=2, stay=0.35, lead_weight=0.5)
    without = StreamClusterer(join=0.35, merge=2, stay=0.35, lead_weight=0)
    joined = predict(lead, vectors).tolist()
    assert joined[2] == joined[0]
    assert len(set(joined)) == 3
    assert len(set(predict(without, vectors).tolist())) == 4


def test_silence_parts_and_the_nearest_in_time_is_preferred():
    vectors = distinct([[1, 0, 0], [0.7, 0.7, 0]])
    for silent, groups in ((1, 1), (400, 2)):
        clusterer = StreamClusterer(join=0.65, merge=2, stay=0.65, lead_weight=0, decay=0.02)
        assert len(set(predict(clusterer, vectors, [0, silent]).tolist())) == groups


def test_size_draws_when_topics_merge():
    vectors = distinct([[1, 0, 0], [1, 0, 0.05], [1, 0.05, 0], [0.7, 0.7, 0]])
    for gain, groups in ((0.0, 2), (0.1, 1)):
        clusterer = StreamClusterer(
            join=0.9, merge=0.75, stay=0.1, lead_weight=0, decay=0, size_gain=gain
        )
        clusterer.restore(vectors, [1, 1, 1, 2], [0] * 4)
        predict(clusterer, distinct([[0.7, 0.7, 0]] * 4)[1:2])
        assert len(clusterer.topic_ids_) == groups


def test_consolidation_joins_what_the_single_pass_left_apart():
    vectors = distinct([[1, 0, 0], [0.75, 0.66, 0], [1, 0.05, 0], [0.72, 0.69, 0]])
    single = StreamClusterer(join=0.8, merge=2.0, stay=0.1, lead_weight=0)
    merging = StreamClusterer(join=0.8, merge=0.7, stay=0.1, lead_weight=0)
    assert predict(single, vectors).tolist() == [-1, -2, -1, -2]
    assert len(set(predict(merging, vectors).tolist())) == 1


MIDDLE = [[1, 0, 0.2], [0.7, 0.75, 0], [0, 1, 0], [0, 1, 0.1], [0.1, 1, 0], [1, 0, 0]]


def test_a_message_moves_to_the_topic_that_suits_it_better():
    topics = predict(StreamClusterer(join=0.6, merge=2, stay=0.1, lead_weight=0), distinct(MIDDLE))
    assert topics[1] == topics[2] != topics[0]


def test_a_message_of_an_earlier_call_does_not_move():
    vectors = distinct(MIDDLE)
    clusterer = StreamClusterer(join=0.6, merge=2, stay=0.1, lead_weight=0)
    early = predict(clusterer, vectors[:2])
    late = predict(clusterer, vectors[2:])
    assert early[0] == early[1] == late[-1] != late[0]
    assert predict(clusterer, vectors[:2]).tolist() == early.tolist()


def test_a_message_that_suits_no_topic_stands_alone():
    vectors = distinct([[1, 0, 0, 0], [0.5, 0.87, 0, 0], [1, 0, 0.1, 0], [1, 0, 0, 0.1]])
    strict = StreamClusterer(join=0.4, merge=2, stay=0.7, lead_weight=0)
    loose = StreamClusterer(join=0.4, merge=2, stay=0.1, lead_weight=0)
    assert len(set(predict(loose, vectors).tolist())) == 1
    topics = predict(strict, vectors)
    assert topics[0] == topics[2] == topics[3] != topics[1]


def restored(sizes, **settings):
    """Topics 1, 2, … of so many like messages each, which nothing but merging brings together."""
    clusterer = StreamClusterer(**{"join": 2.0, "merge": 0.5, "stay": 0.0, **settings})
    ids = np.repeat(np.arange(len(sizes)) + 1, sizes)
    return clusterer.restore(axes(*[0] * len(ids)), ids, np.arange(len(ids)))


BRIDGE = axes(0, own=20)


def test_of_two_topics_that_merge_the_larger_keeps_its_id():
    clusterer = restored([2, 4, 3])
    assert predict(clusterer, BRIDGE).tolist() == [2]
    assert sorted(clusterer.merges_) == [(2, 1), (2, 3)]
    assert clusterer.topic_ids_.tolist() == [2]


def test_an_earlier_topic_keeps_its_id_when_a_larger_new_one_meets_it():
    clusterer = StreamClusterer(join=0.99, merge=0.5, stay=0.0)
    vectors = distinct([[1, 0, 0], *[[0.7, 0.7, 0]] * 4])
    clusterer.restore(vectors[:1], [0], [0])
    assert predict(clusterer, vectors[1:]).tolist() == [0, 0, 0, 0]
    assert clusterer.merges_ == []


def test_a_topic_that_was_never_renamed_keeps_its_id_too_and_its_loss_is_told():
    clusterer = StreamClusterer(join=2.0, merge=2.0, stay=2.0)
    assert predict(clusterer, axes(0, 0)).tolist() == [-1, -2]
    clusterer.limits = clusterer.limits._replace(merge=0.5, stay=0.1)
    assert predict(clusterer, BRIDGE).tolist() == [-1]
    assert clusterer.merges_ == [(-1, -2)]


def test_a_protected_topic_keeps_its_id_though_smaller():
    clusterer = restored([2, 4])
    assert predict(clusterer, BRIDGE, protected={1}).tolist() == [1]
    assert clusterer.merges_ == [(1, 2)]


def test_two_protected_topics_do_not_merge():
    clusterer = restored([2, 4])
    predict(clusterer, BRIDGE, protected={1, 2})
    assert clusterer.merges_ == []


def test_topics_kept_apart_do_not_merge_nor_meet_by_way_of_a_third():
    clusterer = restored([2, 4, 6])
    predict(clusterer, BRIDGE, apart=[(2, 1)])
    assert len(clusterer.merges_) == 1
    assert clusterer.merges_[0][1] == 3
    assert {1, 2} <= set(clusterer.topic_ids_.tolist())


@given(streams(40), streams(40), st.data())
@settings(max_examples=150, deadline=None)
def test_merges_respect_what_people_said(old, new, data):
    topics = st.integers(0, 5)
    ids = np.array(data.draw(st.lists(topics, min_size=old.shape[0], max_size=old.shape[0])))
    protected = data.draw(st.sets(topics))
    apart = data.draw(st.sets(st.tuples(topics, topics).filter(lambda pair: pair[0] != pair[1])))
    clusterer = StreamClusterer(merge=0.2, period=data.draw(st.integers(2, 50)))
    clusterer.restore(old, ids, days(old))
    for part in (new[: new.shape[0] // 2], new[new.shape[0] // 2 :]):
        before = set(clusterer.topic_ids_.tolist())
        found = predict(clusterer, part, days(part) + 5, protected=protected, apart=apart)
        merges, after = clusterer.merges_, set(clusterer.topic_ids_.tolist())
        lost = {lost for _, lost in merges}
        assert not lost & protected
        assert before - lost <= after
        assert not lost & after
        assert set(found.tolist()) <= after | set(ids.tolist())
        for one, other in combinations(sorted(before), 2):
            if (one, other) in apart or (other, one) in apart:
                assert last_of(merges, one) != last_of(merges, other)


def test_new_messages_join_restored_topics_under_their_ids():
    clusterer = StreamClusterer().restore(axes(0, 1), [42, 7], [0, 0])
    assert predict(clusterer, axes(0, 1, 2, own=2)).tolist() == [42, 7, -1]


@given(streams(), st.integers(0, 60))
@unhurried
def test_restoring_between_two_parts_equals_going_on(vectors, cut):
    cut = min(cut, vectors.shape[0])
    moments = days(vectors)
    going_on = StreamClusterer()
    before = predict(going_on, vectors[:cut], moments[:cut])
    after = predict(going_on, vectors[cut:], moments[cut:])
    again = StreamClusterer().restore(vectors[:cut], -before, moments[:cut])
    resumed = predict(again, vectors[cut:], moments[cut:])
    merges = [(-kept, -lost) for kept, lost in going_on.merges_]
    assert sorted(again.merges_) == sorted(merges)  # equals go by their ids, which differ here
    resumed = np.where(resumed > 0, -resumed, resumed - 1000)
    assert same_grouping(np.concatenate([before, after]), np.concatenate([before, resumed]))


@given(streams(), st.integers(0, 60))
@unhurried
def test_a_saved_state_goes_on_as_if_never_stopped(vectors, cut):
    cut = min(cut, vectors.shape[0])
    moments = days(vectors, step=20.0)
    first = StreamClusterer()
    predict(first, vectors[:cut], moments[:cut])
    saved = {name: array.copy() for name, array in first.state().items()}
    second = StreamClusterer().load(saved)
    for clusterer in (first, second):
        clusterer.rename({-1: 5})
    one, other = (predict(each, vectors[cut:], moments[cut:]) for each in (first, second))
    assert np.array_equal(one, other)
    assert first.merges_ == second.merges_
    assert np.array_equal(first.topic_ids_, second.topic_ids_)


def test_a_loaded_state_still_knows_repeats():
    clusterer = StreamClusterer(join=2, merge=2, stay=2)
    predict(clusterer, axes(0, 1))
    loaded = StreamClusterer(join=2, merge=2, stay=2).load(clusterer.state())
    assert predict(loaded, axes(0, 1)).tolist() == [-1, -2]


def test_a_state_of_nothing_is_taken_up():
    state = StreamClusterer().state()
    assert predict(StreamClusterer().load(state), axes(0)).tolist() == [-1]


def test_a_renamed_topic_gives_its_new_id_to_messages_and_repeats():
    clusterer = StreamClusterer()
    predict(clusterer, axes(0, 1))
    clusterer.rename({-1: 11, -2: 12, -9: 13})
    assert clusterer.topic_ids_.tolist() == [11, 12]
    assert predict(clusterer, axes(0, 1, 2, 0)).tolist() == [11, 12, -3, 11]


def test_a_forgotten_topic_takes_up_nothing_more():
    clusterer = StreamClusterer()
    predict(clusterer, axes(0, 1))
    clusterer.forget([-1])
    assert clusterer.topic_ids_.tolist() == [-2]
    assert predict(clusterer, axes(0, 1)).tolist() == [-3, -2]


def test_a_topic_of_one_message_leaves_after_single_days_and_a_larger_one_after_topic_days():
    clusterer = StreamClusterer(single_days=180, topic_days=730)
    predict(clusterer, axes(0, 1, 1), [0, 0, 0])
    for day, held in ((180, {-1, -2}), (181, {-2}), (730, {-2}), (731, set())):
        predict(clusterer, axes(4, own=day), [day])
        assert set(clusterer.topic_ids_.tolist()) & {-1, -2} == held


def test_a_message_wakes_a_quiet_topic():
    clusterer = StreamClusterer(topic_days=730)
    predict(clusterer, axes(0, 0), [0, 0])
    assert predict(clusterer, axes(0, own=2), [700]).tolist() == [-1]
    assert predict(clusterer, axes(0, own=3), [1400]).tolist() == [-1]


def test_late_messages_find_their_topic_and_do_not_turn_back_the_clock():
    clusterer = StreamClusterer(topic_days=100)
    predict(clusterer, axes(0, 0, 1), [500, 500, 500])
    assert predict(clusterer, axes(0, own=3), [450]).tolist() == [-1]
    assert clusterer.state()["last"].max() == 500
    assert clusterer.state()["first"].min() == 450


@given(streams(), st.randoms(use_true_random=False))
@unhurried
def test_a_topic_lasts_from_its_earliest_to_its_latest_message_in_whatever_order(vectors, random):
    _, told_first = np.unique(digests(vectors), return_index=True)
    vectors = vectors[np.sort(told_first)]
    moments = np.array(random.sample(range(100), vectors.shape[0]))
    clusterer = StreamClusterer()
    topics = predict(clusterer, vectors, moments)
    state = clusterer.state()
    for topic, first, last in zip(state["ids"], state["first"], state["last"], strict=True):
        assert first <= moments[topics == topic].min()
        assert last >= moments[topics == topic].max()


def test_similarities_are_cosines_with_the_topic():
    clusterer = StreamClusterer()
    predict(clusterer, rows([[1, 0, 0], [0.9, 0.4, 0], [0, 0, 1], [1, 0, 0]]))
    both = np.array([1, 0]) + np.array([0.9, 0.4]) / np.hypot(0.9, 0.4)
    expected = both[0] / np.linalg.norm(both)
    assert clusterer.similarities_[0] == pytest.approx(expected, abs=1e-5)
    assert clusterer.similarities_[2:].tolist() == pytest.approx([1.0, 1.0])


@given(streams())
@unhurried
def test_the_nearest_topics_come_best_first_and_never_the_topic_itself(vectors):
    clusterer = StreamClusterer()
    predict(clusterer, vectors)
    ids = clusterer.topic_ids_.tolist()
    for topic, found in zip(ids, clusterer.nearest(ids, limit=4), strict=True):
        cosines = [cosine for _, cosine in found]
        assert cosines == sorted(cosines, reverse=True)
        assert all(0 < cosine <= 1 for cosine in cosines)
        assert {other for other, _ in found} <= set(ids) - {topic}
        assert len(found) <= 4


def test_the_nearest_topic_is_the_one_of_highest_cosine():
    vectors = rows([[1, 0, 0, 0], [0.2, 1, 0, 0], [0.1, 0, 1, 0], [0, 0, 0, 1]])
    clusterer = StreamClusterer().restore(vectors, [1, 2, 3, 4], [0] * 4)
    near = clusterer.nearest([1, 4, 99], limit=3)
    assert near == [
        [(2, pytest.approx(0.196, abs=0.001)), (3, pytest.approx(0.0995, abs=0.001))], [], []
    ]  # fmt: skip


def test_many_calls_hold_no_more_room_than_the_topics_need():
    clusterer = StreamClusterer(single_days=1)
    random = np.random.default_rng(0)
    for day in range(60):
        vectors = rows(np.eye(4000)[random.integers(0, 4000, 50)])
        predict(clusterer, vectors, np.full(50, day * 1.0))
        assert clusterer._topics.counters[:2].max() <= 2 * 100 + 50
    assert len(clusterer.state()["size"]) == len(clusterer.topic_ids_) <= 100


def test_a_merge_of_many_topics_at_once_finds_room_in_the_index():
    random = np.random.default_rng(1)
    values = random.random((400, 600)) * (random.random((400, 600)) < 0.05)
    values[:, 0] = 3
    clusterer = StreamClusterer(join=2, merge=0.5, stay=0)
    clusterer.restore(rows(values), np.arange(400), np.zeros(400))
    clusterer.load({name: array.copy() for name, array in clusterer.state().items()})
    values[0, 1:] = random.random(599) < 0.02
    assert len(set(predict(clusterer, rows(values[:1])).tolist())) == 1
    assert len(clusterer.merges_) > 300
    state = clusterer.state()
    assert state["blocks"][:, 2:].max() < len(state["size"])


@pytest.mark.parametrize(("ids", "reason"), [([1], "but 1 topic ids"), ([1, -2], "must be >= 0")])
def test_unfit_ids_are_refused(ids, reason):
    with pytest.raises(ValueError, match=reason):
        StreamClusterer().restore(rows([[1, 0], [0, 1]]), ids, [0, 0])


def test_vectors_of_another_width_are_refused():
    clusterer = StreamClusterer().restore(rows([[1, 0]]), [1], [0])
    with pytest.raises(ValueError, match="3 wide, not 2"):
        predict(clusterer, rows([[1, 0, 0]]))


def test_moments_of_another_number_are_refused():
    with pytest.raises(ValueError, match="2 vectors but 1 moments"):
        predict(StreamClusterer(), axes(0, 1), [0])


def test_a_row_that_the_tables_cannot_hold_is_refused():
    full = predict(StreamClusterer(most=4), rows([np.ones(WIDEST), -np.eye(WIDEST)[0]]))
    assert full.tolist() == [-1, -2]
    with pytest.raises(ValueError, match=f"{WIDEST} are allowed"):
        predict(StreamClusterer(), rows([np.ones(WIDEST + 1)]))
    with pytest.raises(ValueError, match="at most"):
        StreamClusterer(most=WIDEST + 1)


def test_topics_that_are_closed_take_in_messages_but_no_topic() -> None:
    one = [("翠湖名苑夜间施工噪音扰民", f"翠湖名苑旁工地夜里施工，噪音很大 {n}") for n in range(4)]
    vectorizer = BigramVectorizer()
    vectors = vectorizer.fit_transform(one)
    clusterer = StreamClusterer().restore(vectors, [1, 1, 1, 2], np.zeros(4))
    clusterer.partial_fit_predict(
        vectorizer.fit_transform([(f"{one[0][0]}，又开工了", one[0][1])]), [1.0], closed=[1]
    )
    assert clusterer.merges_ == []
    clusterer.partial_fit_predict(
        vectorizer.fit_transform([(f"{one[0][0]}，还在开工", one[0][1])]), [1.0]
    )
    assert clusterer.merges_ == [(1, 2)]


def test_the_same_words_in_two_topics_are_in_both_after_restoring() -> None:
    vectors = BigramVectorizer().fit_transform([("翠湖名苑停水", "翠湖名苑停水三天")] * 3)
    clusterer = StreamClusterer().restore(vectors, [1, 1, 2], np.zeros(3))
    assert sorted(clusterer.topic_ids_.tolist()) == [1, 2]


def test_a_repeat_keeps_its_topic_awake() -> None:
    vectorizer = BigramVectorizer()
    words, other = ("翠湖名苑停水", "翠湖名苑停水三天"), ("城东路灯不亮", "城东路的路灯坏了")
    clusterer = StreamClusterer(single_days=30.0)
    first = clusterer.partial_fit_predict(vectorizer.fit_transform([words]), [0.0])
    clusterer.partial_fit_predict(vectorizer.transform([words]), [25.0])
    clusterer.partial_fit_predict(vectorizer.fit_transform([other]), [50.0])
    assert first[0] in clusterer.topic_ids_
