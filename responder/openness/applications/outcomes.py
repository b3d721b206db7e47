"""The rows of outcomes (办理结果): shipped after the statutory form, the office's to reword."""

from __future__ import annotations

import tomllib
from importlib.resources import files

from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.core.errors import Invalid, NotFound
from responder.core.versions import check_seen
from responder.openness.applications.models import Outcome


def seed_outcomes(session: Session) -> int:
    """Store each shipped outcome that the office does not have yet; edited ones stay."""
    known = {one.code: one for one in session.scalars(select(Outcome))}
    text = files("responder").joinpath("data/application_outcomes.toml").read_text("utf-8")
    shipped = tomllib.loads(text)
    count = 0
    for position, row in enumerate(shipped["outcome"], 1):
        if row["code"] in known:
            continue
        parent = known[row["parent"]] if "parent" in row else None
        known[row["code"]] = Outcome(
            code=row["code"], parent=parent, label=row["label"], position=position,
            remark=row.get("remark", ""), closes=row.get("closes", ""), source=shipped["source"],
        )  # fmt: skip
        session.add(known[row["code"]])
        count += 1
    session.flush()
    return count


def all_outcomes(session: Session) -> list[Outcome]:
    """Every row in the order of the form."""
    return list(session.scalars(select(Outcome).order_by(Outcome.position, Outcome.id)))


def leaves(outcomes: list[Outcome]) -> list[Outcome]:
    """Those that an application can end in: no headings."""
    headings = {one.parent_id for one in outcomes}
    return [one for one in outcomes if one.id not in headings]


# What these steps end in, no reply does.
_BY_STEPS_ALONE = frozenset({"abandon", "leave_unpaid"})


def choosable(session: Session) -> list[Outcome]:
    """Those that a reply may be given now: what only other steps end in, they choose themselves."""
    return [
        one
        for one in leaves(all_outcomes(session))
        if one.active and one.closes not in _BY_STEPS_ALONE
    ]


def find(session: Session, outcome_id: int | None) -> Outcome:
    """:raises Invalid: none was chosen, or one that a reply cannot have."""
    known = {one.id: one for one in choosable(session)}
    if outcome_id not in known:
        raise Invalid("请选择办理结果", {"outcome_id": "请选择"})
    return known[outcome_id]


def closing(session: Session, action: str) -> Outcome:
    """What a step ends in by itself.

    :raises NotFound: the office has no such row.
    """
    found = session.scalar(select(Outcome).where(Outcome.closes == action))
    if found is None:
        raise NotFound("没有这一步对应的办理结果：请系统管理员运行 responder init 补齐")
    return found


def get(session: Session, outcome_id: int) -> Outcome:
    """:raises NotFound: no such row."""
    found = session.get(Outcome, outcome_id)
    if found is None:
        raise NotFound("没有这个办理结果：请从列表重新进入")
    return found


def save(session: Session, outcome: Outcome, label: str, source: str, active: bool) -> None:
    """Reword or retire a row; what counts in it keeps counting.

    :raises Invalid: a text is missing, or the last of what a step ends in would be retired.
    """
    texts = {"label": " ".join(label.split()), "source": " ".join(source.split())}
    if missing := [name for name, text in texts.items() if not text]:
        raise Invalid("名称和依据都要写：依据写全文号", dict.fromkeys(missing, "必填"))
    if outcome.closes and not active:
        raise Invalid("这一行由办理步骤自动选用，不能停用", {"active": "不能停用"})
    outcome.label, outcome.source, outcome.active = texts["label"], texts["source"], active
    session.flush()


def get_to_change(session: Session, outcome_id: int, version: int | None) -> Outcome:
    """The same, as somebody had it before them.

    :raises Stale: it has changed since.
    """
    outcome = get(session, outcome_id)
    check_seen(outcome, version)
    return outcome
