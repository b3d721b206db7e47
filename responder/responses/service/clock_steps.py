"""What people do to the clocks of an item: suspend, resume, extend, start anew, add one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from responder.core import audit
from responder.core.clock_changes import Moved, wanted_length
from responder.core.clocks import ClockRule
from responder.core.errors import Forbidden, GuardRefused, Invalid, NotFound, Stale, WrongState
from responder.core.lifecycle import Attempt, Choice
from responder.core.permissions import Permission
from responder.core.times import SHANGHAI
from responder.core.work_calendar import hold_calendar, load_calendar
from responder.responses.clock_lifecycle import (
    DECISIONS,
    IS_SETTLED,
    ITEM_CLOCK,
    is_in_hand,
)
from responder.responses.models import (
    SETTLED,
    ItemClock,
    ItemExtension,
    ItemPause,
    Level,
    ResponseItem,
)
from responder.responses.rules import EVENT_HELD
from responder.responses.service.clocks import (
    EARLIEST_START,
    STARTS_FROM,
    STOPPED_BY,
    heed_event,
    new_clock,
)

# Rules that no level starts: a person adds their clock to the item that it fits.
BY_HAND = "by_hand"


@dataclass(frozen=True)
class ClockFacts:
    """What a step needs beside its reason.

    :param length: of an extension that is asked for, in the units of the clock.
    :param started_at: aware; from when a clock is started anew.
    """

    length: int | None = None
    started_at: datetime | None = None


def find_clock(session: Session, item_id: int, clock_id: int, version: int | None) -> ItemClock:
    """One clock of an item, as whoever decides had it before them.

    :param version: ``version_id`` of the clock on their page.
    :raises NotFound: the item has no such clock.
    :raises Stale: it has changed since.
    """
    clock = session.get(ItemClock, clock_id)
    if clock is None or clock.item_id != item_id:
        raise NotFound("本事项没有这个时限：请从事项页面重新进入")
    if clock.version_id != version:
        raise Stale("您打开页面之后，这个时限已有变化：请刷新页面，看过最新内容再办理")
    return clock


def clock_choices(clock: ItemClock, attempt: Attempt) -> list[Choice]:
    """What this person may do to it now; nothing once the answer that it waits for is out.

    Decisions are offered when there is a request.
    """
    if is_in_hand(clock, attempt) is not None:
        return []
    return [
        choice
        for choice in ITEM_CLOCK.choices(clock, attempt)
        if clock.asked_extension or choice.transition.action not in DECISIONS
    ]


def change_clock(
    session: Session,
    clock: ItemClock,
    action: str,
    attempt: Attempt,
    facts: ClockFacts = ClockFacts(),
    zone: ZoneInfo = SHANGHAI,
) -> Moved:
    """Take one step of :data:`ITEM_CLOCK`; where the clock's end was, and is.

    :raises Invalid: no such step, or what it needs is not given.
    :raises Forbidden, WrongState, GuardRefused: as :meth:`Lifecycle.allow`.
    """
    hold_calendar(session)
    ITEM_CLOCK.allow(clock, action, attempt)
    before, changes = clock.due_at, _EFFECTS[action](clock, attempt, facts)
    flag_modified(clock, "steps")  # so that of two at once one is refused, whatever they did
    clock.reckon(load_calendar(session), zone)
    if clock.due_at != before:
        changes["due_at"] = [before.isoformat(), clock.due_at.isoformat()]
    _record(session, f"clock_{action}", clock, changes, attempt)
    return Moved(clock, before, clock.due_at)


Changes = dict[str, object]


def _pause(clock: ItemClock, attempt: Attempt, _facts: ClockFacts) -> Changes:
    clock.pauses.append(
        ItemPause(since=attempt.now, reason=attempt.note.strip(), paused_by_name=attempt.actor.name)
    )
    return {}


def _resume(clock: ItemClock, attempt: Attempt, _facts: ClockFacts) -> Changes:
    pause = clock.open_pause
    assert pause is not None, "a state of the table"
    pause.until = attempt.now
    return {}


def _ask(clock: ItemClock, attempt: Attempt, facts: ClockFacts) -> Changes:
    length = wanted_length(facts.length)
    clock.extensions.append(
        ItemExtension(
            length=length,
            reason=attempt.note.strip(),
            asked_at=attempt.now,
            asked_by_id=attempt.actor.id,
            asked_by_name=attempt.actor.name,
        )
    )
    return {"length": clock.length_label(length)}


def _grant(clock: ItemClock, attempt: Attempt, _facts: ClockFacts) -> Changes:
    return _decide(clock, attempt, True)


def _deny(clock: ItemClock, attempt: Attempt, _facts: ClockFacts) -> Changes:
    return _decide(clock, attempt, False)


def _decide(clock: ItemClock, attempt: Attempt, granted: bool) -> Changes:
    asked = clock.asked_extension
    assert asked is not None, "the step is guarded"
    asked.decide(granted, attempt.actor, attempt.now, attempt.note)
    return {"length": clock.length_label(asked.length)}


def _restart(clock: ItemClock, attempt: Attempt, facts: ClockFacts) -> Changes:
    if facts.started_at is None:
        raise Invalid("请填写从何时重新起算", {"started_at": "必填"})
    if facts.started_at > attempt.now:
        raise Invalid("起算时间尚未到来：请填写已经过去的时刻", {"started_at": "不能晚于现在"})
    if facts.started_at < clock.item.found_at - EARLIEST_START:
        raise Invalid("起算时间太早：最多早于发现时间一年", {"started_at": "太早"})
    before, clock.started_at = clock.started_at, facts.started_at
    _set_start(clock, attempt)
    return {"started_at": [before.isoformat(), facts.started_at.isoformat()]}


_EFFECTS: dict[str, Callable[[ItemClock, Attempt, ClockFacts], Changes]] = {
    "pause": _pause,
    "resume": _resume,
    "ask": _ask,
    "grant": _grant,
    "deny": _deny,
    "restart": _restart,
}


def addable_rules(session: Session, item: ResponseItem, attempt: Attempt) -> list[ClockRule]:
    """The rules whose clock this person may add to an item: for items, and not on it yet."""
    if item.state in SETTLED or not attempt.actor.may(Permission.CLOCK_DECIDE):
        return []
    query = select(ClockRule).where(
        ClockRule.level.in_([*Level, BY_HAND]),
        ClockRule.starts_from.in_(STARTS_FROM),
        ClockRule.stopped_by.in_(STOPPED_BY),
        ClockRule.id.not_in([clock.rule_id for clock in item.clocks]),
    )
    return list(session.scalars(query.order_by(ClockRule.level, ClockRule.name)))


def add_clock(
    session: Session,
    item: ResponseItem,
    rule_id: int,
    attempt: Attempt,
    zone: ZoneInfo = SHANGHAI,
) -> ItemClock:
    """Put one more duty on an item, from the moment that its rule names.

    :raises Forbidden: the person may not decide on clocks.
    :raises WrongState: the answer is out.
    :raises GuardRefused: no reason is given.
    :raises Invalid: no rule that could be added is meant.
    """
    if not attempt.actor.may(Permission.CLOCK_DECIDE):
        raise Forbidden("您没有增加时限的权限，请联系督查、签发人或新闻办办理")
    if item.state in SETTLED:
        raise WrongState(IS_SETTLED)
    if not attempt.note.strip():
        raise GuardRefused("请写明增加时限的理由", {"note": "必填"})
    hold_calendar(session)
    rule = next((one for one in addable_rules(session, item, attempt) if one.id == rule_id), None)
    if rule is None:
        raise Invalid("请选择一条还没有用在本事项上的时限规则", {"rule_id": "请选择"})
    clock = new_clock(item, rule, load_calendar(session), zone)
    _set_start(clock, attempt)
    clock.reckon(load_calendar(session), zone)
    item.clocks.append(clock)
    session.flush()
    _record(session, "clock_add", clock, {"due_at": [None, clock.due_at.isoformat()]}, attempt)
    if rule.stopped_by == EVENT_HELD:
        heed_event(session, clock)
    return clock


def _set_start(clock: ItemClock, attempt: Attempt) -> None:
    clock.start_set_at, clock.start_set_by = attempt.now, attempt.actor.name
    clock.start_reason = attempt.note.strip()


def _record(
    session: Session, action: str, clock: ItemClock, changes: Changes, attempt: Attempt
) -> None:
    told = {"duty": clock.rule.duty, **changes}
    audit.record(session, action, clock.item, told, attempt.note.strip(), attempt.actor)
