"""How far a unit has come: sent in by its liaison, accepted or returned by the office."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.core.errors import Forbidden, GuardRefused, Invalid, NotFound, Stale
from responder.core.lifecycle import Attempt
from responder.core.office import office_zone
from responder.core.permissions import Permission
from responder.core.texts import clean
from responder.core.times import local
from responder.core.versions import check_seen
from responder.intake.imports.uploads import safe_name
from responder.openness.access import is_of
from responder.openness.tasks.lifecycle import REPORT, REPORT_STEP, TASK, UNSETTLED, is_of_the_unit
from responder.openness.tasks.models import (
    ReachedMilestone,
    Report,
    ReportState,
    ReportWriter,
    Task,
    TaskFile,
    TaskState,
)
from responder.planning.events.files import Kept

MOST_FILES = 20
LINK_STARTS = ("http://", "https://")


@dataclass(frozen=True)
class ReportFacts:
    """What a liaison enters of a report.

    :param percent: 0 to 100.
    :param reached: milestone id → the day on which it was done.
    """

    percent: int
    body: str
    link: str
    reached: Mapping[int, date]


def draft_of(session: Session, task: Task, unit_id: int | None) -> Report | None:
    """What a unit has begun, or sent in and not been answered."""
    query = select(Report).where(
        Report.task_id == task.id, Report.unit_id == unit_id, Report.state.in_(UNSETTLED)
    )
    return session.scalar(query)


def latest_of(session: Session, task: Task, unit_id: int | None) -> Report | None:
    """A unit's last report that the office has decided upon."""
    query = select(Report).where(
        Report.task_id == task.id, Report.unit_id == unit_id, Report.state.not_in(UNSETTLED)
    )
    return session.scalar(query.order_by(Report.id.desc()).limit(1))


def may_report(task: Task, attempt: Attempt) -> bool:
    """Whether to offer the form of a report at all."""
    actor = attempt.actor
    if not (actor.may(Permission.OPENNESS_REPORT) and is_of(actor, *task.unit_ids)):
        return False
    is_lead = actor.unit_id == task.lead_id
    going_on = (TaskState.OPEN, TaskState.RETURNED)
    return task.state in going_on or (task.state is TaskState.REPORTED and not is_lead)


def save_draft(
    session: Session, task: Task, facts: ReportFacts, attempt: Attempt, version: int | None
) -> Report:
    """Keep what a liaison has written; the office does not see it yet.

    :param version: of the draft that the person had before them; None of a new one.
    :raises Forbidden: of another unit.
    :raises Stale: somebody else of the unit has written meanwhile.
    :raises WrongState, GuardRefused: as :meth:`Lifecycle.allow`.
    :raises Invalid: a value cannot be taken.
    """
    actor = attempt.actor
    if not actor.may(Permission.OPENNESS_REPORT) or not is_of(actor, *task.unit_ids):
        raise Forbidden("进展由任务的牵头单位和配合单位填报：请由这些单位的联络员办理")
    report = draft_of(session, task, actor.unit_id)
    if report is None and version is not None:
        raise Stale("这份草稿已被同事删除或已有结果：请核对后重新填报")
    if report is None:
        assert actor.unit_id is not None, "is_of has said so"
        report = Report(
            task=task, unit_id=actor.unit_id, state=ReportState.DRAFT, edits=0,
            created_at=attempt.now,
        )  # fmt: skip
    else:
        check_seen(report, version)
    with session.no_autoflush:
        REPORT.allow(report, "save", attempt)
        _put(report, facts, attempt)
        session.add(report)
    session.flush()
    _note_writer(session, report, attempt)
    return report


def add_file(
    session: Session, report: Report, kept: Kept, name: str, media_type: str, attempt: Attempt
) -> TaskFile:
    """Enter a content that has been put away as evidence of a draft.

    :raises GuardRefused, WrongState, Forbidden: as :meth:`Lifecycle.allow`; or there are many.
    """
    REPORT.allow(report, "save", attempt)
    if len(report.files) >= MOST_FILES:
        raise GuardRefused(f"一份报告最多 {MOST_FILES} 个附件：请先删除不需要的")
    file = TaskFile(
        name=safe_name(name), media_type=media_type, size=kept.size, digest=kept.digest,
        added_at=attempt.now, added_by_name=attempt.actor.name,
    )  # fmt: skip
    report.files.append(file)
    session.flush()
    _note_writer(session, report, attempt)
    return file


def remove_file(session: Session, file: TaskFile, attempt: Attempt) -> None:
    """:raises GuardRefused, WrongState, Forbidden: as :meth:`Lifecycle.allow`."""
    REPORT.allow(file.report, "save", attempt)
    file.report.files.remove(file)
    session.flush()


