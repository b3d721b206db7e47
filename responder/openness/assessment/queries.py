"""Which schemes there are, and who may see them."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, selectinload

from responder.accounts import service as accounts
from responder.accounts.models import Unit
from responder.core.errors import NotFound
from responder.core.permissions import Actor
from responder.core.versions import check_seen
from responder.openness.access import own_rows
from responder.openness.assessment.models import AssessmentScheme, Criterion, SchemeState

_PARTS = (selectinload(AssessmentScheme.criteria), selectinload(AssessmentScheme.units))


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The office sees every scheme, a unit those that are more than a draft."""
    return own_rows(actor, AssessmentScheme.state != SchemeState.DRAFT)


def of_year(session: Session, year: int, actor: Actor) -> AssessmentScheme | None:
    """The scheme of a year, as far as a person may know of it."""
    query = select(AssessmentScheme).where(AssessmentScheme.year == year, visible_to(actor))
    return session.scalar(query.options(*_PARTS))


def find(session: Session, scheme_id: int, actor: Actor) -> AssessmentScheme:
    """:raises NotFound: no such scheme, or none that this person may know of."""
    query = select(AssessmentScheme).where(AssessmentScheme.id == scheme_id, visible_to(actor))
    found = session.scalar(query.options(*_PARTS).execution_options(populate_existing=True))
    if found is None:
        raise NotFound("没有这个考核方案，或它还是草案：请从考核页面重新进入")
    return found


def get_of_year(session: Session, year: int, actor: Actor) -> AssessmentScheme:
    """:raises NotFound: the year has none."""
    found = of_year(session, year, actor)
    if found is None:
        raise NotFound(f"{year} 年还没有考核方案：请先在“政务公开 → 考核”页面建立")
    return found


def find_to_change(
    session: Session, scheme_id: int, actor: Actor, version: int | None
) -> AssessmentScheme:
    """The same, held until the transaction ends, as somebody had it before them.

    :raises NotFound: as :func:`find`; :raises Stale: it has changed since.
    """
    held = hold(session, scheme_id, actor)
    check_seen(held, version)
    return held


def hold(session: Session, scheme_id: int, actor: Actor) -> AssessmentScheme:
    """The same, whatever version somebody saw: for what has a form of its own."""
    session.scalar(
        select(AssessmentScheme.id).where(AssessmentScheme.id == scheme_id).with_for_update()
    )
    return find(session, scheme_id, actor)


def years(session: Session, actor: Actor) -> list[int]:
    """Years that have a scheme which somebody sees, newest first."""
    query = select(AssessmentScheme.year).where(visible_to(actor))
    return list(session.scalars(query.order_by(AssessmentScheme.year.desc())))


def bound_units(session: Session, scheme: AssessmentScheme) -> list[Unit]:
    """Whom a scheme assesses, by code."""
    return accounts.units(session) if scheme.all_units else list(scheme.units)


def bound_unit(session: Session, scheme: AssessmentScheme, unit_id: int) -> Unit:
    """:raises NotFound: the scheme does not assess that unit."""
    found = next((one for one in bound_units(session, scheme) if one.id == unit_id), None)
    if found is None:
        raise NotFound("这个单位不在本年考核之列：请从考核页面重新进入")
    return found


def criterion_of(scheme: AssessmentScheme, criterion_id: int) -> Criterion:
    """:raises NotFound: no criterion of this scheme."""
    found = next((one for one in scheme.criteria if one.id == criterion_id), None)
    if found is None:
        raise NotFound("没有这项考核指标，或已被修改：请刷新页面")
    return found
