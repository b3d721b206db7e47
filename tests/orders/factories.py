"""Work orders with sane defaults, walked to any state by the right people."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from responder.accounts import service as accounts
from responder.accounts.models import Unit, User
from responder.core.database import db, transaction
from responder.core.lifecycle import Attempt
from responder.core.permissions import CONSOLE, Role
from responder.intake import service as intake
from responder.intake.models import Channel, Message, Nature
from responder.orders import service
from responder.orders.models import OrderState, Refusal, Satisfaction, WorkOrder
from tests.factories import NOW, PASSWORD, People, unit
from tests.intake.factories import new_message

CALLER, PHONE = "欧阳来电", "13812345678"
ANSWER = "已到现场查看，责令施工单位夜间停工，并安排专人值守。"
PUBLIC_ANSWER = "您反映的夜间施工已经制止，今后夜间不再施工。"

# The role that takes each step, in the order of the way.
WAY = (
    (Role.OPERATOR, "accept"),
    (Role.OPERATOR, "dispatch"),
    (Role.LIAISON, "sign"),
    (Role.LIAISON, "answer"),
    (Role.SUPERVISOR, "check"),
    (Role.OPERATOR, "call_back"),
    (Role.OPERATOR, "close"),
    (Role.OPERATOR, "archive"),
)


def message(number: int = 1, **changes: Any) -> Message:
    """A stored call: caller and phone in their fields, and in the words."""
    values: dict[str, Any] = {
        "channel": Channel.HOTLINE,
        "title": f"滨江路工地夜间施工{number}",
        "body": f"滨江路工地夜里十一点还在打桩，第 {number} 次反映，请回电{PHONE}。",
        "author": CALLER,
        "phone": PHONE,
        "nature": Nature.COMPLAINT,
        **changes,
    }
    new = new_message(number, **values)
    with transaction(CONSOLE, NOW) as session:
        intake.store_messages(session, [new], NOW)
        return session.scalars(select(Message).order_by(Message.id.desc()).limit(1)).one()


def liaison(of: Unit | None = None, username: str = "") -> User:
    """Somebody who answers for a unit."""
    of = of or unit()
    username = username or f"liaison-{of.code}"
    found = accounts.find_user(db.session, username)
    if found is None:
        with transaction(CONSOLE) as session:
            found = accounts.create_user(
                session, username, f"{of.short_name}联络员", PASSWORD, [Role.LIAISON], of
            )
    return found


def person(role: Role) -> User:
    """The one who usually takes this role's steps."""
    return liaison() if role is Role.LIAISON else People().holding(role)


def opened(said: Message | None = None, at: datetime = NOW, **facts: Any) -> WorkOrder:
    """An order as it was just opened by the operator."""
    said = said or message(1 + len(list(db.session.scalars(select(Message.id)))))
    operator = People().operator.actor
    with transaction(operator, at) as session:
        return service.open_from_message(session, said, operator, at, **facts)


def default_facts(action: str) -> dict[str, Any]:
    """What the form of a step says when nobody says otherwise."""
    return {
        "dispatch": {"lead": unit()},
        "add_unit": {"assisting": [unit("swj", "市水务局")]},
        "refuse": {"refusal": Refusal.LITIGATION},
        "call_back": {"satisfaction": Satisfaction.SATISFIED},
        "ask_extension": {"length": 5},
    }.get(action, {})


def take(
    order: WorkOrder,
    action: str,
    somebody: User | Any,
    note: str = "",
    at: datetime = NOW,
    **facts: Any,
) -> None:
    """One step along the way; an answer is written before it is handed in."""
    attempt = Attempt(somebody.actor, at, note)
    said = service.Facts(**{**default_facts(action), **facts})
    with transaction(attempt.actor, at) as session:
        if action == "answer" and not order.answer:
            service.save_answer(session, order, ANSWER, PUBLIC_ANSWER, attempt, order.version_id)
        service.take(session, order, action, attempt, said)


def brought_to(
    state: OrderState, said: Message | None = None, at: datetime = NOW, **facts: Any
) -> WorkOrder:
    """An order that went the whole way to ``state``."""
    order = opened(said, at, **facts)
    if state is OrderState.REFUSED:
        take(order, "refuse", People().operator, at=at)
    for role, action in WAY:
        if order.state is state:
            return order
        take(order, action, person(role), at=at)
    assert order.state is state
    return order


def reload(order: WorkOrder) -> WorkOrder:
    """The order as the database has it now."""
    db.session.expire_all()
    return service.find_for(db.session, order.id, CONSOLE)
