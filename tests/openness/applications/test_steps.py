"""Every step of an application: what it leaves behind, and what it is refused for."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from responder.core.audit import AuditEvent
from responder.core.database import transaction
from responder.core.errors import Forbidden, GuardRefused, Invalid, Stale, WrongState
from responder.core.lifecycle import Attempt
from responder.core.permissions import CONSOLE
from responder.core.times import SHANGHAI
from responder.openness.applications import queries, registering
from responder.openness.applications.lifecycle import APPLICATION, OPEN, offered
from responder.openness.applications.models import Application, ApplicationState, ClockKind
from responder.openness.applications.rules import Basis, Way
from responder.warnings import raising
from responder.warnings.models import ClockWarning, WarningDelivery
from tests.factories import NOW
from tests.openness.applications.factories import (
    CODE,
    NAME,
    PHONE,
    S,
    brought_to,
    due,
    facts,
    officer,
    outcome,
    registered,
    take,
)


def test_numbers_run_within_the_year_of_receipt_and_none_is_left_out(session) -> None:
    numbers = [
        registered(received_on=day).number
        for day in (date(2025, 12, 30), date(2026, 1, 5), date(2026, 1, 6), date(2025, 12, 31))
    ]
    assert numbers == ["2025-001", "2026-001", "2026-002", "2025-002"]
    voided = take(registered(), "void", "2026-11-03")
    assert (voided.number, registered().number) == ("2026-003", "2026-004")


def test_who_asked_is_sealed_in_the_database_and_hidden_in_the_trail(session) -> None:
    application = registered()
    columns = "applicant_name, applicant_code, applicant_phone, applicant_contact"
    stored = session.connection().exec_driver_sql(
        f"SELECT {columns} FROM disclosure_application WHERE id = {application.id}"
    )
    text = " ".join(map(str, stored.one()))
    told = " ".join(str(one.changes) for one in session.scalars(select(AuditEvent)))
    for private in (NAME, CODE, PHONE, "槐荫巷 12 号"):
        assert private not in text
        assert private not in told
    take(application, "accept", "2026-11-03")
    take(application, "ask_material", "2026-11-04", matter=f"{NAME}要的批复")
    take(
        application, "receive_material", "2026-11-05", note=f"{NAME}要的批复已送来",
        material_id=application.materials[0].id,
    )  # fmt: skip
    with transaction(CONSOLE, NOW):
        application.form_wanted = application.old_number = f"{NAME}的"
    changed = " ".join(str(one.changes) for one in session.scalars(select(AuditEvent)))
    assert NAME not in changed
    assert application.applicant_name == NAME


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"received_on": date(2026, 11, 21)}, "received_on"),  # tomorrow
        ({"received_on": date(2008, 4, 30)}, "received_on"),  # before there was a law
        ({"content": " \n"}, "content"),
        ({"applicant_name": " "}, "applicant_name"),
        ({"way": Way.IN_PERSON, "basis": Basis.CONFIRMED}, "basis"),
        ({"way": Way.INTERNET, "basis": Basis.SUBMITTED}, "basis"),
        ({"way": Way.FAX, "basis": Basis.SIGNED_FOR}, "basis"),
        ({"way": Way.MAIL, "basis": Basis.SUBMITTED}, "basis"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(session, changed, field) -> None:
    with pytest.raises(Invalid) as refused:
        registered(**changed)
    assert list(refused.value.fields) == [field]
    assert session.scalar(select(func.count()).select_from(Application)) == 0


@pytest.mark.parametrize("role", ["supervisor", "auditor", "liaison", "press_officer"])
def test_others_neither_register_nor_read(session, people, role) -> None:
    person = getattr(people, role)
    with pytest.raises(Forbidden):
        registered(person=person)
    application = registered()
    with pytest.raises(Forbidden):
        queries.find(session, application.id, person.actor)
    with pytest.raises(Forbidden):
        take(application, "accept", "2026-11-03", person=person)


@pytest.mark.parametrize("state", list(S))
def test_each_state_offers_what_its_arrows_allow_and_each_offered_step_can_be_taken(
    session, state
) -> None:
    application = brought_to(state)
    choices = offered(application, Attempt(officer().actor, NOW))
    listed = {t.action for t in APPLICATION.transitions if state in t.sources}
    assert {choice.transition.action for choice in choices} <= listed
    free = [choice.transition.action for choice in choices if not choice.obstacles]
    for action in free:
        another = brought_to(state)
        # Past the seventh working day no correction may be asked.
        take(another, action, "2026-11-09" if action == "ask_correction" else "2026-11-20")
        target = APPLICATION.find(action, state).target
        assert another.state == (target or state)
    for action in {t.action for t in APPLICATION.transitions} - listed:
        with pytest.raises(WrongState):
            take(application, action, "2026-11-19")


def test_a_correction_ends_the_clock_and_its_arrival_begins_a_new_one(session) -> None:
    application = registered()
    first = application.reply_clock
    take(application, "ask_correction", "2026-11-04")
    assert application.end_clock is None
    assert all(clock.stopped_at for clock in application.clocks)
    take(application, "receive_correction", "2026-11-16")
    assert application.state is S.ACCEPTED
    second = application.reply_clock
    assert second is not first
    assert (first.round, second.round) == (1, 2)
    assert "收到补正后的申请之日" in second.steps[0]
    # 17-20 (4), 23-27 (9), 30-4 Dec (14), 7-11 (19), 14 (20).
    assert due(second) == date(2026, 12, 14)


def test_a_correction_is_asked_once_and_within_seven_working_days(session) -> None:
    late = registered()  # 3-6 (4), 9-11 (7): until 11 November
    with pytest.raises(GuardRefused, match="2026-11-11 届满"):
        take(late, "ask_correction", "2026-11-12")
    take(late, "accept", "2026-11-04")
    take(late, "ask_correction", "2026-11-11")  # accepted, and found unclear after all
    take(late, "receive_correction", "2026-11-13")
    with pytest.raises(GuardRefused, match="只能一次性告知"):
        take(late, "ask_correction", "2026-11-16")


def test_who_does_not_correct_in_time_has_given_up_and_not_a_day_before(session) -> None:
    application = registered()
    take(application, "ask_correction", "2026-11-04", until=date(2026, 11, 20))
    with pytest.raises(GuardRefused, match="还没有过"):
        take(application, "abandon", "2026-11-20")
    later = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
    take(application, "abandon", "2026-11-21", now=later)
    assert application.outcome.code == "other_uncorrected"
    assert (application.closed_on, application.late) == (date(2026, 11, 21), False)


def test_an_unpaid_fee_ends_it_after_twenty_working_days(session) -> None:
    application = brought_to(S.AWAITING_FEE)
    fee = application.running(ClockKind.FEE)
    assert due(fee) == date(2026, 12, 2)  # 5-6 (2), 9-13 (7), 16-20 (12), 23-27 (17), 30-2 (20)
    with pytest.raises(GuardRefused, match="还没有过"):
        take(application, "leave_unpaid", "2026-11-20")
    take(application, "leave_unpaid", "2026-12-03", now=datetime(2026, 12, 3, 1, tzinfo=UTC))
    assert application.outcome.code == "other_unpaid"


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"length": None}, "length"),
        ({"length": 21}, "length"),
        ({"length": 0}, "length"),
        ({"approver": " "}, "approver"),
        ({"told_on": None}, "told_on"),
        ({"told_on": date(2026, 11, 9)}, "told_on"),  # before the consent
    ],
)
def test_an_extension_names_who_consented_and_when_the_applicant_was_told(
    session, said, field
) -> None:
    application = brought_to(S.ACCEPTED)
    with pytest.raises(Invalid) as refused:
        take(application, "extend", "2026-11-10", **said)
    assert list(refused.value.fields) == [field]
    assert application.reply_clock.extensions == []


def test_an_extension_is_given_once_and_never_after_the_end(session) -> None:
    application = brought_to(S.ACCEPTED)  # until 30 November
    before = due(application.reply_clock)
    take(application, "extend", "2026-11-10", length=5)
    assert (before, due(application.reply_clock)) == (date(2026, 11, 30), date(2026, 12, 7))
    with pytest.raises(GuardRefused, match="不能再延"):
        take(application, "extend", "2026-11-11")
    late = registered(received_on=date(2026, 10, 12))  # until 9 November
    take(late, "accept", "2026-10-13")
    with pytest.raises(GuardRefused, match="2026-11-09 届满"):
        take(late, "extend", "2026-11-10")


def test_while_an_opinion_is_asked_the_end_is_that_of_the_day_of_the_extension(session) -> None:
    application = registered(received_on=date(2026, 10, 12))  # until 9 November
    take(application, "accept", "2026-10-13")
    take(application, "consult", "2026-11-05")
    take(application, "extend", "2026-11-16", length=5, told_on=date(2026, 11, 16))
    assert application.reply_clock.extensions[0].length == 5
    stopped = registered(received_on=date(2026, 10, 12))
    take(stopped, "accept", "2026-10-13")
    take(stopped, "consult", "2026-11-10")
    with pytest.raises(GuardRefused, match="2026-11-09 届满"):
        take(stopped, "extend", "2026-11-16")


def test_the_applicant_is_told_of_an_extension_before_the_end(session) -> None:
    application = registered(received_on=date(2026, 10, 12))  # until 9 November
    take(application, "accept", "2026-10-13")
    with pytest.raises(Invalid, match="2026-11-09") as refused:
        take(application, "extend", "2026-11-06", told_on=date(2026, 11, 10))
    assert list(refused.value.fields) == ["told_on"]
    take(application, "extend", "2026-11-06", told_on=date(2026, 11, 9))


@pytest.mark.parametrize(
    ("away", "back"), [("ask_correction", "receive_correction"), ("ask_fee", "receive_fee")]
)
def test_an_extension_holds_when_the_clock_begins_anew(session, away, back) -> None:
    application = brought_to(S.ACCEPTED)
    take(application, "extend", "2026-11-04", length=5)
    take(application, away, "2026-11-06")
    take(application, back, "2026-11-16")
    first, second = (one for one in application.clocks if one.kind is ClockKind.REPLY)
    assert (first.extensions, [one.length for one in second.extensions]) == ([], [5])
    assert due(second) == date(2026, 12, 21)  # 17-20 (4), 23-27 (9), ..., 14 (20), and five more
    with pytest.raises(GuardRefused, match="不能再延"):
        take(application, "extend", "2026-11-17")


def test_nobody_has_given_up_on_a_day_on_which_there_was_time_left(session) -> None:
    uncorrected, unpaid = registered(), brought_to(S.AWAITING_FEE)
    take(uncorrected, "ask_correction", "2026-11-04", until=date(2026, 11, 20))
    later = datetime(2026, 12, 10, 1, 0, tzinfo=UTC)
    for application, action, last in (
        (uncorrected, "abandon", "2026-11-20"), (unpaid, "leave_unpaid", "2026-12-02"),
    ):  # fmt: skip
        with pytest.raises(Invalid, match=last) as refused:
            take(application, action, last, now=later)
        assert list(refused.value.fields) == ["on"]
        assert application.closed_on is None


def test_steps_happen_in_order_and_not_tomorrow(session) -> None:
    application = brought_to(S.CONSULTING)  # asked on the 4th
    for day in ("2026-11-03", "2026-11-21"):
        with pytest.raises(Invalid) as refused:
            take(application, "end_consultation", day)
        assert list(refused.value.fields) == ["on"]
    take(application, "end_consultation", "2026-11-18")
    with pytest.raises(Invalid, match="早于上一步的日期"):
        take(application, "reply", "2026-11-17")


@pytest.mark.parametrize(
    ("day", "late"), [("2026-11-06", False), ("2026-11-09", False), ("2026-11-10", True)]
)
def test_a_reply_after_its_day_is_flagged_for_ever(session, day, late) -> None:
    # Received on 12 October: 13-16 (4), 19-23 (9), 26-30 (14), 2-6 (19), 9 (20).
    application = registered(received_on=date(2026, 10, 12))
    take(application, "reply", day)
    assert application.late is late
    assert application.closed_on == date.fromisoformat(day)
    assert all(clock.stopped_at for clock in application.clocks)
    take(application, "archive")
    assert application.late is late


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"outcome_id": None}, "outcome_id"),
        ({"outcome_id": 999_999}, "outcome_id"),
        ({"reply_number": ""}, "reply_number"),
        ({"reply_text": " "}, "reply_text"),
    ],
)
def test_a_reply_has_its_outcome_number_and_text(session, said, field) -> None:
    application = brought_to(S.ACCEPTED)
    with pytest.raises(Invalid) as refused:
        take(application, "reply", "2026-11-10", **said)
    assert list(refused.value.fields) == [field]


@pytest.mark.parametrize("code", ["refused", "other_uncorrected", "other_unpaid"])
def test_a_heading_and_what_other_steps_end_in_are_no_outcome_of_a_reply(session, code) -> None:
    application = brought_to(S.ACCEPTED)
    with pytest.raises(Invalid):
        take(application, "reply", "2026-11-10", outcome_id=outcome(code).id)


def test_a_reply_entered_by_mistake_is_taken_back_and_the_clock_runs_on(session) -> None:
    application = brought_to(S.REPLIED)
    take(application, "reopen", note="文号登错")
    assert application.state is S.ACCEPTED
    assert (application.outcome, application.closed_on) == (None, None)
    assert application.reply_clock.stopped_at is None
    assert application.reply_text


def test_material_is_asked_of_a_unit_and_comes_in(session) -> None:
    application = take(brought_to(S.ACCEPTED), "ask_material", "2026-11-05")
    (material,) = application.open_material
    with pytest.raises(Invalid, match="早于转办之日"):
        take(application, "receive_material", "2026-11-04", material_id=material.id)
    take(application, "receive_material", "2026-11-09", material_id=material.id)
    assert application.open_material == []
    with pytest.raises(GuardRefused):
        take(application, "receive_material", "2026-11-10", material_id=material.id)


def test_a_withdrawal_while_others_are_asked_ends_all_clocks(session) -> None:
    application = take(brought_to(S.CONSULTING), "withdraw", "2026-11-10")
    assert application.outcome.code == "other_other"
    assert all(clock.stopped_at and not clock.open_pause for clock in application.clocks)


def test_the_day_of_receipt_is_put_right_until_something_rests_on_it(session) -> None:
    application, actor = registered(), officer().actor
    attempt = Attempt(actor, NOW)
    moved = facts(received_on=date(2026, 11, 3), applicant_name="", applicant_code="")
    with transaction(actor, NOW) as writing:
        registering.edit(writing, application, moved, attempt)
    assert due(application.reply_clock) == date(2026, 12, 1)
    assert (application.applicant_name, application.applicant_code) == (NAME, CODE)
    with pytest.raises(Invalid, match="误登作废"), transaction(actor, NOW) as writing:
        registering.edit(writing, application, facts(received_on=date(2025, 12, 31)), attempt)
    take(application, "accept", "2026-11-04")
    take(application, "consult", "2026-11-05")
    with pytest.raises(GuardRefused), transaction(actor, NOW) as writing:
        registering.edit(writing, application, facts(), attempt)


def test_the_day_of_receipt_stays_once_a_fee_is_asked(session) -> None:
    application, actor = brought_to(S.AWAITING_FEE), officer().actor
    fee = due(application.running(ClockKind.FEE))
    moved = facts(received_on=date(2026, 11, 3))
    with pytest.raises(GuardRefused, match="缴费"), transaction(actor, NOW) as writing:
        registering.edit(writing, application, moved, Attempt(actor, NOW))
    assert due(application.running(ClockKind.FEE)) == fee


def test_who_comes_too_late_is_told(session) -> None:
    application, actor = registered(), officer().actor
    seen = application.version_id
    take(application, "accept", "2026-11-03")
    with pytest.raises(Stale), transaction(actor, NOW) as writing:
        queries.find_to_change(writing, application.id, actor, seen)


@pytest.mark.parametrize(
    ("day", "told"),
    [
        (date(2026, 11, 9), {"时间过半"}),  # of the seven days in which a correction is asked
        (date(2026, 11, 27), {"到期前 1 个工作日"}),
        (date(2026, 11, 30), {"到期当天"}),
        (date(2026, 12, 1), {"逾期每个工作日"}),
    ],
)
def test_the_office_is_warned_before_at_and_after_the_end(session, people, day, told) -> None:
    person = officer()
    people.supervisor  # noqa: B018 - is there, and reads no applications
    application = registered()  # until 30 November; corrections until the 11th
    if day > date(2026, 11, 11):
        take(application, "accept", "2026-11-03")
    now = datetime(day.year, day.month, day.day, 7, tzinfo=UTC)
    with transaction(CONSOLE, now) as writing:
        raising.seed_warnings(writing)
        assert raising.raise_warnings(writing, now, SHANGHAI) == 1
    warning = session.scalars(select(ClockWarning)).one()
    assert {warning.step.name} == told
    assert session.scalars(select(WarningDelivery.user_id)).all() == [person.id]


def test_nothing_is_said_while_others_are_asked_but_of_their_own_time(session) -> None:
    officer()
    application = brought_to(S.CONSULTING)
    now = datetime(2026, 12, 10, 7, tzinfo=UTC)  # past the end that no longer holds
    with transaction(CONSOLE, now) as writing:
        raising.seed_warnings(writing)
        raising.raise_warnings(writing, now, SHANGHAI)
    rules = {one.rule.code for one in session.scalars(select(ClockWarning))}
    assert rules == {"application_opinion"}
    assert application.state in OPEN


def test_states_are_those_of_the_table() -> None:
    assert set(APPLICATION.states) == set(ApplicationState)
