"""What people apply for: figures of applications for disclosure and what followed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, String, cast, literal, or_

from responder.core.permissions import Permission
from responder.openness.applications.models import Application
from responder.openness.applications.proceeding_models import Proceeding, ProceedingKind
from responder.openness.applications.queries import Part, is_counted, of_part, replied_late
from responder.openness.applications.rules import KIND_LABELS
from responder.reports.statistics.figure import Figure, Section, rows_of
from responder.reports.statistics.spans import Dating, Span

_S = Section.APPLICATIONS
_APPLICATION = ("applications.show", "application_id")
_TABLE, _WHOLE = "disclosure_application", "applications_received"
_P = Permission.APPLICATION_READ
# Never the applicant: a number names a row.
_NUMBER = cast(Application.year, String) + literal("-") + cast(Application.serial, String)


def _applications(at: Any) -> Select[Any]:
    rows = rows_of(Application, title=_NUMBER, at=at, channel=Application.applicant_kind)
    return rows.where(is_counted())


def _received(_span: Span) -> Select[Any]:
    return _applications(Application.received_on)


def _handled(_span: Span) -> Select[Any]:
    return _applications(Application.closed_on).where(Application.closed_on.is_not(None))


def _carried_on(span: Span) -> Select[Any]:
    return _applications(Application.received_on).where(of_part(Part.CARRIED_ON, span.year))


def _late(span: Span) -> Select[Any]:
    return _handled(span).where(replied_late())


def _proceedings(span: Span, kinds: tuple[ProceedingKind, ...]) -> Select[Any]:
    """Concluded in the year, or begun by its end and not concluded by then."""
    first, after = span.first, span.after
    concluded = Proceeding.concluded_on
    rows = rows_of(
        Proceeding, title=Proceeding.matter, at=Proceeding.begun_on, channel=Proceeding.kind
    )
    return rows.where(
        Proceeding.kind.in_(kinds),
        Proceeding.begun_on < after,
        or_(concluded.is_(None), concluded >= first),
    )


def _reconsiderations(span: Span) -> Select[Any]:
    return _proceedings(span, (ProceedingKind.RECONSIDERATION,))


def _lawsuits(span: Span) -> Select[Any]:
    return _proceedings(span, (ProceedingKind.DIRECT_LAWSUIT, ProceedingKind.LATER_LAWSUIT))


FIGURES: tuple[Figure, ...] = (
    Figure(
        "applications_received", _S, "依申请公开", "件",
        "收到申请之日在本年的政府信息公开申请，误登作废的不计。",
        _TABLE, _received, Dating.DAY, _APPLICATION, channels=KIND_LABELS,
        permission=_P,
    ),
    Figure(
        "applications_handled", _S, "办结申请", "件",
        "本年内答复、撤回或不再处理的申请，不论何时收到（表三第三项总计）。",
        _TABLE, _handled, Dating.DAY, _APPLICATION, among=_WHOLE,
        channels=KIND_LABELS, permission=_P,
    ),
    Figure(
        "applications_carried_over", _S, "结转申请", "件",
        "年末以前收到、到年末还没有办结的申请（结转下年度继续办理）；本年的为现在在办的。",
        _TABLE, _carried_on, Dating.STANDING, _APPLICATION,
        among=_WHOLE, channels=KIND_LABELS, permission=_P,
    ),
    Figure(
        "applications_late", _S, "超期答复申请", "件",
        "本年内答复的申请中，扣除补正、征求意见和延期后仍超过法定时限的。",
        _TABLE, _late, Dating.DAY, _APPLICATION, among=_WHOLE,
        channels=KIND_LABELS, permission=_P,
    ),
    Figure(
        "reconsiderations", _S, "行政复议", "件",
        "因政府信息公开提起的行政复议中，本年审结和年末尚未审结的（表四）；跨年的两年都计。",
        "application_proceeding", _reconsiderations, Dating.STANDING, among=_WHOLE,
        permission=_P, private=True,
    ),
    Figure(
        "lawsuits", _S, "行政诉讼", "件",
        "因政府信息公开提起的行政诉讼中，本年审结和年末尚未审结的，未经复议和复议后的都计（表四）。",
        "application_proceeding", _lawsuits, Dating.STANDING, among=_WHOLE,
        permission=_P, private=True,
    ),
)  # fmt: skip