def submit(session: Session, report: Report, attempt: Attempt) -> None:
    """Send a draft in. At 100 of the lead unit, the whole task is reported complete.

    :raises Forbidden, WrongState, GuardRefused: as :meth:`Lifecycle.advance`.
    """
    REPORT.advance(session, report, "submit", attempt, {"percent": report.percent})
    report.reported_by_id, report.reported_by_name = attempt.actor.id, attempt.actor.name
    report.reported_at = attempt.now
    if report.completes:
        TASK.advance(session, report.task, "report", attempt)
    session.flush()


def advance(session: Session, report: Report, action: str, attempt: Attempt) -> None:
    """Take a step that has a button of its own: accept, return, withdraw, discard.

    :raises Forbidden, WrongState, GuardRefused: as :meth:`Lifecycle.advance`.
    :raises Invalid: the form takes the other steps.
    """
    if action not in {one.action for one in REPORT.transitions if one.endpoint == REPORT_STEP}:
        raise Invalid(f"没有“{action}”这个操作")
    REPORT.advance(session, report, action, attempt, {"percent": report.percent})
    {"accept": _accept, "return": _return, "withdraw": _withdraw, "discard": _discard}[action](
        session, report, attempt
    )
    session.flush()


def find_file(session: Session, file_id: int) -> TaskFile:
    """:raises NotFound: no such file."""
    found = session.get(TaskFile, file_id)
    if found is None:
        raise NotFound("没有这个附件，或已被删除：请刷新任务页面")
    return found


def _accept(session: Session, report: Report, attempt: Attempt) -> None:
    """Only now does the task move."""
    _decide(report, attempt)
    for one in report.reached:
        milestone = one.milestone
        if milestone.done_on is None:
            milestone.done_on, milestone.report_id = one.done_on, report.id
            milestone.evidence = milestone.evidence or report.link
    task = report.task
    if not report.is_of_lead:
        return
    task.progress = report.percent
    if report.completes:
        assert report.reported_at is not None, "it was sent in"
        TASK.advance(session, task, "complete", attempt)
        task.completed_on = local(report.reported_at, office_zone()).date()
    elif task.state is TaskState.RETURNED:
        TASK.advance(session, task, "resume", attempt)


def _return(session: Session, report: Report, attempt: Attempt) -> None:
    _decide(report, attempt)
    report.outcome = clean(attempt.note).strip()
    if report.completes and report.task.state is TaskState.REPORTED:
        TASK.advance(session, report.task, "return", attempt)


def _withdraw(session: Session, report: Report, attempt: Attempt) -> None:
    report.reported_at = None
    if report.completes and report.task.state is TaskState.REPORTED:
        TASK.advance(session, report.task, "withdraw", replace(attempt, note=""))


def _discard(session: Session, report: Report, _attempt: Attempt) -> None:
    session.delete(report)


def _decide(report: Report, attempt: Attempt) -> None:
    report.decided_by_name, report.decided_at = attempt.actor.name, attempt.now


def _put(report: Report, facts: ReportFacts, attempt: Attempt) -> None:
    if not 0 <= facts.percent <= 100:
        raise Invalid("进度请填 0 到 100 的整数", {"percent": "超出范围"})
    link = facts.link.strip()
    if link and not link.startswith(LINK_STARTS):
        raise Invalid("链接请从 http:// 或 https:// 写起", {"link": "不是网址"})
    today = local(attempt.now, office_zone()).date()
    milestones = {one.id: one for one in report.task.milestones}
    for milestone_id, done_on in facts.reached.items():
        if milestone_id not in milestones:
            raise Invalid("时序节点已有变化：请刷新页面后重新勾选")
        if done_on > today:
            what = milestones[milestone_id].what
            raise Invalid(f"“{what}”的完成日期 {done_on} 还没有到：请改正", {"reached": "日期未到"})
    report.percent, report.link, report.body = facts.percent, link, clean(facts.body).strip()
    kept = {one.milestone_id: one for one in report.reached}
    report.reached = [
        kept.get(milestone_id) or ReachedMilestone(milestone=milestones[milestone_id])
        for milestone_id in facts.reached
    ]
    for one in report.reached:
        one.done_on = facts.reached[one.milestone_id or one.milestone.id]
    report.edits += 1


def _note_writer(session: Session, report: Report, attempt: Attempt) -> None:
    actor = attempt.actor
    if actor.id is not None and actor.id not in {one.user_id for one in report.writers}:
        report.writers.append(ReportWriter(user_id=actor.id))
        session.flush()


def may_see(report: Report, attempt: Attempt) -> bool:
    """A draft is its unit's alone."""
    return report.state is not ReportState.DRAFT or is_of_the_unit(report, attempt) is None
