"""What a plan was each time that a meeting adopted it (基准版)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.core.errors import NotFound
from responder.planning.models import (
    FORM_LABELS,
    EntryState,
    Form,
    PlanEntry,
    PlanState,
    ReleasePlan,
)
from responder.planning.plans.models import PlanBaseline
from responder.planning.plans.planned_time import planned_words

Row = dict[str, Any]

# A unit that is renamed, or a row that is numbered anew, is no change of the plan.
_TOLD = frozenset({"number", "unit"})

FIELD_LABELS = {
    "theme": "发布主题",
    "form": "发布形式",
    "when": "拟发布时间",
    "unit": "发布单位",
    "speaker": "发布人",
    "basis": "依据",
    "remark": "备注",
}


def listed(plan: ReleasePlan) -> list[PlanEntry]:
    """The rows of the table as it now stands, by number."""
    rows = (entry for entry in plan.entries if entry.state is EntryState.LISTED)
    return sorted(rows, key=lambda entry: entry.number)


def snapshot(plan: ReleasePlan) -> list[Row]:
    """The table as it stands, for keeping."""
    return [
        {
            "entry_id": entry.id,
            "number": entry.number,
            "theme": entry.theme,
            "form": str(entry.form),
            "month": entry.month,
            "day": entry.day,
            "unit_id": entry.unit_id,
            "unit": entry.unit.name,
            "speaker": entry.speaker,
            "basis": entry.basis,
            "remark": entry.remark,
        }
        for entry in listed(plan)
    ]


def in_words(row: Mapping[str, Any]) -> dict[str, str]:
    """A row's fields as people read them, in the order of :data:`FIELD_LABELS`."""
    return {
        "theme": row["theme"],
        "form": FORM_LABELS[Form(row["form"])],
        "when": planned_words(row["month"], row["day"]),
        "unit": row["unit"],
        "speaker": row["speaker"],
        "basis": row["basis"],
        "remark": row["remark"],
    }


def entry_in_words(entry: PlanEntry) -> dict[str, str]:
    return in_words(
        {
            "theme": entry.theme,
            "form": entry.form,
            "month": entry.month,
            "day": entry.day,
            "unit": entry.unit.name,
            "speaker": entry.speaker,
            "basis": entry.basis,
            "remark": entry.remark,
        }
    )


def baselines(session: Session, plan: ReleasePlan) -> list[PlanBaseline]:
    """Every adoption of a plan, the first one first."""
    query = select(PlanBaseline).where(PlanBaseline.plan_id == plan.id)
    return list(session.scalars(query.order_by(PlanBaseline.number)))


def latest_baseline(session: Session, plan: ReleasePlan) -> PlanBaseline | None:
    """The last adoption; None for a draft, and for a plan adopted before adoptions were kept."""
    query = select(PlanBaseline).where(PlanBaseline.plan_id == plan.id)
    return session.scalar(query.order_by(PlanBaseline.number.desc()).limit(1))


def get_baseline(session: Session, plan: ReleasePlan, number: int) -> PlanBaseline:
    """:raises NotFound: the plan was not adopted so many times."""
    query = select(PlanBaseline).where(
        PlanBaseline.plan_id == plan.id, PlanBaseline.number == number
    )
    found = session.scalar(query)
    if found is None:
        raise NotFound(f"{plan.title}没有第 {number} 次审议的基准版：请从计划页重新进入")
    return found


def baseline_rows(session: Session, plan: ReleasePlan) -> list[Row]:
    """The table as it was last adopted; empty for a draft.

    A plan that was adopted before adoptions were kept has not changed since: nothing could.
    """
    found = latest_baseline(session, plan)
    if found is not None:
        return found.rows
    return snapshot(plan) if plan.state is PlanState.ADOPTED else []


def differs_from_baseline(session: Session, plan: ReleasePlan) -> bool:
    """Whether the table is another than the one last adopted."""
    return _told(snapshot(plan)) != _told(baseline_rows(session, plan))


def _told(rows: Iterable[Row]) -> dict[int, Row]:
    return {
        row["entry_id"]: {name: value for name, value in row.items() if name not in _TOLD}
        for row in rows
    }


def freeze(session: Session, plan: ReleasePlan, now: datetime) -> PlanBaseline:
    """Keep the table as it stands as the next baseline, with the plan's own adoption."""
    if plan.adopted_on is None:
        raise ValueError("a plan is frozen when it has been adopted")
    before = latest_baseline(session, plan)
    frozen = PlanBaseline(
        plan=plan,
        number=before.number + 1 if before else 1,
        adopted_on=plan.adopted_on,
        adopted_by=plan.adopted_by,
        minutes_number=plan.minutes_number,
        rows=snapshot(plan),
        frozen_at=now,
    )
    session.add(frozen)
    session.flush()
    return frozen


def keep_first_baseline(session: Session, plan: ReleasePlan, now: datetime) -> None:
    """Before the first change: freeze what was adopted before adoptions were kept."""
    if latest_baseline(session, plan) is None:
        freeze(session, plan, now)
