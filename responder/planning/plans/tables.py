"""The plan and its change table as they go on paper: headings, and rows of words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from responder.core.papers import PaperColumn, PaperTable
from responder.core.permissions import Actor, Permission
from responder.core.times import chinese_date, local
from responder.planning.access import in_full, sees_row
from responder.planning.models import PlanEntry, PlanState, ReleasePlan
from responder.planning.plans.baselines import FIELD_LABELS, listed
from responder.planning.plans.changing import changes_of
from responder.planning.plans.models import ChangeKind, PlanChange
from responder.planning.plans.planned_time import official_words

_C = PaperColumn
PLAN_COLUMNS = (
    _C("序号", 6, 12, centred=True),
    _C("发布主题", 30, 44),
    _C("发布形式", 12, 24, centred=True),
    _C("拟发布时间", 16, 35, centred=True),
    _C("发布单位", 20, 31),
    _C("发布人", 18, 29),
    _C("依据", 22, 28),
    _C("备注", 16, 22),
)
# What a change table tells of the rows of other units.
OUTLINE = frozenset({"theme", "form", "when", "unit"})
CHANGE_COLUMNS = (
    _C("序号", 6, 12, centred=True),
    _C("日期", 16, 35, centred=True),
    _C("变更", 8, 14, centred=True),
    _C("计划条目", 30, 38),
    _C("变更内容", 44, 57),
    _C("理由", 26, 32),
    _C("批准意见", 18, 20),
    _C("登记人", 10, 17, centred=True),
)


def plan_table(plan: ReleasePlan, reader: Actor) -> PaperTable:
    """The plan as it stands, the columns of the office's own table, as far as they are read."""
    rows = [
        (
            str(entry.number),
            entry.theme,
            entry.form_label,
            official_words(plan.year, entry.month, entry.day),
            entry.unit.name,
            *_inner(entry, reader),
        )
        for entry in listed(plan)
        if sees_row(reader, entry)
    ]
    return PaperTable(plan.title, adoption_words(plan), PLAN_COLUMNS, rows)


def _inner(entry: PlanEntry, reader: Actor) -> tuple[str, str, str]:
    whole = in_full(reader, entry.unit_id)
    return (entry.speaker, entry.basis, entry.remark) if whole else ("", "", "")


def change_table(session: Session, plan: ReleasePlan, zone: ZoneInfo, reader: Actor) -> PaperTable:
    """What changed since the plan was adopted (变更表)."""
    rows = [
        (
            str(change.number),
            chinese_date(local(change.at, zone).date()),
            change.kind_label,
            f"{change.entry.number}. {change.entry.theme}",
            "；".join(change_words(change, reader)),
            *((change.reason, change.approval) if reads_ground(change, reader) else ("", "")),
            change.by_name,
        )
        for change in changes_of(session, plan)
    ]
    return PaperTable(f"{plan.title}变更表", "", CHANGE_COLUMNS, rows)


def reads_ground(change: PlanChange, reader: Actor) -> bool:
    """Whether a person reads why a row was changed: the office, and whose row it was until then.

    Not who has it now: after a handover they would read why another unit's row was changed.
    """
    if change.unit_id is None:
        return reader.may(Permission.PLAN_READ_ALL)
    return in_full(reader, change.unit_id)


def told_changes(change: PlanChange, reader: Actor) -> dict[str, Any]:
    """Field → (before, after), as far as a person reads it: of other units' rows the outline.

    A handover tells of two units, and so all of it to the office alone.
    """
    whole = reads_ground(change, reader)
    if change.hands_over:
        whole = reader.may(Permission.PLAN_READ_ALL)
    return {name: pair for name, pair in change.changes.items() if whole or name in OUTLINE}


def change_words(change: PlanChange, reader: Actor) -> list[str]:
    """Each field of a change: ``拟发布时间：3月 → 4月15日``."""
    return [
        f"{FIELD_LABELS[name]}：{before or '（空）'} → {after or '（空）'}"
        if (before and after) or change.kind is ChangeKind.CHANGED
        else f"{FIELD_LABELS[name]}：{before or after}"
        for name, (before, after) in told_changes(change, reader).items()
    ]


def adoption_words(plan: ReleasePlan) -> str:
    """``2026年1月15日 市政府第3次常务会议审议通过（…号纪要）``; of a draft, that it is one."""
    if plan.state is not PlanState.ADOPTED or plan.adopted_on is None:
        return "草案，尚未审议"
    minutes = f"（{plan.minutes_number}）" if plan.minutes_number else ""
    return f"{chinese_date(plan.adopted_on)} {plan.adopted_by}审议通过{minutes}"


@dataclass(frozen=True)
class Paper:
    """All that a file of the plan holds.

    :param now: aware; when the file is made.
    """

    plan: PaperTable
    changes: PaperTable
    now: datetime


def paper(
    session: Session, plan: ReleasePlan, zone: ZoneInfo, now: datetime, reader: Actor
) -> Paper:
    """:param reader: whom the file is for, see ``planning.access``."""
    return Paper(plan_table(plan, reader), change_table(session, plan, zone, reader), now)
