"""What a refresh says of each topic: its name, its words, its copies, its heat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from nlp import NearDuplicates, Segmenter, keywords, label
from responder.topics.gathering import Gathering, Said
from responder.topics.lexicon import gravity_lexicon
from responder.topics.rules import HeatPart, heat_parts

KEYWORD_COUNT = 8
LABEL_LENGTH = 24


@dataclass(frozen=True)
class Name:
    """How a topic is called, by the words of its messages.

    :param keywords: (word, weight), heaviest first.
    :param repeats: message id → id of the earlier message that it repeats.
    """

    label: str
    keywords: list[tuple[str, float]]
    repeats: dict[int, int]


@dataclass(frozen=True)
class Description:
    """One topic as it stood at ``as_of``. ``name`` is None where nothing was added."""

    members: list[Said]
    heat_parts: list[HeatPart]
    name: Name | None


def describe(gathering: Gathering, as_of: datetime) -> dict[int, Description]:
    """Topic id (negative when new) → what is said of it."""
    touched = {gathering.topic_ids[position] for position in gathering.new_positions()}
    points = gravity_lexicon().points
    descriptions = {}
    for topic_id, positions in gathering.by_topic().items():
        members = [gathering.said[position] for position in positions]
        parts = heat_parts([one.voice for one in members], as_of, points)
        name = _name(members, gathering.vectorizer.segmenter) if topic_id in touched else None
        descriptions[topic_id] = Description(members, parts, name)
    return descriptions


def _name(members: Sequence[Said], segmenter: Segmenter) -> Name:
    titles, bodies = [one.title for one in members], [one.body for one in members]
    return Name(
        label(titles, bodies, segmenter=segmenter, max_length=LABEL_LENGTH),
        keywords(titles, bodies, segmenter=segmenter, limit=KEYWORD_COUNT),
        _repeats(members, titles, bodies),
    )


def _repeats(
    members: Sequence[Said], titles: Sequence[str], bodies: Sequence[str]
) -> dict[int, int]:
    if len(members) < 2:
        return {}
    first_of = NearDuplicates().fit_predict(bodies, titles).tolist()
    return {
        one.id: members[first].id
        for position, (one, first) in enumerate(zip(members, first_of, strict=True))
        if first != position
    }
