"""The corrections themselves. Each stores what undoing it needs, and never commits."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.core import privacy
from responder.core.errors import Invalid, Stale, WrongState
from responder.core.permissions import Actor
from responder.topics import lineage, service
from responder.topics.corrections.storing import (
    begin,
    hold,
    keep,
    member_ids,
    place,
    where_now,
)
from responder.topics.models import (
    CorrectionKind,
    EventKind,
    Topic,
    TopicCorrection,
    TopicSeparation,
)
from responder.topics.restating import restate

MAX_LABEL_LENGTH = 40

Kind = CorrectionKind


def merge(
    session: Session, into: Topic, other: Topic, actor: Actor, now: datetime, note: str = ""
) -> TopicCorrection:
    """Put the messages of ``other`` into ``into``, which survives.

    All messages are held, those of ``into`` too: a refresh that took some of them out
    again would separate what a person has joined. The marks of ``into`` stay as they are;
    a dismissed ``other`` may go into it.

    :raises Invalid: a topic cannot go into itself.
    :raises WrongState: one was merged away, ``into`` was dismissed, or somebody said that
        they are never the same.
    """
    begin(session, actor, into, other)
    if into.id == other.id:
        raise Invalid("话题不能并入自己：请选择另一个话题")
    _refuse_dismissed(into)
    _refuse_separated(session, into, other)
    moved, kept = member_ids(session, other), member_ids(session, into)
    made = keep(session, Kind.MERGE, actor, now, into, other, note, messages=moved, kept=kept)
    place(session, moved, into, held=True)
    hold(session, kept)
    other.merged_into_id = into.id
    event = EventKind.MERGED
    lineage.record(session, event, into, now, other=other, count=len(moved), correction=made)
    restate(session, [into, other], now)
    return made


def split(
    session: Session,
    topic: Topic,
    message_ids: Collection[int],
    actor: Actor,
    now: datetime,
    note: str = "",
) -> TopicCorrection:
    """Put some messages of a topic into a new one (``other``); no refresh rejoins the two.

    The messages that stay are held too: somebody saw them, and left them.

    :raises Invalid: none was chosen, or all were.
    :raises Stale: one of them is not in the topic any more.
    """
    begin(session, actor, topic)
    return _take_out(session, Kind.SPLIT, topic, message_ids, actor, now, note)


def move(
    session: Session,
    message_id: int,
    to: Topic | None,
    actor: Actor,
    now: datetime,
    *,
    seen_in: Topic,
    note: str = "",
) -> TopicCorrection:
    """Put one message of ``seen_in`` into another topic, or into a new one of its own.

    :param to: None: the message stands alone.
    :raises Invalid: it is there already, or it is all that its topic has.
    :raises Stale: it is not in ``seen_in`` any more.
    :raises WrongState: one topic was merged away, or ``to`` was dismissed.
    """
    begin(session, actor, seen_in, *([to] if to else []))
    if to is None:
        return _take_out(session, Kind.MOVE, seen_in, [message_id], actor, now, note)
    if to.id == seen_in.id:
        raise Invalid("留言已在这个话题里：请选择另一个话题")
    _refuse_dismissed(to)
    _refuse_what_cannot_go(session, seen_in, {message_id})
    made = keep(session, Kind.MOVE, actor, now, seen_in, to, note, messages=[message_id], kept=[])
    place(session, [message_id], to, held=True)
    restate(session, [seen_in, to], now)
    return made


def _take_out(
    session: Session,
    kind: CorrectionKind,
    topic: Topic,
    message_ids: Collection[int],
    actor: Actor,
    now: datetime,
    note: str,
) -> TopicCorrection:
    chosen = set(message_ids)
    _refuse_what_cannot_go(session, topic, chosen)
    stay = [one for one in member_ids(session, topic) if one not in chosen]
    made_topic = Topic(
        label=topic.label,
        heat=topic.heat,
        first_seen=topic.first_seen,
        last_seen=topic.last_seen,
        ranked_as_of=topic.ranked_as_of,
    )
    session.add(made_topic)
    session.flush()
    kept = stay if kind is Kind.SPLIT else []
    moved = sorted(chosen)
    more = {"alone": True} if kind is Kind.MOVE else {}
    made = keep(
        session, kind, actor, now, topic, made_topic, note, messages=moved, kept=kept, **more
    )
    place(session, moved, made_topic, held=True)
    hold(session, kept)
    _separate(session, made, topic, made_topic)
    event = EventKind.SPLIT
    lineage.record(session, event, topic, now, other=made_topic, count=len(moved), correction=made)
    restate(session, [topic, made_topic], now)
    return made


def _refuse_what_cannot_go(session: Session, topic: Topic, chosen: set[int]) -> None:
    if not chosen:
        raise Invalid("还没有选择留言：请先勾选要拆出的留言", {"message_ids": "至少选一条"})
    gone = [one for one, at in where_now(session, chosen).items() if at != topic.id]
    here = set(member_ids(session, topic))
    if gone or chosen - here:
        raise Stale(f"所选留言中有 {len(chosen - here)} 条已不在这个话题里：请刷新页面后重新选择")
    if chosen == here:
        raise Invalid("至少要留下一条留言：要把整个话题归到别处，请用“合并”")


def rename(
    session: Session, topic: Topic, label: str, actor: Actor, now: datetime, note: str = ""
) -> TopicCorrection:
    """Give a topic a name that refreshes keep.

    :raises Invalid: it is empty, longer than ``MAX_LABEL_LENGTH``, or holds personal data.
    """
    begin(session, actor, topic)
    new = " ".join(label.split())
    if not new:
        raise Invalid("请填写话题名称", {"label": "必填"})
    if len(new) > MAX_LABEL_LENGTH:
        raise Invalid(
            f"话题名称有 {len(new)} 字：请缩短到 {MAX_LABEL_LENGTH} 字以内",
            {"label": f"最多 {MAX_LABEL_LENGTH} 字"},
        )
    if findings := privacy.find(new):
        what = "、".join(dict.fromkeys(finding.label for finding in findings))
        raise Invalid(
            f"话题名称里有个人信息（{what}）：请改写成“地点＋事项”，不写姓名、电话、住址",
            {"label": f"有个人信息（{what}）"},
        )
    if new == topic.label and topic.renamed:
        raise Invalid("名称没有变化：请填写新的名称", {"label": "与现在的名称相同"})
    old = topic.label if topic.renamed else None
    topic.label, topic.renamed = new, True
    return keep(session, Kind.RENAME, actor, now, topic, note=note, old=old, new=new)


def pin(
    session: Session, topic: Topic, actor: Actor, now: datetime, note: str = ""
) -> TopicCorrection:
    """Let a topic stand first in the list, however cool it grows.

    :raises WrongState: it does already, or it was dismissed.
    """
    begin(session, actor, topic)
    if topic.pinned:
        raise WrongState("这个话题已经置顶：不用再点")
    if topic.dismissed:
        raise WrongState("这个话题已标为“不是话题”：请先恢复，再置顶")
    topic.pinned = True
    return keep(session, Kind.PIN, actor, now, topic, note=note)


def dismiss(
    session: Session, topic: Topic, actor: Actor, now: datetime, note: str = ""
) -> TopicCorrection:
    """Say that this is no topic (不是话题): it leaves every list; new messages may join it.

    :raises WrongState: it was dismissed already, or it is pinned.
    """
    begin(session, actor, topic)
    if topic.dismissed:
        raise WrongState("这个话题已标为“不是话题”：不用再点")
    if topic.pinned:
        raise WrongState("这个话题已置顶：请先取消置顶，再标为“不是话题”")
    topic.dismissed = True
    return keep(session, Kind.DISMISS, actor, now, topic, note=note)


def never_same(
    session: Session, one: Topic, other: Topic, actor: Actor, now: datetime, note: str = ""
) -> TopicCorrection:
    """Say that two topics are different matters, however alike they sound.

    :raises Invalid: it is the same topic.
    :raises WrongState: one was merged away, or it was said already.
    """
    begin(session, actor, one, other)
    if one.id == other.id:
        raise Invalid("这是同一个话题：请选择另一个话题")
    if said := _said_never_same(session, one, other):
        raise WrongState(f"修正 {said.id} 已说明这两个话题不同：不用再标")
    made = keep(session, Kind.NEVER_SAME, actor, now, one, other, note)
    _separate(session, made, one, other)
    return made


def _refuse_dismissed(topic: Topic) -> None:
    """What goes into a topic that is on no list would be lost from view."""
    if topic.dismissed:
        raise WrongState(
            f"话题 {topic.id} 已标为“不是话题”，归入的留言不会再列出：请先恢复它，再归入"
        )


def _separate(session: Session, made: TopicCorrection, one: Topic, other: Topic) -> None:
    low, high = sorted((one.id, other.id))
    session.add(TopicSeparation(low_id=low, high_id=high, correction_id=made.id))
    session.flush()


def _refuse_separated(session: Session, into: Topic, other: Topic) -> None:
    if said := _said_never_same(session, into, other):
        raise WrongState(
            f"话题 {into.id} 与话题 {other.id} 已标为永不合并"
            f"（修正 {said.id}，{said.made_by_name}）：要合并，请先撤销那项修正"
        )


def _said_never_same(session: Session, one: Topic, other: Topic) -> TopicCorrection | None:
    """Whoever said it of these two, or of topics that have gone into them since."""
    family = service.absorbed(session, [one.id, other.id])
    query = select(TopicCorrection).where(
        TopicCorrection.kind == Kind.NEVER_SAME,
        TopicCorrection.undone_at.is_(None),
        TopicCorrection.topic_id.in_(family),
        TopicCorrection.other_id.in_(family),
    )
    for said in session.scalars(query.order_by(TopicCorrection.id)):
        if said.other_id and family[said.topic_id] != family[said.other_id]:
            return said
    return None
