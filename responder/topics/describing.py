"""What a refresh says of each topic: its name, its words, its tone, its heat."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from nlp import (
    PlaceFinder,
    default_segmenter,
    name_topic,
    representatives,
    tone,
)
from responder.core import privacy
from responder.topics.gathering import Said
from responder.topics.heat_reading import HeatView, marked
from responder.topics.rules import HeatPart, heat, level_of

KEYWORD_COUNT = 8
LABEL_LENGTH = 24
PLACE_LENGTH = 60
REPRESENTATIVES = 3
OPENING, OPENING_ALONE = 240, 90  # characters of a body that naming reads
TONE_READS = 300
NAMED_FROM = 30  # messages, over all its time; more give no better name
RENAMED_BY = 1.25  # a topic that grows by this is named anew; less tells nothing new
LONGEST_FINDING = 30  # characters; what a cut may leave half of
UNNAMED = "未命名话题"  # its messages hold nothing but personal data
# Asterisks would be cut into labels and keywords; nothing at all would join what stood
# before a name with what came after it. A clause break gives the headline of what remains.
CLAUSE_BREAK = "，"
HONORIFICS = ("先生", "女士", "同志")


@dataclass(frozen=True)
class Name:
    """How a topic is called, by the words of its messages.

    :param place: what half of the messages name, or "".
    :param keywords: (word, weight), heaviest first.
    :param representatives: ids of the messages that show the topic, the most telling first.
    """

    label: str
    place: str
    keywords: list[tuple[str, float]]
    representatives: list[int]


@dataclass(frozen=True)
class Description:
    """One topic as it stood at a moment.

    :param tones: tone → messages.
    """

    members: list[Said]
    heat_parts: list[HeatPart]
    level: int
    name: Name
    tones: Counter[str]


@dataclass(frozen=True)
class Earlier:
    """What the last description said of a topic, and of how many messages."""

    name: Name
    tones: Counter[str]
    messages: int


def describe(
    topics: Mapping[int, list[Said]],
    view: HeatView,
    headings: Iterable[str],
    earlier: Mapping[int, Earlier] | None = None,
    new: Collection[int] = (),
) -> dict[int, Description]:
    """Topic id → what is said of it as of ``view.as_of``, from all of its messages.

    :param headings: what messages of this town are headed; names of places are learned
        from them.
    :param earlier: topic id → what was said of it before the messages ``new`` came. A topic
        that has hardly grown keeps its name. Of a topic not here all is worked out.
    """

    @cache
    def finder() -> PlaceFinder:
        return PlaceFinder().partial_fit(map(default_segmenter().cut, headings))

    return {
        topic_id: _describe(members, view, finder, (earlier or {}).get(topic_id), new)
        for topic_id, members in topics.items()
    }


def _describe(
    members: list[Said],
    view: HeatView,
    finder: Callable[[], PlaceFinder],
    earlier: Earlier | None,
    new: Collection[int],
) -> Description:
    came = [one for one in members if one.id in new] if earlier else members
    only_grew = earlier is not None and earlier.messages == len(members) - len(came)
    before = earlier if only_grew else None
    hardly = before is not None and _step(before.messages) == _step(len(members))
    ids = {one.id for one in members}
    parts = view.parts([marked(one.voice, one.repeats_id in ids) for one in members])
    return Description(
        members,
        parts,
        level_of(heat(parts), view.scale.levels),
        name=before.name if before and hardly else _name(members, finder()),
        tones=before.tones + _tones(came) if before else _tones(members),
    )


def _step(messages: int) -> int:
    return int(math.log(messages, RENAMED_BY))


def _name(members: Sequence[Said], finder: PlaceFinder) -> Name:
    shown = _spread(members, NAMED_FROM)
    read = OPENING if len(members) > 1 else OPENING_ALONE
    named = name_topic(
        [without_people(one.title) for one in shown],
        [opening(one.body, read) for one in shown],
        places=[without_people(_noted_place(one)) for one in shown],
        finder=finder,
        segmenter=default_segmenter(),
        max_length=LABEL_LENGTH,
        limit=KEYWORD_COUNT,
    )
    documents = [(one.title, one.body) for one in shown]
    telling = representatives(documents, REPRESENTATIVES, segmenter=default_segmenter())
    return Name(
        label=without_people(named.label) or UNNAMED,  # joining a place may make an address
        place=named.place[:PLACE_LENGTH],
        keywords=named.keywords,
        representatives=[shown[position].id for position in telling],
    )


def _tones(members: Iterable[Said]) -> Counter[str]:
    return Counter(_tone(one.title, one.body[:TONE_READS]) for one in members)


@lru_cache(maxsize=1 << 15)
def _tone(title: str, opening: str) -> str:
    return tone(f"{title}\n{opening}", default_segmenter()).label


def _spread(members: Sequence[Said], most: int) -> Sequence[Said]:
    """At most that many messages, evenly over time, the first and the last among them."""
    if len(members) <= most:
        return members
    step = (len(members) - 1) / (most - 1)
    return [members[round(number * step)] for number in range(most)]


def _noted_place(one: Said) -> str:
    """The place of the message's own field, where the title does not name it."""
    return one.heading.removesuffix(one.title).strip()


def opening(body: str, length: int) -> str:
    """The first ``length`` characters without people, also without half of one at the end."""
    read = without_people(body[: length + LONGEST_FINDING])
    return read if len(body) <= length else read[:-LONGEST_FINDING]


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
