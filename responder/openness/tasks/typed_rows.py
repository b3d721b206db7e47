"""Rows of the forms as they were typed, read or refused by their number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from responder.core.errors import Invalid
from responder.core.texts import clean
from responder.openness.tasks.rules import Step

ROW_FIELDS = ("id", "what", "due_on", "done_on", "evidence")
LONGEST = {"what": (200, "内容"), "evidence": (500, "佐证")}


def read_steps(rows: Sequence[Mapping[str, str]]) -> list[Step]:
    """Milestones of a form; rows without words and dates are left out.

    :param rows: ``id``, ``what``, ``due_on``, ``done_on`` and ``evidence`` of each, as texts.
    :raises Invalid: names each row that cannot be taken, and what to do.
    """
    problems, steps = [], []
    for number, row in enumerate(rows, 1):
        if not any(row[name] for name in ("what", "due_on", "done_on", "evidence")):
            continue
        try:
            steps.append(_step(row))
        except ValueError as error:
            problems.append(f"第 {number} 行{error}")
    if problems:
        raise Invalid(
            "时序进度没有保存：" + "；".join(problems), {"milestones": "；".join(problems)}
        )
    return steps


def read_reached(rows: Mapping[int, Mapping[str, str]]) -> dict[int, date]:
    """Milestone id → the day on which it was done, of those that are ticked.

    :param rows: milestone id → ``what``, ``done`` and ``day``, as texts.
    :raises Invalid: names each that lacks its day.
    """
    found, problems = {}, []
    for milestone_id, row in rows.items():
        if not row["done"]:
            continue
        try:
            found[milestone_id] = date.fromisoformat(row["day"])
        except ValueError:
            problems.append(f"“{row['what']}”已勾选，请填写完成日期，如 2026-03-25")
    if problems:
        raise Invalid("；".join(problems), {"reached": "；".join(problems)})
    return found


def _step(row: Mapping[str, str]) -> Step:
    texts = {name: " ".join(clean(row[name]).split()) for name in LONGEST}
    for name, (most, label) in LONGEST.items():
        if len(texts[name]) > most:
            raise ValueError(f"的“{label}”超过 {most} 字：请缩短")
    if not texts["what"]:
        raise ValueError("没有填内容：请补上，或清空整行")
    return Step(
        what=texts["what"],
        due_on=_day(row["due_on"], "时间"),
        done_on=_day(row["done_on"], "完成日期") if row["done_on"] else None,
        evidence=texts["evidence"],
        milestone_id=int(row["id"]) if row["id"].isascii() and row["id"].isdigit() else None,
    )


def _day(text: str, label: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"的“{label}”不是日期：请写成 2026-09-30 的样子") from None
