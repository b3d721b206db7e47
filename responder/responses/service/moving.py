"""Moving an item along its lifecycle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from responder.accounts.proofs import Proven, signed_by
from responder.core.errors import GuardRefused, Invalid
from responder.core.lifecycle import Attempt, Transition
from responder.planning.linking import verdicts
from responder.responses import rules
from responder.responses.lifecycle import (
    CLOSINGS,
    DESK,
    RESPONSE_ITEM,
    RETURN_ACTIONS,
    REVIEW_ACTIONS,
)
from responder.responses.models import ItemState, ResponseItem, Review
from responder.responses.service.clocks import stop_all, stop_published
from responder.topics import service as topics

# What the secrecy check asks of every text; each is answered by yes or no.
SECRECY_QUESTIONS = {
    "state_secret": "国家秘密",
    "work_secret": "工作秘密",
    "sensitive": "不宜公开的敏感信息",
}


@dataclass(frozen=True)
class StepFacts:
    """What some steps need besides the person and the remark.

    :param secrecy: question → whether the text involves such a thing; what was not answered
        is missing.
    :param proven: that the signer has just proved who they are.
    """

    secrecy: Mapping[str, bool] | None = None
    proven: Proven | None = None


NO_FACTS = StepFacts()


def advance(
    session: Session,
    item: ResponseItem,
    action: str,
    attempt: Attempt,
    facts: StepFacts = NO_FACTS,
) -> Transition:
    """Take one step at the desk: submit, review, check, sign, return, archive, close.

    :raises Invalid: no such action, or one that belongs to publishing.
    :raises Forbidden, WrongState: as :meth:`Lifecycle.advance`.
    :raises GuardRefused: as there; or the secrecy form, or the signer's proof, is wanting.
    """
    check_desk(action)
    RESPONSE_ITEM.allow(item, action, attempt)
    _check_facts(action, attempt, facts)
    step, round_ = item.state, rules.current_round(item.reviews)
    details: dict[str, Any] = {"round": round_}
    if facts.proven is not None and action == "sign":
        details["proof"] = facts.proven.method
    transition = RESPONSE_ITEM.advance(session, item, action, attempt, details)
    if action in CLOSINGS:
        stop_all(session, item, attempt.now)
        _settle_topic(session, item, transition.label, attempt)
    if action in REVIEW_ACTIONS:
        item.reviews.append(_review(step, round_, transition, attempt, facts))
        session.flush()
    return transition


def _settle_topic(session: Session, item: ResponseItem, how: str, attempt: Attempt) -> None:
    """The item answers its topic no longer; the topic needs no answer unless it grows hotter.

    The reason of the closing stays with the item: more people read what is said of topics.
    """
    if item.topic_id is not None:
        topic = topics.get_living(session, item.topic_id)
        reason = f"第 {item.id} 号事项：{how}"
        verdicts.keep(session, topic, reason, attempt.actor, attempt.now)


def check_desk(action: str) -> None:
    """:raises Invalid: the step belongs to publishing, or to judging."""
    elsewhere = {t.endpoint for t in RESPONSE_ITEM.transitions if t.action == action} - {DESK}
    if elsewhere == {""}:
        raise Invalid("重新办理须先重新研判为“应当回应”")
    if elsewhere:
        raise Invalid("发布须从事项页面的发布按钮办理")


def _check_facts(action: str, attempt: Attempt, facts: StepFacts) -> None:
    if action == "approve_secrecy":
        _check_secrecy(facts.secrecy or {})
    if action == "sign":
        signed_by(attempt.actor, facts.proven)


def _check_secrecy(answers: Mapping[str, bool]) -> None:
    open_ = [label for name, label in SECRECY_QUESTIONS.items() if name not in answers]
    if open_:
        raise GuardRefused(f"请逐项写明是否涉及：{'、'.join(open_)}", {"secrecy": "必填"})
    involved = [label for name, label in SECRECY_QUESTIONS.items() if answers[name]]
    if involved:
        raise GuardRefused(
            f"涉及{'、'.join(involved)}的不能通过：请退回，并说明处理要求（不要抄写涉密内容）"
        )


def _review(
    step: ItemState, round_: int, transition: Transition, attempt: Attempt, facts: StepFacts
) -> Review:
    absent = attempt.on_behalf_of
    returns = transition.action in RETURN_ACTIONS
    proven = facts.proven if transition.action == "sign" else None
    return Review(
        round=round_,
        step=step,
        approved=not returns,
        returned_to=ItemState(transition.target) if returns and transition.target else None,
        reviewer_id=attempt.actor.id,
        reviewer_name=attempt.actor.name,
        on_behalf_of_id=absent.id if absent else None,
        on_behalf_of_name=absent.name if absent else "",
        secrecy=dict(facts.secrecy or {}) if step is ItemState.SECRECY_REVIEW else None,
        proof=proven.method if proven else "",
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
