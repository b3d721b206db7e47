"""Keys as data: what is pressed, and what it does. No framework here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

Words = Any  # a text, or one that is translated when it is shown


@dataclass(frozen=True)
class Key:
    """Keys that do one thing: pressed together (``Ctrl+S``), or one after another (``g t``).

    :param keys: the ways to ask for it; each is enough.
    :param act: what keys.js does; empty where the page's own script does it.
    :param endpoint: where a go-to key leads; who may not go there does not have the key.
    """

    keys: tuple[str, ...]
    does: Words
    act: str = ""
    endpoint: str = ""


@dataclass(frozen=True)
class KeyGroup:
    """Keys that belong together.

    :param endpoints: the pages that alone have them; none: every page has them.
    """

    title: Words
    keys: tuple[Key, ...]
    endpoints: frozenset[str] = field(default_factory=frozenset)


def caps(keys: str) -> list[list[str]]:
    """How keys are drawn: in order, those that are held together in one list.

    >>> caps("g t"), caps("Alt+1")
    ([['g'], ['t']], [['Alt', '1']])
    """
    return [one.split("+") if len(one) > 1 else [one] for one in keys.split(" ")]


def twice(groups: Iterable[KeyGroup]) -> set[str]:
    """Keys that would do two things on one page."""
    taken: set[str] = set()
    found: set[str] = set()
    for group in groups:
        for key in group.keys:
            found |= taken.intersection(key.keys)
            taken |= set(key.keys)
    return found
