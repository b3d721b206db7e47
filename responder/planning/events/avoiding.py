"""Days to avoid: 全国两会, a memorial day, whatever the office enters."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.core.errors import Invalid, NotFound
from responder.planning.events.models import AvoidedPeriod


def periods(session: Session) -> list[AvoidedPeriod]:
    """All of them, the latest first."""
    query = select(AvoidedPeriod).order_by(AvoidedPeriod.first_day.desc(), AvoidedPeriod.id)
    return list(session.scalars(query))


def find_period(session: Session, period_id: int) -> AvoidedPeriod:
    """:raises NotFound: no such period."""
    found = session.get(AvoidedPeriod, period_id)
    if found is None:
        raise NotFound("没有这个回避时段，或已被删除：请刷新页面")
    return found


def save_period(
    session: Session,
    period: AvoidedPeriod | None,
    first_day: date,
    last_day: date,
    name: str,
    source: str = "",
) -> AvoidedPeriod:
    """Enter a period (None), or change one. Both days belong to it.

    :raises Invalid: no name, its end lies before its beginning, or it is there already.
    """
    if not name.strip():
        raise Invalid("请填写回避时段的名称，例如“全国两会”", {"name": "必填"})
    if last_day < first_day:
        raise Invalid("结束日期早于开始日期：请改正", {"last_day": "早于开始日期"})
    same = select(AvoidedPeriod).where(
        AvoidedPeriod.name == name.strip(),
        AvoidedPeriod.first_day == first_day,
        AvoidedPeriod.last_day == last_day,
    )
    if any(twin is not period for twin in session.scalars(same)):
        raise Invalid(f"“{name.strip()}”的这几天已在表里：请直接修改那一行", {"name": "已有"})
    if period is None:
        period = AvoidedPeriod()
        session.add(period)
    period.first_day, period.last_day = first_day, last_day
    period.name, period.source = name.strip(), source.strip()
    session.flush()
    return period


def remove_period(session: Session, period: AvoidedPeriod) -> None:
    """Events of these days no longer clash with it."""
    session.delete(period)
    session.flush()
