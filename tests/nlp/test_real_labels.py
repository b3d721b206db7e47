"""Labels of the topics of the real messages, where the data is at hand.

There is no gold for a headline; so this checks what can be: that a label is a clause of a
message or place and matter, names the place that most messages name, and wraps nothing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import pytest
from python_calamine import CalamineWorkbook

from nlp import RjiebaSegmenter, normalise
from nlp.candidates import without_codes
from nlp.headline import tidy, words_that
from nlp.label import MAX_LENGTH, TopicName, name_topic
from nlp.places import PlaceFinder, is_district
from nlp.reading import BODY_READ, Reader
from nlp.stream import gather
from nlp.words import is_content
from tests.real_data import real_data

CUT = RjiebaSegmenter().cut
WRAPPED = re.compile(
    r"^(?:关于|反映|投诉|举报|咨询|请问|恳请|请求|希望|建议)|的(?:问题|建议|投诉|咨询)$"
)


class Named(NamedTuple):
    """A topic's messages as (title, body), its name, and the clauses that they say."""

    messages: list[tuple[str, str]]
    name: TopicName
    clauses: set[str]


@pytest.fixture(scope="module")
def topics() -> list[Named]:
    path = real_data() / "taidi2020" / "hot_messages.xlsx"
    _, *rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    rows.sort(key=lambda row: [int(part) for part in re.findall(r"\d+", str(row[3]))])
    documents = [(normalise(str(row[2])), normalise(str(row[4]))) for row in rows]
    members = defaultdict(list)
    for document, topic in zip(documents, gather(documents, np.arange(len(rows))), strict=True):
        members[int(topic)].append(document)
    finder = PlaceFinder().partial_fit(
        CUT(text[:BODY_READ]) for document in documents for text in document
    )
    return [_named(messages, finder) for messages in members.values()]


def _named(messages: list[tuple[str, str]], finder: PlaceFinder) -> Named:
    """Name a topic, and give its clauses with and without the districts before a place."""
    name = name_topic(*map(list, zip(*messages, strict=True)), finder=finder)
    reader = Reader(CUT, finder.find)
    found = [clause for one in messages for clause in reader.read(*one).clauses]
    texts = {"".join(tokens) for one in found for tokens in (one.tokens, without_codes(one))}
    return Named(messages, name, texts)


def share(hits: Iterable[bool]) -> float:
    found = list(hits)
    return sum(found) / len(found)


def is_whole(topic: Named) -> bool:
    """Tell whether the label is a whole clause, from its place on, or place and clause."""
    label, place, clauses = topic.name.label, topic.name.place, topic.clauses
    rest = label.removeprefix(place).lstrip("小区")
    from_place = bool(place) and any(clause.endswith(label) for clause in clauses)
    return label in clauses or from_place or (bool(place) and rest in clauses)


def test_labels_are_short_and_unwrapped(topics):
    assert all(0 < len(topic.name.label) <= MAX_LENGTH for topic in topics)
    assert share(bool(WRAPPED.search(topic.name.label)) for topic in topics) < 0.005


def test_the_place_that_most_titles_name_is_in_the_label(topics):
    placed = [
        topic
        for topic in topics
        if len(topic.messages) > 1
        and topic.name.place
        and share(topic.name.place in title for title, _ in topic.messages) >= 0.5
    ]
    assert len(placed) > 200
    assert share(topic.name.place in topic.name.label for topic in placed) > 0.93


def test_nearly_all_labels_are_whole_clauses_or_place_and_clause(topics):
    assert share(map(is_whole, topics)) > 0.93


def test_labels_end_in_no_function_word_and_begin_with_no_rest_of_a_name(topics):
    ends = words_that("last") | (words_that("hanging") - {"后", "中", "里", "下"})
    cuts = [CUT(topic.name.label) for topic in topics]
    assert share(cut[-1] in ends for cut in cuts) < 0.01
    assert share(cut[0] in {"小区", "街道", "社区", "的", "号线", "路"} for cut in cuts) < 0.005


def test_labels_of_larger_topics_are_words_that_several_messages_use(topics):
    large = [topic for topic in topics if len(topic.messages) >= 5]
    shared: list[float] = []
    for topic in large:
        texts = ["\n".join((title, body)) for title, body in topic.messages]
        words = [
            word for word in CUT(topic.name.label) if is_content(word) and not is_district(word)
        ]
        shared.append(share(sum(word in text for text in texts) > 1 for word in words))
    assert sum(shared) / len(shared) > 0.85


def test_a_masked_district_is_named_only_where_nothing_better_is(topics):
    coded = [topic for topic in topics if is_district(CUT(topic.name.label)[0])]
    assert share(bool(topic.name.place) for topic in coded) < 0.3


def test_keywords_hold_no_clipped_piece_of_the_place(topics):
    placed = [topic for topic in topics if len(topic.messages) > 2 and topic.name.place]

    def clips(topic: Named) -> bool:
        words = [word for word, _ in topic.name.keywords]
        return any(word in topic.name.place and word != topic.name.place for word in words)

    assert share(map(clips, placed)) < 0.2


def test_tidying_twice_changes_nothing(topics):
    cuts = [CUT(topic.name.label) for topic in topics]
    assert share("".join(tidy(cut)) == "".join(cut) for cut in cuts) > 0.97
