"""What the review parts of an item's page show: steps, opinions, comments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from responder.accounts import proofs
from responder.core.database import db
from responder.core.lifecycle import Attempt, Choice, Transition
from responder.core.office import office_zone
from responder.responses import rules, service
from responder.responses.commenting import service as commenting
from responder.responses.judging.queries import last_judgement
from responder.responses.lifecycle import CLOSINGS, RETURN_ACTIONS, REVIEW_STEPS
from responder.responses.models import ResponseItem
from responder.web.access import current_actor

Step = tuple[Choice, Attempt]


@dataclass(frozen=True)
class Refused:
    """A step that was refused on the page itself: what was typed, and why."""

    message: str = ""
    note: str = ""


NOT_REFUSED = Refused()


@dataclass(frozen=True)
class ReviewParts:
    """For the templates.

    :param steps: what the person may do, but for returns; ``returns``: to which steps.
    :param counting: ids of the approvals that still count.
    """

    steps: list[Step]
    returns: list[Step]
    counting: frozenset[int]
    commented: commenting.Commented
    method: str
    questions: dict[str, str]
    refused: Refused


def _is_button(step: Transition, item: ResponseItem) -> bool:
    """Returns have a form of their own; closing is offered where it was judged so."""
    if step.action in CLOSINGS:
        last = last_judgement(item)
        return last is not None and not last.must_answer
    return bool(step.endpoint) and step.action not in RETURN_ACTIONS


def review_parts(item: ResponseItem, refused: Refused, now: datetime) -> ReviewParts:
    """All that the partial templates of the review need."""
    attempts = service.attempts_of(db.session, current_actor(), now, office_zone())
    choices = service.choices(item, attempts)
    valid = {id(one) for one in rules.standing(item.reviews, REVIEW_STEPS).values()}
    return ReviewParts(
        steps=[step for step in choices if _is_button(step[0].transition, item)],
        returns=[step for step in choices if step[0].transition.action in RETURN_ACTIONS],
        counting=frozenset(review.id for review in item.reviews if id(review) in valid),
        commented=commenting.commented(item, attempts),
        method=proofs.method_of(db.session, current_actor().id or 0),
        questions=service.SECRECY_QUESTIONS,
        refused=refused,
    )
