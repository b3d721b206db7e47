"""What columns refer to: kinds of the site check and key areas, the office's own lists."""

from __future__ import annotations

import tomllib
from importlib.resources import files

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from responder.core.errors import Invalid, NotFound
from responder.openness.catalogue.models import CheckKind, KeyArea
from responder.openness.catalogue.rules import LimitUnit

LONGEST_LIMIT = {LimitUnit.DAYS: 1000, LimitUnit.MONTHS: 36}


def seed_catalogue(session: Session) -> int:
    """Store the shipped kinds and areas where there are none at all; how many."""
    text = files("responder").joinpath("data/catalogue.toml").read_text("utf-8")
    shipped = tomllib.loads(text)
    added = 0
    if not session.scalar(select(func.count()).select_from(CheckKind)):
        for row in shipped["check_kind"]:
            limit_unit = LimitUnit(row["unit"])
            session.add(
                CheckKind(
                    name=row["name"], limit=row["limit"], limit_unit=limit_unit,
                    source=row["source"],
                )
            )  # fmt: skip
            added += 1
    if not session.scalar(select(func.count()).select_from(KeyArea)):
        for row in shipped["key_area"]:
            session.add(KeyArea(name=row["name"], source=row["source"]))
            added += 1
    session.flush()
    return added


def check_kinds(session: Session) -> list[CheckKind]:
    return list(session.scalars(select(CheckKind).order_by(CheckKind.id)))


def key_areas(session: Session) -> list[KeyArea]:
    """All of them, retired ones last."""
    return list(session.scalars(select(KeyArea).order_by(KeyArea.active.desc(), KeyArea.id)))


def find_kind(session: Session, kind_id: int) -> CheckKind:
    """:raises NotFound: no such kind."""
    found = session.get(CheckKind, kind_id)
    if found is None:
        raise NotFound("没有这个检查类别：请从目录设置重新进入")
    return found


def find_area(session: Session, area_id: int) -> KeyArea:
    """:raises NotFound: no such area."""
    found = session.get(KeyArea, area_id)
    if found is None:
        raise NotFound("没有这个重点领域：请从目录设置重新进入")
    return found


def save_kind(
    session: Session, kind: CheckKind | None, name: str, limit: int, unit: LimitUnit, source: str
) -> CheckKind:
    """Add a kind (None), or change one.

    :raises Invalid: no name, another has it, or the limit cannot be.
    """
    if not 1 <= limit <= LONGEST_LIMIT[unit]:
        raise Invalid(f"期限须在 1 到 {LONGEST_LIMIT[unit]} 之间：请改正", {"limit": "超出范围"})
    wanted = _name(session, CheckKind, kind, name)
    if kind is None:
        kind = CheckKind(name=wanted, limit=limit, limit_unit=unit)
        session.add(kind)
    kind.name, kind.limit, kind.limit_unit = wanted, limit, unit
    kind.source = " ".join(source.split())
    session.flush()
    return kind


def save_area(
    session: Session, area: KeyArea | None, name: str, source: str, active: bool
) -> KeyArea:
    """Add an area (None), rename or retire one.

    :raises Invalid: no name, or another has it.
    """
    wanted = _name(session, KeyArea, area, name)
    if area is None:
        area = KeyArea(name=wanted)
        session.add(area)
    area.name, area.source, area.active = wanted, " ".join(source.split()), active
    session.flush()
    return area


def _name(
    session: Session,
    model: type[CheckKind] | type[KeyArea],
    row: CheckKind | KeyArea | None,
    name: str,
) -> str:
    wanted = " ".join(name.split())
    if not wanted:
        raise Invalid("请填写名称", {"name": "必填"})
    twin = session.scalar(select(model).where(model.name == wanted))
    if twin is not None and twin is not row:
        raise Invalid(f"已有“{wanted}”：请改名，或修改原来的", {"name": "已有"})
    return wanted
