"""Steps that a deputy takes for somebody who is away (代办)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from responder.accounts import absences
from responder.core.errors import DomainError, Forbidden
from responder.core.lifecycle import Attempt, Choice
from responder.core.permissions import DELEGABLE, Actor
from responder.core.times import local
from responder.responses.lifecycle import RESPONSE_ITEM
from responder.responses.models import ResponseItem
from responder.responses.service.moving import check_desk


def attempts_of(
    session: Session, actor: Actor, now: datetime, zone: ZoneInfo, note: str = ""
) -> list[Attempt]:
    """How somebody may act today: in their own name, and for each whose deputy they are."""
    own = Attempt(actor, now, note)
    if actor.id is None:
        return [own]
    away = absences.stands_in_for(session, actor.id, local(now, zone).date())
    absent = (one.actor for one in away)
    return [own, *(Attempt(actor, now, note, one) for one in absent if one.permissions & DELEGABLE)]


def choices(item: ResponseItem, attempts: Sequence[Attempt]) -> list[tuple[Choice, Attempt]]:
    """What somebody may do with an item, each step once, with the name in which it is open.

    In the order of the table. A step that is open in one name is not shown as blocked in another.
    """
    found: dict[str, tuple[Choice, Attempt]] = {}
    for attempt in attempts:
        for choice in RESPONSE_ITEM.choices(item, attempt):
            kept = found.get(choice.transition.action)
            if kept is None or (kept[0].obstacles and not choice.obstacles):
                found[choice.transition.action] = (choice, attempt)
    order = {id(transition): n for n, transition in enumerate(RESPONSE_ITEM.transitions)}
    return sorted(found.values(), key=lambda pair: order[id(pair[0].transition)])


def attempt_for(item: ResponseItem, action: str, attempts: Sequence[Attempt]) -> Attempt:
    """The name in which somebody takes a step: their own, unless only another's allows it.

    :raises Invalid: it is no step at the desk.
    :raises WrongState, GuardRefused, Forbidden: it is open in none of them.
    """
    check_desk(action)
    refusals: list[DomainError] = []
    for attempt in attempts:
        try:
            RESPONSE_ITEM.allow(item, action, attempt)
        except DomainError as refusal:
            refusals.append(refusal)
        else:
            return attempt
    # A rule that stands in the way says more than that the own name has no right at all.
    raise next((one for one in refusals if not isinstance(one, Forbidden)), refusals[0])
