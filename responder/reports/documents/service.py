"""Verbs on reports: compose, write, take a step."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from responder.core.errors import Forbidden, Invalid, WrongState
from responder.core.lifecycle import Attempt
from responder.core.office import public_lines
from responder.core.permissions import SYSTEM, Actor, Permission
from responder.core.texts import clean
from responder.core.times import local
from responder.core.turns import SAME_CLICK, take_turns
from responder.core.work_calendar import load_calendar
from responder.planning.briefing.reading import Standpoint
from responder.reports.documents import rules
from responder.reports.documents.content import (
    Content,
    Difference,
    Slot,
    differences,
    to_json,
    with_slots,
)
from responder.reports.documents.kinds import DAILY, Kind, find_kind
from responder.reports.documents.lifecycle import OPEN, REPORT
from responder.reports.documents.models import Report, ReportState
from responder.reports.documents.queries import number
from responder.reports.documents.rules import Needs, Request
from responder.topics import service as topics

# Any number that nothing else in this database locks by.
NUMBER_LOCK = 20_171_241
TOLD_LENGTH = 1_500  # characters of the changed figures that the trail keeps


def make(
    session: Session, kind: Kind, request: Request, at: Standpoint, attempt: Attempt
) -> Report:
    """Compose a report and store it as a draft with its number.

    :raises Forbidden: the person may not write reports.
    :raises WrongState: the period has its report.
    :raises Invalid, NotFound: it cannot be composed.
    """
    if not attempt.actor.may(Permission.REPORT_WRITE):
        raise Forbidden("您没有生成报告的权限，请联系新闻办或政务公开办的同事办理")
    take_turns(session, attempt.actor)
    _hold_numbers(session)
    if kind.needs is Needs.TOPIC:
        request = _of_living(session, request)
        if (made := _same_click(session, kind, request, attempt)) is not None:
            return made
    elif (standing := _standing(session, kind, request)) is not None:
        period = rules.period_told(kind.needs, request.first, request.last)
        raise WrongState(
            f"{period}的{kind.label}已有，编号 {number(standing)}："
            "请打开那一份填写或重新汇总；确需另写的，先把它作废"
        )
    return _store(session, kind, request, at, attempt.actor)


def up_to_date(
    session: Session, kind: Kind, request: Request, at: Standpoint, attempt: Attempt
) -> Report:
    """The report of a period: made if there is none, its draft composed anew; once it is with
    the signer, as it is.

    :raises Forbidden, Invalid: as :func:`make`.
    """
    report = _standing(session, kind, request)
    if report is None:
        return make(session, kind, request, at, attempt)
    if report.state in OPEN:
        compose_anew(session, report, at, attempt)
    return report


def brief_is_due(session: Session, now: datetime, zone: ZoneInfo) -> bool:
    """Whether the brief of this day is still to be made: a working day, 8:00 or later.

    Once there was one, also one that is void, the day has had its brief.
    """
    if not rules.is_past_hour(now, zone):
        return False
    day = local(now, zone).date()
    made = exists().where(Report.kind == DAILY.code, Report.period_end == day)
    if session.scalar(select(made)):
        return False
    return load_calendar(session).is_working(day)


def make_due_brief(session: Session, now: datetime, zone: ZoneInfo) -> Report | None:
    """The brief of this day as a draft, made in the system's name; None when it is not due.

    Asked again by another scheduler, it waits for the first and makes nothing.
    """
    _hold_numbers(session)
    if not brief_is_due(session, now, zone):
        return None
    today = local(now, zone).date()
    at = Standpoint(now, zone, public_lines())
    return _store(session, DAILY, rules.of_day(today, today), at, SYSTEM)


def write(session: Session, report: Report, texts: Mapping[str, str], attempt: Attempt) -> bool:
    """Put what a person wrote into the slots; returns whether anything changed.

    :param texts: code of a slot → its text; slots that are not named stay.
    :raises Invalid: a text is longer than its slot takes, or there is no such slot.
    :raises Forbidden, WrongState: as :meth:`Lifecycle.allow`.
    """
    REPORT.allow(report, "write", attempt)
    content = report.said
    slots = {slot.code: slot for slot in content.slots}
    if unknown := set(texts) - set(slots):
        raise Invalid(f"没有“{sorted(unknown)[0]}”这一项：请刷新页面后再填")
    written = {code: clean(text).strip() for code, text in texts.items()}
    _check_lengths(slots, written)
    changed = [slots[code].label for code, text in written.items() if text != slots[code].text]
    if not changed:
        return False
    _put(report, with_slots(content, written))
    _note_writer(report, attempt.actor)
    REPORT.advance(session, report, "write", attempt, {"slots": "、".join(changed)})
    return True


def foresee(session: Session, report: Report, at: Standpoint) -> tuple[Content, list[Difference]]:
    """What it would say if it were composed now, and what differs; nothing is stored.

    :raises Invalid, NotFound: it cannot be composed any more.
    """
    kind = find_kind(report.kind)
    request = Request(report.period_start, report.period_end, report.topic_id)
    if kind.needs is Needs.TOPIC:
        if report.topic_id is None:
            raise Invalid("所写的话题已不存在，不能重新汇总：内容保持原样")
        request = rules.of_topic(report.topic_id, local(at.now, at.zone).date())
    before = report.said
    after = with_slots(
        kind.compose(session, request, at), {slot.code: slot.text for slot in before.slots}
    )
    return after, differences(before, after)


def compose_anew(
    session: Session, report: Report, at: Standpoint, attempt: Attempt
) -> list[Difference]:
    """Take the figures as they are now; what people wrote stays. Returns what changed.

    :raises Invalid, NotFound: as :func:`foresee`.
    :raises Forbidden, WrongState: as :meth:`Lifecycle.allow`.
    """
    REPORT.allow(report, "compose", attempt)
    after, changed = foresee(session, report, at)
    _put(report, after)
    report.composed_at = at.now
    _note_writer(report, attempt.actor)
    told = "；".join(f"{one.where}：{one.before or '无'} → {one.after or '无'}" for one in changed)
    details = {"figures": f"{len(changed)} 处。{told}"[:TOLD_LENGTH]}
    REPORT.advance(session, report, "compose", attempt, details)
    return changed


def advance(session: Session, report: Report, action: str, attempt: Attempt) -> None:
    """Take one step.

    :raises Invalid: a report is not written or composed by this way.
    :raises Forbidden, WrongState, GuardRefused: as :meth:`Lifecycle.advance`.
    """
    if action in ("write", "compose"):
        raise Invalid(f"没有“{action}”这个操作")
    REPORT.allow(report, action, attempt)
    if action == "submit":
        _note_writer(report, attempt.actor)
    elif action == "sign":
        report.signer_id, report.signer_name = attempt.actor.id, attempt.actor.name
        report.signed_at = attempt.now
    elif action == "void":
        report.standing_key = None
    REPORT.advance(session, report, action, attempt)
    session.flush()


def _store(session: Session, kind: Kind, request: Request, at: Standpoint, actor: Actor) -> Report:
    """Compose and number. The caller holds the numbers."""
    content = kind.compose(session, request, at)
    year = local(at.now, at.zone).year
    last = select(func.max(Report.sequence)).where(Report.kind == kind.code, Report.year == year)
    report = Report(
        kind=kind.code,
        year=year,
        sequence=(session.scalar(last) or 0) + 1,
        period_start=request.first,
        period_end=request.last,
        standing_key=_key(kind, request),
        topic_id=request.topic_id,
        state=ReportState.DRAFT,
        composed_at=at.now,
        created_at=at.now,
        author_id=actor.id,
        author_name=actor.name,
        writer_ids=[] if actor.id is None else [actor.id],
    )
    _put(report, content)
    session.add(report)
    session.flush()
    return report


def _put(report: Report, content: Content) -> None:
    report.content, report.title = to_json(content), content.title[:200]


def _check_lengths(slots: Mapping[str, Slot], written: Mapping[str, str]) -> None:
    wrong = {
        code: f"{slots[code].label}最多 {slots[code].limit} 字，现有 {len(text)} 字：请精简"
        for code, text in written.items()
        if len(text) > slots[code].limit
    }
    if wrong:
        raise Invalid("；".join(wrong.values()), wrong)


def _note_writer(report: Report, actor: Actor) -> None:
    if actor.id is not None and actor.id not in report.writer_ids:
        report.writer_ids = [*report.writer_ids, actor.id]


def _hold_numbers(session: Session) -> None:
    """One transaction at a time gives out a number. SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(NUMBER_LOCK)))


def _key(kind: Kind, request: Request) -> str | None:
    return None if kind.needs is Needs.TOPIC else f"{kind.code}:{request.first.isoformat()}"


def _standing(session: Session, kind: Kind, request: Request) -> Report | None:
    return session.scalar(select(Report).where(Report.standing_key == _key(kind, request)))


def _of_living(session: Session, request: Request) -> Request:
    living = topics.get_living(session, request.topic_id or 0)
    return Request(request.first, request.last, living.id)


def _same_click(session: Session, kind: Kind, request: Request, attempt: Attempt) -> Report | None:
    """What this person has just had composed on this topic."""
    query = select(Report).where(
        Report.kind == kind.code,
        Report.topic_id == request.topic_id,
        Report.author_id == attempt.actor.id,
        Report.state == ReportState.DRAFT,
        Report.created_at > attempt.now - SAME_CLICK,
    )
    return session.scalar(query.order_by(Report.id.desc()).limit(1))
