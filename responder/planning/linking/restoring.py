"""The way back from a click by which hot topics needed an answer after all."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.core import audit
from responder.core.errors import WrongState
from responder.core.permissions import Actor
from responder.core.privacy import mask
from responder.core.turns import take_turns
from responder.planning.linking import gaps
from responder.planning.linking.models import TopicVerdict
from responder.planning.linking.verdicts import check_may_decide, in_force
from responder.topics import service as topics


def restore(session: Session, actor: Actor, moment: datetime) -> int:
    """What this person withdrew at one moment holds again; returns how many.

    Where something else was said of a topic since, or of what it was merged into, or somebody
    answers it now, that stands.

    :raises Forbidden: the person may not decide what events answer.
    :raises WrongState: nothing of that moment is left to restore.
    """
    check_may_decide(actor)
    take_turns(session, actor)
    query = select(TopicVerdict).where(
        TopicVerdict.withdrawn_at == moment, TopicVerdict.withdrawn_by_id == actor.id
    )
    found = session.scalars(query).all()
    living = topics.survivors(session, [one.topic_id for one in found])
    whose = topics.absorbed(session, set(living.values()))
    settled = in_force(session, whose).keys() | {
        whose[one] for one in gaps.answered_of(session, whose)
    }
    back = [one for one in found if living[one.topic_id] not in settled]
    if not back:
        raise WrongState("没有可以恢复的：可能已经恢复过，或已另作判断，请刷新页面")
    for one in back:
        one.withdrawn_at = one.withdrawn_by_id = None
        audit.record(session, "restore", one, {"reason": [None, mask(one.reason)]}, actor=actor)
    session.flush()
    return len(back)
