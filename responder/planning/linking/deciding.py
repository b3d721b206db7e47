"""Which event answers which topic: what people decide."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session, joinedload

from responder.core import audit
from responder.core.errors import Forbidden, NotFound, WrongState
from responder.core.permissions import Actor, Permission
from responder.core.privacy import mask
from responder.planning.linking.rules import PER_TOPIC
from responder.planning.models import EventState, LinkState, PressEvent, TopicEventLink
from responder.topics import service as topics
from responder.topics.models import Topic

UNDATED = datetime.max.replace(tzinfo=UTC)  # as if it had been decided last of all


def get_link(session: Session, link_id: int) -> TopicEventLink:
    """One link with its event and topic.

    :raises NotFound: no such link; a suggestion may have been withdrawn meanwhile.
    """
    link = session.get(
        TopicEventLink,
        link_id,
        options=[joinedload(TopicEventLink.event), joinedload(TopicEventLink.topic)],
    )
    if link is None:
        raise NotFound("这条关联建议已被更新或撤下：请返回上一页刷新后再试")
    return link


def decide_link(
    session: Session, link: TopicEventLink, confirmed: bool, actor: Actor, now: datetime
) -> None:
    """Say whether an event answers a topic. What was refused is not suggested again.

    :raises Forbidden: the person may not link events.
    :raises WrongState: the event is cancelled and cannot answer anything.
    """
    _check_may_link(actor)
    if confirmed and link.event.state is EventState.CANCELLED:
        raise WrongState("这项活动已取消，不能再关联话题：请选择其他活动")
    before = link.state
    link.state = LinkState.CONFIRMED if confirmed else LinkState.REFUSED
    if link.state is before:
        return
    link.decided_by_id = actor.id
    link.decided_at = now
    changes = {
        "state": [before, link.state],
        "topic": [None, mask(link.topic.label)],
        "event": [None, link.event.theme],
    }
    audit.record(
        session, "confirm_link" if confirmed else "refuse_link", link, changes, actor=actor
    )


def link_by_hand(
    session: Session, topic: Topic, event: PressEvent, actor: Actor, now: datetime
) -> TopicEventLink:
    """Link a topic to an event that nobody suggested, or that was refused before.

    :raises Forbidden: the person may not link events.
    :raises WrongState: the event is cancelled.
    """
    _check_may_link(actor)
    link = session.scalar(
        select(TopicEventLink).where(
            TopicEventLink.topic_id == topic.id, TopicEventLink.event_id == event.id
        )
    )
    if link is None:
        link = TopicEventLink(
            topic=topic, event=event, state=LinkState.SUGGESTED, score=0.0, reasons=[]
        )
        session.add(link)
    decide_link(session, link, True, actor, now)
    return link


def _check_may_link(actor: Actor) -> None:
    if not actor.may(Permission.EVENT_LINK):
        raise Forbidden("您没有关联话题与发布活动的权限，请联系新闻办办理")


def links_of_topic(session: Session, topic_id: int) -> list[TopicEventLink]:
    """A topic's links that nobody refused: confirmed first, then the likeliest suggestions.

    Those of topics that were merged into it too; an event stands once. An event may have
    been suggested because the topic is among its best: such ones beyond the topic's own best
    stand on the event's page alone.
    """
    confirmed_first = case((TopicEventLink.state == LinkState.CONFIRMED, 0), else_=1)
    query = (
        select(TopicEventLink)
        .where(
            TopicEventLink.topic_id.in_(topics.absorbed(session, [topic_id])),
            TopicEventLink.state != LinkState.REFUSED,
        )
        .options(joinedload(TopicEventLink.event).joinedload(PressEvent.unit))
        .order_by(confirmed_first, TopicEventLink.score.desc(), TopicEventLink.id)
    )
    found: dict[int, TopicEventLink] = {}
    for link in session.scalars(query):
        found.setdefault(link.event_id, link)
    confirmed = [link for link in found.values() if link.state is LinkState.CONFIRMED]
    suggested = [link for link in found.values() if link.state is LinkState.SUGGESTED]
    return [*confirmed, *suggested[:PER_TOPIC]]


def linked_topics(session: Session) -> dict[int, datetime]:
    """Ids of the topics that a person has linked to an event → when that was done last."""
    decided = func.max(TopicEventLink.decided_at)
    query = (
        select(TopicEventLink.topic_id, decided)
        .where(TopicEventLink.state == LinkState.CONFIRMED)
        .group_by(TopicEventLink.topic_id)
    )
    return {topic_id: at or UNDATED for topic_id, at in session.execute(query)}
