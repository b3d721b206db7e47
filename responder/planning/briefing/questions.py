"""The questions that people really ask: their own sentences, varied, each with its messages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from nlp import content_words, cosines, default_segmenter, normalise, tone
from responder.planning.briefing import rules

QUESTIONS = 5
# Cosine of two sentences of a topic (see nlp.cosines) from which both are taken to ask the same.
SAME = 0.5


@dataclass(frozen=True)
class Heard:
    """A message of a topic, its texts masked.

    :param who: tells people apart and names nobody.
    :param recorded: an operator wrote it down while the citizen spoke.
    """

    id: int
    who: str
    title: str
    body: str
    recorded: bool = False


@dataclass(frozen=True)
class Voice:
    """A message that asks a question, and the sentence in which it does."""

    message_id: int
    text: str


@dataclass(frozen=True)
class Question:
    """A sentence as it stands in a message, masked, and all who say nearly the same.

    :param voices: that message first; each message once.
    :param people: who wrote them.
    :param recorded: an operator's words.
    """

    text: str
    voices: tuple[Voice, ...]
    people: int
    recorded: bool = False

    @property
    def message_ids(self) -> tuple[int, ...]:
        return tuple(voice.message_id for voice in self.voices)


@dataclass(frozen=True)
class _Sentence:
    heard: Heard
    text: str
    words: frozenset[str]

    @cached_property
    def asks(self) -> bool:
        return rules.asks(self.text)

    @cached_property
    def complains(self) -> bool:
        said = normalise(self.text)
        return rules.demands(self.text) or tone(said, default_segmenter()).label == "negative"

    @cached_property
    def wants(self) -> bool:
        return rules.wants(self.text)

    @property
    def is_quoted_unwillingly(self) -> bool:
        """What had to be masked is hard to read aloud."""
        return "**" in self.text


def ask(heard: Sequence[Heard], limit: int = QUESTIONS) -> list[Question]:
    """The questions of one topic, what most people ask first.

    What asks is preferred, then what demands or complains; where nobody does, what is said.
    Nothing is worded anew. Whoever says nearly the same is counted with it, and once.
    """
    said = list(_sentences(heard))
    asking = [n for n, one in enumerate(said) if one.asks]
    complaining = [n for n, one in enumerate(said) if not one.asks and one.complains]
    near = _near(said, [*asking, *complaining] or range(len(said)))
    leading = _leading(said, near, asking, limit, [])
    leading = _leading(said, near, complaining, limit, leading)
    if not leading:
        leading = _leading(said, near, list(near), limit, [])
    groups = _nearest(near, leading)
    found = [_question([said[n] for n in groups[leader]]) for leader in leading]
    return sorted(found, key=lambda question: -question.people)


def _sentences(heard: Sequence[Heard]) -> Iterator[_Sentence]:
    segmenter = default_segmenter()
    for one in heard:
        for text in dict.fromkeys([*rules.sentences(one.title), *rules.sentences(one.body)]):
            words = frozenset(content_words(segmenter.cut(normalise(text))))
            if words:
                yield _Sentence(one, text, words)


def _near(said: Sequence[_Sentence], of: Sequence[int]) -> dict[int, dict[int, float]]:
    """For each of these sentences those that say the same, itself among them, and how alike.

    Who names a matter does not ask what somebody else asks of it, however alike the words.
    """
    found = {}
    for number, row in cosines([one.words for one in said], list(of)):
        alike = [
            n for n in (row >= SAME).nonzero()[0].tolist() if said[n].wants is said[number].wants
        ]
        found[number] = {n: round(float(row[n]), 4) for n in alike} | {number: 1.0}
    return found


def _leading(
    said: Sequence[_Sentence],
    near: Mapping[int, Mapping[int, float]],
    pool: Sequence[int],
    limit: int,
    before: Sequence[int],
) -> list[int]:
    """``before`` and of the pool what most people say, each unlike those in front of it."""
    leading = list(before)
    left = [n for n in pool if not any(n in near[leader] for leader in leading)]
    while left and len(leading) < limit:
        best = min(left, key=lambda n: (said[n].is_quoted_unwillingly, -_people(said, near[n]), n))
        leading.append(best)
        left = [n for n in left if n not in near[best]]
    return leading


def _people(said: Sequence[_Sentence], numbers: Mapping[int, float]) -> int:
    return len({said[n].heard.who for n in numbers})


def _nearest(
    near: Mapping[int, Mapping[int, float]], leading: Sequence[int]
) -> dict[int, list[int]]:
    """Each leading sentence with those that are nearer to it than to the others, likest first."""
    groups: dict[int, list[int]] = {leader: [] for leader in leading}
    for n in sorted({n for leader in leading for n in near[leader]}):
        whose = max(leading, key=lambda leader: near[leader].get(n, 0.0))
        groups[whose].append(n)
    for leader, group in groups.items():
        group.sort(key=lambda n: (-near[leader][n], n != leader))
    return groups


def _question(group: Sequence[_Sentence]) -> Question:
    """``group``: the likest first. Quoted is a citizen's own sentence that can be read aloud."""
    leader = group[0]
    own = (
        one for one in group
        if one.asks is leader.asks and not one.heard.recorded and not one.is_quoted_unwillingly
    )  # fmt: skip
    quoted = next(own, leader)
    voices: dict[int, Voice] = {}
    for one in (quoted, *group):
        voices.setdefault(one.heard.id, Voice(one.heard.id, one.text))
    people = len({one.heard.who for one in group})
    return Question(quoted.text, tuple(voices.values()), people, quoted.heard.recorded)
