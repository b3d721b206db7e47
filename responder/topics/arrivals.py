"""The queue of messages without a topic: whoever gives one its topic takes it out, here alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, exists, func, insert, select
from sqlalchemy.orm import Session

from responder.core import soundness
from responder.intake.models import Arrival, Message
from responder.topics.gathering import portions
from responder.topics.models import Membership

_HAS_TOPIC = exists().where(Membership.message_id == Arrival.message_id)
_IS_NOWHERE = ~(
    exists().where(Membership.message_id == Message.id)
    | exists().where(Arrival.message_id == Message.id)
)


def join(session: Session, memberships: Sequence[Mapping[str, Any]]) -> None:
    """Give messages their topics; they wait no longer.

    :param memberships: the columns of each ``Membership``.
    """
    if not memberships:
        return
    session.execute(insert(Membership), memberships)
    for ids in portions(one["message_id"] for one in memberships):
        session.execute(
            delete(Arrival).where(Arrival.message_id.in_(ids)),
            execution_options={"synchronize_session": False},
        )


def mend(session: Session) -> None:
    """Put the queue right where messages were stored or given topics otherwise than here."""
    session.execute(delete(Arrival).where(_HAS_TOPIC))
    nowhere = select(Message.id, Message.occurred_at).where(_IS_NOWHERE)
    session.execute(insert(Arrival).from_select(["message_id", "occurred_at"], nowhere))


@soundness.holds("待聚合的留言")
def _each_waits_or_has_a_topic(session: Session) -> Iterator[str]:
    both = session.scalar(select(func.count()).select_from(Arrival).where(_HAS_TOPIC)) or 0
    nowhere = session.scalar(select(func.count()).select_from(Message).where(_IS_NOWHERE)) or 0
    if both or nowhere:
        yield (
            f"{both} 条留言已有话题却仍在待聚合队列中，{nowhere} 条两处都没有："
            "请运行 responder topics refresh"
        )
