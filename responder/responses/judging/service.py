"""Judging an item, and what that does to its clocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from responder.core import audit
from responder.core.clocks import rules_for
from responder.core.errors import Forbidden, GuardRefused, Invalid, WrongState
from responder.core.lifecycle import Attempt
from responder.core.permissions import Permission
from responder.core.times import SHANGHAI
from responder.core.work_calendar import hold_calendar, load_calendar
from responder.planning.linking import verdicts
from responder.responses.clock_lifecycle import is_not_theirs
from responder.responses.judging import rules
from responder.responses.judging.models import Judgement, PriorityKind
from responder.responses.judging.rules import Colour, Grade
from responder.responses.lifecycle import RESPONSE_ITEM
from responder.responses.models import ItemClock, ItemState, Level, ResponseItem
from responder.responses.rules import EVENT_HELD
from responder.responses.service.clocks import heed_event, new_clock, run_on

START, END = "start", "end"


@dataclass(frozen=True)
class Opinion:
    """What somebody says of an item. ``kinds`` may be none; the reason is the attempt's note."""

    grade: Grade
    colour: Colour
    kinds: Sequence[PriorityKind]
    must_answer: bool

    @property
    def level(self) -> Level:
        return Level.MAJOR_EMERGENCY if rules.is_major(self.grade) else Level.ORDINARY


def judge(
    session: Session,
    item: ResponseItem,
    opinion: Opinion,
    attempt: Attempt,
    zone: ZoneInfo = SHANGHAI,
) -> Judgement:
    """Keep a judgement. Another level brings its own clocks, and ends those of the former.

    What has stopped stays; so does what is overdue, which no judgement can undo. What was closed
    without a public answer and must have one after all is reopened; as long as it stays closed,
    another level is kept in the judgement alone.

    :raises Forbidden: the person may not judge; or may not end a clock, which this would.
    :raises WrongState: the answer is out.
    :raises Invalid: no reason is given.
    :raises GuardRefused: a priority kind is not to be answered; or a clock by which the
        person's own work is measured would end.
    """
    if not attempt.actor.may(Permission.RESPONSE_JUDGE):
        raise Forbidden("您没有研判的权限，请联系研判员或新闻办")
    if item.state in (ItemState.PUBLISHED, ItemState.ARCHIVED):
        raise WrongState("本事项已发布，不再研判：发布后的情况请写在效果评估里")
    if not attempt.note.strip():
        raise Invalid("请写明研判的理由", {"reason": "必填"})
    if why := rules.contradiction([kind.name for kind in opinion.kinds], opinion.must_answer):
        raise GuardRefused(why, {"must_answer": "与所选类别不符"})
    before = item.level
    if item.state is ItemState.CLOSED and opinion.must_answer:
        RESPONSE_ITEM.advance(session, item, "reopen", attempt)
        run_on(session, item)
        if item.topic_id is not None:
            verdicts.take_back(session, item.topic_id, attempt.actor, attempt.now)
    changes: list[dict[str, Any]] = []
    if item.state is not ItemState.CLOSED:
        changes = _change_level(session, item, opinion.level, attempt, zone)
    flag_modified(item, "level")  # of two who judge at once the second is told
    judgement = _keep(session, item, opinion, attempt, changes)
    told: dict[str, Any] = {"must_answer": opinion.must_answer, "grade": opinion.grade.value}
    if before is not item.level:
        told |= {"level": [before.value, item.level.value]}
    if changes:
        told["clocks"] = [f"{_WORDS[one['change']]}{one['duty']}" for one in changes]
    audit.record(session, "judge", item, told, attempt.note.strip(), attempt.actor)
    return judgement


_WORDS = {START: "新增：", END: "终止："}


def _keep(
    session: Session,
    item: ResponseItem,
    opinion: Opinion,
    attempt: Attempt,
    changes: list[dict[str, Any]],
) -> Judgement:
    judgement = Judgement(
        item=item,
        grade=opinion.grade,
        colour=opinion.colour,
        level=opinion.level,
        kinds=[{"code": k.code, "name": k.name, "source": k.source} for k in opinion.kinds],
        must_answer=opinion.must_answer,
        reason=attempt.note.strip(),
        clocks=changes,
        judged_by_id=attempt.actor.id,
        judged_by_name=attempt.actor.name,
        judged_at=attempt.now,
    )
    session.add(judgement)
    session.flush()
    return judgement


def _change_level(
    session: Session, item: ResponseItem, level: Level, attempt: Attempt, zone: ZoneInfo
) -> list[dict[str, Any]]:
    """Give the item this level with its clocks; what started and ended."""
    if level is item.level:
        return []
    hold_calendar(session)
    ending = [clock for clock in item.clocks if _ends(clock, item.level, attempt)]
    for clock in ending:
        _require_may_end(clock, attempt)
    changes = [_told(END, clock) for clock in ending]
    for clock in ending:
        item.clocks.remove(clock)
    session.flush()
    item.level = level
    held = {clock.rule_id for clock in item.clocks}
    calendar = load_calendar(session)
    for rule in rules_for(session, level):
        if rule.id in held:
            continue
        clock = new_clock(item, rule, calendar, zone)
        item.clocks.append(clock)
        session.flush()
        if rule.stopped_by == EVENT_HELD:
            heed_event(session, clock)
        changes.append(_told(START, clock))
    return changes


def _ends(clock: ItemClock, former: Level, attempt: Attempt) -> bool:
    """A clock of the former level that has neither stopped nor run out."""
    open_ = clock.stopped_at is None and clock.rule.level == former
    return open_ and (clock.open_pause is not None or attempt.now <= clock.due_at)


def _require_may_end(clock: ItemClock, attempt: Attempt) -> None:
    """As for every other way to be rid of a clock: whoever decides on clocks, never one's own."""
    if not attempt.actor.may(Permission.CLOCK_DECIDE):
        raise Forbidden(
            f"改定等级会终止时限“{clock.rule.name}”，须由新闻办、督查或签发人研判：请联系他们办理"
        )
    if why := is_not_theirs(clock, attempt):
        raise GuardRefused(why)


def _told(change: str, clock: ItemClock) -> dict[str, Any]:
    return {"change": change, "duty": clock.rule.duty, "due_at": clock.due_at.isoformat()}
