"""Moving an item along its lifecycle."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from responder.core.errors import Invalid
from responder.core.lifecycle import Attempt, Transition
from responder.responses import rules
from responder.responses.lifecycle import DESK, RESPONSE_ITEM, REVIEW_ACTIONS
from responder.responses.models import ItemState, ResponseItem, Review
from responder.responses.service.clocks import stop_published


def advance(session: Session, item: ResponseItem, action: str, attempt: Attempt) -> Transition:
    """Take one step at the desk: submit, review, sign, return, archive.

    :raises Invalid: no such action, or one that belongs to publishing.
    :raises Forbidden, WrongState, GuardRefused: as :meth:`Lifecycle.advance`.
    """
    if any(t.action == action and t.endpoint != DESK for t in RESPONSE_ITEM.transitions):
        raise Invalid("发布须从事项页面的发布按钮办理")
    step, round_ = item.state, rules.current_round(item.reviews)
    transition = RESPONSE_ITEM.advance(session, item, action, attempt, {"round": round_})
    if action in REVIEW_ACTIONS:
        item.reviews.append(_review(step, round_, transition, attempt))
        session.flush()
    return transition


def _review(step: ItemState, round_: int, transition: Transition, attempt: Attempt) -> Review:
    return Review(
        round=round_,
        step=step,
        approved=transition.action != "return",
        reviewer_id=attempt.actor.id,
        reviewer_name=attempt.actor.name,
        comment=attempt.note.strip(),
        at=attempt.now,
    )


def mark_scheduled(
    session: Session, item: ResponseItem, publish_at: datetime, attempt: Attempt
) -> None:
    """Set the hour of publication. For publishing, which checks the hour."""
    RESPONSE_ITEM.advance(session, item, "schedule", attempt, {"publish_at": str(publish_at)})
    item.publish_at = publish_at
    session.flush()


def mark_unscheduled(session: Session, item: ResponseItem, attempt: Attempt) -> None:
    """Take the hour of publication back."""
    RESPONSE_ITEM.advance(session, item, "unschedule", attempt)
    item.publish_at = None
    session.flush()


def mark_published(session: Session, item: ResponseItem, attempt: Attempt) -> None:
    """The answer is out, and its clocks stop. For publishing, which makes the entry."""
    RESPONSE_ITEM.advance(session, item, "publish", attempt)
    stop_published(session, item, attempt.now)
    session.flush()
