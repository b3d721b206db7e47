"""The way of a change to a published entry: proposed by one, released by another, as a table."""

from __future__ import annotations

from sqlalchemy.orm import object_session

from responder.core.lifecycle import Attempt, Lifecycle, Transition
from responder.core.office import public_lines
from responder.core.permissions import Permission
from responder.publishing.models import ChangeKind, ChangeState, Entry, EntryChange
from responder.responses import rules
from responder.responses.drafting import lists

_S = ChangeState
_P = Permission

SETTLE = "changing.settle"
SIGN = "release"  # asks for the signer's proof
FIELD_LABELS = {
    "title": "标题",
    "concern": "关切内容",
    "concern_source": "关切来源",
    "answer": "回应内容",
    "note": "公开说明",
}


def proposed_by_another(change: EntryChange, attempt: Attempt) -> str | None:
    """Nobody releases what they proposed."""
    if attempt.actor.id == change.proposed_by_id:
        return "这是您提出的，不能由您签发：请由其他有签发权的同事办理"
    if change.proposed_by_id in attempt.people:
        return "这是您所代的同事提出的，不能代为签发：请由其他有签发权的同事办理"
    return None


def may_still_be_made(change: EntryChange, _attempt: Attempt) -> str | None:
    """The entry may have been withdrawn, or replaced, since."""
    return why_not(change.entry, change.kind)


def is_fit_for_the_public(change: EntryChange, _attempt: Attempt) -> str | None:
    """The gate of every outgoing text."""
    texts = {name: getattr(change, name) for name in FIELD_LABELS}
    texts["answer"] = change.answer_as_read
    return rules.gate_sentence(rules.private_data_in(texts, FIELD_LABELS, public_lines()))


def uses_no_word_that_the_office_bars(change: EntryChange, _attempt: Attempt) -> str | None:
    """What keeps an answer from being signed keeps its correction from it too."""
    session = object_session(change)
    texts = [
        change.title,
        change.concern,
        change.concern_source,
        change.answer_as_read,
        change.note,
    ]
    barred = lists.barred_in(session, texts) if session else []
    return (
        f"含有本单位不许使用的词：{'、'.join(barred)}。请收回，改写后重新提出" if barred else None
    )


def leads_to_what_is_public(change: EntryChange, _attempt: Attempt) -> str | None:
    """Who follows the link of a replaced entry must find an answer."""
    other = change.replacement
    if other is not None and (other.withdrawal or other.replaced):
        return f"用来替换的 {other.index_number} 自己已撤回或被替换：请另选一条"
    return None


def is_about_what_stands(change: EntryChange, _attempt: Attempt) -> str | None:
    """A correction carries all texts: made of older ones, it would undo what came between."""
    if change.base_id != change.entry.last_change_id:
        return "提出之后，这条内容又有更改：请收回，按现在公开的内容重新提出"
    return None


def why_not(entry: Entry, kind: ChangeKind) -> str | None:
    """Why such a change of this entry cannot be made any more; None when it can."""
    if entry.withdrawal:
        return f"{entry.index_number} 已撤回，不能再更改：如需再次回应，请发起新的回应事项"
    if entry.replaced and kind is not ChangeKind.WITHDRAW:
        return f"{entry.index_number} 已被替换，只能撤回：请更正替换它的条目"
    return None


# This refuses a person, the others a text: another person could release it at once.
PERSONAL_GUARDS = (proposed_by_another,)

ENTRY_CHANGE = Lifecycle(
    name="entry_change",
    states={
        _S.PROPOSED: "待签发",
        _S.RELEASED: "已公布",
        _S.DECLINED: "未同意",
        _S.TAKEN_BACK: "已收回",
    },
    initial=_S.PROPOSED,
    transitions=(
        Transition(
            SIGN,
            "签发并公布",
            (_S.PROPOSED,),
            _S.RELEASED,
            _P.RESPONSE_SIGN,
            guards=(
                *PERSONAL_GUARDS,
                may_still_be_made,
                is_about_what_stands,
                leads_to_what_is_public,
                is_fit_for_the_public,
                uses_no_word_that_the_office_bars,
            ),
            endpoint=SETTLE,
        ),
        Transition(
            "decline",
            "不同意",
            (_S.PROPOSED,),
            _S.DECLINED,
            _P.RESPONSE_SIGN,
            needs_note=True,
            tone="outline-danger",
            endpoint=SETTLE,
        ),
        Transition(
            "take_back",
            "收回",
            (_S.PROPOSED,),
            _S.TAKEN_BACK,
            _P.PUBLISH,
            tone="outline-secondary",
            endpoint=SETTLE,
        ),
    ),
)
STATE_TONES = {_S.PROPOSED: "soon", _S.RELEASED: "fine", _S.DECLINED: "late"}
