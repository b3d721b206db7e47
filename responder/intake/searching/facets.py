"""What a higher room can restrict the list of messages by (category, unit)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select
from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Facet:
    """One more field of the filter.

    :param label: Chinese; what the field is called.
    :param choices: (value, what a person reads) of all that can be chosen.
    :param ids: the ids of the messages that have a value.
    :param names: message id → what a person reads, of those of the given messages that have one.
    """

    label: str
    choices: Callable[[Session], Sequence[tuple[str, str]]]
    ids: Callable[[str], Select[int]]
    names: Callable[[Session, Sequence[int]], Mapping[int, str]]


_facets: dict[str, Facet] = {}


def offer_facet(name: str, facet: Facet) -> None:
    """Let the list of messages be restricted by ``facet``; a name given again replaces."""
    _facets[name] = facet


def facets() -> dict[str, Facet]:
    """All that rooms have offered, by the name that stands in the address."""
    return dict(_facets)
