"""The way of a response item, from the first draft to the archive, as a table."""

from __future__ import annotations

from sqlalchemy.orm import object_session

from responder.core.lifecycle import Attempt, Lifecycle, Transition
from responder.core.office import public_lines
from responder.core.permissions import Permission
from responder.responses import rules
from responder.responses.drafting import lists
from responder.responses.judging.queries import last_judgement
from responder.responses.models import ItemState, ResponseItem

_S = ItemState
_P = Permission

FIELD_LABELS = {
    "title": "标题",
    "concern": "关切内容",
    "concern_source": "关切来源",
    "answer": "回应内容",
}

# Where each button posts to. What publishes belongs to the capability downstream.
DESK = "responses.advance"
SCHEDULE = "publishing.schedule"
UNSCHEDULE = "publishing.unschedule"
PUBLISH = "publishing.publish"


def outgoing(item: ResponseItem) -> dict[str, str]:
    """Every text of an item that the public will read."""
    return {name: getattr(item, name) for name in FIELD_LABELS} | {"answer": item.answer_as_read}


def has_an_answer(item: ResponseItem, _attempt: Attempt) -> str | None:
    """An empty page needs no reviewers."""
    answer = item.plain_answer.strip()
    if not answer:
        return "还没有回应内容：请先起草并保存"
    if len(answer) < rules.MIN_ANSWER_LENGTH:
        return f"回应内容不足 {rules.MIN_ANSWER_LENGTH} 个字：请写完整后再提交"
    return None


def has_settled_its_comments(item: ResponseItem, _attempt: Attempt) -> str | None:
    """What reviewers remarked is answered before they read the text again."""
    count = sum(comment.is_open for comment in item.comments)
    return f"还有 {count} 条批注没有处理：请逐条修改或答复后再提交" if count else None


def wrote_none_of_it(item: ResponseItem, attempt: Attempt) -> str | None:
    """Nobody approves what they wrote: the concern (who opened it), or any version."""
    writers = {item.opened_by_id, item.drafted_by_id, *(draft.author_id for draft in item.drafts)}
    if attempt.actor.id in writers:
        return "您参与过本事项的起草，不能审签：请由其他同事办理"
    if attempt.people & writers:
        return "您所代的同事参与过本事项的起草，不能代为审签：请由其他同事办理"
    return None


def had_no_hand_in_it(item: ResponseItem, attempt: Attempt) -> str | None:
    """Nobody closes what they opened or wrote."""
    if wrote_none_of_it(item, attempt) is None:
        return None
    who = "您" if attempt.on_behalf_of is None else "您或您所代的同事"
    return f"{who}发起或起草过本事项，不能由您办结：请由其他同事办理"


def is_new_to_this_round(item: ResponseItem, attempt: Attempt) -> str | None:
    """Whoever reviews, checks and signs the same text are different people."""
    earlier = rules.approvers(item.reviews, REVIEW_STEPS)
    if attempt.actor.id in earlier:
        return "本轮您已审过，三审、保密审查和签发须由不同的人办理：请由其他同事办理"
    if attempt.people & earlier:
        return "您所代的同事本轮已审过，须由不同的人办理：请由其他同事办理"
    return None


def holds_no_private_data(item: ResponseItem, _attempt: Attempt) -> str | None:
    """The gate of every outgoing text."""
    found = rules.private_data_in(outgoing(item), FIELD_LABELS, public_lines())
    return rules.gate_sentence(found)


def uses_no_word_that_the_office_bars(item: ResponseItem, _attempt: Attempt) -> str | None:
    """The rows of the office's own list that say so."""
    session = object_session(item)
    barred = lists.barred_in(session, outgoing(item).values()) if session else []
    if not barred:
        return None
    return f"含有本单位不许使用的词：{'、'.join(barred)}。请按敏感词表的建议改写后再办理"


def needs_no_public_answer(item: ResponseItem, attempt: Attempt) -> str | None:
    """Somebody judged so, and it was somebody else: nobody is rid of a duty alone."""
    last = last_judgement(item)
    if last is None or last.must_answer:
        return "最近的研判不是“可以不公开回应”：请先研判，再办结"
    if last.judged_by_id == attempt.actor.id:
        return "“可以不公开回应”是您研判的，不能由您办结：请由其他同事办理"
    return None


# These refuse a person, the others a text: another person could take the step at once.
PERSONAL_GUARDS = (wrote_none_of_it, is_new_to_this_round)


# Who decides in each state, in the order of the way.
_DECIDES = {
    _S.FIRST_REVIEW: _P.REVIEW_FIRST,
    _S.SECOND_REVIEW: _P.REVIEW_SECOND,
    _S.THIRD_REVIEW: _P.REVIEW_THIRD,
    _S.SECRECY_REVIEW: _P.REVIEW_SECRECY,
    _S.SIGNING: _P.RESPONSE_SIGN,
}
REVIEW_STEPS = tuple(_DECIDES)

# A return to the draft keeps its first name, which the records of earlier years carry.
RETURNS = {
    _S.DRAFT: ("return", "退回修改"),
    _S.FIRST_REVIEW: ("return_first", "退回初审"),
    _S.SECOND_REVIEW: ("return_second", "退回复审"),
    _S.THIRD_REVIEW: ("return_third", "退回终审"),
    _S.SECRECY_REVIEW: ("return_secrecy", "退回保密审查"),
}


def _return(
    source: ItemState, target: ItemState, permission: Permission, label: str = ""
) -> Transition:
    action, usual = RETURNS[target]
    return Transition(
        action,
        label or usual,
        (source,),
        target,
        permission,
        needs_note=True,
        tone="outline-danger",
        endpoint=DESK,
    )


