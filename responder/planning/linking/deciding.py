"""Which event answers which topic: what people decide."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session, joinedload

from responder.core import audit
from responder.core.errors import Forbidden, NotFound, Stale, WrongState
from responder.core.permissions import Actor, Permission
from responder.core.privacy import mask
from responder.core.versions import check_seen
from responder.planning.linking.rules import PER_TOPIC
from responder.planning.models import EventState, LinkState, PressEvent, TopicEventLink
from responder.topics import service as topics
from responder.topics.models import Topic

UNDATED = datetime.max.replace(tzinfo=UTC)  # as if it had been decided last of all


def hold_link(session: Session, link_id: int) -> TopicEventLink:
    """One link, read anew, with its event and topic; nobody else writes it until this ends.

    :raises NotFound: no such link; a suggestion may have been withdrawn meanwhile.
    """
    link = session.scalar(_held().where(TopicEventLink.id == link_id))
    if link is None:
        raise NotFound("这条关联已被更新或撤下：请返回上一页刷新后再试")
    return link


def _held() -> Select[TopicEventLink]:
    return (
        select(TopicEventLink)
        .options(joinedload(TopicEventLink.event), joinedload(TopicEventLink.topic))
        .with_for_update(of=TopicEventLink)
        .execution_options(populate_existing=True)
    )


def decide_link(
    session: Session,
    link: TopicEventLink,
    confirmed: bool,
    actor: Actor,
    now: datetime,
    seen: int | None = None,
) -> None:
    """Say whether an event answers a topic. What was refused is not suggested again.

    :param link: of :func:`hold_link`, where others may decide at the same time.
    :param seen: ``version_id`` on the person's page; None when nobody had one before them.
    :raises Forbidden: the person may not link events.
    :raises WrongState: the event is cancelled and cannot answer anything.
    :raises Stale: somebody else has decided otherwise since, or written what is said there.
    """
    _check_may_link(actor)
    if confirmed and link.event.state is EventState.CANCELLED:
        raise WrongState("这项活动已取消，不能再关联话题：请选择其他活动")
    before, wanted = link.state, LinkState.CONFIRMED if confirmed else LinkState.REFUSED
    if before is wanted:
        return
    if seen is not None:
        check_seen(link, seen)
    link.state = wanted
    link.version_id += 1
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
    session: Session,
    topic: Topic,
    event: PressEvent,
    actor: Actor,
    now: datetime,
    seen: int | None = None,
) -> TopicEventLink:
    """Link a topic to an event that nobody suggested, or that was refused before.

    :param seen: :func:`decisions_on` the topic when the person's page was made; None when
        nobody had one before them.
    :raises Forbidden: the person may not link events.
    :raises WrongState: the event is cancelled.
    :raises Stale: somebody else has decided on the topic since.
    """
    _check_may_link(actor)
    session.execute(select(Topic.id).where(Topic.id == topic.id).with_for_update(key_share=True))
    pair = (TopicEventLink.topic_id == topic.id) & (TopicEventLink.event_id == event.id)
    link = session.scalar(_held().where(pair))
    is_decided = link is not None and link.state is LinkState.CONFIRMED
    if seen is not None and not is_decided and seen != decisions_on(session, topic.id):
        raise Stale("您打开页面之后，这个话题的关联已有变化：请刷新页面，看过最新内容再关联")
    if link is None:
        link = TopicEventLink(
            topic=topic, event=event, state=LinkState.SUGGESTED, score=0.0, reasons=[], version_id=1
        )
        session.add(link)
    decide_link(session, link, True, actor, now)
    return link


def decisions_on(session: Session, topic_id: int) -> int:
    """How often people have decided on what answers a topic, and written what is said there.

    Of what was merged into it, too. A page tells the number, so that it is known whether
    somebody else has decided since.
    """
    told = func.coalesce(func.sum(TopicEventLink.version_id - 1), 0)
    family = topics.absorbed(session, [topic_id])
    return session.scalar(select(told).where(TopicEventLink.topic_id.in_(family))) or 0


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
