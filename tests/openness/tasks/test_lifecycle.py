"""Tasks and reports: every state, action and post; what stands in the way; what moves the task."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from responder.core import audit
from responder.core.database import db, transaction
from responder.core.errors import Forbidden, GuardRefused, Invalid, WrongState
from responder.core.lifecycle import Attempt
from responder.core.permissions import Actor, Permission, Role, permissions_of
from responder.openness.tasks import service
from responder.openness.tasks.lifecycle import REPORT, TASK
from responder.openness.tasks.models import Milestone, ReportState, Task, TaskState
from responder.openness.tasks.rules import Step
from tests.factories import NOW, unit
from tests.openness.tasks import factories as make

S, P = TaskState, ReportState
OFFICE, UNIT = Role.OPENNESS_OFFICER, Role.LIAISON
UNFINISHED = (S.OPEN, S.REPORTED, S.RETURNED)

# Written by hand from the office's order of work: state, action → who, and where it leads.
TASK_STEPS = {
    # What is reported as completed is decided upon before it is changed.
    **{(state, "edit"): (OFFICE, state) for state in (S.OPEN, S.RETURNED)},
    **{(state, "report"): (UNIT, S.REPORTED) for state in (S.OPEN, S.RETURNED)},
    (S.REPORTED, "withdraw"): (UNIT, S.OPEN),
    (S.REPORTED, "complete"): (OFFICE, S.COMPLETED),
    (S.REPORTED, "return"): (OFFICE, S.RETURNED),
    (S.RETURNED, "resume"): (OFFICE, S.OPEN),
    **{(state, "reopen"): (OFFICE, S.OPEN) for state in (S.COMPLETED, S.CANCELLED)},
    **{(state, "cancel"): (OFFICE, S.CANCELLED) for state in (S.OPEN, S.RETURNED)},
    (S.OPEN, "remove"): (OFFICE, S.OPEN),
}
REPORT_STEPS = {
    (P.DRAFT, "save"): (UNIT, P.DRAFT),
    (P.DRAFT, "submit"): (UNIT, P.SUBMITTED),
    (P.DRAFT, "discard"): (UNIT, P.DRAFT),
    (P.SUBMITTED, "withdraw"): (UNIT, P.DRAFT),
    (P.SUBMITTED, "accept"): (OFFICE, P.ACCEPTED),
    (P.SUBMITTED, "return"): (OFFICE, P.RETURNED),
}


def attempt_of(role: Role, home: int | None) -> Attempt:
    """Somebody new with one post; a liaison of a unit."""
    return Attempt(Actor(-1, "某人", permissions_of([role]), home), NOW, "理由")


def refused_or_led(table, item, action, attempt):
    try:
        return table.allow(item, action, attempt).target or item.state
    except (Forbidden, WrongState, GuardRefused):
        return None


@pytest.mark.parametrize("state", TaskState)
def test_a_step_of_a_task_is_open_in_its_states_to_the_right_posts_alone(people, state) -> None:
    item, home = make.brought_to(state), unit().id
    for action in {one.action for one in TASK.transitions}:
        right, target = TASK_STEPS.get((state, action), (None, None))
        for role in Role:
            attempt = attempt_of(role, home if role is UNIT else None)
            led = refused_or_led(TASK, item, action, attempt)
            assert led == (target if role is right else None), (action, role)


@pytest.mark.parametrize("state", ReportState)
def test_a_step_of_a_report_is_open_in_its_states_to_the_right_posts_alone(people, state) -> None:
    item, home = make.report_in(state), unit().id
    for action in {one.action for one in REPORT.transitions}:
        right, target = REPORT_STEPS.get((state, action), (None, None))
        for role in Role:
            attempt = attempt_of(role, home if role is UNIT else None)
            led = refused_or_led(REPORT, item, action, attempt)
            assert led == (target if role is right else None), (action, role)


def test_only_what_the_office_accepts_moves_the_task(people) -> None:
    task = make.task()
    report = make.submitted(task, 60)
    assert (task.progress, task.state) == (0, S.OPEN)
    make.decide(report, "return", "缺佐证")
    assert (task.progress, report.outcome) == (0, "缺佐证")
    make.accepted(task, 70)
    assert (task.progress, task.state) == (70, S.OPEN)
    report = make.submitted(task, 100)
    assert (task.progress, task.state) == (70, S.REPORTED)
    make.decide(report, "return", "缺验收材料")
    assert (task.progress, task.state, task.completed_on) == (70, S.RETURNED, None)
    make.accepted(task, 80)
    assert (task.progress, task.state) == (80, S.OPEN)
    make.decide(make.submitted(task, 100), now=NOW + timedelta(days=9))
    # The day on which the unit reported it, not that on which the office got to it.
    assert (task.progress, task.state, task.completed_on) == (100, S.COMPLETED, make.TODAY)


def test_a_unit_that_assists_tells_of_its_share_and_completes_nothing(people) -> None:
    other = unit("MZJ", "市民政局")
    task = make.task(assistants=(other,))
    helper = make.at_home(home=other, username="helper")
    report = make.accepted(task, 100, person=helper)
    assert (report.state, task.progress, task.state) == (P.ACCEPTED, 0, S.OPEN)
    # It may still tell of its share when the lead unit has reported completion.
    make.submitted(task, 100)
    make.accepted(task, 90, person=helper)
    assert task.state is S.REPORTED


def test_a_unit_that_has_no_part_reports_nothing(people) -> None:
    task = make.task()
    stranger = make.at_home(home=unit("YJJ", "市应急管理局"), username="stranger")
    with pytest.raises(Forbidden, match="牵头单位和配合单位"):
        make.drafted(task, person=stranger)
    assert task.reports == []


def test_who_wrote_at_a_report_cannot_accept_it(people) -> None:
    task = make.task()
    report = make.submitted(task)
    both = permissions_of([OFFICE, UNIT])
    writer = Actor(people.liaison.id, "兼岗", both, unit().id)
    for action in ("accept", "return"):
        with pytest.raises(GuardRefused, match="不能自己审核"):
            REPORT.allow(report, action, Attempt(writer, NOW, "理由"))
    assert Permission.OPENNESS_EDIT in both


def test_what_is_complete_has_reached_its_milestones(people) -> None:
    task = make.task(steps=(Step("方案", date(2026, 3, 31)), Step("验收", date(2026, 12, 10))))
    first, second = task.milestones
    make.accepted(task, 50, reached={first.id: date(2026, 4, 2)}, link="https://example.org/1")
    assert (first.done_on, first.evidence, second.done_on) == (
        date(2026, 4, 2), "https://example.org/1", None,
    )  # fmt: skip
    with pytest.raises(GuardRefused, match="还有时序节点没有完成：验收"):
        make.submitted(task, 100)
    make.accepted(task, 100, reached={second.id: date(2026, 11, 20)})
    assert (task.state, second.done_on) == (S.COMPLETED, date(2026, 11, 20))


def test_a_report_must_say_something_and_of_no_day_to_come(people) -> None:
    task = make.task(steps=(Step("方案", date(2026, 3, 31)),))
    with pytest.raises(GuardRefused, match="还没有写进展情况"):
        make.submitted(task, body=" ")
    for facts, said in (
        ({"percent": 101}, "0 到 100"),
        ({"link": "ftp://example.org"}, "http://"),
        ({"reached": {task.milestones[0].id: date(2026, 11, 21)}}, "还没有到"),
        ({"reached": {0: date(2026, 11, 1)}}, "重新勾选"),
    ):
        with pytest.raises(Invalid, match=said):
            make.drafted(task, **facts)


def test_a_report_withdrawn_takes_the_completion_back(people) -> None:
    task = make.task()
    report = make.submitted(task, 100)
    make.decide(report, "withdraw", person=people.liaison)
    assert (report.state, task.state) == (P.DRAFT, S.OPEN)
    make.decide(report, "discard", person=people.liaison)
    db.session.expire_all()
    assert task.reports == []


def test_a_task_opened_again_stands_where_it_stood_before(people) -> None:
    task = make.task()
    make.accepted(task, 60)
    make.accepted(task, 100)
    make.step(task, "reopen", "复核发现缺项")
    assert (task.state, task.progress, task.completed_on) == (S.OPEN, 60, None)
    told = [(event.action, event.note) for event in audit.history(db.session, task)]
    assert ("reopen", "复核发现缺项") in told


def test_a_cancelled_task_needs_its_reason_and_nothing_that_waits(people) -> None:
    task = make.task()
    with pytest.raises(GuardRefused, match="请写明取消任务的理由"):
        make.step(task, "cancel", " ")
    report = make.submitted(task)
    with pytest.raises(GuardRefused, match="先确认或退回"):
        make.step(task, "cancel")
    make.decide(report)
    make.step(task, "cancel")
    with pytest.raises(GuardRefused, match="不能再报进展"):
        make.drafted(task)
    make.step(task, "reopen")
    assert (task.state, task.progress) == (S.OPEN, 60)


def test_only_what_nobody_has_touched_is_removed_and_the_trail_keeps_it(people) -> None:
    parent = make.province()
    task = make.task(parents=(parent,), steps=(Step("方案", date(2026, 3, 31)),))
    with pytest.raises(GuardRefused, match="还有市级任务对应它"):
        make.step(parent, "remove")
    touched = make.task()
    make.drafted(touched)
    with pytest.raises(GuardRefused, match="请改为取消"):
        make.step(touched, "remove")
    make.step(task, "remove", "重复登记")
    db.session.expire_all()
    assert db.session.get(Task, task.id) is None
    assert db.session.query(Milestone).count() == 0
    trail = db.session.query(audit.AuditEvent).filter_by(
        object_type="openness_task", object_id=task.id
    )
    assert [(one.action, one.note) for one in trail][-2:] == [
        ("remove", "重复登记"),
        ("delete", ""),
    ]
    make.step(parent, "remove")


@pytest.mark.parametrize("action", ["edit", "report", "complete", "return", "resume", "nonsense"])
def test_other_steps_have_no_button_of_the_task(people, action) -> None:
    task = make.task()
    with pytest.raises(Invalid), transaction(people.openness_officer.actor, NOW) as session:
        service.advance(session, task, action, make.attempt(people.openness_officer.actor, "理由"))
