"""Each step of a clock is said once, to whom it concerns, and only while it holds."""

from __future__ import annotations

import threading
from datetime import date, time, timedelta

import pytest
from sqlalchemy import func, select

from responder.accounts import absences
from responder.core.database import db, transaction
from responder.core.lifecycle import Attempt
from responder.core.permissions import CONSOLE, Role
from responder.core.times import SHANGHAI
from responder.orders.lifecycle import handle_clock
from responder.orders.models import OrderState
from responder.responses import service as responses
from responder.responses.models import ItemState, Level
from responder.warnings import raising
from responder.warnings.models import ClockWarning, DeliveryState, Subject, WarningDelivery
from tests.databases import DATABASES
from tests.factories import NOW, People, unit
from tests.installations import installation
from tests.orders.factories import brought_to as order_brought_to
from tests.orders.factories import liaison
from tests.orders.factories import take as take_order
from tests.responses.factories import brought_to, drafted, opened, take
from tests.warnings.factories import channel, deliveries, look, seeded, told, warnings

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _steps(session):
    seeded()


def test_a_clock_of_hours_is_warned_of_step_by_step_and_each_once(people):
    people.press_officer, people.supervisor, people.editor  # noqa: B018 - made
    item = drafted()
    assert look(NOW + 23 * HOUR) == 0
    assert look(NOW + 25 * HOUR) == 1
    assert look(NOW + 25 * HOUR) == look(NOW + 30 * HOUR) == 0
    [half] = warnings()
    assert (half.subject, half.subject_id, half.step.code) == (Subject.ITEM, item.id, "hours_half")
    assert told(half) == {"editor"}
    # While nothing ran, a step was missed: the later one alone is said, and takes its place.
    assert look(NOW + 48 * HOUR) == 1
    half, due = warnings()
    assert (due.step.code, half.ended_at, due.ended_at) == ("hours_due", NOW + 48 * HOUR, None)
    assert told(due) == {"editor", "press_officer", "supervisor"}
    assert [look(NOW + hours * HOUR) for hours in (60, 72, 73, 96)] == [0, 1, 0, 1]
    assert [one.number for one in warnings()[2:]] == [1, 2]
    # Published in the end: nobody need look any more.
    for role, action in (
        (Role.EDITOR, "submit"), (Role.FIRST_REVIEWER, "approve_first"),
        (Role.SECOND_REVIEWER, "approve_second"), (Role.THIRD_REVIEWER, "approve_third"),
        (Role.SECRECY_REVIEWER, "approve_secrecy"), (Role.SIGNER, "sign"),
        (Role.PRESS_OFFICER, "publish"),
    ):  # fmt: skip
        take(item, action, People().holding(role))
    assert look(NOW + 97 * HOUR) == 0
    assert all(one.ended_at for one in warnings())


@pytest.mark.parametrize(
    ("state", "who"),
    [
        (ItemState.DRAFT, "editor"),
        (ItemState.FIRST_REVIEW, "first_reviewer"),
        (ItemState.THIRD_REVIEW, "third_reviewer"),
        (ItemState.SIGNING, "signer"),
        (ItemState.SIGNED, "press_officer"),
    ],
)
def test_whoever_must_act_next_is_told(people, state, who):
    for role in (Role.FIRST_REVIEWER, Role.THIRD_REVIEWER, Role.SIGNER, Role.PRESS_OFFICER):
        people.holding(role)
    brought_to(state)
    look(NOW + 25 * HOUR)
    assert told(warnings()[0]) == {who}


def test_a_reviewer_who_may_not_review_this_is_not_told_and_a_deputy_is(people):
    second = people.holding(Role.FIRST_REVIEWER, "first-2")
    editor_too = people.holding(Role.FIRST_REVIEWER, "first-3")
    item = drafted()
    with transaction(CONSOLE, NOW) as session:
        session.get(type(item), item.id).drafts[0].author_id = editor_too.id
    take(item, "submit", people.editor)
    stand_in, absent = people.second_reviewer, people.first_reviewer
    with transaction(absent.actor, NOW) as session:
        today = date(2026, 11, 21)
        absences.declare(
            session, absent, stand_in, today, today, "年休假", absent.actor, NOW, today
        )
    look(NOW + 25 * HOUR)  # Saturday 21 November
    [warning] = warnings()
    assert told(warning) == {absent.username, second.username, stand_in.username}
    named = {one.user.username: one.stands_in_for for one in warning.deliveries}
    assert named[stand_in.username] == absent.display_name


def test_the_unit_of_an_order_is_told_and_no_other(people):
    other = liaison(unit("swj", "市水务局"))
    order = order_brought_to(OrderState.HANDLING)
    people.operator, people.supervisor, people.press_officer  # noqa: B018 - made
    last_day = max(clock.due_at for clock in order.clocks)
    assert look(last_day - timedelta(hours=12)) == 1
    [warning] = warnings()
    assert (warning.subject, warning.step.code) == (Subject.ORDER, "days_last")
    assert told(warning) == {liaison().username}
    assert look(last_day + timedelta(days=3)) == 1
    assert told(warnings()[1]) == {liaison().username, "supervisor", "press_officer"}
    assert other.username not in told(warnings()[1])


