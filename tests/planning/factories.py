"""Topics, plans and events with sane defaults."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from responder.accounts.models import Unit, User
from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE, Actor
from responder.planning import service
from responder.planning.models import (
    EventState,
    Form,
    LinkState,
    PlanEntry,
    PressEvent,
    TopicEventLink,
)
from responder.planning.plans import collecting
from responder.planning.plans.entries import EntryFacts
from responder.topics.models import Topic
from tests.factories import NOW, People, unit

PARKING_WORDS = [["车位", 0.5], ["金浦华庭", 0.3], ["地库", 0.2]]


def topic(
    label: str = "金浦华庭地下车位只售不租",
    keywords: list[Any] | None = None,
    heat: float = 60.0,
    first_seen: datetime = NOW - timedelta(days=20),
    last_seen: datetime = NOW - timedelta(days=1),
) -> Topic:
    """A topic as a refresh leaves it."""
    made = Topic(
        label=label,
        keywords=PARKING_WORDS if keywords is None else keywords,
        heat=heat,
        message_count=12,
        people_count=10,
        first_seen=first_seen,
        last_seen=last_seen,
        ranked_as_of=NOW,
    )
    with transaction(CONSOLE, NOW) as session:
        session.add(made)
    return made


def event(
    theme: str = "住宅小区车位租售管理新闻通气会",
    starts_at: datetime = NOW + timedelta(days=7),
    state: EventState = EventState.PROPOSED,
    summary: str = "",
    plan_entry: PlanEntry | None = None,
    proposer: Actor = CONSOLE,
    evaluation: str = "",
    form: Form = Form.BRIEFING,
    of: Unit | None = None,
) -> PressEvent:
    """An event in any state, without the way to it."""
    responsible = of or unit()
    with transaction(CONSOLE, NOW) as session:
        made = service.create_event(
            session,
            proposer,
            theme=theme,
            form=form,
            starts_at=starts_at,
            unit=responsible,
            place="市政府新闻发布厅",
            speaker="副局长",
            summary=summary,
            plan_entry=plan_entry,
        )
        made.state = state
        made.evaluation = evaluation
    return made


def entry(year: int = 2026, month: int = 11, day: int | None = None, **facts: Any) -> PlanEntry:
    """A row of a year's draft plan."""
    defaults = {"theme": "老旧小区改造进展", "form": Form.CONFERENCE, "unit": unit()}
    with transaction(CONSOLE, NOW) as session:
        plan = service.get_or_create_plan(session, year)
        return service.add_entry(session, plan, month=month, day=day, **{**defaults, **facts})


def suggest(now: datetime = NOW) -> service.SuggestionRun:
    proposals = service.propose_links(db.session, now)
    with transaction(CONSOLE, now) as session:
        return service.store_proposals(session, proposals)


def link(of: Topic, to: PressEvent, state: LinkState = LinkState.SUGGESTED) -> TopicEventLink:
    """A link in any state."""
    made = TopicEventLink(topic=of, event=to, state=state, score=0.5, reasons=[["车位", 1.0]])
    with transaction(CONSOLE, NOW) as session:
        session.add(made)
    return made


def decide(one: TopicEventLink, confirmed: bool, who: User) -> None:
    with transaction(who.actor, NOW) as session:
        service.decide_link(session, one, confirmed, who.actor, NOW)


def links() -> list[TopicEventLink]:
    """All stored links, read anew."""
    db.session.expire_all()
    return list(db.session.scalars(select(TopicEventLink)))


def adopt(year: int = 2026, day: date | None = None, meeting: str = "市政府第20次常务会议") -> int:
    """A meeting adopts the year's plan; the number of the baseline."""
    with transaction(CONSOLE, NOW) as session:
        plan = service.get_or_create_plan(session, year)
        return service.adopt(
            session, plan, day or min(date(year, 2, 10), NOW.date()), meeting
        ).number


def liaison(people: People, of: Unit) -> Actor:
    """Somebody who speaks for a unit."""
    person = people.liaison
    with transaction(CONSOLE, NOW):
        person.unit = of
    return person.actor


def facts(**changes: Any) -> EntryFacts:
    """What a person writes of a row."""
    values = {"theme": "老旧小区改造进展", "form": Form.CONFERENCE, "month": 11, "unit": unit()}
    return EntryFacts(**{**values, **changes})


def send_in(actor: Actor, year: int = 2026, now: datetime = NOW, **changes: Any) -> PlanEntry:
    """A row as this person enters it on the page."""
    written = facts(**changes)
    with transaction(actor, now) as session:
        plan = service.get_or_create_plan(session, year)
        return collecting.enter(session, plan, written, actor, now)
