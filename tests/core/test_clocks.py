"""Deadlines against dates worked out by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from responder.core.clocks import (
    ClockRule,
    Extension,
    Pause,
    Unit,
    deadline,
    rules_for,
    seed_clock_rules,
)
from responder.core.database import transaction
from responder.core.permissions import CONSOLE
from responder.core.times import local
from responder.core.work_calendar import WorkCalendar

SHANGHAI = ZoneInfo("Asia/Shanghai")

# National Day 2026: off 1–7 October, made up on Sunday 20 September and Saturday 10 October.
AUTUMN_2026 = WorkCalendar(
    {date(2026, 10, day): False for day in range(1, 8)}
    | {date(2026, 9, 20): True, date(2026, 10, 10): True},
    frozenset({2026}),
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("started", "length", "unit", "due"),
    [
        ("2026-03-05 09:30", 5, Unit.HOURS, "2026-03-05 14:30:00"),
        ("2026-03-05 21:00", 5, Unit.HOURS, "2026-03-06 02:00:00"),  # through the night
        ("2026-09-30 18:00", 48, Unit.HOURS, "2026-10-02 18:00:00"),  # through the holiday
        ("2026-12-31 20:00", 24, Unit.HOURS, "2027-01-01 20:00:00"),
        ("2026-03-05 09:30", 1, Unit.WORKING_DAYS, "2026-03-06 23:59:59"),
        ("2026-03-06 09:30", 1, Unit.WORKING_DAYS, "2026-03-09 23:59:59"),  # over a weekend
        ("2026-09-30 09:30", 1, Unit.WORKING_DAYS, "2026-10-08 23:59:59"),  # over the holiday
        ("2026-10-08 09:30", 3, Unit.WORKING_DAYS, "2026-10-12 23:59:59"),  # made-up Saturday
        ("2026-09-18 23:59", 1, Unit.WORKING_DAYS, "2026-09-20 23:59:59"),  # made-up Sunday
        ("2026-03-07 10:00", 1, Unit.WORKING_DAYS, "2026-03-09 23:59:59"),  # begun on a Saturday
    ],
)
def test_deadline_is_the_one_worked_out_by_hand(
    started: str, length: int, unit: Unit, due: str
) -> None:
    found = deadline(at(started), length, unit, AUTUMN_2026)
    assert f"{local(found.due_at):%Y-%m-%d %H:%M:%S}" == due
    assert not found.provisional


def test_deadline_tells_the_days_that_did_not_count() -> None:
    found = deadline(at("2026-09-30 09:30"), 1, Unit.WORKING_DAYS, AUTUMN_2026)
    assert found.steps[2] == (
        "其间 7 天不是工作日：10月1日、10月2日、10月3日、10月4日、10月5日、10月6日、10月7日"
    )


@pytest.mark.parametrize(
    ("pauses", "more", "due"),
    [
        ([], 0, "2026-03-11 23:59:59"),
        ([("2026-03-06 09:00", "2026-03-09 09:00")], 0, "2026-03-12 23:59:59"),  # Friday alone
        ([("2026-03-07 09:00", "2026-03-08 09:00")], 0, "2026-03-11 23:59:59"),  # a weekend
        ([("2026-03-09 09:00", "2026-03-09 18:00")], 0, "2026-03-11 23:59:59"),  # within a day
        ([("2026-03-09 09:00", None)], 0, "2026-03-11 23:59:59"),  # nobody knows how long
        ([("2026-04-01 09:00", "2026-04-08 09:00")], 0, "2026-03-11 23:59:59"),  # too late
        ([], 2, "2026-03-13 23:59:59"),
        ([("2026-03-06 09:00", "2026-03-10 09:00")], 2, "2026-03-17 23:59:59"),
    ],
)
def test_pauses_do_not_count_and_extensions_do(pauses, more, due) -> None:
    found = deadline(
        at("2026-03-05 09:30"),
        4,
        Unit.WORKING_DAYS,
        AUTUMN_2026,
        pauses=[Pause(at(since), at(until) if until else None) for since, until in pauses],
        extensions=[Extension(more, "某人批准")] if more else [],
    )
    assert f"{local(found.due_at):%Y-%m-%d %H:%M:%S}" == due
    assert len(found.steps) >= 3 + len(pauses) + bool(more)


def test_paused_hours_do_not_count() -> None:
    pauses = [
        Pause(at("2026-03-05 10:00"), at("2026-03-05 11:30")),
        Pause(at("2026-03-05 15:00"), at("2026-03-05 17:00")),  # before the end as it was moved
        Pause(at("2026-03-06 15:00"), at("2026-03-06 17:00")),  # after it
    ]
    found = deadline(at("2026-03-05 09:30"), 5, Unit.HOURS, AUTUMN_2026, pauses=pauses)
    assert f"{local(found.due_at):%Y-%m-%d %H:%M}" == "2026-03-05 18:00"
    assert any("扣除 1 小时 30 分" in step for step in found.steps)


def test_deadline_that_touches_an_unannounced_year_says_it_is_provisional() -> None:
    found = deadline(at("2026-12-31 09:30"), 1, Unit.WORKING_DAYS, AUTUMN_2026)
    assert found.provisional
    assert any("暂定" in step for step in found.steps)


@given(
    start=st.dates(date(2026, 1, 1), date(2026, 11, 1)),
    count=st.integers(1, 40),
    holiday=st.dates(date(2026, 1, 1), date(2027, 3, 1)),
)
def test_a_holiday_more_never_shortens_a_clock(start: date, count: int, holiday: date) -> None:
    stricter = WorkCalendar({**AUTUMN_2026.exceptions, holiday: False}, AUTUMN_2026.announced)
    before = AUTUMN_2026.add_working_days(start, count)
    assert stricter.add_working_days(start, count) >= before


def test_shipped_rules_name_their_source(session) -> None:
    rules = session.scalars(select(ClockRule)).all()
    [policy] = [rule for rule in rules if rule.level == "policy"]
    assert (policy.length, policy.unit) == (3, Unit.WORKING_DAYS)
    assert "参照安徽的做法" in policy.source
    local = [rule for rule in rules if rule.level.startswith("order_")]
    statute = [rule for rule in rules if rule.level == "application"]
    assert {rule.code: rule.length for rule in statute} == {
        "application_reply": 20, "application_correction": 7, "application_opinion": 15,
        "application_fee": 20, "application_extension": 20,
    }  # fmt: skip
    assert all(
        "条例》（2019年修订）第三十" in one.source or "109号" in one.source for one in statute
    )
    rest = [policy, *local, *statute]
    national = [rule for rule in rules if rule not in rest]
    assert {(rule.length, rule.unit) for rule in national} == {
        (5, Unit.HOURS),
        (24, Unit.HOURS),
        (48, Unit.HOURS),
        (7, Unit.WORKING_DAYS),
        (15, Unit.WORKING_DAYS),
    }
    assert all("国办发" in rule.source for rule in national)
    assert all("国家没有统一规定" in rule.source for rule in local)


def test_a_grave_item_starts_two_clocks_shortest_first(session) -> None:
    assert [rule.length for rule in rules_for(session, "major_emergency")] == [5, 24]


def test_seeding_again_keeps_what_the_office_has_edited(session) -> None:
    with transaction(CONSOLE):
        rule = session.scalar(select(ClockRule).where(ClockRule.code == "public_concern"))
        rule.length = 36
    with transaction(CONSOLE):
        assert seed_clock_rules(session) == 0
    edited = session.scalar(select(ClockRule).where(ClockRule.code == "public_concern"))
    assert edited.length == 36


def test_utc_and_local_start_give_the_same_deadline() -> None:
    utc = at("2026-03-05 23:30").astimezone(UTC)
    same = deadline(at("2026-03-05 23:30"), 2, Unit.WORKING_DAYS, AUTUMN_2026)
    assert deadline(utc, 2, Unit.WORKING_DAYS, AUTUMN_2026) == same