def test_a_moved_end_withdraws_what_waits_and_warns_anew(people):
    channel("json://robot.test:80/x", 80)
    item = drafted()
    look(NOW + 25 * HOUR)  # a Saturday: held
    [robot] = deliveries("robot")
    assert robot.state is DeliveryState.PENDING
    assert robot.send_from.astimezone(SHANGHAI).isoformat() == "2026-11-22T09:00:00+08:00" or (
        robot.send_from == NOW + 25 * HOUR
    )
    with transaction(people.signer.actor, NOW + 26 * HOUR) as session:
        clock = session.get(type(item.clocks[0]), item.clocks[0].id)
        attempt = Attempt(people.signer.actor, NOW + 26 * HOUR, "等当事人补充材料")
        responses.change_clock(session, clock, "pause", attempt, responses.ClockFacts(), SHANGHAI)
    look(NOW + 27 * HOUR)
    assert deliveries("robot")[0].state is DeliveryState.WITHDRAWN
    assert warnings()[0].ended_at is not None
    with transaction(people.signer.actor, NOW + 40 * HOUR) as session:
        clock = session.get(type(item.clocks[0]), item.clocks[0].id)
        attempt = Attempt(people.signer.actor, NOW + 40 * HOUR)
        responses.change_clock(session, clock, "resume", attempt, responses.ClockFacts(), SHANGHAI)
    assert look(NOW + 41 * HOUR) == 1
    assert [one.step.code for one in warnings()] == ["hours_half", "hours_half"]


def test_a_clock_that_runs_on_to_its_old_end_is_warned_of_as_before(people):
    channel("json://robot.test:80/x", 80)
    order = order_brought_to(OrderState.HANDLING)
    due = handle_clock(order).due_at
    at = due - timedelta(hours=12)
    assert look(at) == 1
    take_order(order, "pause", liaison(), "等来电人补充", at=at + timedelta(minutes=5))
    look(at + timedelta(minutes=6))
    assert [bool(one.ended_at) for one in warnings()] == [True]
    assert deliveries("robot")[0].state is DeliveryState.WITHDRAWN
    take_order(order, "resume", liaison(), at=at + timedelta(minutes=30))
    assert handle_clock(order).due_at == due
    assert look(at + timedelta(minutes=31)) == 0
    assert [one.ended_at for one in warnings()] == [None]
    assert deliveries("robot")[0].state is DeliveryState.PENDING
    assert deliveries("page")[0].state is DeliveryState.SENT


def test_what_waits_again_waits_for_the_end_of_quiet_hours(people):
    channel("json://robot.test:80/x", 80)
    order = order_brought_to(OrderState.HANDLING)
    due = handle_clock(order).due_at
    noon, night = due - timedelta(hours=36), due - timedelta(hours=26)  # the day before the last
    assert look(noon) == 1
    assert deliveries("robot")[0].send_from == noon
    take_order(order, "pause", liaison(), "等来电人补充", at=noon)
    look(noon)
    assert deliveries("robot")[0].state is DeliveryState.WITHDRAWN
    take_order(order, "resume", liaison(), at=night)
    assert look(night) == 0
    [robot] = deliveries("robot")
    assert robot.state is DeliveryState.PENDING
    assert night < robot.send_from < due
    assert robot.send_from.astimezone(SHANGHAI).time() == time(7, 30)


def test_five_hours_have_steps_of_their_own_and_never_wait(people):
    channel("json://robot.test:80/x", 80)
    night = NOW + 13 * HOUR  # 22:00 on Friday
    opened(at=night, level=Level.MAJOR_EMERGENCY)
    look(night + 2 * HOUR)
    [robot] = deliveries("robot")
    assert warnings()[0].step.code == "first_word_half"
    assert robot.send_from == night + 2 * HOUR


def test_a_conference_to_be_held_is_the_press_office_s(people):
    opened(level=Level.MAJOR_EMERGENCY)
    people.press_officer, people.editor  # noqa: B018 - made
    look(NOW + 13 * HOUR)
    of_conference = [one for one in warnings() if one.rule.code == "emergency_conference"]
    assert [told(one) for one in of_conference] == [{"press_officer"}]


def test_robots_hear_of_their_posts_and_units_alone(people):
    mine = channel("json://robot.test:80/a", 80, roles=[Role.EDITOR], unit_id=unit().id)
    channel("json://robot.test:80/b", 80, roles=[Role.SIGNER])
    channel("json://robot.test:80/c", 80, unit_id=unit("swj", "市水务局").id)
    brought_to(ItemState.DRAFT)
    look(NOW + 25 * HOUR)
    assert [one.channel_id for one in deliveries("robot")] == [mine.id]


@pytest.mark.parametrize("kind", DATABASES)
def test_two_schedulers_at_the_same_moment_say_it_once(kind, tmp_path):
    with installation(kind, tmp_path) as app:
        with app.app_context():
            seeded()
            for number in range(6):
                opened(title=f"事项{number}")
            People().editor  # noqa: B018 - made
        start = threading.Barrier(2)
        problems: list[Exception] = []

        def run() -> None:
            with app.app_context():
                start.wait()
                try:
                    look(NOW + 25 * HOUR)
                except Exception as error:
                    problems.append(error)

        threads = [threading.Thread(target=run) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with app.app_context():
            counts = [
                db.session.scalar(select(func.count()).select_from(table))
                for table in (ClockWarning, WarningDelivery)
            ]
            open_ = db.session.scalar(
                select(func.count(ClockWarning.id)).where(ClockWarning.ended_at.is_(None))
            )
        assert (problems, counts, open_) == ([], [6, 6], 6)


def test_seeding_twice_changes_nothing(session):
    with transaction(CONSOLE, NOW) as again:
        assert raising.seed_warnings(again) == 0
