"""What the linker reads of a topic and of an event, without the talk of offices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files

from nlp import content_words, default_segmenter, normalise
from responder.planning.models import PressEvent

KEYWORDS_READ = 12


@cache
def office_words() -> frozenset[str]:
    """Words that occur in every announcement and complaint and tell no matter from the next."""
    text = files("responder").joinpath("data/office_words.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return frozenset(" ".join(lines).split())


def telling(text: str) -> str:
    """``text`` with a break in the place of each office word."""
    words = default_segmenter().cut(normalise(text))
    return "".join("\n" if word in office_words() else word for word in words)


def words_of(text: str) -> list[str]:
    """The words of ``text`` that can tell a matter: two characters at least, no office talk."""
    found = content_words(default_segmenter().cut(normalise(text)))
    return [word for word in found if len(word) > 1 and word not in office_words()]


def topic_name(label: str, keywords: Sequence[Sequence[object]]) -> str:
    """A topic by its label and its ``[[word, weight], …]``."""
    return telling("\n".join([label, *(str(word) for word, _ in keywords[:KEYWORDS_READ])]))


def topic_texts(name: str, said: Iterable[str]) -> list[str]:
    """A topic as the linker takes it: its name, and what its messages say."""
    return [name, *map(telling, said)]


def event_text(event: PressEvent) -> str:
    """An event: its theme, which counts twice, its summary and what the office will say."""
    return telling("\n".join((event.theme, event.theme, event.summary, event.wording)))
