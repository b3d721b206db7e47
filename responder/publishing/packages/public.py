"""Questions on the public 政策解读 column: documents and their interpretations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload, load_only, selectinload

from responder.core.errors import NotFound
from responder.core.file_kinds import is_of
from responder.core.times import local, start_of_day
from responder.publishing.packages.models import InterpretationColumn
from responder.publishing.packages.released import (
    Attachment,
    Interpretation,
    PolicyDocument,
    Withdrawal,
)

_GONE = "或它已不再公开：请从政策解读栏目重新查找"
_SHOWN = (
    joinedload(Interpretation.document).joinedload(PolicyDocument.withdrawal),
    joinedload(Interpretation.own_withdrawal),
    joinedload(Interpretation.column),
)


def interpretations(
    column: InterpretationColumn | None, year: int | None, zone: ZoneInfo
) -> Select[Interpretation]:
    """The column, newest first.

    :param year: of publication, by the clocks of ``zone``.
    """
    query = select(Interpretation).where(*_in_year(year, zone))
    if column is not None:
        query = query.where(Interpretation.column_id == column.id)
    query = query.order_by(Interpretation.published_at.desc(), Interpretation.id.desc())
    return query.options(*_SHOWN)


def documents() -> Select[PolicyDocument]:
    """Every public document, newest first."""
    query = select(PolicyDocument).order_by(
        PolicyDocument.published_at.desc(), PolicyDocument.id.desc()
    )
    return query.options(
        joinedload(PolicyDocument.withdrawal), selectinload(PolicyDocument.interpretations)
    )


def latest(limit: int) -> Select[Interpretation]:
    """For feeds: what was published or withdrawn last, first."""
    query = select(Interpretation).order_by(_moved().desc(), Interpretation.id.desc())
    return query.limit(limit).options(*_SHOWN)


def document_addresses(session: Session, limit: int) -> list[tuple[int, datetime]]:
    """Every document's id and the moment it was last told of, the newest document first."""
    moved = func.coalesce(Withdrawal.at, PolicyDocument.published_at)
    query = (
        select(PolicyDocument.id, moved)
        .outerjoin(Withdrawal, Withdrawal.package_id == PolicyDocument.package_id)
        .order_by(PolicyDocument.published_at.desc(), PolicyDocument.id.desc())
        .limit(limit)
    )
    return [(one, moment) for one, moment in session.execute(query)]


def interpretation_addresses(session: Session, limit: int) -> list[tuple[int, datetime]]:
    """The same of interpretations, what was published or withdrawn last first."""
    moved = _moved()
    query = select(Interpretation.id, moved).order_by(moved.desc(), Interpretation.id.desc())
    return [(one, moment) for one, moment in session.execute(query.limit(limit))]


def _moved() -> ColumnElement[datetime]:
    """When an interpretation was published, or withdrawn, with or without its document."""
    gone = (
        select(func.max(Withdrawal.at))
        .join(PolicyDocument, PolicyDocument.id == Interpretation.document_id)
        .where(Withdrawal.package_id.in_((Interpretation.package_id, PolicyDocument.package_id)))
        .correlate(Interpretation)
        .scalar_subquery()
    )
    return func.coalesce(gone, Interpretation.published_at)


def counts_by_column(
    session: Session, year: int, zone: ZoneInfo
) -> list[tuple[InterpretationColumn, int]]:
    """How many interpretations of a year stand in each column, in the office's order.

    Retired columns are named where something stands in them. :func:`interpretations` of the
    same column and year lists what is counted.
    """
    counted = (
        select(Interpretation.column_id, func.count().label("number"))
        .where(*_in_year(year, zone))
        .group_by(Interpretation.column_id)
        .subquery()
    )
    number = func.coalesce(counted.c.number, 0)
    query = (
        select(InterpretationColumn, number)
        .outerjoin(counted, counted.c.column_id == InterpretationColumn.id)
        .where(InterpretationColumn.active | (number > 0))
        .order_by(InterpretationColumn.position, InterpretationColumn.id)
    )
    return [tuple(row) for row in session.execute(query)]


def public_columns(session: Session) -> Sequence[InterpretationColumn]:
    """The columns in which something stands."""
    filled = select(Interpretation.column_id).distinct()
    query = select(InterpretationColumn).where(InterpretationColumn.id.in_(filled))
    return list(
        session.scalars(query.order_by(InterpretationColumn.position, InterpretationColumn.id))
    )


def years(session: Session, zone: ZoneInfo) -> list[int]:
    """The years in which something was published, newest first."""
    first = session.scalar(select(func.min(Interpretation.published_at)))
    last = session.scalar(select(func.max(Interpretation.published_at)))
    if first is None or last is None:
        return []
    return list(range(local(last, zone).year, local(first, zone).year - 1, -1))


def column_of(session: Session, code: str) -> InterpretationColumn | None:
    """The column of a code; None where the code names none."""
    return session.scalar(select(InterpretationColumn).where(InterpretationColumn.code == code))


def find_document(session: Session, document_id: int) -> PolicyDocument:
    """:raises NotFound: no such public document."""
    found = session.get(PolicyDocument, document_id)
    if found is None:
        raise NotFound(f"没有这份文件，{_GONE}")
    return found


def find_interpretation(session: Session, interpretation_id: int) -> Interpretation:
    """:raises NotFound: no such public interpretation."""
    found = session.get(Interpretation, interpretation_id)
    if found is None:
        raise NotFound(f"没有这篇解读，{_GONE}")
    return found


def attachments(session: Session) -> list[Attachment]:
    """Every file that citizens may fetch, those of the oldest document first; whatever is of
    a kind that is not taken, from before it was asked, is none."""
    about = load_only(PolicyDocument.index_number, PolicyDocument.title)
    query = (
        select(Attachment)
        .join(Attachment.document)
        .outerjoin(Withdrawal, Withdrawal.package_id == PolicyDocument.package_id)
        .where(Withdrawal.id.is_(None))
        .order_by(Attachment.id)
        .options(contains_eager(Attachment.document).options(about))
    )
    return [one for one in session.scalars(query) if is_of(one.name)]


def find_attachment(session: Session, attachment_id: int) -> Attachment:
    """:raises NotFound: no such public file, or its document was withdrawn."""
    found = session.get(Attachment, attachment_id)
    if found is None or found.document.withdrawal is not None or not is_of(found.name):
        raise NotFound(f"没有这个附件，{_GONE}")
    return found


def _in_year(year: int | None, zone: ZoneInfo) -> tuple[ColumnElement[bool], ...]:
    if year is None:
        return ()
    return (
        Interpretation.published_at >= start_of_day(date(year, 1, 1), zone),
        Interpretation.published_at < start_of_day(date(year + 1, 1, 1), zone),
    )
