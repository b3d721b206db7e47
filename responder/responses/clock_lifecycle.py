"""What may be done to one clock of an item, as a table. What moves its end is told in full."""

from __future__ import annotations

from responder.core.lifecycle import Attempt, Guard, Lifecycle, Transition
from responder.core.permissions import Permission
from responder.responses.models import FILED, SETTLED, ClockState, ItemClock
from responder.responses.rules import PUBLISHED

_S = ClockState
_P = Permission

# What is settled has been answered in time or not; nobody changes that afterwards. A press
# conference that is still to be held may be put off, until the item is filed away.
IS_SETTLED = "本事项已发布或已办结，时限不能再改"

CHANGE = "responses.change_clock"


def is_in_hand(clock: ItemClock, _attempt: Attempt) -> str | None:
    state = clock.item.state
    answered = state in SETTLED and clock.rule.stopped_by == PUBLISHED
    return IS_SETTLED if answered or state in FILED else None


def is_not_theirs(clock: ItemClock, attempt: Attempt) -> str | None:
    """Nobody stops or turns back the clock by which their own work is measured."""
    item = clock.item
    authors = {item.opened_by_id, item.drafted_by_id, *(one.author_id for one in item.drafts)}
    if attempt.actor.id is not None and attempt.actor.id in authors:
        return "本事项由您发起或起草，不能由您挂起或重新起算：请由其他同事办理"
    return None


def is_not_over(clock: ItemClock, attempt: Attempt) -> str | None:
    """What is overdue stays overdue: it can neither be suspended nor begin again."""
    if attempt.now > clock.due_at:
        return "时限已过，不能挂起或重新起算，逾期照实计入：请尽快回应"
    return None


def asks_for_nothing(clock: ItemClock, _attempt: Attempt) -> str | None:
    return "已有一份延期申请等待批准" if clock.asked_extension else None


def is_in_time(clock: ItemClock, attempt: Attempt) -> str | None:
    if clock.open_pause is None and attempt.now > clock.due_at:
        return "时限已过，不能申请延期：请尽快回应"
    return None


def asks_for_time(clock: ItemClock, _attempt: Attempt) -> str | None:
    return None if clock.asked_extension else "没有等待批准的延期申请"


def did_not_ask(clock: ItemClock, attempt: Attempt) -> str | None:
    """Nobody grants what they asked for."""
    asked = clock.asked_extension
    if asked is not None and asked.asked_by_id == attempt.actor.id:
        return "这份延期是您申请的，不能由您批准：请由其他同事办理"
    return None


def _step(
    action: str, label: str, sources: tuple[ClockState, ...], permission: Permission,
    *guards: Guard, target: ClockState | None = None, needs_note: bool = False,
    tone: str = "outline-primary",
) -> Transition:  # fmt: skip
    return Transition(
        action, label, sources, target, permission, (is_in_hand, *guards), needs_note, tone, CHANGE
    )


_OPEN = (_S.RUNNING, _S.PAUSED)

ITEM_CLOCK = Lifecycle(
    name="item_clock",
    states={_S.RUNNING: "计时中", _S.PAUSED: "已挂起", _S.STOPPED: "已停止计时"},
    initial=_S.RUNNING,
    transitions=(
        _step("grant", "批准延期", _OPEN, _P.CLOCK_DECIDE, asks_for_time, did_not_ask),
        _step(
            "deny", "不批准延期", _OPEN, _P.CLOCK_DECIDE, asks_for_time, did_not_ask,
            needs_note=True, tone="outline-danger",
        ),
        _step("resume", "恢复计时", (_S.PAUSED,), _P.CLOCK_DECIDE, target=_S.RUNNING),
        _step(
            "ask", "申请延期", _OPEN, _P.CLOCK_ASK, asks_for_nothing, is_in_time, needs_note=True
        ),
        _step(
            "pause", "挂起", (_S.RUNNING,), _P.CLOCK_DECIDE, is_not_theirs, is_not_over,
            target=_S.PAUSED, needs_note=True, tone="outline-secondary",
        ),
        _step(
            "restart", "重新起算", (_S.RUNNING,), _P.CLOCK_DECIDE, is_not_theirs, is_not_over,
            needs_note=True, tone="outline-secondary",
        ),
    ),
)  # fmt: skip

# An extension is decided on only when somebody has asked.
DECISIONS = frozenset({"grant", "deny"})
CLOCK_PERMISSIONS = (_P.CLOCK_ASK, _P.CLOCK_DECIDE)
