"""An event along its lifecycle, and what has to be approved anew."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from responder.core.errors import Invalid, Stale
from responder.core.lifecycle import Attempt
from responder.core.permissions import Actor
from responder.core.times import SHANGHAI
from responder.planning.events.holding import hold_event
from responder.planning.events.lifecycle import (
    APPROVE,
    APPROVED,
    PRESS_EVENT,
    RESTORE,
    RESUBMIT,
    RESUME,
)
from responder.planning.events.preparing import follow
from responder.planning.models import EventState, PressEvent

# What somebody approves of an event; the rest is preparation.
APPROVED_FACTS = ("theme", "form", "starts_at", "unit")


def advance_event(
    session: Session,
    event: PressEvent,
    action: str,
    actor: Actor,
    now: datetime,
    note: str = "",
    zone: ZoneInfo = SHANGHAI,
) -> None:
    """Move an event along one arrow of :data:`PRESS_EVENT`; errors as ``Lifecycle.advance``.

    A postponed event of which somebody changed what was approved does not resume: it waits for
    approval, as the proposal of whoever changed it.

    What hangs on it (its checklist) stays as it is until it has moved: see ``hold_event``.

    :raises Invalid: what only the undoing of a move may do.
    :raises Stale: somebody else changed it since it was read.
    """
    if action in RESTORE.values():
        raise Invalid("没有这个操作：撤销改期请用改期记录旁的按钮")
    _hold_as_read(session, event)
    PRESS_EVENT.find(action, event.state)
    if action == RESUME and event.changed_since_approval:
        changed_by = event.proposed_by_id
        take(session, event, RESUBMIT, Attempt(actor, now, note), zone)
        event.proposed_by_id = changed_by
    else:
        take(session, event, action, Attempt(actor, now, note), zone)
    seen_elsewhere(event, now)
    session.flush()


def _hold_as_read(session: Session, event: PressEvent) -> None:
    session.flush()
    seen = event.version_id
    hold_event(session, event)
    if event.version_id != seen:
        raise Stale("这项活动刚被别人修改过：请刷新页面，看过最新内容再办理")


def take(
    session: Session, event: PressEvent, action: str, attempt: Attempt, zone: ZoneInfo
) -> None:
    """One arrow, with all that follows from it; errors as ``Lifecycle.advance``."""
    PRESS_EVENT.advance(session, event, action, attempt)
    if event.state is EventState.PROPOSED:
        event.proposed_by_id = attempt.actor.id
    if action == APPROVE:
        event.changed_since_approval = False
    follow(session, event, action, attempt.actor, attempt.now, zone)


def needs_approval_again(event: PressEvent) -> bool:
    """Whether a change of :data:`APPROVED_FACTS` sends the event back for approval."""
    return event.state in APPROVED


def propose_anew(
    session: Session,
    event: PressEvent,
    actor: Actor,
    now: datetime,
    zone: ZoneInfo,
    new_date: bool = True,
) -> None:
    """Whoever changes what is approved proposes the event anew.

    One that had been approved waits for approval again, by somebody else; a proposal becomes
    that of the person who changed it. One that is postponed stays so until it has a day again,
    and is approved then.

    :param new_date: whether the change gave it another time.
    """
    if event.state is EventState.POSTPONED and not new_date:
        event.changed_since_approval, event.proposed_by_id = True, actor.id
    elif needs_approval_again(event):
        take(session, event, RESUBMIT, Attempt(actor, now), zone)
    elif event.state is EventState.PROPOSED:
        event.proposed_by_id = actor.id
    session.flush()


def seen_elsewhere(event: PressEvent, now: datetime) -> None:
    """Have calendars that somebody subscribed to take the event as changed (RFC 5545)."""
    event.sequence += 1
    event.changed_at = now
