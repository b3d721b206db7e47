"""The clocks of orders: by nature, over holidays, paused, extended, in rounds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from responder.core.database import transaction
from responder.core.errors import GuardRefused, Invalid
from responder.core.permissions import CONSOLE
from responder.core.times import local
from responder.core.work_calendar import load_calendar, set_day
from responder.intake.models import Nature
from responder.orders import service
from responder.orders.lifecycle import handle_clock
from responder.orders.models import ClockKind, OrderState, Satisfaction
from tests.factories import NOW
from tests.orders.factories import brought_to, liaison, opened, reload, take

S = OrderState
SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


def ends(clock) -> str:
    return f"{local(clock.due_at):%Y-%m-%d %H:%M:%S}"


@pytest.mark.parametrize(
    ("nature", "due"),
    [
        (Nature.INQUIRY, "2026-11-25 23:59:59"),  # 3 working days from Friday the 20th
        (Nature.COMPLAINT, "2026-12-04 23:59:59"),  # 10
    ],
)
def test_the_nature_decides_how_long_the_answer_may_take(people, nature, due):
    order = brought_to(S.ACCEPTED, nature=nature)
    (clock,) = order.clocks
    assert (clock.kind, ends(clock)) == (ClockKind.HANDLE, due)
    assert "出厂值" in clock.rule.source


def test_nothing_runs_before_it_is_accepted(people):
    assert opened().clocks == []


def test_another_nature_has_another_clock_from_the_same_moment(people):
    order = brought_to(S.ACCEPTED, nature=Nature.INQUIRY)
    matter = service.Matter(order.title, "", Nature.COMPLAINT, False)
    with transaction(people.operator.actor, NOW) as session:
        service.revise(session, order, matter, people.operator.actor, order.version_id)
    (clock,) = reload(order).clocks
    assert (ends(clock), clock.started_at) == ("2026-12-04 23:59:59", NOW)


def test_each_dispatch_asks_for_a_signature_an_urgent_one_within_hours(people):
    order = brought_to(S.DISPATCHED, urgent=True)
    sign = [clock for clock in order.clocks if clock.kind is ClockKind.SIGN]
    assert [clock.due_at for clock in sign] == [NOW + timedelta(hours=2)]
    later = NOW + timedelta(hours=1)
    take(order, "return", liaison(), note="不属我局", at=later)
    assert sign[0].stopped_at == later
    take(order, "dispatch", people.operator, at=later)
    sign = [clock for clock in reload(order).clocks if clock.kind is ClockKind.SIGN]
    assert [(clock.round, clock.stopped_at) for clock in sign] == [(1, later), (2, None)]


def test_a_pause_over_the_national_day_moves_the_end_by_its_working_days_alone(people):
    begin = at("2026-09-28 10:00")  # Monday; off 1–7 October, made up on Saturday the 10th
    order = brought_to(S.HANDLING, at=begin, nature=Nature.INQUIRY)
    clock = handle_clock(order)
    assert ends(clock) == "2026-10-08 23:59:59"  # 29th, 30th, then the 8th
    take(order, "pause", liaison(), note="等市民补充合同", at=at("2026-09-29 09:00"))
    assert any("尚未恢复" in step for step in clock.steps)
    assert service.next_clock(order) is None
    with pytest.raises(GuardRefused, match="已挂起"):
        take(order, "answer", liaison(), at=at("2026-09-30 09:00"))
    take(order, "resume", liaison(), at=at("2026-10-08 15:00"))
    clock = handle_clock(reload(order))
    # The 29th and 30th went into the pause; the 8th, the 9th and the made-up 10th count.
    assert ends(clock) == "2026-10-10 23:59:59"
    assert any("扣除 2 个工作日（9月29日、9月30日）" in step for step in clock.steps)
    assert any("其间 7 天不是工作日" in step for step in clock.steps)


def test_a_pause_within_one_day_takes_nothing_out(people):
    order = brought_to(S.HANDLING)
    before = handle_clock(order).due_at
    take(order, "pause", liaison(), note="等来电人开门", at=NOW + timedelta(hours=2))
    take(order, "resume", liaison(), at=NOW + timedelta(hours=5))
    assert handle_clock(reload(order)).due_at == before


def test_more_time_is_granted_by_somebody_else_and_the_arithmetic_says_by_whom(people):
    order = brought_to(S.HANDLING, nature=Nature.INQUIRY)
    take(order, "ask_extension", liaison(), note="须委托检测", length=5)
    assert ends(handle_clock(order)) == "2026-11-25 23:59:59"  # asking moves nothing
    with pytest.raises(GuardRefused, match="已有一份"):
        take(order, "ask_extension", liaison(), note="再加", length=5)
    take(order, "grant_extension", people.supervisor)
    clock = handle_clock(reload(order))
    assert ends(clock) == "2026-12-02 23:59:59"
    (step,) = [step for step in clock.steps if step.startswith("延期")]
    assert step.startswith("延期 5 个工作日：住房和联络员申请，supervisor 某于 2026年11月20日")


def test_whoever_asked_for_time_cannot_grant_it(people):
    order = brought_to(S.HANDLING)
    take(order, "ask_extension", liaison(), note="须委托检测")
    supervisor = people.supervisor
    with transaction(CONSOLE):
        handle_clock(order).asked_extension.asked_by_id = supervisor.id
    for action in ("grant_extension", "deny_extension"):
        with pytest.raises(GuardRefused, match="不能由您批准"):
            take(order, action, people.supervisor, note="理由")


def test_denied_time_changes_nothing_and_may_be_asked_for_again(people):
    order = brought_to(S.HANDLING)
    before = handle_clock(order).due_at
    take(order, "ask_extension", liaison(), note="忙")
    take(order, "deny_extension", people.supervisor, note="理由不充分")
    clock = handle_clock(reload(order))
    assert (clock.due_at, clock.extensions[0].granted) == (before, False)
    take(order, "ask_extension", liaison(), note="须委托检测")


@pytest.mark.parametrize("length", [None, 0, 61])
def test_how_much_time_is_asked_for_must_make_sense(people, length):
    with pytest.raises(Invalid, match="延期的长度"):
        take(brought_to(S.HANDLING), "ask_extension", liaison(), note="忙", length=length)


def test_time_is_not_asked_for_afterwards(people):
    order = brought_to(S.HANDLING)
    with pytest.raises(GuardRefused, match="时限已过"):
        take(order, "ask_extension", liaison(), note="忙", at=NOW + timedelta(days=30))


def test_an_answer_sent_back_runs_on_as_if_it_had_never_been_given(people):
    order = brought_to(S.ANSWERED)
    clock = handle_clock(order)
    due = clock.due_at
    assert clock.stopped_at == NOW
    take(order, "send_back", people.supervisor, note="没有说明原因")
    assert (clock.stopped_at, clock.due_at, order.answered_at) == (None, due, None)


def test_an_answer_sent_back_runs_on_by_the_calendar_of_now(people, session):
    order = brought_to(S.ANSWERED, nature=Nature.INQUIRY)
    assert ends(handle_clock(order)) == "2026-11-25 23:59:59"
    with transaction(CONSOLE, NOW) as opened_session:
        set_day(opened_session, at("2026-11-25 12:00").date(), False, "市庆日")
        assert service.recompute_clocks(opened_session, load_calendar(opened_session)) == []
    take(order, "send_back", people.supervisor, note="没有说明原因")
    assert ends(handle_clock(reload(order))) == "2026-11-26 23:59:59"


def test_a_dissatisfied_citizen_starts_a_new_round_and_the_first_stays(people):
    order = brought_to(S.CHECKED)
    take(order, "call_back", people.operator, satisfaction=Satisfaction.DISSATISFIED)
    again = at("2026-11-30 09:00")
    take(order, "reopen", people.operator, note="夜间仍施工", at=again)
    first, second = (c for c in reload(order).clocks if c.kind is ClockKind.HANDLE)
    assert first.stopped_at == NOW
    assert (second.round, second.started_at, ends(second)) == (2, again, "2026-12-14 23:59:59")


def test_a_year_without_a_calendar_is_provisional_and_reckoned_anew(people, session):
    order = brought_to(S.HANDLING, at=at("2026-12-25 09:00"))
    clock = handle_clock(order)
    assert clock.provisional
    with transaction(CONSOLE, NOW) as opened_session:
        set_day(opened_session, at("2026-12-28 12:00").date(), False, "市庆日")
        moved = service.recompute_clocks(opened_session, load_calendar(opened_session))
    assert [one.clock.id for one in moved] == [clock.id]
    assert any("12月28日" in step for step in reload(order).clocks[0].steps)


def test_pauses_and_granted_time_survive_a_new_calendar(people):
    order = brought_to(S.HANDLING, nature=Nature.INQUIRY)
    take(order, "pause", liaison(), note="等材料", at=at("2026-11-23 09:00"))
    take(order, "resume", liaison(), at=at("2026-11-25 09:00"))
    take(order, "ask_extension", liaison(), note="须检测", length=1, at=at("2026-11-25 10:00"))
    take(order, "grant_extension", people.supervisor, at=at("2026-11-25 11:00"))
    assert ends(handle_clock(order)) == "2026-11-30 23:59:59"
    with transaction(CONSOLE, NOW) as session:
        set_day(session, at("2026-11-26 12:00").date(), False, "市庆日")
        service.recompute_clocks(session, load_calendar(session))
    assert ends(handle_clock(reload(order))) == "2026-12-01 23:59:59"
