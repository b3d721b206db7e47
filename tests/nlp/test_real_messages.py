"""The figures on real messages; skipped where the data is not at hand."""

import csv

import pytest
from python_calamine import CalamineWorkbook

from nlp import StreamClusterer, TextVectorizer, evaluate, label, normalise


def moment(value):
    text = str(value).replace("/", "-")
    day, _, time = text.partition(" ")
    year, month, date = map(int, day[:10].split("-"))
    return (year, month, date, *map(int, time.split(":"))) if time else (year, month, date)


@pytest.fixture(scope="module")
def messages(real_data):
    workbook = CalamineWorkbook.from_path(real_data / "hot_messages.xlsx")
    rows = workbook.get_sheet_by_index(0).to_python()[1:]
    rows.sort(key=lambda row: (moment(row[3]), int(row[0])))
    return {int(row[0]): (normalise(str(row[2])), normalise(str(row[4]))) for row in rows}


@pytest.fixture(scope="module")
def topics(messages):
    vectors = TextVectorizer().fit_transform(list(messages.values()))
    found = StreamClusterer().partial_fit_predict(vectors).tolist()
    return dict(zip(messages, found, strict=True))


def members(messages, topics, topic):
    return [messages[message] for message, found in topics.items() if found == topic]


def largest_topic(messages, topics, *words):
    found = [topics[m] for m, (title, _) in messages.items() if all(w in title for w in words)]
    return max(set(found), key=found.count)


def test_figures_on_the_dev_labels_stay_above_the_floor(real_data, topics):
    with (real_data / "topics_dev.csv").open(encoding="utf-8-sig") as file:
        labelled = {int(row["message_id"]): row["topic_id"] for row in csv.DictReader(file)}
    scores = evaluate(topics, labelled)
    assert scores.labelled == 2039
    assert scores.pair_f1 > 0.74
    assert scores.bcubed_f1 > 0.90
    assert scores.hot_topic_f1 > 0.89


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
