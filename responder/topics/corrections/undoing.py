"""Undoing: what a correction did is taken back, and nothing else.

Corrections are undone in any order as long as they do not rest on each other. One rests on
an earlier one when it moved the same message, set the same name or mark again, or works on
the topic that the earlier one made.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from responder.core.errors import WrongState
from responder.core.permissions import Actor
from responder.core.times import local
from responder.topics import lineage, service
from responder.topics.corrections.storing import (
    KIND_LABELS,
    MOVING,
    begin,
    claimed,
    hold,
    member_ids,
    place,
    tell,
    touching,
    where_now,
)
from responder.topics.models import (
    CorrectionKind,
    Topic,
    TopicCorrection,
    TopicSeparation,
)
from responder.topics.restating import restate

Kind = CorrectionKind
Claim = tuple[str, int]


def undo(session: Session, correction: TopicCorrection, actor: Actor, now: datetime) -> None:
    """Take a correction back, as far as the world still allows.

    Messages that joined by themselves since stay where they are; those of a topic that a
    split made go back with the others.

    :raises Forbidden: the person may not correct topics.
    :raises WrongState: it was undone already, or a later correction rests on it.
    """
    begin(session, actor)
    session.refresh(correction)
    if correction.undone_at is not None:
        raise WrongState(f"修正 {correction.id} 已由 {correction.undone_by_name} 撤销：请刷新页面")
    _refuse_what_rests_on(session, correction)
    correction.undone_at, correction.undone_by_name = now, actor.name
    if correction.kind in MOVING:
        _bring_back(session, correction, now)
    else:
        _unset(session, correction, now)
    mine = TopicSeparation.correction_id == correction.id
    session.execute(delete(TopicSeparation).where(mine))
    lineage.undo(session, correction)
    tell(session, "undo", correction, actor)


def undo_mark(
    session: Session, topic: Topic, kind: CorrectionKind, actor: Actor, now: datetime
) -> TopicCorrection:
    """Undo the mark that a topic has: unpin it, or restore it from dismissal.

    :param kind: PIN or DISMISS.
    :raises WrongState: it has no such mark.
    """
    begin(session, actor, topic)
    query = select(TopicCorrection).where(
        TopicCorrection.topic_id == topic.id,
        TopicCorrection.kind == kind,
        TopicCorrection.undone_at.is_(None),
    )
    found = session.scalar(query.order_by(TopicCorrection.id.desc()))
    if found is None:
        raise WrongState(f"这个话题没有“{KIND_LABELS[kind]}”：请刷新页面看现状")
    undo(session, found, actor, now)
    return found


def _refuse_what_rests_on(session: Session, correction: TopicCorrection) -> None:
    mine = _claims(correction)
    query = select(TopicCorrection).where(
        TopicCorrection.id > correction.id, TopicCorrection.undone_at.is_(None)
    )
    for later in session.scalars(query.order_by(TopicCorrection.id.desc())):
        works_on = {("topic", later.topic_id), ("topic", later.other_id or 0)}
        if mine & (_claims(later) | works_on):
            raise _blocked(later)


def _claims(correction: TopicCorrection) -> set[Claim]:
    """What a correction has set, so that a later one that sets it again rests on it."""
    if correction.kind in MOVING:
        claims = {("message", one) for one in correction.details["messages"]}
        return claims | {("topic", topic_id) for topic_id in _made(correction)}
    if correction.kind is Kind.NEVER_SAME:
        return set()
    return {(correction.kind.value, correction.topic_id)}


def _made(correction: TopicCorrection) -> Iterable[int]:
    """The id of the topic that a correction made, or that it merged away."""
    is_new = correction.kind is Kind.SPLIT or correction.details.get("alone")
    if (is_new or correction.kind is Kind.MERGE) and correction.other_id:
        yield correction.other_id


def _blocked(later: TopicCorrection) -> WrongState:
    return WrongState(
        f"后来的修正 {later.id}（{KIND_LABELS[later.kind]}，{later.made_by_name}，"
        f"{local(later.made_at):%m-%d %H:%M}）以这项修正为基础：请先撤销修正 {later.id}"
    )


def _bring_back(session: Session, correction: TopicCorrection, now: datetime) -> None:
    """Messages go back to the topic they came from; holds end that nothing else wants."""
    topic, other = correction.topic, correction.other
    assert other is not None, "what moves messages has two topics"
    came_from, went_to = (other, topic) if correction.kind is Kind.MERGE else (topic, other)
    if correction.kind is Kind.MERGE:
        other.merged_into_id = None
    came_from = _alive(session, came_from, correction)
    details = correction.details
    still = where_now(session, details["messages"])
    back = [one for one, at in still.items() if at == went_to.id]
    is_new = correction.kind is Kind.SPLIT or details.get("alone")
    also = [one for one in member_ids(session, went_to) if one not in still] if is_new else []
    held_elsewhere = claimed(session, correction)
    if is_new:
        went_to.merged_into_id = came_from.id
    place(session, back, came_from, held=False)
    place(session, also, came_from, held=False)
    freed = [*back, *also, *details["kept"]]
    hold(session, [one for one in freed if one not in held_elsewhere], held=False)
    hold(session, [one for one in freed if one in held_elsewhere])
    was_empty = correction.kind is Kind.MERGE and not details["kept"]
    if not is_new and not was_empty and not member_ids(session, went_to):
        raise _would_be_empty(session, went_to, correction)
    restate(session, [came_from, went_to], now)


def _alive(session: Session, topic: Topic, correction: TopicCorrection) -> Topic:
    """The topic that messages go back to, or what a refresh merged it into.

    :raises WrongState: a person merged it away since.
    """
    if topic.merged_into_id is None:
        return topic
    query = select(TopicCorrection).where(
        TopicCorrection.other_id == topic.id,
        TopicCorrection.kind == Kind.MERGE,
        TopicCorrection.undone_at.is_(None),
    )
    if later := session.scalar(query):
        raise _blocked(later)
    return service.survivor(session, topic)


def _would_be_empty(session: Session, topic: Topic, correction: TopicCorrection) -> WrongState:
    query = select(TopicCorrection).where(
        touching(topic.id),
        TopicCorrection.undone_at.is_(None),
        TopicCorrection.id > correction.id,
        TopicCorrection.kind.in_(MOVING),
    )
    if later := session.scalar(query.order_by(TopicCorrection.id.desc())):
        return _blocked(later)
    return WrongState(f"撤销后话题 {topic.id} 就没有留言了：请改用“合并”或“移到其他话题”")


def _unset(session: Session, correction: TopicCorrection, now: datetime) -> None:
    topic = correction.topic
    if correction.kind is Kind.PIN:
        topic.pinned = False
    elif correction.kind is Kind.DISMISS:
        topic.dismissed = False
    elif correction.kind is Kind.RENAME:
        _name_back(session, correction, now)


def _name_back(session: Session, correction: TopicCorrection, now: datetime) -> None:
    """The name that a person had given before, or the machine's, worked out anew."""
    topic, old = correction.topic, correction.details["old"]
    topic.renamed = old is not None
    if old is not None:
        topic.label = old
    elif topic.merged_into_id is None:
        restate(session, [topic], now, named_anew=True)