def _returns() -> tuple[Transition, ...]:
    """From each review to the draft and to every review before it."""
    return tuple(
        _return(source, target, permission)
        for number, (source, permission) in enumerate(_DECIDES.items())
        for target in (_S.DRAFT, *REVIEW_STEPS[:number])
    )


def _close(action: str, label: str) -> Transition:
    return Transition(
        action,
        label,
        (_S.DRAFT,),
        _S.CLOSED,
        _P.CLOCK_DECIDE,
        guards=(had_no_hand_in_it, needs_no_public_answer),
        needs_note=True,
        tone="outline-secondary",
        endpoint=DESK,
    )


def _approve(action: str, label: str, source: ItemState, target: ItemState) -> Transition:
    permission = _DECIDES[source]
    return Transition(
        action, label, (source,), target, permission, guards=PERSONAL_GUARDS, endpoint=DESK
    )


RESPONSE_ITEM = Lifecycle(
    name="response_item",
    states={
        _S.DRAFT: "起草中",
        _S.FIRST_REVIEW: "待初审",
        _S.SECOND_REVIEW: "待复审",
        _S.THIRD_REVIEW: "待终审",
        _S.SECRECY_REVIEW: "待保密审查",
        _S.SIGNING: "待签发",
        _S.SIGNED: "已签发",
        _S.SCHEDULED: "待发布",
        _S.PUBLISHED: "已发布",
        _S.ARCHIVED: "已归档",
        _S.CLOSED: "已办结（不公开）",
    },
    initial=_S.DRAFT,
    transitions=(
        Transition(
            "submit",
            "提交初审",
            (_S.DRAFT,),
            _S.FIRST_REVIEW,
            _P.RESPONSE_DRAFT,
            guards=(
                has_an_answer,
                has_settled_its_comments,
                uses_no_word_that_the_office_bars,
            ),
            endpoint=DESK,
        ),
        _approve("approve_first", "初审通过", _S.FIRST_REVIEW, _S.SECOND_REVIEW),
        _approve("approve_second", "复审通过", _S.SECOND_REVIEW, _S.THIRD_REVIEW),
        _approve("approve_third", "终审通过", _S.THIRD_REVIEW, _S.SECRECY_REVIEW),
        _approve("approve_secrecy", "保密审查通过", _S.SECRECY_REVIEW, _S.SIGNING),
        Transition(
            "sign",
            "签发",
            (_S.SIGNING,),
            _S.SIGNED,
            _P.RESPONSE_SIGN,
            guards=(
                has_an_answer,
                *PERSONAL_GUARDS,
                holds_no_private_data,
                uses_no_word_that_the_office_bars,
            ),
            endpoint=DESK,
        ),
        Transition(
            "schedule",
            "定时发布",
            (_S.SIGNED,),
            _S.SCHEDULED,
            _P.PUBLISH,
            guards=(holds_no_private_data,),
            endpoint=SCHEDULE,
        ),
        Transition(
            "publish",
            "立即发布",
            (_S.SIGNED, _S.SCHEDULED),
            _S.PUBLISHED,
            _P.PUBLISH,
            guards=(holds_no_private_data,),
            tone="outline-primary",
            endpoint=PUBLISH,
        ),
        Transition(
            "unschedule",
            "取消定时",
            (_S.SCHEDULED,),
            _S.SIGNED,
            _P.PUBLISH,
            tone="outline-secondary",
            endpoint=UNSCHEDULE,
        ),
        *_returns(),
        # Facts change between the signature and the release; without this way back a
        # signed text that the gate refuses could never be put right.
        _return(_S.SIGNED, _S.DRAFT, _P.RESPONSE_SIGN, "撤回修改"),
        Transition(
            "archive",
            "归档",
            (_S.PUBLISHED,),
            _S.ARCHIVED,
            _P.ARCHIVE,
            tone="outline-secondary",
            endpoint=DESK,
        ),
        # Its clocks end with it, so whoever decides on clocks decides. The reason says what the
        # asker was told, or why nobody is answered.
        _close("close_told", "单独答复后办结"),
        _close("close", "不答复，办结"),
        # No button: an item that was judged anew, and must be answered, is open again.
        Transition(
            "reopen", "重新办理", (_S.CLOSED,), _S.DRAFT, _P.RESPONSE_JUDGE, needs_note=True
        ),
    ),
)

# What decides on a text, and so leaves a line in the table of reviews.
APPROVALS = ("approve_first", "approve_second", "approve_third", "approve_secrecy", "sign")
RETURN_ACTIONS = tuple(action for action, _label in RETURNS.values())
CLOSINGS = frozenset({"close_told", "close"})
REVIEW_ACTIONS = frozenset({*APPROVALS, *RETURN_ACTIONS})

# The step that somebody is waited for in each state. A scheduled item waits for its
# hour, and filing away what is published waits for nobody.
NEXT_STEPS = frozenset({"submit", *APPROVALS, "schedule"})

STATE_TONES = {
    _S.DRAFT: "soon",
    _S.FIRST_REVIEW: "accent",
    _S.SECOND_REVIEW: "accent",
    _S.THIRD_REVIEW: "accent",
    _S.SECRECY_REVIEW: "accent",
    _S.SIGNING: "accent",
    _S.SIGNED: "fine",
    _S.SCHEDULED: "fine",
}

# Who may say at which press event an item is answered.
EVENT_PERMISSIONS = (_P.RESPONSE_OPEN, _P.PUBLISH)

DESK_PERMISSIONS = tuple({t.permission for t in RESPONSE_ITEM.transitions if t.endpoint == DESK})
