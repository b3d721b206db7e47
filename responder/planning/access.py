"""Who reads all that is written of the plan and its events, and who their outline.

The office reads everything, by a permission of its desks. A unit reads all of its own. Of the
others it reads the outline, as the paper table is passed round to all units: theme, form, time
and unit of each event, and of each row of an adopted plan; never proposals, speakers or remarks.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, false, true

from responder.core.errors import Forbidden
from responder.core.permissions import Actor, Permission
from responder.planning.models import PlanEntry, PlanState, PressEvent


def in_full(actor: Actor, unit_id: int) -> bool:
    """Whether a person reads all that is written of what belongs to a unit."""
    return actor.may(Permission.PLAN_READ_ALL) or actor.unit_id == unit_id


def events_in_full(actor: Actor) -> ColumnElement[bool]:
    """The same as a condition on events."""
    if actor.may(Permission.PLAN_READ_ALL):
        return true()
    return PressEvent.unit_id == actor.unit_id if actor.unit_id is not None else false()


def demand_in_full(actor: Actor, event: PressEvent) -> None:
    """:raises Forbidden: the person reads the outline of this event alone."""
    if not in_full(actor, event.unit_id):
        raise Forbidden("这是其他单位的活动，只能查看要素：如工作需要，请联系新闻办")


def sees_row(actor: Actor, entry: PlanEntry) -> bool:
    """Whether a person knows of a listed row at all; before its adoption, the own unit alone."""
    return in_full(actor, entry.unit_id) or entry.plan.state is PlanState.ADOPTED
