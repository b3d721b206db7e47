"""Cue words, when a learned answer stands in for theirs, and when a model is taken into use."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_SEPARATORS = re.compile(r"[、，,；;\s]+")
SHORTEST_WORD, LONGEST_WORD = 2, 12
# What the weights add up to when the rules are half sure.
_HALF = 4.0


@dataclass(frozen=True)
class Evidence:
    """A word of the text that led to the category, and how heavily it weighed."""

    word: str
    weight: float


@dataclass(frozen=True)
class Guess:
    """One answer: which category (by code), how sure (0 to 1), because of what."""

    code: str
    score: float
    evidence: tuple[Evidence, ...] = ()


def words_in(text: str) -> list[str]:
    """The words of what a person typed, parted by 、, commas, blanks or line breaks; once each."""
    return list(dict.fromkeys(word for word in _SEPARATORS.split(text) if word))


def cue_problem(words: Sequence[str]) -> str:
    """What is wrong with cue words, in a sentence; empty when nothing is."""
    wrong = [word for word in words if not SHORTEST_WORD <= len(word) <= LONGEST_WORD]
    if not wrong:
        return ""
    return f"“{wrong[0]}”不能作线索词：请写 {SHORTEST_WORD} 到 {LONGEST_WORD} 个字的词"


def sureness(score: float, all_weight: float) -> float:
    """Surer (0 to 1) the more there is, and the more of it speaks for the one."""
    return round(score / all_weight * score / (score + _HALF), 3) if score else 0.0


def decide(
    cues: Sequence[Guess], learned: Sequence[Guess], parents: Mapping[str, str]
) -> list[Guess]:
    """The answers to show, best first: what was learned, where it was learned.

    Two things stay with the cue words: a category that the model has never been shown,
    nor its first level, when they name it first and the model is not sure; and which child
    is meant, when the model only knows the first level.

    :param cues: best first. :param learned: every category of the model, best first.
    """
    if not learned:
        return list(cues)
    known = {guess.code for guess in learned}
    if cues and cues[0].score > learned[0].score and not {
        cues[0].code, parents.get(cues[0].code, "")
    } & known:  # fmt: skip
        return [cues[0], *learned]
    return [_refined(guess, cues, parents, known) for guess in learned]


def _refined(
    guess: Guess, cues: Sequence[Guess], parents: Mapping[str, str], known: set[str]
) -> Guess:
    """The child that the cue words name, in place of a first level that was learned."""
    for cue in cues:
        if parents.get(cue.code) == guess.code and cue.code not in known:
            return Guess(cue.code, guess.score, cue.evidence or guess.evidence)
    return guess


def same_branch(one: str, other: str, parents: Mapping[str, str]) -> bool:
    """Whether two categories are the same, or one is the first level of the other."""
    return one == other or parents.get(one) == other or parents.get(other) == one


@dataclass(frozen=True)
class Standing:
    """Macro-F1 on the held-out part: of the rules, of the model in use (None: there is none),
    of the candidate."""

    rules: float
    in_use: float | None
    candidate: float


def refusal(standing: Standing) -> str:
    """Why the candidate is not adopted; empty when it is."""
    if standing.candidate < standing.rules:
        return (
            f"新模型在留出部分的宏平均 F1 为 {standing.candidate:.3f}，低于线索词规则的 "
            f"{standing.rules:.3f}，未采用"
        )
    if standing.in_use is not None and standing.candidate < standing.in_use:
        return (
            f"新模型在留出部分的宏平均 F1 为 {standing.candidate:.3f}，低于现用模型的 "
            f"{standing.in_use:.3f}，未采用"
        )
    return ""
