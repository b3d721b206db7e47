"""When a step comes, what waits and until when, what goes together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import pytest

from responder.core.clocks import Unit
from responder.core.times import SHANGHAI
from responder.core.work_calendar import WorkCalendar
from responder.warnings import rules, wording
from responder.warnings.rules import Come, Office, Quiet, Severity, Timing

# The National Day of 2026 (1 to 7 October off) with its make-up Saturday, 10 October.
NATIONAL_DAY = {date(2026, 10, day): False for day in range(1, 8)} | {date(2026, 10, 10): True}
CALENDAR = WorkCalendar(NATIONAL_DAY, frozenset({2026}))
OFFICE = Office(CALENDAR, Quiet(), SHANGHAI)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@dataclass(frozen=True)
class Step:
    timing: Timing
    amount: int = 0
    repeats: int = 1


def moments(step: Step, unit: Unit, length: int, due: str) -> list[datetime]:
    return [moment for _n, moment in rules.planned(step, unit, length, at(due), OFFICE)]


@pytest.mark.parametrize(
    ("step", "unit", "length", "due", "expected"),
    [
        (Step(Timing.BEFORE, 1), Unit.HOURS, 5, "2026-11-20T14:00", ["2026-11-20T13:00"]),
        (Step(Timing.SHARE, 80), Unit.HOURS, 5, "2026-11-20T14:00", ["2026-11-20T13:00"]),
        (Step(Timing.DUE), Unit.HOURS, 48, "2026-11-20T14:00", ["2026-11-20T14:00"]),
        (
            Step(Timing.AFTER, 1, 2), Unit.HOURS, 5, "2026-11-20T14:00",
            ["2026-11-20T15:00", "2026-11-20T16:00"],
        ),
        # Working days: at the end of the night's quiet; the holidays do not count.
        (
            Step(Timing.BEFORE, 0), Unit.WORKING_DAYS, 10, "2026-10-09T23:59:59",
            ["2026-10-09T07:30"],
        ),
        (
            Step(Timing.BEFORE, 1), Unit.WORKING_DAYS, 10, "2026-10-08T23:59:59",
            ["2026-09-30T07:30"],
        ),
        (
            Step(Timing.SHARE, 50), Unit.WORKING_DAYS, 5, "2026-10-09T23:59:59",
            ["2026-10-08T07:30"],
        ),
        # The day after a Friday is the make-up Saturday, then Monday.
        (
            Step(Timing.AFTER, 1, 2), Unit.WORKING_DAYS, 5, "2026-10-09T23:59:59",
            ["2026-10-10T07:30", "2026-10-12T07:30"],
        ),
    ],
)  # fmt: skip
def test_a_step_lies_where_it_should(step, unit, length, due, expected) -> None:
    assert moments(step, unit, length, due) == [at(one) for one in expected]


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-11-20T09:00", "2026-11-20T09:00"),
        ("2026-11-20T20:59", "2026-11-20T20:59"),
        ("2026-11-20T21:00", "2026-11-23T07:30"),  # Friday night: Monday morning
        ("2026-11-23T07:29", "2026-11-23T07:30"),
        ("2026-11-21T12:00", "2026-11-23T07:30"),
        ("2026-09-30T22:00", "2026-10-08T07:30"),  # over the whole holiday
        ("2026-10-10T12:00", "2026-10-10T12:00"),  # a make-up Saturday is worked
        ("2026-10-09T23:00", "2026-10-10T07:30"),
        ("2026-10-11T12:00", "2026-10-12T07:30"),
    ],
)
def test_quiet_hours_end_when_the_office_opens(moment, opens) -> None:
    assert OFFICE.open_from(at(moment)) == at(opens)


def test_quiet_hours_may_be_by_day_or_none() -> None:
    noon = Office(CALENDAR, Quiet(time(12), time(14), rest_days=False), SHANGHAI)
    assert noon.open_from(at("2026-11-21T12:30")) == at("2026-11-21T14:00")
    assert noon.open_from(at("2026-11-21T23:30")) == at("2026-11-21T23:30")
    never = Office(CALENDAR, Quiet(time(0), time(0), rest_days=False), SHANGHAI)
    assert never.open_from(at("2026-11-22T03:00")) == at("2026-11-22T03:00")


def test_what_must_not_wait_does_not() -> None:
    night, due = at("2026-11-20T23:00"), at("2026-11-25T12:00")
    assert rules.may_wait(True, Unit.HOURS, 24)
    assert not rules.may_wait(True, Unit.HOURS, 5)
    assert not rules.may_wait(False, Unit.WORKING_DAYS, 5)
    assert rules.may_wait(True, Unit.WORKING_DAYS, 5)
    assert rules.send_from(night, due, True, OFFICE) == at("2026-11-23T07:30")
    assert rules.send_from(night, due, False, OFFICE) == night
    # Held, it would come after the end.
    assert rules.send_from(night, at("2026-11-22T12:00"), True, OFFICE) == night
    # After the end nothing comes too late.
    assert rules.send_from(night, at("2026-11-20T12:00"), True, OFFICE) == at("2026-11-23T07:30")


def test_only_the_latest_step_speaks_and_none_twice() -> None:
    start, now = at("2026-11-18T09:00"), at("2026-11-20T09:00")
    steps = [
        Come(1, 1, now - timedelta(hours=9), Severity.NOTICE),
        Come(2, 1, now - timedelta(hours=1), Severity.URGENT),
        Come(3, 1, now + timedelta(hours=1), Severity.SEVERE),
    ]
    said = rules.latest(steps, start, None, now)
    assert said.step_id == 2
    assert rules.latest(steps, start, said.at, now) is None
    assert rules.latest(steps, start, said.at, now + timedelta(hours=1)).step_id == 3
    # What came before the clock began, or weeks ago, is no news.
    assert rules.latest(steps[:1], now - timedelta(hours=8), None, now) is None
    assert rules.latest(steps, start, None, now + timedelta(days=9)) is None


def test_many_go_out_as_one() -> None:
    assert rules.parcels([1, 2], 2) == [[1], [2]]
    assert rules.parcels([1, 2, 3], 2) == [[1, 2, 3]]


def test_a_message_is_short_ordered_and_says_what_is_left() -> None:
    now = at("2026-11-20T09:00")

    def line(number: int, severity: Severity) -> wording.Line:
        due = now + timedelta(hours=number - 3, minutes=5)
        return wording.Line(severity, f"工单 2026-{number:06d}", "答复", due, f"https://d/{number}")

    title, body = wording.message([line(9, Severity.URGENT)], now, SHANGHAI, "")
    assert title == "【紧急】工单 2026-000009还剩 6 小时 5 分"
    assert body.endswith("15:05到期，还剩 6 小时 5 分\nhttps://d/9")
    many = [line(n, Severity.SEVERE if n == 7 else Severity.NOTICE) for n in range(1, 60)]
    title, body = wording.message(many, now, SHANGHAI, "https://d/warnings")
    told = body.split("\n")
    assert title == "【严重】59 项时限预警"
    assert told[0].startswith("1. [严重] 工单 2026-000007")
    assert "已超 1 小时 55 分" in told[1]
    assert told[-2:] == [f"另有 {59 - len(told) + 2} 项", "全部：https://d/warnings"]
    assert len(body.encode()) < 2_000


def test_tries_slow_down_and_end() -> None:
    now = at("2026-11-20T09:00")
    waits = [rules.next_try(now, tries) for tries in range(1, 6)]
    assert waits == sorted(waits)
    assert rules.next_try(now, 6) is None
