"""The questions that people really ask: their own sentences, varied, each with its messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nlp import content_words, default_segmenter, normalise, representatives, tone
from responder.planning.briefing import rules

QUESTIONS = 5
# Cosine of two sentences' words from which both are taken to ask the same.
SAME = 0.5


@dataclass(frozen=True)
class Heard:
    """A message of a topic, its texts masked. ``who`` tells people apart and names nobody."""

    id: int
    who: str
    title: str
    body: str


@dataclass(frozen=True)
class Question:
    """A sentence as somebody wrote it, masked.

    :param message_ids: the message that it stands in, then those that say nearly the same.
    :param people: who wrote them.
    """

    text: str
    message_ids: tuple[int, ...]
    people: int


@dataclass(frozen=True)
class _Sentence:
    heard: Heard
    text: str
    words: frozenset[str]
    asks: bool


def ask(heard: Sequence[Heard], limit: int = QUESTIONS) -> list[Question]:
    """The questions of one topic, what most people ask first.

    What asks is preferred, then what demands or complains; where nobody does, what is said.
    Nothing is worded anew. Two that ask the same stand once.
    """
    said = _sentences(heard)
    asking = [one for one in said if one.asks]
    rest = [one for one in said if not one.asks]
    complaining = [one for one in rest if _complains(one.text)]
    chosen = _choose(asking, limit, [])
    chosen += _choose(complaining, limit - len(chosen), chosen)
    if not chosen:
        chosen = _choose(rest, limit, [])
    groups = _grouped(chosen, said)
    order = sorted(range(len(chosen)), key=lambda n: (-_people(groups[n]), n))
    return [_question(groups[number]) for number in order]


def _sentences(heard: Sequence[Heard]) -> list[_Sentence]:
    segmenter = default_segmenter()
    found: list[_Sentence] = []
    for one in heard:
        texts = dict.fromkeys([*rules.sentences(one.title), *rules.sentences(one.body)])
        for text in texts:
            words = frozenset(content_words(segmenter.cut(normalise(text))))
            if words:
                found.append(_Sentence(one, text, words, rules.asks(text)))
    return found


def _complains(text: str) -> bool:
    return rules.demands(text) or tone(normalise(text), default_segmenter()).label == "negative"


def _choose(pool: Sequence[_Sentence], limit: int, beside: Sequence[_Sentence]) -> list[_Sentence]:
    """At most ``limit`` of the pool, unlike each other and unlike those ``beside``."""
    if limit <= 0:
        return []
    # What had to be masked is hard to read aloud: only where there is nothing else.
    plain = [one for one in pool if "**" not in one.text] or list(pool)
    new = [one for one in plain if not any(_alike(one, other) >= SAME for other in beside)]
    documents = [("", normalise(one.text)) for one in new]
    # Some that are chosen may still ask the same in other words; the first stands for them.
    places = representatives(documents, 3 * limit, words=[one.words for one in new])
    chosen: list[_Sentence] = []
    for place in places:
        if not any(_alike(new[place], other) >= SAME for other in chosen):
            chosen.append(new[place])
    return chosen[:limit]


def _grouped(chosen: Sequence[_Sentence], said: Sequence[_Sentence]) -> list[list[_Sentence]]:
    """For each chosen sentence those that are likest to it and ask the same, itself first."""
    groups = [[one] for one in chosen]
    for one in said:
        near = [_alike(one, other) for other in chosen]
        if near and max(near) >= SAME:
            groups[near.index(max(near))].append(one)
    return groups


def _alike(one: _Sentence, other: _Sentence) -> float:
    shared = len(one.words & other.words)
    return float(shared / (len(one.words) * len(other.words)) ** 0.5)


def _people(group: Sequence[_Sentence]) -> int:
    return len({one.heard.who for one in group})


def _question(group: Sequence[_Sentence]) -> Question:
    ids = tuple(dict.fromkeys(one.heard.id for one in group))
    return Question(group[0].text, ids, _people(group))
