"""Writing the answer: what was done, and what the citizen is told."""

from __future__ import annotations

from sqlalchemy.orm import Session

from responder.core import audit
from responder.core.errors import Forbidden, GuardRefused, Invalid, Stale, WrongState
from responder.core.lifecycle import Attempt
from responder.core.permissions import Permission
from responder.intake import rules as texts
from responder.orders import rules
from responder.orders.lifecycle import WORK_ORDER, leads, stands_alone
from responder.orders.models import OrderState, WorkOrder
from responder.orders.service.steps import note_answerer, touch


def save_answer(
    session: Session,
    order: WorkOrder,
    answer: str,
    public_answer: str,
    attempt: Attempt,
    version: int | None,
) -> bool:
    """Keep both texts; whether anything changed.

    :param version: ``order.version_id`` as it was when the person began to write.
    :raises Forbidden: the person does not handle orders.
    :raises GuardRefused: another unit leads, or the order was merged.
    :raises WrongState: it is not being handled.
    :raises Stale: somebody else saved meanwhile; nothing is overwritten.
    :raises Invalid: a text is too long.
    """
    if not attempt.actor.may(Permission.ORDER_HANDLE):
        raise Forbidden("您没有办理工单的权限，请联系承办单位的联络员")
    if order.state is not OrderState.HANDLING:
        label = WORK_ORDER.states[order.state]
        raise WrongState(f"本单现在是“{label}”，不能修改答复：如需修改，请审核人员退回")
    for guard in (stands_alone, leads):
        if reason := guard(order, attempt):
            raise GuardRefused(reason)
    if version != order.version_id:
        raise Stale("您打开页面之后，本工单已有变化：请复制您的文字，刷新页面后再保存")
    written = {"answer": _bounded(answer), "public_answer": _bounded(public_answer)}
    if all(getattr(order, name) == text for name, text in written.items()):
        return False
    for name, text in written.items():
        setattr(order, name, text)
    note_answerer(order, attempt)
    touch(order, attempt)
    audit.record(session, "write", order, {}, "", attempt.actor)
    return True


def _bounded(text: str) -> str:
    kept = texts.parse_text(text)
    if len(kept) > rules.MAX_ANSWER_LENGTH:
        raise Invalid(f"最多 {rules.MAX_ANSWER_LENGTH} 字：请精简后再保存")
    return kept
