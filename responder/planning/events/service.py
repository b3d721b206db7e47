"""Press events: entered, changed, moved along their lifecycle, listed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, not_, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from nlp import scripts
from responder.accounts.models import Unit
from responder.core.audit import AuditEvent
from responder.core.errors import Invalid, NotFound, Stale, WrongState
from responder.core.permissions import Actor
from responder.core.texts import tidy
from responder.core.times import SHANGHAI
from responder.core.turns import SAME_CLICK, take_turns
from responder.planning.access import events_in_full
from responder.planning.events.advancing import APPROVED_FACTS, propose_anew, seen_elsewhere
from responder.planning.events.lifecycle import CLOSED, EXPECTED, PRESS_EVENT, TOOK_PLACE
from responder.planning.events.moving import put
from responder.planning.events.preparing import reschedule
from responder.planning.events.rules import ASSUMED_LENGTH, LONGEST, Span
from responder.planning.linking.deciding import link_by_hand
from responder.planning.models import (
    ENTRY_STATE_LABELS,
    EntryState,
    EventState,
    Form,
    PlanEntry,
    PressEvent,
    SpeakerRank,
    TopicEventLink,
)
from responder.planning.plans.service import lock_plan
from responder.topics import service as topics

# How long after it was held an event may still be linked to what it answered.
LINKABLE_DAYS = 30


@dataclass(frozen=True)
class EventFacts:
    """What a person writes of an event; everything but its state and links."""

    theme: str
    form: Form
    starts_at: datetime
    unit: Unit
    place: str = ""
    speaker: str = ""
    summary: str = ""
    plan_entry: PlanEntry | None = None
    ends_at: datetime | None = None
    all_day: bool = False
    speaker_rank: SpeakerRank = SpeakerRank.OTHER
    host: str = ""
    attendees: str = ""
    wording: str = ""
    spokesperson_opinion: str = ""
    leader_opinion: str = ""
    transcript: str = ""
    evaluation: str = ""


_FACTS = tuple(field.name for field in fields(EventFacts))

_TIMES = frozenset({"starts_at", "ends_at", "all_day"})

# What calendars elsewhere show of an event.
_SHOWN = ("theme", "form", "starts_at", "ends_at", "all_day", "unit", "place", "speaker", "summary")


def create_event(
    session: Session,
    actor: Actor,
    *,
    theme: str,
    form: Form,
    starts_at: datetime,
    unit: Unit,
    place: str = "",
    speaker: str = "",
    summary: str = "",
    plan_entry: PlanEntry | None = None,
) -> PressEvent:
    """Propose an event, from a row of the plan or outside of it. ``starts_at`` is aware.

    :param actor: who proposes it, and may therefore not approve it.
    :raises Invalid: no theme, or an end before the beginning or too long after it.
    :raises WrongState: the row is not in the plan.
    """
    facts = EventFacts(theme, form, starts_at, unit, place, speaker, summary, plan_entry)
    return enter(session, facts, actor)


def enter(session: Session, facts: EventFacts, actor: Actor) -> PressEvent:
    """The same with all that can be written of an event; errors as :func:`create_event`."""
    event = PressEvent(state=EventState.PROPOSED, proposed_by_id=actor.id, links=[])
    _write(session, event, facts, _FACTS)
    session.add(event)
    session.flush()
    return event


def propose_event(
    session: Session, facts: EventFacts, topic_id: int | None, actor: Actor, now: datetime
) -> PressEvent:
    """Enter an event; with ``topic_id``, as the answer to that topic.

    The same proposal sent twice (a double click) is one event: of several at once, each
    waits for the one before and then finds what it has stored. Errors as :func:`create_event`.
    """
    take_turns(session, actor)
    event = _proposed_already(session, facts, actor, now)
    if event is None:
        event = enter(session, facts, actor)
    if topic_id is not None:
        link_by_hand(session, topics.get_living(session, topic_id), event, actor, now)
    return event


def _proposed_already(
    session: Session, facts: EventFacts, actor: Actor, now: datetime
) -> PressEvent | None:
    """The very same event by the same person, a moment ago."""
    entered = (
        select(AuditEvent.object_id)
        .where(AuditEvent.object_type == PressEvent.__tablename__, AuditEvent.action == "create")
        .where(AuditEvent.actor_id == actor.id, AuditEvent.at > now - SAME_CLICK)
    )
    query = select(PressEvent).where(
        PressEvent.id.in_(entered),
        PressEvent.proposed_by_id == actor.id,
        PressEvent.state == EventState.PROPOSED,
        PressEvent.theme == tidy(facts.theme),
        PressEvent.form == facts.form,
        PressEvent.starts_at == facts.starts_at,
        PressEvent.unit_id == facts.unit.id,
    )
    wanted = {name: tidy(getattr(facts, name)) for name in _FACTS}
    return next(
        (
            one
            for one in session.scalars(query.order_by(PressEvent.id))
            if all(getattr(one, name) == value for name, value in wanted.items())
        ),
        None,
    )


def edit_event(
    session: Session,
    event: PressEvent,
    facts: EventFacts,
    version_id: int,
    actor: Actor,
    now: datetime,
    zone: ZoneInfo = SHANGHAI,
) -> None:
    """Save changed facts. Another time is a move, with all that follows from one (``moving``).

    Whoever changes theme, form, time or unit proposes the event anew (``propose_anew``): one
    that had been approved waits for approval again, by somebody else.

    :param version_id: the version that the person had before them.
    :raises Stale: somebody else saved in between.
    :raises WrongState: the event is over and done with, or the row is not in the plan.
    :raises Invalid: no theme, an end before the beginning, or an event that was held would be
        moved to the future.
    """
    if event.version_id != version_id:
        raise Stale("这项活动刚被别人修改过：请核对下面并列的最新内容，再决定保存哪一些")
    if event.state in CLOSED:
        raise WrongState(f"活动{PRESS_EVENT.states[event.state]}，内容不能再修改")
    if event.state in TOOK_PLACE and facts.starts_at > now:
        raise Invalid("活动已经举行，时间不能改到以后：请核对发布时间", {"starts_at": "晚于现在"})
    wanted = replace(facts, theme=tidy(facts.theme))
    changed = {name for name in _FACTS if getattr(event, name) != getattr(wanted, name)}
    moved = event.starts_at != facts.starts_at and event.state not in TOOK_PLACE
    _write(session, event, facts, [name for name in _FACTS if not moved or name not in _TIMES])
    move = None
    if moved:
        span = Span(facts.starts_at, facts.ends_at, facts.all_day)
        move = put(session, event, span, actor, now, "", zone)
    elif changed.intersection(_SHOWN):
        seen_elsewhere(event, now)
    session.flush()
    if "starts_at" in changed and not moved:
        reschedule(session, event, zone)
    if changed.intersection(APPROVED_FACTS):
        propose_anew(session, event, actor, now, zone, new_date="starts_at" in changed)
    if move is not None and changed <= _TIMES:
        move.left_sequence = event.sequence


def _write(session: Session, event: PressEvent, facts: EventFacts, names: Iterable[str]) -> None:
    if not tidy(facts.theme):
        raise Invalid("请填写发布主题", {"theme": "必填"})
    if facts.ends_at is not None and facts.ends_at <= facts.starts_at:
        raise Invalid("结束时间不晚于开始时间：请改正", {"ends_at": "须晚于开始时间"})
    if facts.ends_at is not None and facts.ends_at - facts.starts_at > LONGEST:
        raise Invalid(
            f"一项活动最长 {LONGEST.days} 天：请改正结束时间，更长的请分成几项",
            {"ends_at": f"距开始超过 {LONGEST.days} 天"},
        )
    if facts.plan_entry is not None and facts.plan_entry is not event.plan_entry:
        _hold_listed(session, facts.plan_entry)
    for name in names:
        setattr(event, name, tidy(getattr(facts, name)))


def _hold_listed(session: Session, entry: PlanEntry) -> None:
    """Hold the row, so that nobody takes it out of the plan while an event comes of it.

    :raises WrongState: it has no place in the plan, or none any more.
    """
    lock_plan(session, entry.plan)
    if entry not in entry.plan.entries:
        raise WrongState(
            "所选的计划条目刚被删除：请从年度计划另选条目，或按计划外建立",
        )
    check_listed(entry)


def check_listed(entry: PlanEntry) -> None:
    """:raises WrongState: the row has no place in the plan, and no event can come of it."""
    if entry.state is not EntryState.LISTED:
        raise WrongState(
            f"计划条目“{entry.theme}”{ENTRY_STATE_LABELS[entry.state]}，不能据此建立活动："
            "请从年度计划另选条目，或按计划外建立"
        )


def get_event(session: Session, event_id: int) -> PressEvent:
    """One event with its unit, plan entry and linked topics.

    :raises NotFound: no such event.
    """
    event = session.get(
        PressEvent,
        event_id,
        options=[
            joinedload(PressEvent.unit),
            joinedload(PressEvent.plan_entry).joinedload(PlanEntry.plan),
            selectinload(PressEvent.links).joinedload(TopicEventLink.topic),
        ],
    )
    if event is None:
        raise NotFound("没有这项发布活动，或已被删除：请从活动列表重新进入")
    return event


def get_event_as_seen(session: Session, event_id: int, version: int | None) -> PressEvent:
    """One event on which somebody decides, as they had it before them.

    :param version: ``version_id`` on their page; None when the page told none.
    :raises NotFound: no such event.
    :raises Stale: it has changed since, or nobody knows what was seen.
    """
    event = get_event(session, event_id)
    if version != event.version_id:
        raise Stale("您打开页面之后，这项活动已有变化：请刷新页面，看过最新内容再办理")
    return event


def events_between(session: Session, start: datetime, end: datetime) -> list[PressEvent]:
    """Events of every state with ``start <= starts_at < end``, by time, units loaded."""
    query = _in_time().where(PressEvent.starts_at >= start, PressEvent.starts_at < end)
    return list(session.scalars(query))


def upcoming_events(session: Session, now: datetime, limit: int = 10) -> list[PressEvent]:
    """The next events that are still expected to be held, or go on, by time, units loaded."""
    query = _in_time().where(_goes_on(now), PressEvent.state.in_(EXPECTED))
    return list(session.scalars(query.limit(limit)))


def overdue_events(session: Session, now: datetime) -> list[PressEvent]:
    """Approved events whose time has passed, of which nobody said yet what became of them."""
    approved = EXPECTED - {EventState.PROPOSED}
    query = _in_time().where(not_(_goes_on(now)), PressEvent.state.in_(approved))
    return list(session.scalars(query))


def _goes_on(now: datetime) -> ColumnElement[bool]:
    """The condition that an event has not ended, as ``Span.end`` reckons it."""
    untold = PressEvent.ends_at.is_(None)
    return or_(
        and_(PressEvent.ends_at.is_not(None), PressEvent.ends_at > now),
        and_(untold, PressEvent.all_day, PressEvent.starts_at > now - timedelta(days=1)),
        and_(untold, not_(PressEvent.all_day), PressEvent.starts_at > now - ASSUMED_LENGTH),
    )


def waiting_approval(session: Session) -> list[PressEvent]:
    """Proposed events, by time, units loaded."""
    return list(session.scalars(_in_time().where(PressEvent.state == EventState.PROPOSED)))


def linkable_events(session: Session, now: datetime) -> list[PressEvent]:
    """What a topic can be linked to by hand: not cancelled, to come or lately past."""
    query = _in_time().where(
        PressEvent.state != EventState.CANCELLED,
        PressEvent.starts_at >= now - timedelta(days=LINKABLE_DAYS),
    )
    return list(session.scalars(query))


def search_events(
    reader: Actor,
    state: EventState | None = None,
    form: Form | None = None,
    unit_id: int | None = None,
    words: str = "",
) -> Select[PressEvent]:
    """The query behind the list, latest first; every filter is optional.

    :param words: in either script, searched in the theme, and in summary, speaker and place
        where the reader may read them.
    """
    query = select(PressEvent).options(joinedload(PressEvent.unit))
    if state is not None:
        query = query.where(PressEvent.state == state)
    if form is not None:
        query = query.where(PressEvent.form == form)
    if unit_id is not None:
        query = query.where(PressEvent.unit_id == unit_id)
    inner = (PressEvent.summary, PressEvent.speaker, PressEvent.place)
    for word in words.split():
        forms = scripts(word)
        outside = (PressEvent.theme.icontains(form, autoescape=True) for form in forms)
        inside = (c.icontains(form, autoescape=True) for form in forms for c in inner)
        query = query.where(or_(*outside, and_(events_in_full(reader), or_(*inside))))
    return query.order_by(PressEvent.starts_at.desc(), PressEvent.id.desc())


def event_history(session: Session, event: PressEvent) -> list[AuditEvent]:
    """All that people did to an event and to its links, oldest first."""
    link_ids = [link.id for link in event.links]
    own = (AuditEvent.object_type == PressEvent.__tablename__) & (AuditEvent.object_id == event.id)
    of_links = (AuditEvent.object_type == TopicEventLink.__tablename__) & (
        AuditEvent.object_id.in_(link_ids)
    )
    query = select(AuditEvent).where(own | of_links).order_by(AuditEvent.id)
    return list(session.scalars(query))


def _in_time() -> Select[PressEvent]:
    query = select(PressEvent).options(joinedload(PressEvent.unit))
    return query.order_by(PressEvent.starts_at, PressEvent.id)
