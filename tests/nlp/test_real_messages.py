"""The figures on real messages; skipped where the data is not at hand."""

import csv
import re
from datetime import datetime

import pytest
from python_calamine import CalamineWorkbook

from nlp import TopicStream, evaluate, gather, label, normalise

PER_CALL = 200


def moment(value):
    return datetime(*map(int, re.findall(r"\d+", str(value)))).timestamp()


@pytest.fixture(scope="module")
def said(real_data):
    """Id, document and moment of each message, in order of time."""
    workbook = CalamineWorkbook.from_path(real_data / "hot_messages.xlsx")
    rows = workbook.get_sheet_by_index(0).to_python()[1:]
    rows.sort(key=lambda row: (moment(row[3]), int(row[0])))
    documents = [(normalise(str(row[2])), normalise(str(row[4]))) for row in rows]
    return [int(row[0]) for row in rows], documents, [moment(row[3]) for row in rows]


@pytest.fixture(scope="module")
def messages(said):
    return dict(zip(said[0], said[1], strict=True))


@pytest.fixture(scope="module")
def topics(said):
    ids, documents, moments = said
    return dict(zip(ids, gather(documents, moments).tolist(), strict=True))


@pytest.fixture(scope="module")
def labelled(real_data):
    with (real_data / "topics_dev.csv").open(encoding="utf-8-sig") as file:
        return {int(row["message_id"]): row["topic_id"] for row in csv.DictReader(file)}


def members(messages, topics, topic):
    return [messages[message] for message, found in topics.items() if found == topic]


def largest_topic(messages, topics, *words):
    found = [topics[m] for m, (title, _) in messages.items() if all(w in title for w in words)]
    return max(set(found), key=found.count)


def assert_good(scores):
    assert scores.labelled == 2039
    assert scores.pair_f1 >= 0.82
    assert scores.bcubed_f1 >= 0.93
    assert scores.hot_topic_f1 >= 0.93


def test_figures_on_the_dev_labels_stay_above_the_floor(topics, labelled):
    assert_good(evaluate(topics, labelled))


def test_they_do_when_messages_come_day_by_day_to_a_saved_stream(said, labelled, tmp_path):
    ids, documents, moments = said
    path = tmp_path / "topics.npz"
    found, names = {}, iter(range(1, len(ids)))
    TopicStream().save(path)
    for start in range(0, len(ids), PER_CALL):
        part = slice(start, start + PER_CALL)
        stream = TopicStream.load(path)
        new = stream.partial_fit_predict(documents[part], moments[part]).tolist()
        lost = {lost: kept for kept, lost in stream.merges_}
        found = {one: lost.get(topic, topic) for one, topic in found.items()}
        named = {topic: next(names) for topic in dict.fromkeys(new) if topic < 0}
        stream.rename(named).save(path)
        found |= {one: named.get(topic, topic) for one, topic in zip(ids[part], new, strict=True)}
    assert_good(evaluate(found, labelled))


def test_the_mixer_and_the_parking_sale_are_two_clean_topics(messages, topics):
    mixer = largest_topic(messages, topics, "丽发新城", "搅拌")
    parking = largest_topic(messages, topics, "伊景园滨河苑", "车位")
    assert mixer != parking
    mixer_messages = members(messages, topics, mixer)
    parking_messages = members(messages, topics, parking)
    assert len(mixer_messages) >= 40
    assert len(parking_messages) >= 40
    assert all("丽发" in title + body for title, body in mixer_messages)
    assert all("车位" in text or "景园" in text for text in map("".join, parking_messages))
    assert "丽发" in label([title for title, _ in mixer_messages])
    assert "伊景园" in label([title for title, _ in parking_messages])
