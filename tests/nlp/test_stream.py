from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp import BigramVectorizer, StreamClusterer, TopicStream, gather
from tests.nlp.examples import BUS, NOISE_AT_BAIYUN, NOISE_AT_QINGHE

DAY = 86_400.0
DOCUMENTS = [*NOISE_AT_QINGHE, *NOISE_AT_BAIYUN, *BUS]
MOMENTS = np.arange(len(DOCUMENTS)) * DAY
LIKE_QINGHE = ("清荷苑的搅拌站还在扰民", "搅拌站噪音粉尘，清荷苑居民无法入睡。")

messages = st.lists(
    st.tuples(st.sampled_from(DOCUMENTS), st.text("清荷苑搅拌站公交，", max_size=6)), max_size=12
)


def same_grouping(one, other):
    return np.array_equal(np.equal.outer(one, one), np.equal.outer(other, other))


def loose():
    """A stream that brings the examples together: among so few, no word is rare."""
    return TopicStream(clusterer=StreamClusterer(join=0.2, merge=0.25, stay=0.15))


def started(stream=None):
    """A stream that has seen the examples, its topics renamed to 1, 2, …"""
    stream = stream or TopicStream()
    found = stream.partial_fit_predict(DOCUMENTS, MOMENTS)
    stream.rename({topic: -topic for topic in set(found.tolist())})
    return stream, -found


def later(stream, documents=(LIKE_QINGHE,)):
    moments = np.full(len(documents), 10 * DAY)
    return stream.partial_fit_predict(list(documents), moments).tolist()


def test_a_message_joins_the_topic_of_its_matter_and_place():
    stream, found = started(loose())
    assert later(stream, [LIKE_QINGHE, BUS[0], ("路面塌陷", "江边路塌了")]) == [
        found[0], found[5], min(-found) - 1,
    ]  # fmt: skip
    assert len(stream.similarities_) == 3


def test_moments_are_seconds():
    stream, found = started()
    stream.partial_fit_predict([("某事", "某地某人")], [MOMENTS[-1] + 1000 * DAY])
    assert set(stream.clusterer.topic_ids_.tolist()).isdisjoint(found.tolist())


def test_gather_reads_in_the_order_of_time_and_answers_in_the_order_given():
    mixed = [5, 0, 3, 6, 1, 4, 2]
    topics = gather([DOCUMENTS[place] for place in mixed], MOMENTS[mixed])
    assert topics.tolist() == gather(DOCUMENTS, MOMENTS)[mixed].tolist()


def test_gather_takes_no_messages():
    assert gather([], []).tolist() == []


@given(messages, messages)
@settings(max_examples=25, deadline=None)
def test_a_saved_stream_answers_as_if_it_had_never_stopped(tmp_path_factory, one, other):
    path = tmp_path_factory.mktemp("saved") / "topics.npz"
    going_on = TopicStream()
    said = [(title + more, body) for (title, body), more in one + other]
    moments = np.arange(len(said)) * DAY
    going_on.partial_fit_predict(said[: len(one)], moments[: len(one)])
    going_on.save(path)
    loaded = TopicStream.load(path)
    expected, found = (
        stream.partial_fit_predict(said[len(one) :], moments[len(one) :])
        for stream in (going_on, loaded)
    )
    assert np.array_equal(expected, found)
    assert going_on.merges_ == loaded.merges_
    assert going_on.nearest(expected.tolist()) == loaded.nearest(expected.tolist())
    assert np.array_equal(
        going_on.vectorizer.document_frequency_, loaded.vectorizer.document_frequency_
    )


def test_a_stream_that_saw_nothing_can_be_saved(tmp_path):
    TopicStream().save(tmp_path / "topics.npz")
    loaded = TopicStream.load(tmp_path / "topics.npz")
    assert same_grouping(loaded.partial_fit_predict(DOCUMENTS, MOMENTS), started()[1])


def test_restored_messages_are_joined_as_if_they_had_been_gathered():
    stream, found = started(loose())
    again = loose().restore(DOCUMENTS, found, MOMENTS)
    assert later(again, [LIKE_QINGHE, BUS[0]]) == later(stream, [LIKE_QINGHE, BUS[0]])


