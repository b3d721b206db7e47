"""The board: what stands where, what waits for me; and what may be done with many at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from responder.core.lifecycle import Attempt, Transition
from responder.responses import service
from responder.responses.lifecycle import DESK
from responder.responses.models import FILED, ItemState, ResponseItem

# Cards that a column shows; the list of that state has the others.
CARDS = 12
# What is filed away needs no board.
STATES = tuple(state for state in ItemState if state not in FILED)
# Each text is checked for secrets by itself, with its own conclusion.
ONE_BY_ONE = frozenset({"approve_secrecy"})
MOST_AT_ONCE = 50


@dataclass(frozen=True)
class Card:
    """One item on the board."""

    item: ResponseItem
    waits_for_me: bool


@dataclass(frozen=True)
class Column:
    """One state: how many stand there, and the first of them."""

    state: ItemState
    count: int
    cards: list[Card]


def columns(
    session: Session,
    attempts: Sequence[Attempt],
    unit_id: int | None = None,
    state: ItemState | None = None,
) -> list[Column]:
    """The board as one person sees it, most urgent first in each column."""
    counts = service.counts_by_state(session, unit_id)
    cards: dict[ItemState, list[Card]] = {}
    for item in service.first_of_each_state(session, CARDS, unit_id, state):
        cards.setdefault(item.state, []).append(Card(item, service.waits_for(item, attempts)))
    shown = STATES if state is None else (state,)
    return [Column(one, counts[one], cards.get(one, [])) for one in shown]


def offered(items: Sequence[ResponseItem], attempts: Sequence[Attempt]) -> list[Transition]:
    """The steps that this person may take now with every one of these items.

    Those that only a missing remark would stop are among them: one can be given for all.
    """
    if not items:
        return []
    first, *others = (open_steps(item, attempts) for item in items)
    return [step for action, step in first.items() if all(action in one for one in others)]


def open_for_some(
    items: Sequence[ResponseItem], action: str, attempts: Sequence[Attempt]
) -> Transition | None:
    """A step that was offered for all of them, and that at least one still has."""
    open_ = (open_steps(item, attempts).get(action) for item in items)
    return next(filter(None, open_), None)


def open_steps(item: ResponseItem, attempts: Sequence[Attempt]) -> dict[str, Transition]:
    """Action → step of those that this person may take now, also with others at once."""
    return {
        choice.transition.action: choice.transition
        for choice, _attempt in service.choices(item, attempts)
        if not choice.obstacles and _fits_many(choice.transition)
    }


def _fits_many(step: Transition) -> bool:
    return step.endpoint == DESK and step.action not in ONE_BY_ONE
