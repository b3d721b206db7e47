"""Verbs and questions on comments on passages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from responder.core import audit
from responder.core.errors import Forbidden, Invalid, NotFound, WrongState
from responder.core.lifecycle import Attempt
from responder.core.permissions import DELEGABLE, Permission
from responder.responses.commenting import rules
from responder.responses.commenting.models import PassageComment
from responder.responses.lifecycle import RESPONSE_ITEM, REVIEW_STEPS
from responder.responses.models import SETTLED, ResponseItem

MAX_QUOTE = 500
MAX_BODY = 1000


@dataclass(frozen=True)
class Shown:
    """A comment on a page: its number, and whether its words still stand in the text."""

    number: int
    comment: PassageComment
    stands: bool
    may_settle: bool


@dataclass(frozen=True)
class Commented:
    """The comments of an item, and its text with the passages marked."""

    comments: list[Shown]
    pieces: list[rules.Piece]
    open: int
    may_comment: bool


def comment(
    session: Session, item: ResponseItem, quote: str, body: str, attempts: Sequence[Attempt]
) -> PassageComment:
    """Say something of a passage of the present version.

    :raises Forbidden: whoever neither reviews nor signs, nor stands in for such a person.
    :raises WrongState: the item is not under review.
    :raises Invalid: the words do not stand in the text, or nothing is said of them.
    """
    attempt = next((one for one in attempts if _may_comment(one)), None)
    if attempt is None:
        raise Forbidden("批注由审核人和签发人作：如有意见请告诉他们")
    if item.state not in REVIEW_STEPS:
        raise WrongState(f"现在是“{RESPONSE_ITEM.states[item.state]}”，不在审签中，不能批注")
    quote, body = quote.strip(), body.strip()
    if not body or len(body) > MAX_BODY:
        raise Invalid(f"请写明意见，最多 {MAX_BODY} 字", {"body": "必填"})
    if len(quote) > MAX_QUOTE:
        raise Invalid(f"引用最多 {MAX_QUOTE} 字：请只选有关的一句", {"quote": "太长"})
    if rules.locate(item.answer, quote) is None:
        raise Invalid("引用的文字不在当前稿件里：请从稿件中选取或逐字抄录", {"quote": "稿件里没有"})
    made = PassageComment(
        draft_number=max((draft.number for draft in item.drafts), default=0),
        quote=quote,
        body=body,
        author_id=attempt.actor.id,
        author_name=attempt.actor.name,
        made_at=attempt.now,
    )
    item.comments.append(made)
    audit.record(session, "comment", item, {"comment": len(item.comments)}, "", attempt.actor)
    return made


def settle(
    session: Session, item: ResponseItem, comment_id: int, reply: str, attempt: Attempt
) -> None:
    """Say what became of a comment: an editor with a reply, its author with or without one.

    :raises Forbidden: somebody else. :raises WrongState: it is settled, or the item is.
    """
    numbered = {one.id: number for number, one in enumerate(item.comments, 1)}
    if comment_id not in numbered:
        raise NotFound("没有这条批注：请刷新页面后再试")
    found = item.comments[numbered[comment_id] - 1]
    if not _may_settle(found, attempt):
        raise Forbidden("批注由编辑处理，或由作批注的人撤回")
    if not found.is_open or item.state in SETTLED:
        raise WrongState("这条批注已处理过，或事项已发布、已办结：请刷新页面")
    reply = reply.strip()
    if len(reply) > MAX_BODY or not (reply or found.author_id == attempt.actor.id):
        raise Invalid(f"请写明怎样处理的，最多 {MAX_BODY} 字", {"reply": "必填"})
    found.settled_at, found.reply = attempt.now, reply
    found.settled_by_id, found.settled_by_name = attempt.actor.id, attempt.actor.name
    details = {"comment": numbered[comment_id]}
    audit.record(session, "settle_comment", item, details, "", attempt.actor)


def commented(item: ResponseItem, attempts: Sequence[Attempt]) -> Commented:
    """What an item's page shows of its comments."""
    own = attempts[0]
    spans = [rules.locate(item.answer, one.quote) for one in item.comments]
    located = [(number, span) for number, span in enumerate(spans, 1) if span]
    return Commented(
        comments=[
            Shown(
                number,
                one,
                spans[number - 1] is not None,
                one.is_open and item.state not in SETTLED and _may_settle(one, own),
            )
            for number, one in enumerate(item.comments, 1)
        ],
        pieces=rules.pieces(item.answer, located) if located else [],
        open=sum(one.is_open for one in item.comments),
        may_comment=item.state in REVIEW_STEPS and any(map(_may_comment, attempts)),
    )


def _may_comment(attempt: Attempt) -> bool:
    return any(attempt.may(permission) for permission in DELEGABLE)


def _may_settle(found: PassageComment, attempt: Attempt) -> bool:
    wrote = attempt.actor.id is not None and found.author_id == attempt.actor.id
    return wrote or attempt.actor.may(Permission.RESPONSE_DRAFT)
