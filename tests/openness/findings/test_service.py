"""The way of a finding: who may do what, what is kept, what is refused."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from responder.core.audit import AuditEvent
from responder.core.database import db, transaction
from responder.core.errors import Forbidden, GuardRefused, Invalid, Stale, WrongState
from responder.core.lifecycle import Attempt
from responder.core.permissions import CONSOLE, Role
from responder.openness.findings import queries, service
from responder.openness.findings.lifecycle import FINDING
from responder.openness.findings.models import Finding, FindingState, Outcome
from responder.openness.findings.queries import Wanted
from responder.openness.findings.rules import ThreeLists
from tests.factories import NOW, unit
from tests.openness.counting import value_of
from tests.openness.findings.factories import (
    DEADLINE,
    LATER,
    TODAY,
    brought_to,
    entered,
    facts,
    sent,
    take,
)
from tests.openness.people import liaison_of, other_unit

S = FindingState


def test_the_whole_way_keeps_who_and_what(session, people) -> None:
    finding = brought_to(S.CLOSED)
    assert (finding.state, finding.closed_on, finding.assigned_on) == (S.CLOSED, TODAY, TODAY)
    assert finding.closing is not None
    assert (finding.closing.by_name, finding.closing.seen) == (
        people.supervisor.display_name, "打开栏目看过，信息已补齐",
    )  # fmt: skip
    deeds = session.scalars(
        select(AuditEvent.action)
        .where(AuditEvent.object_type == "finding", AuditEvent.object_id == finding.id)
        .order_by(AuditEvent.id)
    ).all()
    assert [deed for deed in deeds if deed != "update"] == ["create", "assign", "rectify", "close"]


def test_a_reopened_one_keeps_its_history(session, people) -> None:
    finding = brought_to(S.CLOSED)
    again = date(2027, 1, 15)
    take(finding, "reopen", people.openness_officer, "又停更了", LATER, day=again)
    assert (finding.state, finding.round, finding.closed_on) == (S.ASSIGNED, 2, None)
    assert finding.deadline == again
    assert [(one.old_deadline, one.new_deadline) for one in finding.extensions] == [
        (DEADLINE, again)
    ]
    sent(finding, text="第二次补发", at=LATER)
    take(finding, "return", people.supervisor, "还缺十月的", LATER)
    sent(finding, text="第三次补发", at=LATER)
    take(finding, "close", people.supervisor, "齐了", LATER)
    assert [(one.round, one.text) for one in finding.evidence] == [
        (1, "已补发三个月的信息"), (2, "第二次补发"), (3, "第三次补发"),
    ]  # fmt: skip
    assert [(one.round, one.outcome) for one in finding.verdicts] == [
        (1, Outcome.CLOSED), (1, Outcome.REOPENED), (2, Outcome.RETURNED), (3, Outcome.CLOSED),
    ]  # fmt: skip
    assert finding.closed_on == TODAY + timedelta(days=3)


def test_a_verifier_is_not_of_the_unit(session) -> None:
    finding = brought_to(S.RECTIFIED)
    insider = liaison_of(unit(), Role.SUPERVISOR)
    with pytest.raises(GuardRefused, match="责任单位的人"):
        take(finding, "close", insider)
    with pytest.raises(GuardRefused, match="责任单位的人"):
        take(finding, "return", insider)
    assert finding.state is S.RECTIFIED


def test_nobody_verifies_what_they_listed_or_sent(session, people) -> None:
    both = people.holding(Role.OPENNESS_OFFICER, "both")
    finding = brought_to(S.ASSIGNED)
    sent(finding, both)
    verifier = Attempt(people.supervisor.actor, NOW)
    close = FINDING.find("close", S.RECTIFIED)
    assert [guard(finding, verifier) for guard in close.guards] == [None, None, None]
    sender, lister = Attempt(both.actor, NOW), Attempt(people.openness_officer.actor, NOW)
    assert [bool(guard(finding, sender)) for guard in close.guards] == [False, True, False]
    assert [bool(guard(finding, lister)) for guard in close.guards] == [False, False, True]


def test_whoever_sent_an_earlier_round_does_not_verify_a_later_one(session, people) -> None:
    finding = brought_to(S.ASSIGNED)
    early = people.holding(Role.OPENNESS_OFFICER, "early")
    sent(finding, early)
    take(finding, "return", people.supervisor)
    sent(finding)
    close = FINDING.find("close", S.RECTIFIED)
    assert any(guard(finding, Attempt(early.actor, NOW)) for guard in close.guards)


def test_another_unit_neither_sees_nor_reports(session) -> None:
    finding = brought_to(S.ASSIGNED)
    stranger = liaison_of(other_unit())
    with pytest.raises(Forbidden):
        queries.find(db.session, finding.id, stranger.actor)
    with pytest.raises(Forbidden):
        sent(finding, stranger)
    assert list(session.scalars(queries.listed(stranger.actor, Wanted(2026)))) == []
    with transaction(CONSOLE) as writing, pytest.raises(GuardRefused, match="其他单位"):
        service.send(writing, finding, "补了", "", (), Attempt(stranger.actor, NOW))


def test_a_liaison_without_a_unit_sees_nothing(session, people) -> None:
    brought_to(S.ASSIGNED)
    assert list(session.scalars(queries.listed(people.liaison.actor, Wanted(2026)))) == []


@pytest.mark.parametrize("lacking", ["person", "measures", "deadline"])
def test_nothing_is_passed_on_that_is_not_complete(session, people, lacking) -> None:
    finding = entered(**{lacking: None if lacking == "deadline" else ""})
    with pytest.raises(GuardRefused, match="还缺"):
        take(finding, "assign", people.openness_officer)
    assert finding.state is S.LISTED


@pytest.mark.parametrize(
    ("state", "action", "role"),
    [
        (S.LISTED, "close", "supervisor"),
        (S.ASSIGNED, "assign", "openness_officer"),
        (S.ASSIGNED, "close", "supervisor"),
        (S.RECTIFIED, "extend", "openness_officer"),
        (S.CLOSED, "withdraw", "openness_officer"),
        (S.WITHDRAWN, "assign", "openness_officer"),
        (S.WITHDRAWN, "reopen", "openness_officer"),
    ],
)
def test_a_step_from_elsewhere_is_refused(session, people, state, action, role) -> None:
    finding = brought_to(state)
    with pytest.raises(WrongState):
        take(finding, action, getattr(people, role), day=date(2027, 1, 1))


@pytest.mark.parametrize("action", ["edit", "rectify", "record"])
def test_forms_of_their_own_are_no_steps(session, people, action) -> None:
    with pytest.raises(Invalid):
        take(brought_to(S.ASSIGNED), action, people.openness_officer)


@pytest.mark.parametrize(
    ("state", "action", "role"),
    [
        (S.RECTIFIED, "close", "supervisor"),
        (S.RECTIFIED, "return", "supervisor"),
        (S.ASSIGNED, "extend", "openness_officer"),
        (S.CLOSED, "reopen", "openness_officer"),
        (S.LISTED, "withdraw", "openness_officer"),
    ],
)
def test_these_steps_need_a_reason(session, people, state, action, role) -> None:
    finding = brought_to(state)
    with pytest.raises(GuardRefused, match="请写明"):
        take(finding, action, getattr(people, role), "  ", day=date(2027, 1, 1))


def test_an_extension_keeps_the_old_date_and_who_asked(session, people) -> None:
    finding = brought_to(S.ASSIGNED)
    new = date(2027, 1, 31)
    take(finding, "extend", people.openness_officer, "数据核对中", day=new, asked_by=" 周 某 ")
    (kept,) = finding.extensions
    assert (kept.old_deadline, kept.new_deadline, kept.asked_by) == (DEADLINE, new, "周 某")
    assert kept.approved_by_name == people.openness_officer.display_name
    assert (finding.deadline, finding.state) == (new, S.ASSIGNED)
    with pytest.raises(Invalid, match="晚于原期限"):
        take(finding, "extend", people.openness_officer, day=DEADLINE)
    with pytest.raises(GuardRefused, match="责任单位的人"):
        take(finding, "extend", liaison_of(unit(), Role.OPENNESS_OFFICER), day=date(2027, 3, 1))


def test_a_deadline_that_was_given_out_is_not_edited(session, people) -> None:
    finding = brought_to(S.ASSIGNED)
    attempt = Attempt(people.openness_officer.actor, NOW)
    with transaction(attempt.actor, NOW) as writing:
        later = facts(deadline=date(2027, 6, 1), person="吴某")
        service.edit(writing, finding, later, attempt)
    assert (finding.deadline, finding.person) == (DEADLINE, "吴某")
    with pytest.raises(Invalid, match="不能缺"), transaction(attempt.actor, NOW) as writing:
        service.edit(writing, finding, facts(person=""), attempt)
    assert finding.person == "吴某"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"inspection": " "}, "inspection"),
        ({"problem": "\n"}, "problem"),
        ({"year": 1999}, "year"),
        ({"inspected_on": date(2027, 1, 1)}, "inspected_on"),
        ({"deadline": date(2026, 1, 1)}, "deadline"),
        ({"basis": "依" * 301}, "basis"),
    ],
)
def test_a_fact_that_cannot_be_is_refused_by_its_field(session, changed, field) -> None:
    with pytest.raises(Invalid) as refused:
        entered(**changed)
    assert list(refused.value.fields) == [field]


def test_only_the_office_lists(session, people) -> None:
    with pytest.raises(Forbidden):
        entered(people.supervisor)


def test_evidence_says_something_and_its_link_is_one(session) -> None:
    finding = brought_to(S.ASSIGNED)
    with pytest.raises(Invalid, match="写明整改情况"):
        sent(finding, text=" \n")
    with pytest.raises(Invalid, match="完整网址"):
        sent(finding, link="javascript:alert(1)")
    assert finding.state is S.ASSIGNED
    sent(finding, link="https://www.example.gov.cn/a.html")
    assert finding.evidence[0].link == "https://www.example.gov.cn/a.html"


def test_what_somebody_has_not_seen_is_not_closed(session, people) -> None:
    finding = brought_to(S.RECTIFIED)
    with transaction(people.supervisor.actor, NOW) as writing, pytest.raises(Stale):
        seen = finding.version_id - 1
        queries.find_to_change(writing, finding.id, people.supervisor.actor, seen)


def test_the_lists_and_the_counts_agree(session, people) -> None:
    for state in S:
        brought_to(state, problem=f"问题 {state.value}")
    brought_to(S.ASSIGNED, problem="逾期的", deadline=date(2026, 11, 19))
    brought_to(S.ASSIGNED, problem="今天到期", deadline=TODAY)
    brought_to(S.CLOSED, problem="去年的", year=2025)
    actor = people.auditor.actor
    counted = queries.counts(session, actor, 2026, TODAY)
    expected = {
        "problems": 6, "duties": 5, "closings": 1, "overdue": 1, "withdrawn": 1, "waiting": 1,
    }  # fmt: skip
    assert counted == expected
    for which in ThreeLists:
        rows = session.scalars(queries.listed(actor, Wanted(2026, which))).all()
        assert len(rows) == expected[which.value]
    late = session.scalars(queries.listed(actor, Wanted(2026, overdue_on=TODAY))).all()
    assert [one.problem for one in late] == ["逾期的"]
    assert value_of(session, "findings_listed", 2026) == 6
    assert value_of(session, "findings_closed", 2026) == 1
    assert value_of(session, "findings_closed", 2025) == 1
    assert value_of(session, "findings_overdue", 2026, TODAY) == 1
    assert value_of(session, "findings_overdue", 2026, date(2027, 3, 1)) == 4
    (row,) = queries.by_unit(session, actor, 2026, TODAY)
    assert (row.listed, row.open, row.waiting, row.closed, row.overdue) == (6, 4, 1, 1, 1)


def test_a_double_click_lists_a_finding_once(people, session) -> None:
    attempt = Attempt(people.openness_officer.actor, NOW)
    for wanted in (facts(), facts(), facts(problem="另一个问题")):
        with transaction(attempt.actor, NOW) as writing:
            service.enter_once(writing, wanted, attempt)
    assert session.scalar(select(func.count()).select_from(Finding)) == 2
