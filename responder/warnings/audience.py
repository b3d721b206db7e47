"""Whom a warning concerns: who must act next, who stands in for them, and who watches over it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from responder.accounts.absences import deputies_of
from responder.accounts.models import User
from responder.core.lifecycle import Attempt, Transition
from responder.core.permissions import Actor, Permission, Role
from responder.openness.applications import lifecycle as applications
from responder.openness.applications.models import Application
from responder.orders import lifecycle as orders
from responder.orders.models import WorkOrder
from responder.responses import lifecycle as responses
from responder.responses.models import ItemState, ResponseItem
from responder.responses.rules import EVENT_HELD
from responder.warnings.models import Subject
from responder.warnings.running import RunningClock

Matter = ResponseItem | WorkOrder | Application

# Who is told, too, when a step escalates.
WATCHING = frozenset({Role.PRESS_OFFICER, Role.SUPERVISOR})

# Who sees to a press conference that must be held by a time, whatever the text's state.
CONFERENCES = Permission.PLAN_EDIT

_WAYS = {
    Subject.ITEM: (responses.RESPONSE_ITEM, responses.NEXT_STEPS, responses.PERSONAL_GUARDS),
    Subject.ORDER: (orders.WORK_ORDER, orders.NEXT_STEPS, orders.PERSONAL_GUARDS),
    Subject.APPLICATION: (
        applications.APPLICATION,
        applications.NEXT_STEPS,
        applications.PERSONAL_GUARDS,
    ),
}


@dataclass(frozen=True)
class Told:
    """Somebody who is warned. ``stands_in_for``: the absent person's name, or empty."""

    user: User
    stands_in_for: str = ""


@dataclass
class Directory:
    """Everybody who can sign in, read once for a whole run."""

    session: Session
    now: datetime
    today: date
    people: list[User] = field(default_factory=list)
    deputies: dict[int, User] = field(default_factory=dict)

    @classmethod
    def read(cls, session: Session, now: datetime, today: date) -> Directory:
        query = select(User).where(User.active).options(selectinload(User.posts))
        people = list(session.scalars(query.order_by(User.id)))
        deputies = deputies_of(session, [one.id for one in people], today)
        return cls(session, now, today, people, deputies)

    def audience(self, clock: RunningClock, matter: Matter, escalates: bool) -> list[Told]:
        """Whom to tell of one clock, everybody once."""
        concerned = self._next(clock, matter)
        watching = self._watching() if escalates or not concerned else []
        told: dict[int, Told] = {}
        for user in (*concerned, *watching):
            told.setdefault(user.id, Told(user))
        for user in (*concerned, *watching):
            if deputy := self.deputies.get(user.id):
                told.setdefault(deputy.id, Told(deputy, user.display_name))
        return [one for one in told.values() if may_see(one.user.actor, matter)]

    def _watching(self) -> list[User]:
        return [user for user in self.people if WATCHING & set(user.roles)]

    def _next(self, clock: RunningClock, matter: Matter) -> list[User]:
        """Those who may take the next step; all with the right when none may take this one."""
        if clock.stopped_by == EVENT_HELD:
            return [user for user in self.people if user.actor.may(CONFERENCES)]
        if matter.state is ItemState.SCHEDULED:  # waits for its hour, under their eyes
            return [user for user in self.people if user.actor.may(Permission.PUBLISH)]
        lifecycle, next_steps, personal = _WAYS[clock.subject]
        steps = [
            step
            for step in lifecycle.transitions
            if step.action in next_steps
            and matter.state in step.sources
            # Whoever grants more time, or assists, is not who must answer.
            and step.action not in {"grant_extension", "sign_part"}
        ]
        holders = [user for user in self.people if _holds(user.actor, steps, matter)]
        free = [
            user for user in holders if _may_take(matter, user.actor, steps, personal, self.now)
        ]
        return free or holders


def _holds(actor: Actor, steps: Iterable[Transition], matter: Matter) -> bool:
    """Whether a step of these is this person's; a unit's steps are those of its own people."""
    return any(
        actor.may(step.permission)
        and (
            step.permission is not Permission.ORDER_HANDLE
            or (isinstance(matter, WorkOrder) and matter.lead_unit_id == actor.unit_id)
        )
        for step in steps
    )


def _may_take(
    matter: Matter, actor: Actor, steps: Iterable[Transition], personal: tuple[object, ...],
    now: datetime,
) -> bool:  # fmt: skip
    attempt = Attempt(actor, now)
    return any(
        actor.may(step.permission)
        and not any(guard(matter, attempt) for guard in step.guards if guard in personal)
        for step in steps
    )


def may_see(actor: Actor, matter: Matter) -> bool:
    """Whether somebody may open its page: the same as the pages themselves ask."""
    if isinstance(matter, ResponseItem):
        return actor.may(Permission.RESPONSE_READ)
    if isinstance(matter, Application):
        return actor.may(Permission.APPLICATION_READ)
    own = actor.may(Permission.ORDER_HANDLE) and matter.part_of(actor.unit_id) is not None
    return actor.may(Permission.ORDER_READ) or own
