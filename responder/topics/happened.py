"""What happened to a topic on a day, for its curve: said by the rooms that made it happen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

# Topic id → what the present reader may know of.
Telling = Callable[[int], Iterable["Happened"]]


@dataclass(frozen=True)
class Happened:
    """A press event held, an answer published.

    :param text: what it was, masked.
    :param address: its page.
    """

    day: date
    text: str
    address: str


_TELLING: dict[str, Telling] = {}


def told_by(name: str, function: Telling) -> None:
    """Have a room above say what it did about a topic."""
    _TELLING[name] = function


def happened(topic_id: int) -> Iterator[Happened]:
    for telling in _TELLING.values():
        yield from telling(topic_id)
