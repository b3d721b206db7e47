"""What was typed and not saved survives a crash, for whoever typed it and nobody else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from responder.core.errors import Forbidden, Invalid, Stale
from responder.core.permissions import Actor, Permission
from responder.core.turns import take_turns
from responder.responses import rules
from responder.responses.drafting.comparing import Comparison, compare
from responder.responses.drafting.formats import TextFormat
from responder.responses.drafting.models import DraftSlip
from responder.responses.models import Draft, ResponseItem
from responder.responses.service.drafting import MAX_ANSWER_LENGTH


@dataclass(frozen=True)
class Offer:
    """A slip, to be taken up or thrown away.

    :param newer: the version that was saved since the slip's was read; None when it is the
        newest still.
    :param changes: from what is stored now to the slip.
    """

    slip: DraftSlip
    newer: Draft | None
    changes: Comparison


def slip_of(session: Session, item: ResponseItem, actor: Actor) -> DraftSlip | None:
    """The person's own slip of an item."""
    query = select(DraftSlip).where(DraftSlip.item_id == item.id, DraftSlip.author_id == actor.id)
    return session.scalar(query)


def offer(session: Session, item: ResponseItem, actor: Actor) -> Offer | None:
    """What the person has typed and not saved; None when it is what is stored."""
    slip = slip_of(session, item, actor)
    if slip is None or _is_stored(item, slip.text, slip.format):
        return None
    return Offer(slip, _newer(session, item, slip), compare(item.answer, slip.text))


def keep(
    session: Session,
    item: ResponseItem,
    actor: Actor,
    text: str,
    written: TextFormat,
    based_on: int,
    seen: int,
    now: datetime,
) -> DraftSlip | None:
    """Store what a person has typed, in place of what was stored before; None when it is what is
    saved already, and nothing needs to be kept.

    Only the very text that is stored counts as saved: that a page saved a moment ago says nothing
    of what was typed in another. A page sends its own texts in their order (``draft.js``).

    :param based_on: number of the version that they had before them.
    :param seen: ``version_id`` of the slip that their page knows, 0 for none.
    :raises Forbidden: the person does not draft.
    :raises Invalid: longer than an answer may be.
    :raises Stale: there is a slip that the page does not know: of another window, or of a crash.
    """
    if not actor.may(Permission.RESPONSE_DRAFT):
        raise Forbidden("您没有起草回应的权限，请联系编辑")
    text = rules.clean(text)
    if len(text) > MAX_ANSWER_LENGTH:
        raise Invalid(f"回应内容最多 {MAX_ANSWER_LENGTH} 字：请精简", {"text": "太长"})
    take_turns(session, actor)
    slip = slip_of(session, item, actor)
    if slip is not None and slip.version_id != seen:
        raise Stale("您还有一份未保存的文字，请先恢复或放弃：刷新页面即可看到")
    if _is_stored(item, text, written):
        if slip is not None:
            session.delete(slip)
            session.flush()
        return None
    if slip is None:
        slip = DraftSlip(item_id=item.id, author_id=actor.id)
        session.add(slip)
    slip.text, slip.format, slip.based_on, slip.saved_at = text, written, based_on, now
    session.flush()
    return slip


def drop(session: Session, item: ResponseItem, actor: Actor, seen: int | None = None) -> None:
    """Throw the person's slip of an item away.

    :param seen: only the one that their page knew: what waits to be taken up goes on waiting.
    """
    mine = [DraftSlip.item_id == item.id, DraftSlip.author_id == actor.id]
    if seen is not None:
        mine.append(DraftSlip.version_id == seen)
    session.execute(delete(DraftSlip).where(*mine))


def drop_shown(session: Session, item: ResponseItem, actor: Actor, text: str, seen: int) -> None:
    """Throw away the person's slip if it is the one that a page knows, or says the same."""
    slip = slip_of(session, item, actor)
    if slip is not None and (slip.version_id == seen or slip.text == rules.clean(text)):
        drop(session, item, actor, slip.version_id)


def erase_old(session: Session, now: datetime, days: int) -> int:
    """Erase the slips that nobody has touched for so many days; how many."""
    old = DraftSlip.saved_at <= now - timedelta(days=days)
    gone = session.scalars(select(DraftSlip.id).where(old)).all()
    if gone:
        session.execute(delete(DraftSlip).where(old))
    return len(gone)


def last_number(session: Session, item: ResponseItem) -> int:
    """The number of the newest version, 0 when there is none."""
    last = _last(session, item)
    return last.number if last else 0


def _last(session: Session, item: ResponseItem) -> Draft | None:
    query = select(Draft).where(Draft.item_id == item.id).order_by(Draft.number.desc()).limit(1)
    return session.scalar(query)


def _is_stored(item: ResponseItem, text: str, written: TextFormat) -> bool:
    return text == item.answer and (written is item.answer_format or not text)


def _newer(session: Session, item: ResponseItem, slip: DraftSlip) -> Draft | None:
    """The newest version, if the answer is another than the slip was based on."""
    last = _last(session, item)
    if last is None or last.number <= slip.based_on:
        return None
    query = select(Draft.text).where(Draft.item_id == item.id, Draft.number == slip.based_on)
    read = session.scalar(query) or ""
    return last if read != item.answer else None
