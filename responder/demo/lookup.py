"""Who is who in the demo, and which topic holds what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.accounts import service as accounts
from responder.core.database import db
from responder.core.permissions import Actor
from responder.demo.world import DemoMessage
from responder.intake.models import Message
from responder.topics.models import Membership


def actor(username: str) -> Actor:
    """:raises LookupError: nobody has that name."""
    user = accounts.find_user(db.session, username)
    if user is None:
        raise LookupError(username)
    return user.actor


def topics_of_storylines(session: Session, messages: Sequence[DemoMessage]) -> dict[str, int]:
    """Storyline → id of the topic that holds most of its messages."""
    storyline_of = {m.external_id: m.storyline for m in messages if m.storyline}
    rows = session.execute(
        select(Message.external_id, Membership.topic_id).join(
            Membership, Membership.message_id == Message.id
        )
    )
    votes: dict[str, Counter[int]] = {}
    for external_id, topic_id in rows:
        if storyline := storyline_of.get(external_id or ""):
            votes.setdefault(storyline, Counter())[topic_id] += 1
    return {storyline: count.most_common(1)[0][0] for storyline, count in votes.items()}


def titled(session: Session, title: str) -> Membership:
    """The place of the first message of that title.

    :raises LookupError: there is none, or it has no topic yet.
    """
    query = select(Membership).join(Membership.message).where(Message.title == title)
    found = session.scalar(query.order_by(Message.id).limit(1))
    if found is None:
        raise LookupError(title)
    return found
