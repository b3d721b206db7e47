"""What a press office knows of its events beyond the calendar, and how its plan went on."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib.resources import files
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from responder.accounts.models import Unit
from responder.core.database import transaction
from responder.core.permissions import Actor
from responder.demo import lookup
from responder.demo.world import DemoWorld
from responder.planning import service as planning
from responder.planning.briefing import statements
from responder.planning.events import media
from responder.planning.events.models import Reply
from responder.planning.models import FORM_LABELS, LinkState, PlanEntry, PressEvent, SpeakerRank
from responder.planning.plans import changing, collecting
from responder.planning.plans.entries import EntryFacts

FORMS = {label: form for form, label in FORM_LABELS.items()}
TEXTS = ("host", "attendees", "wording", "transcript")

Table = Mapping[str, Any]


def load_press(world: DemoWorld, now: datetime) -> None:
    """Details of events, a change of the adopted plan, and what a unit sent in for next year."""
    tables = tomllib.loads(
        files("responder").joinpath("data/demo/press.toml").read_text(encoding="utf-8")
    )
    press = lookup.actor("press")
    themes = {event.key: event.theme for event in world.events}
    with transaction(press, now) as session:
        for detail in tables["detail"]:
            event = session.scalars(
                select(PressEvent).where(PressEvent.theme == themes[detail["event"]])
            ).one()
            _detail(session, event, detail, press)
        for rank, keys in tables["speakers"].items():
            _rank(session, [themes[key] for key in keys], SpeakerRank(rank))
        for change in tables["change"]:
            _change(session, world.today.year, change, press, now)
    liaison = lookup.actor("liaison")
    with transaction(liaison, now) as session:
        for proposal in tables["proposal"]:
            _propose(session, world.today.year + 1, proposal, liaison, now)


def _detail(session: Session, event: PressEvent, detail: Table, press: Actor) -> None:
    for name in TEXTS:
        setattr(event, name, detail.get(name, "").strip())
    for link in event.links:
        if link.state is LinkState.CONFIRMED:
            statements.write(session, link.id, detail["statement"], statements.seen(link), press)
    for outlet, reply in detail["media"]:
        invited = media.invite(session, event, media.MediumFacts(outlet))
        if Reply(reply) is not Reply.INVITED:
            media.set_reply(session, invited, Reply(reply))


def _rank(session: Session, themes: Sequence[str], rank: SpeakerRank) -> None:
    """As if it had been said when the events were entered: no line in the trail."""
    known = update(PressEvent).where(PressEvent.theme.in_(themes))
    session.execute(known.values(speaker_rank=rank))


def _change(session: Session, year: int, change: Table, press: Actor, now: datetime) -> None:
    plan = planning.find_plan(session, year)
    assert plan is not None, "the plan is loaded before"
    [entry] = [one for one in plan.entries if one.number == change["number"]]
    facts = _facts(entry, change["month"])
    ground = changing.Ground(change["reason"], change["approval"], press, now)
    changing.change_entry(session, entry, facts, entry.version_id, ground)


def _facts(entry: PlanEntry, month: int) -> EntryFacts:
    return EntryFacts(
        theme=entry.theme,
        form=entry.form,
        month=month,
        unit=entry.unit,
        speaker=entry.speaker,
        basis=entry.basis,
        remark=entry.remark,
    )


def _propose(session: Session, year: int, proposal: Table, liaison: Actor, now: datetime) -> None:
    facts = EntryFacts(
        theme=proposal["theme"],
        form=FORMS[proposal["form"]],
        month=proposal["month"],
        unit=session.get_one(Unit, liaison.unit_id),
        speaker=proposal["speaker"],
        basis=proposal["basis"],
    )
    plan = planning.get_or_create_plan(session, year)
    collecting.enter(session, plan, facts, liaison, now)
