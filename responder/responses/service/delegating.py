"""Steps that a deputy takes for somebody who is away (代办)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from responder.accounts import absences
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
    """What somebody may do with an item: see :meth:`Lifecycle.choices_among`."""
    return RESPONSE_ITEM.choices_among(item, attempts)


def attempt_for(item: ResponseItem, action: str, attempts: Sequence[Attempt]) -> Attempt:
    """The name in which somebody takes a step at the desk.

    :raises Invalid: it is no step at the desk.
    :raises WrongState, GuardRefused, Forbidden: as :meth:`Lifecycle.attempt_for`.
    """
    check_desk(action)
    return RESPONSE_ITEM.attempt_for(item, action, attempts)
