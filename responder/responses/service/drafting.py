"""Writing the answer: every saved version is kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, load_only, object_session

from responder.core import audit
from responder.core.errors import Forbidden, Invalid, Stale, WrongState
from responder.core.permissions import Actor, Permission
from responder.responses import rules
from responder.responses.drafting.formats import TextFormat
from responder.responses.lifecycle import RESPONSE_ITEM
from responder.responses.models import Draft, ItemState, ResponseItem
from responder.responses.service.opening import required_texts

MAX_ANSWER_LENGTH = 20_000


def save_draft(
    session: Session,
    item: ResponseItem,
    text: str,
    actor: Actor,
    now: datetime,
    version: int,
    written: TextFormat | None = None,
) -> Draft | None:
    """Keep ``text`` as the answer's newest version; None when nothing changed.

    :param written: its format; as it was by default.
    :param version: ``item.version_id`` as it was when the person began to write.
    :raises Forbidden: the person may not draft.
    :raises WrongState: the item is no longer being drafted.
    :raises Stale: somebody else saved meanwhile; nothing is overwritten.
    :raises Invalid: longer than ``MAX_ANSWER_LENGTH`` characters.
    """
    _require_writable(item, actor, version)
    text = rules.clean(text)
    if len(text) > MAX_ANSWER_LENGTH:
        raise Invalid(
            f"回应内容有 {len(text)} 字，最多 {MAX_ANSWER_LENGTH} 字：请精简，或改用附件",
            {"answer": "太长"},
        )
    written = written or item.answer_format
    if (text, written) == (item.answer, item.answer_format):
        return None
    item.answer, item.answer_format = text, written
    return keep_version(session, item, actor, now, "draft")


def revise(
    session: Session,
    item: ResponseItem,
    *,
    title: str,
    concern: str,
    concern_source: str,
    actor: Actor,
    now: datetime,
    version: int,
) -> Draft | None:
    """Correct what is said of the concern; None when nothing changed.

    These texts are published too, so whoever changes them counts as a writer of the
    item: a version is kept in that name.

    :raises Forbidden, WrongState, Stale, Invalid: as :func:`save_draft`.
    """
    _require_writable(item, actor, version)
    texts = required_texts(title, concern, concern_source)
    if all(getattr(item, name) == text for name, text in texts.items()):
        return None
    for name, text in texts.items():
        setattr(item, name, text)
    return keep_version(session, item, actor, now, "revise")


def _require_writable(item: ResponseItem, actor: Actor, version: int) -> None:
    if not actor.may(Permission.RESPONSE_DRAFT):
        raise Forbidden("您没有起草回应的权限，请联系编辑")
    if item.state is not ItemState.DRAFT:
        label = RESPONSE_ITEM.states[item.state]
        raise WrongState(f"本事项现在是“{label}”，不能修改稿件：如需修改，请审签人员退回")
    if version != item.version_id:
        session = object_session(item)
        last = audit.last_actor_id(session, item) if session else None
        raise Stale(
            "您打开页面之后，您在另一个窗口保存过本事项：请比较后再保存"
            if last == actor.id
            else "您打开页面之后，本事项已被别人改过：请比较后再保存"
        )


def keep_version(
    session: Session, item: ResponseItem, actor: Actor, now: datetime, action: str
) -> Draft:
    """Keep the texts of an item as they stand as its newest version, by this person."""
    last = session.scalar(select(func.max(Draft.number)).where(Draft.item_id == item.id)) or 0
    draft = Draft(
        number=last + 1,
        text=item.answer,
        format=item.answer_format,
        author_id=actor.id,
        author_name=actor.name,
        saved_at=now,
    )
    item.drafted_by_id = actor.id
    item.drafts.append(draft)
    audit.record(session, action, item, {"version": [last or None, draft.number]}, "", actor)
    return draft


def draft_heads(session: Session, item_id: int) -> list[Draft]:
    """Number, author and moment of every version, the newest first, without the texts."""
    heads = load_only(Draft.number, Draft.author_name, Draft.saved_at)
    return list(session.scalars(drafts_newest_first(item_id).options(heads)))


def drafts_newest_first(item_id: int) -> Select[Draft]:
    """All saved versions of one item."""
    return select(Draft).where(Draft.item_id == item_id).order_by(Draft.number.desc())
