import numpy as np

from nlp import StreamClusterer
from nlp.kernels.topics import BLOCKS, ROWS
from nlp.sparse import csr_matrix
from nlp.store import arrays_of, compact, empty, grown, rebuilt_index


def clusterer_of(count, seed=0):
    """A clusterer that holds topics 0, 1, … of one message each."""
    random = np.random.default_rng(seed)
    values = random.random((count, 30)) * (random.random((count, 30)) < 0.3)
    values[:, 0] += 0.1
    values /= np.linalg.norm(values, axis=1, keepdims=True)
    clusterer = StreamClusterer(join=2, merge=2)
    return clusterer.restore(csr_matrix(values), np.arange(count), np.zeros(count))


def postings(topics):
    """(feature, row) pairs that the index leads to."""
    found = []
    for feature, block in enumerate(topics.heads.tolist()):
        while block >= 0:
            following, used, *rows = topics.blocks[block].tolist()
            found += [(feature, row) for row in rows[:used]]
            block = following
    return sorted(found)


def test_an_empty_store_has_no_rows_and_no_postings():
    topics = empty(features=5, most=3)
    assert topics.counters[ROWS] == topics.counters[BLOCKS] == 0
    assert topics.terms.shape == (0, 3)
    assert postings(topics) == []


def test_growing_keeps_what_is_there_and_makes_room_for_the_rest():
    before = clusterer_of(20)._topics
    after = grown(before, rows=100, postings=400)
    assert len(after.size) >= before.counters[ROWS] + 100
    assert len(after.blocks) >= before.counters[BLOCKS] + 400
    for name, array in arrays_of(before).items():
        assert np.array_equal(getattr(after, name)[: len(array)], array)


def test_a_store_with_room_enough_is_left_as_it_is():
    topics = grown(empty(5, 3), rows=10, postings=20)
    assert all(one is other for one, other in zip(grown(topics, 10, 20), topics, strict=True))


def test_rows_grow_by_a_share_so_that_a_stream_copies_them_seldom():
    topics, copies = empty(5, 3), 0
    for row in range(1000):
        topics.counters[ROWS] = row
        larger = grown(topics, rows=1, postings=1)
        copies += larger.size is not topics.size
        topics = larger
    assert copies < 25


def test_an_index_made_anew_leads_to_each_live_topic_once():
    clusterer = clusterer_of(40)
    before = postings(clusterer._topics)
    clusterer.forget(range(0, 40, 2))
    topics = rebuilt_index(clusterer._topics)
    assert postings(topics) == [(feature, row) for feature, row in before if row % 2]
    assert topics.counters[BLOCKS] == len(topics.blocks)


def test_a_compact_store_holds_the_live_topics_in_their_order():
    clusterer = clusterer_of(40)
    clusterer.forget([0, 3, 39])
    old = clusterer._topics
    topics = compact(old)
    kept = [row for row in range(40) if row not in (0, 3, 39)]
    assert topics.ids.tolist() == kept
    assert np.array_equal(topics.sums, old.sums[kept])
    renumbered = {row: place for place, row in enumerate(kept)}
    assert {row for _, row in postings(topics)} == set(renumbered.values())


def test_topics_are_found_the_same_after_the_store_was_made_compact():
    one, other = clusterer_of(40), clusterer_of(40)
    for clusterer in (one, other):
        clusterer.forget(range(10))
    other.state()  # compacts
    ids = list(range(10, 40))
    assert one.nearest(ids) == other.nearest(ids)
