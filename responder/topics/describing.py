"""What a refresh says of each topic: its name, its words, its tone, its heat."""

from __future__ import annotations

import math
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from nlp import portraits
from nlp.portraits import DOCUMENT_READS, TONE_READS, Portrait, Sitter
from nlp.spreading import HERE, Spread
from responder.core import privacy
from responder.topics.gathering import Said, Spoken
from responder.topics.heat_reading import HeatView, marked
from responder.topics.rules import HeatPart, heat, level_of

PLACE_LENGTH = 60
OPENING, OPENING_ALONE = 240, 90  # characters of a body that naming reads
TEXTS_A_PART = 1_000  # about a second's work: small beside a run, large beside its journey
NAMED_FROM = 30  # messages, over all its time; more give no better name
RENAMED_BY = 1.5  # a topic that grows by this is named anew; less tells nothing new
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

    members: list[Spoken]
    heat_parts: list[HeatPart]
    level: int
    name: Name
    tones: Counter[str]


@dataclass(frozen=True)
class Earlier:
    """What the last description said of a topic, and of how many messages.

    :param name: None where several have become one.
    """

    name: Name | None
    tones: Counter[str]
    messages: int

    def joined(self, other: Earlier) -> Earlier:
        """Of two topics that have become one: each message keeps its tone, neither its name."""
        return Earlier(None, self.tones + other.tones, self.messages + other.messages)


NOTHING = Earlier(None, Counter(), 0)


def describe(
    topics: Mapping[int, list[Spoken]],
    view: HeatView,
    headings: Iterable[str],
    texts: Callable[[Iterable[int]], Mapping[int, Said]],
    earlier: Mapping[int, Earlier] | None = None,
    new: Collection[int] = (),
    spread: Spread = HERE,
) -> dict[int, Description]:
    """Topic id → what is said of it as of ``view.as_of``, from all of its messages.

    :param headings: what messages of this town are headed; names of places are learned
        from them.
    :param texts: what messages say, by their ids; asked for no more than is read.
    :param earlier: topic id → what was said of it before the messages ``new`` came. A topic
        that has hardly grown keeps its name. Of a topic not here all is worked out.
    :param spread: who cuts and reads the texts, which is most of the work.
    """
    learned_from = cache(lambda: list(headings))
    found: dict[int, Description] = {}
    asked = deque[_Asked]()

    def parts() -> Iterator[list[Any]]:
        for some in _batches(_asked(topics, earlier or {}, new)):
            asked.extend(some)
            said = texts(one.id for about in some for one in (*about.shown, *about.toned))
            names = any(about.shown for about in some)
            sitters = [_sitter(about, said) for about in some]
            yield portraits.part_of(learned_from() if names else (), sitters)

    for _, told in spread.map(portraits.portray, parts()):
        for one in map(portraits.portrait, told):
            about = asked.popleft()
            found[about.topic_id] = _described(about, one, view)
    return found


@dataclass(frozen=True)
class _Asked:
    """One topic, and what is to be found out of it.

    :param before: what was said of it, as far as that still counts.
    :param shown: the messages that name it; none where its name stays.
    :param toned: those whose tone is not known yet.
    """

    topic_id: int
    members: list[Spoken]
    before: Earlier
    shown: Sequence[Spoken]
    toned: Sequence[Spoken]


def _asked(
    topics: Mapping[int, list[Spoken]], earlier: Mapping[int, Earlier], new: Collection[int]
) -> Iterator[_Asked]:
    for topic_id, members in topics.items():
        before, came = earlier.get(topic_id, NOTHING), [one for one in members if one.id in new]
        if before.messages != len(members) - len(came):
            before, came = NOTHING, members
        stays = before.name is not None and _step(before.messages) == _step(len(members))
        yield _Asked(topic_id, members, before, [] if stays else _spread(members, NAMED_FROM), came)


def _sitter(about: _Asked, texts: Mapping[int, Said]) -> Sitter:
    """What of a topic is sent to be read: without people where its name is made of it."""
    alone = len(about.members) == 1
    read = OPENING_ALONE if alone else OPENING
    shown, toned = ([texts[one.id] for one in some] for some in (about.shown, about.toned))
    return Sitter(
        naming=[
            (without_people(one.title), opening(one.body, read), without_people(_noted_place(one)))
            for one in shown
        ],
        shown=[] if alone else [(one.title, one.body[:DOCUMENT_READS]) for one in shown],
        toned=[(one.title, one.body[:TONE_READS]) for one in toned],
    )


def _batches(asked: Iterable[_Asked]) -> Iterator[list[_Asked]]:
    """Topics in their order, so many at a time that a part is worth sending."""
    some: list[_Asked] = []
    texts = 0
    for one in asked:
        some.append(one)
        texts += len(one.shown) + len(one.toned)
        if texts >= TEXTS_A_PART:
            yield some
            some, texts = [], 0
    if some:
        yield some


def _described(about: _Asked, portrait: Portrait, view: HeatView) -> Description:
    ids = {one.id for one in about.members}
    parts = view.parts([marked(one.voice, one.repeats_id in ids) for one in about.members])
    return Description(
        about.members,
        parts,
        level_of(heat(parts), view.scale.levels),
        name=(not about.shown and about.before.name) or _name(about.shown, portrait),
        tones=about.before.tones + Counter(portrait.tones),
    )


def _step(messages: int) -> int:
    return int(math.log(messages, RENAMED_BY))


def _name(shown: Sequence[Spoken], portrait: Portrait) -> Name:
    return Name(
        label=without_people(portrait.label) or UNNAMED,  # joining a place may make an address
        place=portrait.place[:PLACE_LENGTH],
        keywords=portrait.keywords,
        representatives=[shown[position].id for position in portrait.telling],
    )


def _spread(members: Sequence[Spoken], most: int) -> Sequence[Spoken]:
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
