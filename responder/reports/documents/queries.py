"""Questions on reports: which there are, what they are called, whose they are."""

from __future__ import annotations

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, defer

from responder.core.errors import NotFound
from responder.core.versions import check_seen
from responder.reports.documents import rules
from responder.reports.documents.kinds import needs_of, prefix_of
from responder.reports.documents.models import Report, ReportState
from responder.topics import service as topics


def number(report: Report) -> str:
    """``舆情专报〔2026〕3号``."""
    return rules.number(prefix_of(report.kind), report.year, report.sequence)


def find(session: Session, report_id: int) -> Report:
    """:raises NotFound: no such report."""
    report = session.get(Report, report_id)
    if report is None:
        raise NotFound(f"没有编号为 {report_id} 的报告：请从报告列表重新进入")
    return report


def find_to_change(session: Session, report_id: int, version: int | None) -> Report:
    """The same, held until the transaction ends, as somebody had it before them.

    :raises NotFound: no such report.
    :raises Stale: it has changed since.
    """
    find(session, report_id)
    query = select(Report).where(Report.id == report_id).with_for_update(of=Report)
    held = session.scalars(query.execution_options(populate_existing=True)).one()
    check_seen(held, version)
    return held


def listed(
    kind: str = "",
    year: int | None = None,
    state: ReportState | None = None,
    text: str = "",
) -> Select[Report]:
    """Reports without their contents, the newest first.

    :param year: of their number; ``text``: in their title.
    """
    query = select(Report).options(defer(Report.content)).order_by(Report.id.desc())
    if kind:
        query = query.where(Report.kind == kind)
    if year is not None:
        query = query.where(Report.year == year)
    if state is not None:
        query = query.where(Report.state == state)
    return query.where(Report.title.contains(text, autoescape=True)) if text else query


def of_topic(session: Session, topic_id: int) -> list[Report]:
    """The reports on a topic, or on what went into it, the newest first."""
    family = topics.absorbed(session, [topic_id])
    return list(session.scalars(listed().where(Report.topic_id.in_(family))))


def years(session: Session) -> list[int]:
    """The years that have reports, newest first."""
    return list(session.scalars(select(Report.year).distinct().order_by(Report.year.desc())))


def period_of(report: Report) -> str:
    return rules.period_told(needs_of(report.kind), report.period_start, report.period_end)
