"""What a refresh says of each topic: its name, its words, its tone, its heat."""

from __future__ import annotations

import math
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from nlp import portraits
from nlp.portraits import DOCUMENT_READS, TONE_READS, Portrait, Sitter
from nlp.spreading import HERE, Spread
from responder.core import privacy
from responder.topics.gathering import Said, portions, taken_back
from responder.topics.heat_reading import HeatView
from responder.topics.rules import HeatPart, Tally, heat, level_of

PLACE_LENGTH = 60
OPENING, OPENING_ALONE = 240, 90  # characters of a body that naming reads
TEXTS_A_PART = 1_000  # about a second's work: small beside a run, large beside its journey
NAMED_FROM = 15  # messages, over all its time; more give no better name
RENAMED_BY = 2.0  # a topic is named anew at each power of this; less tells nothing new
LONGEST_FINDING = 30  # characters; what a cut may leave half of
UNNAMED = "未命名话题"  # its messages hold nothing but personal data
# Asterisks would be cut into labels and keywords; nothing at all would join what stood
# before a name with what came after it. A clause break gives the headline of what remains.
CLAUSE_BREAK = "，"
HONORIFICS = ("先生", "女士", "同志")

Item = TypeVar("Item")


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

    :param tally: what its messages amount to.
    :param tones: tone → messages.
    """

    tally: Tally
    heat_parts: list[HeatPart]
    level: int
    name: Name
    tones: Counter[str]


@dataclass(frozen=True)
class Earlier:
    """What the last description said of a topic, and of how many messages.

    :param named: how many of them the name was made for, or has stayed for.
    """

    name: Name | None
    tones: Counter[str]
    messages: int
    named: int

    def joined(self, other: Earlier) -> Earlier:
        """Of two topics that have become one: the name of the larger, the tone of each message."""
        larger = max(self, other, key=lambda one: one.named)
        messages = self.messages + other.messages
        return Earlier(larger.name, self.tones + other.tones, messages, larger.named)


NOTHING = Earlier(None, Counter(), 0, 0)


@dataclass(frozen=True)
class Words:
    """Where the messages of topics are asked for.

    :param members: topic id → its messages in order of time, of the topics that are named.
    :param texts: message id → what it says.
    """

    members: Callable[[Collection[int]], Mapping[int, Sequence[int]]]
    texts: Callable[[Iterable[int]], Mapping[int, Said]]


def describe(
    tallies: Mapping[int, Tally],
    view: HeatView,
    headings: Iterable[str],
    words: Words,
    earlier: Mapping[int, Earlier] | None = None,
    came: Mapping[int, Sequence[int]] | None = None,
    spread: Spread = HERE,
) -> dict[int, Description]:
    """Topic id → what is said of it as of ``view.as_of``, from all of its messages.

    :param headings: what messages of this town are headed; names of places are learned
        from them.
    :param words: where its messages are asked for, no more of them than are read.
    :param earlier: topic id → what was said of it before new messages came. A topic that has
        hardly grown keeps its name. Of a topic not here all is worked out.
    :param came: topic id → its new messages, in order of time.
    :param spread: who cuts and reads the texts, which is most of the work.
    :raises Stale: a topic has other messages by now than were counted.
    """
    learned_from = cache(lambda: list(headings))
    found: dict[int, Description] = {}
    asked = deque[_Asked]()

    def parts() -> Iterator[list[Any]]:
        for some in _batches(_asked(tallies, words.members, earlier or {}, came or {})):
            asked.extend(some)
            said = words.texts(one for about in some for one in (*about.shown, *about.toned))
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
    tally: Tally
    before: Earlier
    shown: Sequence[int]
    toned: Sequence[int]


def _asked(
    tallies: Mapping[int, Tally],
    members: Callable[[Collection[int]], Mapping[int, Sequence[int]]],
    earlier: Mapping[int, Earlier],
    came: Mapping[int, Sequence[int]],
) -> Iterator[_Asked]:
    for some in portions(sorted(tallies)):
        before = {one: _before(tallies[one], earlier.get(one), came.get(one, ())) for one in some}
        anew = [one for one in some if not _stays(tallies[one], before[one])]
        known = {one: came[one] for one in anew if len(came.get(one, ())) == tallies[one].messages}
        whole = {**known, **members([one for one in anew if one not in known])}
        if any(len(whole.get(one, ())) != tallies[one].messages for one in anew):
            raise taken_back()
        for one in some:
            shown = evenly(whole[one], NAMED_FROM) if one in whole else ()
            toned = came.get(one, ()) if before[one].messages else whole[one]
            yield _Asked(one, tallies[one], before[one], shown, toned)


def _before(tally: Tally, earlier: Earlier | None, came: Sequence[int]) -> Earlier:
    """What was said, if of all messages but those that came."""
    if earlier is None or not earlier.messages == tally.messages - len(came) > 0:
        return NOTHING
    return earlier


def _stays(tally: Tally, before: Earlier) -> bool:
    """Whether the topic keeps its name."""
    return before.name is not None and is_of_a_size(before.named, tally.messages)


def is_of_a_size(before: int, now: int) -> bool:
    """Whether so many messages are named as so many before them were."""
    return _step(before) == _step(now)


def _sitter(about: _Asked, texts: Mapping[int, Said]) -> Sitter:
    """What of a topic is sent to be read: without people where its name is made of it."""
    alone = about.tally.messages == 1
    read = OPENING_ALONE if alone else OPENING
    shown, toned = ([texts[one] for one in some] for some in (about.shown, about.toned))
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
    parts = view.parts(about.tally)
    return Description(
        about.tally,
        parts,
        level_of(heat(parts), view.scale.levels),
        name=(not about.shown and about.before.name) or _name(about.shown, portrait),
        tones=about.before.tones + Counter(portrait.tones),
    )


def _step(messages: int) -> int:
    return int(math.log(messages, RENAMED_BY))


def _name(shown: Sequence[int], portrait: Portrait) -> Name:
    return Name(
        label=without_people(portrait.label) or UNNAMED,  # joining a place may make an address
        place=portrait.place[:PLACE_LENGTH],
        keywords=portrait.keywords,
        representatives=[shown[position] for position in portrait.telling],
    )


def evenly(members: Sequence[Item], most: int) -> Sequence[Item]:
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
