"""What a refresh says of each topic: its name, its words, its copies, its heat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from nlp import NearDuplicates, Segmenter, keywords, label
from responder.core import privacy
from responder.topics.gathering import Gathering, Said
from responder.topics.lexicon import gravity_lexicon
from responder.topics.rules import HeatPart, heat_parts

KEYWORD_COUNT = 8
LABEL_LENGTH = 24
UNNAMED = "未命名话题"  # its messages hold nothing but personal data
# Asterisks would be cut into labels and keywords; nothing at all would join what stood
# before a name with what came after it. A clause break gives the headline of what remains.
CLAUSE_BREAK = "，"
HONORIFICS = ("先生", "女士", "同志")


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
    titles = [without_people(one.title) for one in members]
    bodies = [without_people(one.body) for one in members]
    return Name(
        label(titles, bodies, segmenter=segmenter, max_length=LABEL_LENGTH) or UNNAMED,
        keywords(titles, bodies, segmenter=segmenter, limit=KEYWORD_COUNT),
        _repeats(members),
    )


def without_people(text: str) -> str:
    """``text`` with a clause break in the place of each piece of personal data.

    What is named by such texts (a topic is shown to whoever may not read its messages)
    holds nothing of the people who wrote them.
    """
    # Again, for what stood beside one piece may be plain as another once that is gone.
    while findings := privacy.find(text):
        for finding in reversed(findings):
            rest = text[finding.end :]
            if finding.kind == "name" and rest.startswith(HONORIFICS):
                rest = rest[2:]
            text = text[: finding.start] + CLAUSE_BREAK + rest
    return text.strip(CLAUSE_BREAK)


def _repeats(members: Sequence[Said]) -> dict[int, int]:
    if len(members) < 2:
        return {}
    titles, bodies = [one.title for one in members], [one.body for one in members]
    first_of = NearDuplicates().fit_predict(bodies, titles).tolist()
    return {
        one.id: members[first].id
        for position, (one, first) in enumerate(zip(members, first_of, strict=True))
        if first != position
    }