def test_messages_may_be_restored_in_parts():
    _, found = started(loose())
    parts = loose()
    for place, document in enumerate(DOCUMENTS):
        parts.restore([document], found[place : place + 1], MOMENTS[place : place + 1])
    assert parts.vectorizer.n_documents_ == len(DOCUMENTS)
    assert later(parts) == [found[0]]


def test_after_a_correction_messages_follow_what_people_said():
    stream, found = started(loose())
    qinghe = found[0]
    # A person moved two of three messages to a topic of their own.
    stream.replace(DOCUMENTS[:3], [50, qinghe, 50], MOMENTS[:3])
    assert set(stream.clusterer.topic_ids_.tolist()) == {50, *found.tolist()}
    assert later(stream, [NOISE_AT_QINGHE[0], NOISE_AT_QINGHE[1]]) == [50, qinghe]
    assert stream.merges_ == []
    assert stream.vectorizer.n_documents_ == len(DOCUMENTS) + 2


def test_a_topic_that_a_correction_emptied_is_dropped():
    stream, found = started(loose())
    stream.replace(DOCUMENTS[:5], [60] * 5, MOMENTS[:5], gone={int(found[0]), int(found[3])})
    assert set(stream.clusterer.topic_ids_.tolist()) == {60, int(found[5])}
    assert later(stream) == [60]
    stream.replace([], [], [], gone={60})
    assert stream.clusterer.topic_ids_.tolist() == [int(found[5])]


def test_what_people_keep_apart_or_protect_reaches_the_clusterer():
    for constraint in ({"protected": {1, 2}}, {"apart": [(1, 2)]}, {}):
        stream = TopicStream(clusterer=StreamClusterer(merge=0.1, join=0.1, stay=0.0))
        stream.restore(NOISE_AT_QINGHE[:2], [1, 2], [0, 0])
        moments = [DAY]
        stream.partial_fit_predict([LIKE_QINGHE], moments, **constraint)
        assert bool(stream.merges_) is not bool(constraint)


def test_a_save_that_breaks_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "topics.npz"
    stream, _ = started()
    stream.save(path)
    before = path.read_bytes()
    stream.vectorizer = SimpleNamespace(
        **vars(BigramVectorizer()) | {"document_frequency_": np.array([object()])}
    )
    with pytest.raises(ValueError, match="Object arrays"):
        stream.save(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_save_takes_the_place_of_the_older_one(tmp_path):
    path = tmp_path / "topics.npz"
    stream, found = started()
    stream.save(path)
    stream.rename({int(found[0]): 77})
    stream.save(path)
    assert later(TopicStream.load(path)) == [77]
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "stream",
    [
        TopicStream(BigramVectorizer(title_weight=0.7)),
        TopicStream(BigramVectorizer(body_limit=100)),
        TopicStream(clusterer=StreamClusterer(join=0.5)),
        TopicStream(clusterer=StreamClusterer(most=64)),
    ],
)
def test_a_file_made_with_other_settings_is_refused(stream, tmp_path):
    path = tmp_path / "topics.npz"
    stream.partial_fit_predict(DOCUMENTS, MOMENTS)
    stream.save(path)
    with pytest.raises(ValueError, match="other settings"):
        TopicStream.load(path)


def cut_short(content):
    return content[: len(content) // 2]


def changed(content):
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 255]) + content[middle + 1 :]


@pytest.mark.parametrize(
    "spoil", [cut_short, changed, lambda _: b"", lambda _: b"hello", lambda _: b"PK\x03\x04"]
)
def test_a_spoilt_file_is_refused(spoil, tmp_path):
    path = tmp_path / "topics.npz"
    started()[0].save(path)
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(ValueError, match=r"saved topics|pickled"):
        TopicStream.load(path)


def test_other_arrays_are_refused(tmp_path):
    np.savez(tmp_path / "some.npz", format=np.array(2))
    np.save(tmp_path / "one.npy", np.arange(3))
    for name in ("some.npz", "one.npy"):
        with pytest.raises(ValueError, match="holds no saved topics"):
            TopicStream.load(tmp_path / name)


def test_a_file_that_is_not_there_is_an_error_of_the_system(tmp_path):
    with pytest.raises(FileNotFoundError):
        TopicStream.load(tmp_path / "none.npz")
