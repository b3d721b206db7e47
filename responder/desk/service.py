"""A call is taken down: stored once, joined to what it is the same as, its draft removed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from responder.core.errors import Invalid
from responder.core.permissions import Actor
from responder.desk import drafts, joining, rules
from responder.desk.models import CallSlip
from responder.intake import service as intake
from responder.intake.models import Message
from responder.intake.service import Call
from responder.topics.models import Topic

SLIPS_KEPT_FOR = timedelta(days=30)


class AlreadyTaken(Invalid):
    """This call has been stored. ``message_id`` is of the one that was."""

    def __init__(self, message_id: int) -> None:
        super().__init__(
            f"这通来电已登记为第 {message_id} 号留言，没有再存一次：如果确实是另一通，"
            "请勾选“这是另一通来电”后再登记",
            {"another": "勾选后按另一通来电登记"},
        )
        self.message_id = message_id


@dataclass(frozen=True)
class Taken:
    """What became of a call.

    :param topic: that it was joined to; None when it stands alone or waits for a refresh.
    :param same_as: what the operator said it is the same as.
    :param is_new: False when the same form was sent twice.
    """

    message: Message
    topic: Topic | None = None
    same_as: Message | None = None
    is_new: bool = True


def take(
    session: Session,
    actor: Actor,
    call: Call,
    now: datetime,
    *,
    same_as: int | None = None,
    another: bool = False,
) -> Taken:
    """Store a call once, however often and by whatever way its form arrives.

    :param same_as: the message that the operator said it is the same as.
    :param another: the operator has said that it is another call, though the words or the
        form are those of one that was just stored.
    :raises AlreadyTaken: it looks like one that was stored, and ``another`` was not said.
    :raises Invalid: nothing was said, or it is yet to come.
    :raises NotFound: no message ``same_as``.
    """
    digest = rules.digest(call.body)
    stored = _spend(session, actor, call.token, digest, now, another)
    if stored is not None:
        first = intake.get(session, stored)
        if any(_told(first, name) != _told(call, name) for name in TOLD_BESIDE):
            raise AlreadyTaken(stored)
        drafts.drop(session, actor, call.token)
        return Taken(first, is_new=False)
    other = intake.get(session, same_as) if same_as else None
    message = intake.log_call(session, actor, call, now)
    session.execute(
        update(CallSlip).where(CallSlip.token == call.token).values(message_id=message.id)
    )
    drafts.drop(session, actor, call.token)
    topic = joining.attach(session, message, other, actor, now) if other else None
    return Taken(message, topic, other)


TOLD_BESIDE = ("author", "phone", "district", "place", "nature", "urgent")
"""What, told beside the same words, makes a form that was sent again say more than before."""


def _told(one: Message | Call, name: str) -> Any:
    value = getattr(one, name)
    return value.strip() if isinstance(value, str) else value or ""


def forget_slips(session: Session, now: datetime) -> None:
    """Forget which forms were spent, once nobody can have them open any more."""
    session.execute(delete(CallSlip).where(CallSlip.spent_at <= now - SLIPS_KEPT_FOR))


def _spend(
    session: Session, actor: Actor, token: str, digest: str, now: datetime, another: bool
) -> int | None:
    """Spend the form's token; the id of the message when the very same form came before.

    :raises AlreadyTaken: the token was spent on other words, or the words were just stored.
    """
    twin = None if another else _same_words(session, actor, token, digest, now)
    if twin is not None:
        raise AlreadyTaken(twin)
    dialect = session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = insert(CallSlip).values(
        token=token, operator_id=actor.id, digest=digest, spent_at=now
    )
    if session.scalar(statement.on_conflict_do_nothing().returning(CallSlip.token)):
        return None
    slip = session.get_one(CallSlip, token, populate_existing=True)
    if slip.message_id is None or slip.operator_id != actor.id:
        raise Invalid("这张登记表已用过：请打开新的登记页，再登记这通来电")
    if slip.digest == digest:
        return slip.message_id
    raise AlreadyTaken(slip.message_id)


def _same_words(
    session: Session, actor: Actor, token: str, digest: str, now: datetime
) -> int | None:
    """The call of the same words that this operator has just stored from another form."""
    query = select(CallSlip.message_id).where(
        CallSlip.operator_id == actor.id,
        CallSlip.spent_at > now - rules.SAME_WORDS_WITHIN,
        CallSlip.digest == digest,
        CallSlip.token != token,
        CallSlip.message_id.is_not(None),
    )
    return session.scalar(query.order_by(CallSlip.spent_at.desc()).limit(1))
