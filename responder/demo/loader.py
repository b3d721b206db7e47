"""Bring the demo world into an empty database, by the same services that people use.

Each step is taken by the person whose step it is, at the moment the world says, so
that clocks, reviews and the audit trail read as if the office had worked here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from responder.accounts import service as accounts
from responder.accounts.models import Unit, User
from responder.core.database import db, transaction
from responder.core.errors import WrongState
from responder.core.permissions import CONSOLE
from responder.demo import days, lookup, steps
from responder.demo.accounts import ACCOUNTS, PASSWORD
from responder.demo.beside import load_beside
from responder.demo.drafting import load_drafting
from responder.demo.openness import load_openness
from responder.demo.orders import load_orders
from responder.demo.packages import load_packages
from responder.demo.past import totals_of
from responder.demo.past.load import load_year
from responder.demo.press import load_press
from responder.demo.reports import load_reports
from responder.demo.warnings import load_warnings
from responder.demo.world import DemoMessage, DemoWorld
from responder.intake.models import NATURE_LABELS, Channel, Message
from responder.intake.new_message import NewMessage
from responder.routing.taxonomy import fill_units
from responder.settings import Settings

NATURES = {label: nature for nature, label in NATURE_LABELS.items()}


@dataclass(frozen=True)
class Loaded:
    """What was brought in."""

    messages: int
    topics: int
    events: int
    items: int


def is_empty(session: Session) -> bool:
    """Whether nothing has been stored here yet, so that the demo harms nobody."""
    return not session.scalar(select(func.count()).select_from(Message)) and not session.scalar(
        select(func.count()).select_from(Unit)
    )


def is_demo(session: Session) -> bool:
    """Whether the demo was loaded here: all of its people are in their places."""
    named = {account.username: account.display_name for account in ACCOUNTS}
    found = session.execute(
        select(User.username, User.display_name).where(User.username.in_(named))
    )
    return dict(found.tuples().all()) == named


def load_past(world: DemoWorld, year: int, now: datetime, settings: Settings) -> None:
    """Store the people of the world and the records of a past year, and nothing of today.

    :raises WrongState: there are records already.
    :raises Invalid: no such year is shipped.
    """
    _require_empty()
    totals_of(year)
    load_people(world, now)
    load_year(year, settings)


def load(world: DemoWorld, now: datetime, settings: Settings) -> Loaded:
    """Store the whole world.

    :raises WrongState: there are records already; the demo never mixes with real ones.
    """
    _require_empty()
    load_people(world, now)
    run = days.live(world, [_message(one) for one in world.messages], now, settings)
    topic_of = lookup.topics_of_storylines(db.session, world.messages)
    load_orders(world, now, settings)
    steps.load_plan(world)
    steps.load_events(world, now)
    steps.link_events(world, topic_of, now)
    load_press(world, now)
    steps.load_items(world, topic_of, settings)
    load_packages(now, settings)
    load_drafting(now)
    load_warnings(now, settings)
    load_beside(now, settings)
    load_openness(now, settings)
    load_reports(now, settings)
    return Loaded(len(world.messages), run.topics_total, len(world.events), len(world.items))


def _require_empty() -> None:
    if not is_empty(db.session):
        raise WrongState(
            "数据库里已有数据，演示数据不会混入其中：请用 RESPONDER_STATE_DIR 指定一个新目录"
        )


def load_people(world: DemoWorld, now: datetime) -> None:
    """The units and the people alone: what a new office has."""
    with transaction(CONSOLE, now) as session:
        session.add_all(
            Unit(
                code=unit.code,
                name=unit.name,
                short_name=unit.short_name,
                matters="、".join(unit.matters),
            )
            for unit in world.units
        )
        session.flush()
        fill_units(session)
        units = {unit.code: unit for unit in accounts.units(session)}
        for account in ACCOUNTS:
            accounts.create_user(
                session,
                account.username,
                account.display_name,
                PASSWORD,
                account.roles,
                units.get(account.unit_code or ""),
            )


def _message(demo: DemoMessage) -> NewMessage:
    return NewMessage(
        channel=Channel(demo.channel),
        external_id=demo.external_id,
        title=demo.title,
        body=demo.body,
        author=demo.author,
        phone=demo.phone or "",
        district=demo.district or "",
        place=demo.place or "",
        nature=NATURES[demo.nature],
        occurred_at=demo.occurred_at,
        likes=demo.likes,
        comments=demo.comments,
        shares=demo.shares,
        source_url=demo.source_url or "",
    )
