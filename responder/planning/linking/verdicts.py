"""That a hot topic needs no answer: said with a reason, listed, taken back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, contains_eager

from responder.core import audit
from responder.core.errors import Forbidden, Invalid, NotFound, WrongState
from responder.core.permissions import Actor, Permission
from responder.core.privacy import mask
from responder.core.turns import take_turns
from responder.planning.linking.models import TopicVerdict
from responder.topics import service as topics
from responder.topics.models import Topic

LONGEST_REASON = 300


def say_no_answer(
    session: Session, topic: Topic, reason: str, actor: Actor, now: datetime
) -> TopicVerdict:
    """Keep that a topic needs no answer, with the heat it has now.

    It takes the place of what was said of the topic before. The same said twice (a double
    click) is one verdict.

    :raises Forbidden: the person may not decide what events answer.
    :raises Invalid: no reason, or one that is too long.
    """
    check_may_decide(actor)
    reason = reason.strip()
    if not reason:
        raise Invalid("请写明无需回应的理由，以后有人问起时可以查到", {"reason": "必填"})
    if len(reason) > LONGEST_REASON:
        raise Invalid(f"理由最多 {LONGEST_REASON} 字：请写得简短些", {"reason": "太长"})
    return keep(session, topic, reason, actor, now)


def keep(session: Session, topic: Topic, reason: str, actor: Actor, now: datetime) -> TopicVerdict:
    """:func:`say_no_answer`, for whoever has decided it elsewhere and may decide it there."""
    take_turns(session, actor)
    former = in_force(session, {topic.id: topic.id}).get(topic.id)
    if former is not None and (former.reason, former.heat) == (reason, topic.heat):
        return former
    if former is not None:
        former.withdrawn_at = now
    verdict = TopicVerdict(
        topic=topic, reason=reason, heat=topic.heat, at=now, by_id=actor.id, by_name=actor.name
    )
    session.add(verdict)
    session.flush()
    return verdict


def withdraw(session: Session, verdict: TopicVerdict, actor: Actor, now: datetime) -> None:
    """The topic does need an answer. What was said of it earlier goes, too.

    :raises Forbidden: the person may not decide what events answer.
    :raises WrongState: somebody has withdrawn it meanwhile.
    """
    check_may_decide(actor)
    if verdict.withdrawn_at is not None:
        raise WrongState("这条“无需回应”已经撤回：请刷新列表")
    take_back(session, verdict.topic_id, actor, now)


def take_back(session: Session, topic_id: int, actor: Actor, now: datetime) -> None:
    """Whatever was said of a topic, and of what was merged with it, holds no longer.

    For whoever has decided elsewhere that it is answered after all.
    """
    living = topics.survivors(session, [topic_id])[topic_id]
    family = topics.absorbed(session, [living])
    query = select(TopicVerdict).where(
        TopicVerdict.topic_id.in_(family), TopicVerdict.withdrawn_at.is_(None)
    )
    for one in session.scalars(query).all():
        one.withdrawn_at, one.withdrawn_by_id = now, actor.id
        audit.record(session, "withdraw", one, {"reason": [mask(one.reason), None]}, actor=actor)
    session.flush()


def get_verdict(session: Session, verdict_id: int) -> TopicVerdict:
    """:raises NotFound: no such verdict."""
    verdict = session.get(TopicVerdict, verdict_id)
    if verdict is None:
        raise NotFound("没有这条“无需回应”的记录：请从列表重新进入")
    return verdict


def in_force(session: Session, whose: Mapping[int, int]) -> dict[int, TopicVerdict]:
    """Topic id → the last verdict that nobody withdrew, in one query.

    :param whose: ids of topics and of what went into them → the topic, see ``topics.absorbed``.
    """
    query = select(TopicVerdict).where(
        TopicVerdict.topic_id.in_(whose), TopicVerdict.withdrawn_at.is_(None)
    )
    return {
        whose[verdict.topic_id]: verdict
        for verdict in session.scalars(query.order_by(TopicVerdict.at, TopicVerdict.id))
    }


def all_in_force(session: Session) -> dict[int, TopicVerdict]:
    """Living topic's id → the last verdict on it, or on what went into it, that nobody withdrew."""
    query = select(TopicVerdict).where(TopicVerdict.withdrawn_at.is_(None))
    found = session.scalars(query.order_by(TopicVerdict.at, TopicVerdict.id)).all()
    living = topics.survivors(session, [verdict.topic_id for verdict in found])
    return {living[verdict.topic_id]: verdict for verdict in found}


def settled(text: str = "") -> Select[TopicVerdict]:
    """The verdicts in force, the newest first, each with its topic.

    :param text: in the reason, or in what the topic is called.
    """
    query = select(TopicVerdict).join(TopicVerdict.topic)
    if text:
        query = query.where(
            TopicVerdict.reason.contains(text, autoescape=True)
            | Topic.label.contains(text, autoescape=True)
        )
    return (
        query.where(TopicVerdict.withdrawn_at.is_(None))
        .options(contains_eager(TopicVerdict.topic))
        .order_by(TopicVerdict.at.desc(), TopicVerdict.id.desc())
    )


def living_topics(session: Session, verdicts: Iterable[TopicVerdict]) -> dict[int, Topic]:
    """Id of each verdict's topic → that topic, or what it was merged into."""
    now = topics.survivors(session, [verdict.topic_id for verdict in verdicts])
    query = select(Topic).where(Topic.id.in_(now.values()))
    by_id = {topic.id: topic for topic in session.scalars(query)}
    return {topic_id: by_id[living] for topic_id, living in now.items()}


def check_may_decide(actor: Actor) -> None:
    if not actor.may(Permission.EVENT_LINK):
        raise Forbidden("您没有判定话题无需回应的权限，请联系新闻办办理")
