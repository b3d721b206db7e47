"""What all corrections share: one at a time, by somebody who may, and what they hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session

from responder.core import audit
from responder.core.errors import Forbidden, NotFound, Stale, WrongState
from responder.core.permissions import Actor, Permission
from responder.core.privacy import mask
from responder.topics import service
from responder.topics.models import CorrectionKind, Membership, Topic, TopicCorrection

# Any number that nothing else in this database locks by.
TOPIC_LOCK = 20_171_232

# Well under the 32,766 parameters of SQLite.
IDS_A_STATEMENT = 5_000

WAITED_AT_MOST = timedelta(days=1)

KIND_LABELS = {
    CorrectionKind.MERGE: "合并话题",
    CorrectionKind.SPLIT: "拆分话题",
    CorrectionKind.MOVE: "移动留言",
    CorrectionKind.RENAME: "改名",
    CorrectionKind.PIN: "置顶",
    CorrectionKind.DISMISS: "标为不是话题",
    CorrectionKind.NEVER_SAME: "标为永不合并",
}
MOVING = (CorrectionKind.MERGE, CorrectionKind.SPLIT, CorrectionKind.MOVE)


def lock_topics(session: Session) -> None:
    """Let one transaction at a time change which message is in which topic.

    SQLite has only one writer anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(TOPIC_LOCK)))


def touching(topic_id: int) -> ColumnElement[bool]:
    """Corrections that concern a topic on either side."""
    return or_(TopicCorrection.topic_id == topic_id, TopicCorrection.other_id == topic_id)


def state_of_play(session: Session, topic_id: int | None = None) -> int:
    """A number that grows with each correction made or undone, of one topic or of all."""
    query = select(func.count(TopicCorrection.id) + func.count(TopicCorrection.undone_at))
    if topic_id is not None:
        query = query.where(touching(topic_id))
    return session.scalar(query) or 0


def corrected_since(session: Session, moment: datetime) -> set[int]:
    """The topics on either side of what was corrected or undone after a refresh ran then.

    A correction waits its turn with the time at which it was asked for, so a day more is
    looked at; a topic too many does no harm.
    """
    begins = moment - WAITED_AT_MOST
    query = select(TopicCorrection.topic_id, TopicCorrection.other_id).where(
        or_(TopicCorrection.made_at >= begins, TopicCorrection.undone_at >= begins)
    )
    sides = {side for pair in session.execute(query) for side in pair if side}
    return sides | set(service.survivors(session, sides).values())


def topic_as_seen(session: Session, topic_id: int, seen: int | None) -> Topic:
    """The topic that somebody is about to correct, as they had it before them.

    :param seen: ``state_of_play`` on their page; None when the page told none. A refresh
        in between does not matter; another person's correction does.
    :raises NotFound: no such topic.
    :raises Stale: it was corrected since.
    """
    lock_topics(session)
    topic = service.get_topic(session, topic_id)
    session.refresh(topic)
    if seen != state_of_play(session, topic_id):
        raise Stale("您打开页面之后，有人修正过这个话题：请刷新页面，看过现状再修正")
    return topic


def get_correction(session: Session, correction_id: int) -> TopicCorrection:
    """:raises NotFound: no such correction."""
    found = session.get(TopicCorrection, correction_id)
    if found is None:
        raise NotFound(f"没有编号为 {correction_id} 的修正：请从话题页面重新进入")
    return found


def corrections_of(session: Session, topic: Topic) -> list[TopicCorrection]:
    """All corrections that concern a topic, newest first, undone ones too."""
    query = select(TopicCorrection).where(touching(topic.id)).order_by(TopicCorrection.id.desc())
    return list(session.scalars(query))


def begin(session: Session, actor: Actor, *topics: Topic) -> None:
    """Take the turn, and see that the actor may and that the topics are there.

    :raises Forbidden: the person may not correct topics.
    :raises WrongState: one of the topics was merged away.
    """
    if not actor.may(Permission.TOPIC_CORRECT):
        raise Forbidden("您没有修正话题的权限，请联系研判员或新闻办办理")
    lock_topics(session)
    for topic in topics:
        if topic.merged_into_id is not None:
            raise WrongState(
                f"话题 {topic.id} 已并入话题 {topic.merged_into_id}：请打开并入后的话题再修正"
            )


def keep(
    session: Session,
    kind: CorrectionKind,
    actor: Actor,
    now: datetime,
    topic: Topic,
    other: Topic | None = None,
    note: str = "",
    **details: Any,
) -> TopicCorrection:
    """Store a correction and tell the trail of it.

    ``details``, by kind: MERGE, SPLIT and MOVE have ``messages`` (ids that changed topic)
    and ``kept`` (ids that stayed and are held too); MOVE also ``alone`` where the message
    got a topic of its own; RENAME has ``old`` (a person's earlier name, else None), ``new``.
    """
    made = TopicCorrection(
        kind=kind,
        topic=topic,
        other=other,
        details=details,
        note=" ".join(note.split()),
        made_at=now,
        made_by_name=actor.name,
    )
    session.add(made)
    tell(session, kind.value, made, actor)
    return made


def tell(session: Session, deed: str, correction: TopicCorrection, actor: Actor) -> None:
    """Write to the trail what was corrected, or that it was undone."""
    session.flush()
    details = correction.details
    changes: dict[str, Any] = {
        "topic": f"{correction.topic_id} {mask(correction.topic.label)}",
    }
    if correction.other:
        changes["other"] = f"{correction.other_id} {mask(correction.other.label)}"
    if correction.kind is CorrectionKind.RENAME:
        changes["new_name"] = details["new"]
    if details.get("messages"):
        changes["message_count"] = len(details["messages"])
    audit.record(session, deed, correction, changes, correction.note, actor)


def member_ids(session: Session, topic: Topic) -> list[int]:
    """The ids of a topic's messages."""
    query = select(Membership.message_id).where(Membership.topic_id == topic.id)
    return list(session.scalars(query.order_by(Membership.message_id)))


def place(session: Session, message_ids: Sequence[int], topic: Topic, *, held: bool) -> None:
    """Put messages into a topic."""
    for chunk in _chunks(message_ids):
        session.execute(
            update(Membership)
            .where(Membership.message_id.in_(chunk))
            .values(topic_id=topic.id, held=held)
        )


def hold(session: Session, message_ids: Sequence[int], *, held: bool = True) -> None:
    """Let no refresh move these messages, or let it."""
    for chunk in _chunks(message_ids):
        session.execute(
            update(Membership).where(Membership.message_id.in_(chunk)).values(held=held)
        )


def claimed(session: Session, apart_from: TopicCorrection) -> set[int]:
    """Messages that a correction in force holds, another one than ``apart_from``."""
    query = select(TopicCorrection.details).where(
        TopicCorrection.undone_at.is_(None),
        TopicCorrection.kind.in_(MOVING),
        TopicCorrection.id != apart_from.id,
    )
    found: set[int] = set()
    for details in session.scalars(query):
        found.update(details["messages"], details["kept"])
    return found


def _chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + IDS_A_STATEMENT] for start in range(0, len(ids), IDS_A_STATEMENT))


def where_now(session: Session, message_ids: Iterable[int]) -> dict[int, int]:
    """Message id → id of the topic it is in, for those that still are in one."""
    found: dict[int, int] = {}
    for chunk in _chunks(list(message_ids)):
        query = select(Membership.message_id, Membership.topic_id)
        found.update(session.execute(query.where(Membership.message_id.in_(chunk))).all())
    return found
