"""What a call is handed on to once it is stored: its category, its work order."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from responder.core.errors import Invalid
from responder.core.permissions import Actor, Permission
from responder.core.times import SHANGHAI
from responder.desk.service import Taken
from responder.intake.rules import headline
from responder.orders import service as orders
from responder.orders.lifecycle import OPEN
from responder.orders.models import WorkOrder
from responder.routing import service as routing
from responder.routing.service import Suggestion

# What the services call a field, and what the form does.
FORM_FIELDS = {"category_id": "category", "reason": "category_reason"}


@dataclass(frozen=True)
class Choices:
    """What the operator chose besides the words. :param order: open a work order at once."""

    category_id: int | None = None
    category_reason: str = ""
    order: bool = False


@dataclass(frozen=True)
class Handed:
    """The work order that the call is in now, if it is in one."""

    order: WorkOrder | None = None


def hand_on(
    session: Session,
    taken: Taken,
    choices: Choices,
    actor: Actor,
    now: datetime,
    zone: ZoneInfo = SHANGHAI,
) -> Handed:
    """Confirm the category that was chosen, and put the call into a work order.

    The order is the open one of the message that the call is the same as; otherwise a new
    one, if the operator wants one.

    :raises Invalid: the category needs a reason, for it is not the suggested one.
    """
    if not taken.is_new:
        return Handed(orders.order_of(session, taken.message.id))
    if choices.category_id and actor.may(Permission.ROUTING_CONFIRM):
        _confirm(session, taken, choices, actor, now)
    if not actor.may(Permission.ORDER_DISPATCH):
        return Handed()
    there = orders.order_of(session, taken.same_as.id) if taken.same_as else None
    if there is not None and there.state in OPEN:
        return Handed(orders.attach(session, there, taken.message, actor, now))
    if not choices.order:
        return Handed()
    made = orders.open_from_message(
        session, taken.message, actor, now, category_id=choices.category_id, zone=zone
    )
    return Handed(made)


def _confirm(session: Session, taken: Taken, choices: Choices, actor: Actor, now: datetime) -> None:
    assert choices.category_id is not None
    try:
        routing.confirm(
            session, taken.message.id, choices.category_id, actor, now, choices.category_reason
        )
    except Invalid as error:
        fields = {FORM_FIELDS.get(name, name): text for name, text in error.fields.items()}
        raise Invalid(error.message, fields) from error


def category_choices(session: Session) -> list[tuple[str, str]]:
    """The valid categories for the menu of the form."""
    return [("", _("未判定")), *((str(one.id), one.path) for one in routing.choices(session))]


def suggest_category(session: Session, title: str, body: str, place: str) -> Suggestion | None:
    """The likeliest category of what has been typed; None when nothing speaks for any."""
    if not body.strip():
        return None
    return routing.suggest(session, title or headline(body), body, place)


def orders_of(session: Session, message_ids: Collection[int]) -> Mapping[int, WorkOrder]:
    """Message id → the living work order that holds it, of those that are in one."""
    return orders.orders_of_messages(session, message_ids) if message_ids else {}
