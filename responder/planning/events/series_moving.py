"""An event of a series put to another day or cancelled, alone or with the others."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from responder.core.errors import Stale
from responder.core.permissions import Actor
from responder.core.times import SHANGHAI
from responder.planning.events.advancing import advance_event
from responder.planning.events.clashes import span_of
from responder.planning.events.models import EventMove
from responder.planning.events.moving import carry_out, moved_span, refuse
from responder.planning.events.rules import Span
from responder.planning.events.series import Scope, meant, shift
from responder.planning.models import EventState, PressEvent


def moved_together(
    session: Session, event: PressEvent, starts_at: datetime, scope: Scope, zone: ZoneInfo
) -> list[tuple[PressEvent, Span]]:
    """What moves with an event, and where each goes: by as many days, to the same hour.

    The event itself is the first. What was postponed has no day that could move.
    """
    span = moved_span(event, starts_at, None, zone)
    shifted = shift(span_of(event), span, zone)
    others = meant(session, event, scope)
    return [
        (event, span),
        *((one, shifted(one)) for one in others if one.state is not EventState.POSTPONED),
    ]


def versions(events: Iterable[PressEvent]) -> str:
    """Which events these are, and as what they were seen, for the verbs below."""
    return " ".join(f"{event.id}-{event.version_id}" for event in events)


def move_series(
    session: Session,
    event: PressEvent,
    starts_at: datetime,
    scope: Scope,
    actor: Actor,
    now: datetime,
    *,
    seen: str,
    reason: str = "",
    accepted: bool = False,
    zone: ZoneInfo = SHANGHAI,
) -> list[EventMove]:
    """Put an event of a series to another time as ``move_event``, and others with it.

    :param seen: what the person had before them, as :func:`versions` tells it.
    :return: the moves, that of the event itself first.
    :raises Stale: somebody else saved one of them in between. Other errors as ``move_event``.
    """
    refuse(event, reason, None)
    wanted = moved_together(session, event, starts_at, scope, zone)
    if versions(one for one, _ in wanted) != seen:
        which = "这项活动" if scope is Scope.THIS else "系列中有活动"
        raise Stale(f"{which}刚被别人修改过：请看过下面最新的影响，再确认改期")
    return carry_out(session, wanted, actor, now, reason, accepted, zone)


def cancel_series(
    session: Session,
    event: PressEvent,
    scope: Scope,
    actor: Actor,
    now: datetime,
    note: str,
    zone: ZoneInfo = SHANGHAI,
    *,
    seen: str,
) -> int:
    """Cancel an event and those that are meant with it; how many. Errors as ``advance_event``.

    :param seen: the whole series as the person had it before them, as :func:`versions` tells it;
        the event itself was looked at by whoever calls.
    :raises Stale: somebody else saved one of those that are meant in between.
    """
    others, shown = meant(session, event, scope), set(seen.split())
    if any(versions([one]) not in shown for one in others):
        raise Stale("系列中有活动刚被别人修改过：请刷新页面，看过最新内容再取消")
    for one in sorted([event, *others], key=lambda one: one.id):
        advance_event(session, one, "cancel", actor, now, note, zone)
    return 1 + len(others)
