"""The demo's work orders, each walked along its way by the people whose steps they are."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.accounts import service as accounts
from responder.accounts.models import Unit
from responder.core.database import db, transaction
from responder.core.lifecycle import Attempt
from responder.core.permissions import CONSOLE, Actor, Role, permissions_of
from responder.demo import lookup, sources
from responder.demo.sources import Table
from responder.demo.world import DemoMessage, DemoWorld
from responder.intake.models import Message, Nature
from responder.orders import service
from responder.orders.models import OrderState, Satisfaction
from responder.settings import Settings

HEARD = ("hotline", "mailbox")  # a post on the net is nobody's demand yet

# Who takes each step, and how many hours after the order was opened.
WAY = (
    ("accept", "operator", 0.2),
    ("dispatch", "operator", 0.5),
    ("sign", "liaison", 2.0),
    ("answer", "liaison", 26.0),
    ("check", "supervisor", 29.0),
    ("call_back", "operator", 49.0),
    ("close", "operator", 50.0),
)
AFTERWARDS = {"pause": "liaison", "ask_extension": "liaison", "supervise": "supervisor"}


def load_orders(world: DemoWorld, now: datetime, settings: Settings) -> None:
    """Open each order, from messages that are in none yet, and take its steps."""
    rows: list[Table] = sources.read("orders.toml")["order"]
    lead_of = {line.key: line.unit_code for line in world.storylines}
    taken: set[str] = set()
    for row in rows:
        fit = [m for m in world.messages if m.external_id not in taken and _fits(m, row, now)]
        said = fit[-1 - row.get("repeats", 0) :]
        if said:
            _walk(row, lead_of[row["storyline"]], said, now, settings)
            taken.update(one.external_id for one in said)


def _fits(one: DemoMessage, row: Table, now: datetime) -> bool:
    old_enough = one.occurred_at <= now - timedelta(days=row["age"])
    return one.storyline == row["storyline"] and one.channel in HEARD and old_enough


def _walk(
    row: Table, unit_code: str, said: list[DemoMessage], now: datetime, settings: Settings
) -> None:
    """Open from the newest message, add the repeats before it, go on to the state."""
    begin = said[-1].occurred_at + timedelta(minutes=20)
    order_id = _open(row, said, begin, settings)
    for action, username, hours in WAY:
        if _state(order_id) == row["state"]:
            break
        attempt = Attempt(_actor(username, unit_code), min(now, begin + timedelta(hours=hours)))
        _step(order_id, action, attempt, row, unit_code, settings)
    if "then" in row:
        action = row["then"]
        late = min(now, begin + timedelta(days=row["age"] - 0.5))
        attempt = Attempt(_actor(AFTERWARDS[action], unit_code), late, row["note"])
        _step(order_id, action, attempt, row, unit_code, settings)


def _open(row: Table, said: list[DemoMessage], begin: datetime, settings: Settings) -> int:
    operator = lookup.actor("operator")
    facts = {name: row[name] for name in ("title", "brief", "urgent") if name in row}
    nature = Nature(row["nature"]) if "nature" in row else None
    with transaction(operator, begin) as session:
        first = _stored(session, said[-1])
        order = service.open_from_message(
            session, first, operator, begin, nature=nature, zone=settings.zone, **facts
        )
        for repeat in said[:-1]:
            service.attach(session, order, _stored(session, repeat), operator, begin)
        return order.id


def _step(
    order_id: int, action: str, attempt: Attempt, row: Table, unit_code: str, settings: Settings
) -> None:
    with transaction(attempt.actor, attempt.now) as session:
        order = service.find_for(session, order_id, CONSOLE)
        if action == "answer":
            texts = (row["answer"], row["public_answer"])
            service.save_answer(session, order, *texts, attempt, order.version_id)
        facts = service.Facts(**_facts(session, action, row, unit_code))
        service.take(session, order, action, attempt, facts, settings.zone)


def _facts(session: Session, action: str, row: Table, unit_code: str) -> dict[str, Any]:
    """What the form of a step says."""
    if action == "dispatch":
        assisting = [_unit(session, code) for code in row.get("assisting", [])]
        return {"lead": _unit(session, unit_code), "assisting": assisting}
    if action == "call_back":
        return {"satisfaction": Satisfaction(row["satisfaction"])}
    return {"length": 5} if action == "ask_extension" else {}


def _state(order_id: int) -> OrderState:
    return service.find_for(db.session, order_id, CONSOLE).state


def _actor(username: str, unit_code: str) -> Actor:
    """Who takes the step: an account of the demo, or another unit's liaison, who has none."""
    if username != "liaison":
        return lookup.actor(username)
    unit = _unit(db.session, unit_code)
    own = lookup.actor("liaison")
    if own.unit_id == unit.id:
        return own
    return Actor(None, f"{unit.short_name}联络员", permissions_of([Role.LIAISON]), unit.id)


def _unit(session: Session, code: str) -> Unit:
    return next(unit for unit in accounts.units(session) if unit.code == code)


def _stored(session: Session, said: DemoMessage) -> Message:
    return session.scalars(select(Message).where(Message.external_id == said.external_id)).one()
