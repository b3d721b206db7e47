"""What is said on each topic at an event (会上回应), written before and after."""

from __future__ import annotations

import hashlib

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from responder.core.errors import Forbidden, Invalid, NotFound, Stale, WrongState
from responder.core.permissions import Actor, Permission
from responder.planning.briefing import rules
from responder.planning.linking.deciding import hold_link
from responder.planning.models import EventState, LinkState, TopicEventLink

LONGEST = 4_000


def seen(link: TopicEventLink) -> str:
    """What a form sends back to say which text it was shown with."""
    return hashlib.sha256(link.statement.encode()).hexdigest()[:16]


def get(session: Session, link_id: int) -> TopicEventLink:
    """One link with its event and topic.

    :raises NotFound: no such link.
    """
    query = (
        select(TopicEventLink)
        .where(TopicEventLink.id == link_id)
        .options(joinedload(TopicEventLink.event), joinedload(TopicEventLink.topic))
    )
    link = session.scalar(query)
    if link is None:
        raise NotFound("这条关联已被撤下：请返回活动页刷新后再试")
    return link


def write(session: Session, link_id: int, text: str, shown: str, actor: Actor) -> bool:
    """Keep what is said on a topic; False when nothing changed.

    :param shown: :func:`seen` of the text that the person had before them.
    :raises Forbidden: the person may not edit events.
    :raises WrongState: nobody confirmed the link, or the event is cancelled.
    :raises Stale: somebody else wrote meanwhile; nothing is overwritten.
    :raises Invalid: longer than ``LONGEST`` characters.
    """
    if not actor.may(Permission.PLAN_EDIT):
        raise Forbidden("您没有填写会上回应的权限，请联系新闻办办理")
    link = hold_link(session, link_id)
    if link.state is not LinkState.CONFIRMED:
        raise WrongState("这个话题还没有确认关联：请先在活动页确认关联，再填写会上回应")
    if link.event.state is EventState.CANCELLED:
        raise WrongState("活动已取消，不能再填写会上回应")
    text = "\n".join(line.rstrip() for line in rules.clean(text).split("\n")).strip()
    if len(text) > LONGEST:
        raise Invalid(f"会上回应有 {len(text)} 字，最多 {LONGEST} 字：请精简", {"text": "太长"})
    if text == link.statement:
        return False
    if shown != seen(link):
        raise Stale("您填写期间，别人改过这段会上回应：请对照下面的最新内容，改好后再保存")
    link.statement = text
    link.version_id += 1
    session.flush()
    return True
