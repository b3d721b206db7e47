"""Which category a text belongs to, by the learned model and the cue words together."""

from __future__ import annotations

from nlp import normalise
from nlp.classify import TextClassifier
from responder.core import privacy
from responder.routing.rules import Evidence, Guess, decide
from responder.routing.snapshot import Snapshot

_TITLE_END = "。"


def as_text(title: str, body: str, place: str = "") -> str:
    """What is judged: title, body and place as one normalised text, the title first.

    Without personal data: the words that led to a category are shown to everybody.
    """
    if title and normalise(body).startswith(normalise(title).rstrip("…")):
        title = ""  # a title that was cut from the body says nothing of its own
    parts = (normalise(privacy.without(part)) for part in (title, body, place))
    return _TITLE_END.join(part for part in parts if part)


def guess(text: str, taxonomy: Snapshot, classifier: TextClassifier | None) -> list[Guess]:
    """Valid categories, likeliest first; none when no word speaks.

    :param text: as :func:`as_text` gives it.
    """
    cues = taxonomy.rules.guesses(text)
    return _offered(decide(cues, _learned(text, classifier), taxonomy.parents), taxonomy)


def _learned(text: str, classifier: TextClassifier | None) -> list[Guess]:
    if classifier is None or not text:
        return []
    reading = classifier.read(text)
    return [Guess(one.label, round(one.chance, 3)) for one in classifier.choices(reading)]


def _offered(guesses: list[Guess], taxonomy: Snapshot) -> list[Guess]:
    return [
        one for one in guesses if one.code in taxonomy.entries and taxonomy.entries[one.code].valid
    ]


def evidence(
    text: str, found: Guess, taxonomy: Snapshot, classifier: TextClassifier | None
) -> tuple[Evidence, ...]:
    """The words that led to a guess, heaviest first."""
    if classifier is not None:
        parent = taxonomy.parents.get(found.code, "")
        label = next((c for c in (found.code, parent) if c in classifier.labels_), None)
        if label is not None:
            words = classifier.explain(text, label)
            if words:
                return tuple(Evidence(word.text, word.weight) for word in words)
    return found.evidence
