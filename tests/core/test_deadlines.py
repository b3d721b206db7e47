"""Deadlines of 2019 to 2028 against days counted by hand from the State Council's notices.

A working day is numbered in brackets where it is counted. ``+`` after a case's length stands
for an extension. Whoever changes a row counts it on paper first.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from responder.core.clocks import Extension, Pause, Unit, deadline
from responder.core.database import db
from responder.core.times import SHANGHAI, local, start_of_day
from responder.core.work_calendar import WorkCalendar, load_calendar

HOURS, DAYS = Unit.HOURS, Unit.WORKING_DAYS

Case = tuple[str, int, Unit, str]

HOLIDAYS: list[Case] = [
    # 2019: Sat 2 and Sun 3 Feb are made up for the Spring Festival: 2(1)
    ("2019-02-01 10:00", 1, DAYS, "2019-02-02"),
    # 2(1) 3(2), 4 to 10 off, Mon 11(3)
    ("2019-02-01 10:00", 3, DAYS, "2019-02-11"),
    # Fri 5 Apr off, weekend, Mon 8(1)
    ("2019-04-04 09:00", 1, DAYS, "2019-04-08"),
    # Sun 28(1) 29(2) 30(3), 1 to 4 May off, Sun 5(4) Mon 6(5)
    ("2019-04-26 15:00", 5, DAYS, "2019-05-06"),
    # Fri 13 off, weekend, 16(1) 17(2)
    ("2019-09-12 11:00", 2, DAYS, "2019-09-17"),
    # Sat 28 off, Sun 29(1) 30(2), 1 to 7 Oct off, 8(3)
    ("2019-09-27 16:00", 3, DAYS, "2019-10-08"),
    # 9(1) 10(2) 11(3), Sat 12(4), Sun 13 off, 14(5)
    ("2019-10-08 09:00", 5, DAYS, "2019-10-14"),
    # 2020: Sat 18 Jan off, Sun 19 made up: 19(1)
    ("2020-01-17 10:00", 1, DAYS, "2020-01-19"),
    # the festival that was prolonged: 24 Jan to 2 Feb off, Mon 3(1)
    ("2020-01-23 10:00", 1, DAYS, "2020-02-03"),
    # 4 to 6 Apr off, Tue 7(1)
    ("2020-04-03 10:00", 1, DAYS, "2020-04-07"),
    # Sat 25 off, Sun 26(1) 27(2) 28(3) 29(4) 30(5), 1 to 5 May off, 6(6)
    ("2020-04-24 10:00", 6, DAYS, "2020-05-06"),
    # 7(1) 8(2), Sat 9 made up: 9(3)
    ("2020-05-06 10:00", 3, DAYS, "2020-05-09"),
    # 25 to 27 Jun off, Sun 28(1) 29(2)
    ("2020-06-24 10:00", 2, DAYS, "2020-06-29"),
    # Sat 26 off, Sun 27(1) 28(2) 29(3) 30(4), 1 to 8 Oct off, Fri 9(5)
    ("2020-09-25 10:00", 5, DAYS, "2020-10-09"),
    # Sat 10 Oct made up: 10(1)
    ("2020-10-09 10:00", 1, DAYS, "2020-10-10"),
    # 2021: Sat 6 off, Sun 7(1) 8(2) 9(3) 10(4), 11 to 17 off, Thu 18(5)
    ("2021-02-05 10:00", 5, DAYS, "2021-02-18"),
    # Fri 19(1), Sat 20(2)
    ("2021-02-18 10:00", 2, DAYS, "2021-02-20"),
    # Sat 25 off, Sun 26(1) 27(2) 28(3) 29(4) 30(5)
    ("2021-09-24 10:00", 5, DAYS, "2021-09-30"),
    # 1 to 7 Oct off, Fri 8(1), Sat 9(2)
    ("2021-09-30 18:00", 2, DAYS, "2021-10-09"),
    # 13-17(5), Sat 18(6), 19-21 off, 22-24(9), Sun 26(10), 27-30(14), 1-7 Oct off,
    # 8(15), Sat 9(16), 11-14(20)
    ("2021-09-10 10:00", 20, DAYS, "2021-10-14"),
    # 2022: Sat 29(1), Sun 30(2), 31 Jan to 6 Feb off, Mon 7(3)
    ("2022-01-28 10:00", 3, DAYS, "2022-02-07"),
    # Sat 2(1), 3 to 5 Apr off, Wed 6(2)
    ("2022-04-01 10:00", 2, DAYS, "2022-04-06"),
    # Sat 23 off, Sun 24(1) 25(2) 26(3) 27(4) 28(5) 29(6), 30 Apr to 4 May off, Thu 5(7)
    ("2022-04-22 10:00", 7, DAYS, "2022-05-05"),
    # 10 to 12 Sep off, Tue 13(1)
    ("2022-09-09 10:00", 1, DAYS, "2022-09-13"),
    # 2023: 21 to 27 Jan off, Sat 28(1), Sun 29(2), Mon 30(3)
    ("2023-01-20 10:00", 3, DAYS, "2023-01-30"),
    # Wed 5 Apr alone is off, Thu 6(1)
    ("2023-04-04 10:00", 1, DAYS, "2023-04-06"),
    # 22 to 24 Jun off, Sun 25 made up: 25(1)
    ("2023-06-21 10:00", 1, DAYS, "2023-06-25"),
    # 29 Sep to 6 Oct off, Sat 7(1), Sun 8(2), Mon 9(3)
    ("2023-09-28 10:00", 3, DAYS, "2023-10-09"),
    # 2024: Sat 3 off, Sun 4(1) 5(2) 6(3) 7(4) 8(5) 9(6), 10 to 17 off, Sun 18(7)
    ("2024-02-02 10:00", 7, DAYS, "2024-02-18"),
    # 4 to 6 Apr off, Sun 7(1), Mon 8(2)
    ("2024-04-03 10:00", 2, DAYS, "2024-04-08"),
    # weekend, Mon 10 Jun off, Tue 11(1)
    ("2024-06-07 10:00", 1, DAYS, "2024-06-11"),
    # Sat 14(1), 15 to 17 off, Wed 18(2)
    ("2024-09-13 10:00", 2, DAYS, "2024-09-18"),
    # Sat 28 off, Sun 29(1), Mon 30(2), 1 to 7 Oct off, 8(3) 9(4)
    ("2024-09-27 10:00", 4, DAYS, "2024-10-09"),
    # 2025: Sat 25 off, Sun 26(1), Mon 27(2), 28 Jan to 4 Feb off, Wed 5(3)
    ("2025-01-24 10:00", 3, DAYS, "2025-02-05"),
    # Fri 7(1), Sat 8(2)
    ("2025-02-06 10:00", 2, DAYS, "2025-02-08"),
    # 31 May to 2 Jun off, Tue 3(1)
    ("2025-05-30 10:00", 1, DAYS, "2025-06-03"),
    # Sat 27 off, Sun 28(1) 29(2) 30(3), 1 to 8 Oct off, 9(4) 10(5)
    ("2025-09-26 10:00", 5, DAYS, "2025-10-10"),
    # Sat 11 Oct made up: 11(1)
    ("2025-10-10 10:00", 1, DAYS, "2025-10-11"),
    # 2026: Sat 14(1), 15 to 23 Feb off, Tue 24(2)
    ("2026-02-13 10:00", 2, DAYS, "2026-02-24"),
    # Sat 28 made up: 28(1), Sun 1 Mar off, Mon 2(2)
    ("2026-02-27 10:00", 2, DAYS, "2026-03-02"),
    # Sat 9 May made up: 9(1)
    ("2026-05-08 10:00", 1, DAYS, "2026-05-09"),
    # 19 to 21 Jun off, Mon 22(1)
    ("2026-06-18 17:00", 1, DAYS, "2026-06-22"),
    # Sat 19 off, Sun 20(1) 21(2) 22(3) 23(4) 24(5)
    ("2026-09-18 10:00", 5, DAYS, "2026-09-24"),
    # 25 to 27 Sep off, Mon 28(1)
    ("2026-09-24 10:00", 1, DAYS, "2026-09-28"),
    # 15-18(4), Sun 20(5), 21-24(9), 25-27 off, 28-30(12), 1-7 Oct off, 8(13) 9(14),
    # Sat 10(15), 12-16(20)
    ("2026-09-14 10:00", 20, DAYS, "2026-10-16"),
]

LEAP_DAYS_AND_YEARS_ENDS: list[Case] = [
    # Fri 28(1); 29 Feb 2020 is a Saturday; Mon 2 Mar(2)
    ("2020-02-27 10:00", 2, DAYS, "2020-03-02"),
    # Thu 29 Feb 2024 is worked: 29(1)
    ("2024-02-28 09:00", 1, DAYS, "2024-02-29"),
    ("2024-02-29 12:00", 1, DAYS, "2024-03-01"),
    # Wed 1 Jan 2020 off, Thu 2(1)
    ("2019-12-31 23:59", 1, DAYS, "2020-01-02"),
    # 1 to 3 Jan 2022 off, Tue 4(1)
    ("2021-12-31 10:00", 1, DAYS, "2022-01-04"),
    # Sat 31 Dec, Sun 1 and Mon 2 Jan 2023 off, Tue 3(1)
    ("2022-12-30 10:00", 1, DAYS, "2023-01-03"),
    # weekend, Mon 1 Jan 2024 off, Tue 2(1)
    ("2023-12-29 10:00", 1, DAYS, "2024-01-02"),
    # Wed 1 Jan 2025 off, Thu 2(1)
    ("2024-12-31 10:00", 1, DAYS, "2025-01-02"),
    # 1 to 3 Jan 2026 off, Sun 4 made up: 4(1)
    ("2025-12-31 10:00", 1, DAYS, "2026-01-04"),
]

STARTS: list[Case] = [
    # the last minute of Thursday, and the first of Friday: Fri 6(1); Mon 9(1)
    ("2026-03-05 23:59", 1, DAYS, "2026-03-06"),
    ("2026-03-06 00:01", 1, DAYS, "2026-03-09"),
    # the last minute of Sunday, and the first of Monday: Mon 9(1); Tue 10(1)
    ("2026-03-08 23:59", 1, DAYS, "2026-03-09"),
    ("2026-03-09 00:01", 1, DAYS, "2026-03-10"),
    # 15:30 in Greenwich is Thursday 23:30 in Shanghai, 16:30 Friday 00:30
    ("2026-03-05T15:30+00:00", 1, DAYS, "2026-03-06"),
    ("2026-03-05T16:30+00:00", 1, DAYS, "2026-03-09"),
    # Fri 17 Sep 23:59: Sat 18(1), 19 to 21 off, Wed 22(2)
    ("2021-09-17 23:59", 2, DAYS, "2021-09-22"),
    # found on a Saturday, within a holiday, on a holiday before two made-up days
    ("2026-03-07 10:00", 1, DAYS, "2026-03-09"),
    ("2026-10-03 12:00", 1, DAYS, "2026-10-08"),
    ("2022-10-07 10:00", 2, DAYS, "2022-10-09"),
    # on a made-up Sunday and Saturday, which as days of the start do not count
    ("2023-06-25 10:00", 1, DAYS, "2023-06-26"),
    ("2026-05-09 10:00", 1, DAYS, "2026-05-11"),
]

RUNNING_HOURS: list[Case] = [
    ("2020-02-28 20:00", 24, HOURS, "2020-02-29 20:00"),  # into the leap day
    ("2020-02-28 20:00", 48, HOURS, "2020-03-01 20:00"),  # through it
    ("2026-02-27 20:00", 48, HOURS, "2026-03-01 20:00"),  # where there is none
    ("2024-02-28 22:00", 5, HOURS, "2024-02-29 03:00"),  # over midnight
    ("2024-02-29 23:30", 24, HOURS, "2024-03-01 23:30"),
    ("2023-09-28 20:00", 48, HOURS, "2023-09-30 20:00"),  # into a holiday
    ("2026-09-30 22:00", 5, HOURS, "2026-10-01 03:00"),
    ("2026-02-14 23:00", 24, HOURS, "2026-02-15 23:00"),
    ("2019-12-31 23:59", 24, HOURS, "2020-01-01 23:59"),  # over the year's end
    ("2026-12-31 20:00", 5, HOURS, "2027-01-01 01:00"),  # running hours ask for no notice
    ("2026-12-31 18:00", 48, HOURS, "2027-01-02 18:00"),
]

# The notice for 2027 is not out: weekends, and what the law dates, are off.
PROVISIONAL: list[Case] = [
    # Fri 1 Jan off by law, weekend, Mon 4(1)
    ("2026-12-31 10:00", 1, DAYS, "2027-01-04"),
    # Thu 31(1), Fri 1 off, weekend, Mon 4(2)
    ("2026-12-30 10:00", 2, DAYS, "2027-01-04"),
    # 1 and 2 May are a weekend, and nobody says yet what is off for it: Mon 3(1)
    ("2027-04-30 10:00", 1, DAYS, "2027-05-03"),
    # Fri 1 to Sun 3 Oct off, Mon 4(1)
    ("2027-09-30 10:00", 1, DAYS, "2027-10-04"),
    # Thu 30(1), 1 to 3 off, 4(2) 5(3)
    ("2027-09-29 10:00", 3, DAYS, "2027-10-05"),
    # Tue 29 Feb 2028(1)
    ("2028-02-28 10:00", 1, DAYS, "2028-02-29"),
    # weekend, Mon 1 and Tue 2 May 2028 off by law, Wed 3(1)
    ("2028-04-28 10:00", 1, DAYS, "2028-05-03"),
]

Changed = tuple[str, int, Unit, list[tuple[str, str | None]], tuple[int, ...], str]

PAUSED_AND_EXTENDED: list[Changed] = [
    # 29(1), suspended 30 Sep and 8 Oct with the holiday between, 9(2), Sat 10(3), 12(4) 13(5)
    ("2026-09-28 10:00", 5, DAYS, [("2026-09-30 10:00", "2026-10-09 09:00")], (), "2026-10-13"),
    # within the holiday a suspension takes nothing: 29(1) 30(2) 8(3) 9(4) Sat 10(5)
    ("2026-09-28 10:00", 5, DAYS, [("2026-10-02 10:00", "2026-10-06 09:00")], (), "2026-10-10"),
    # 6(1) 7(2), suspended 8, 9 and Sun 18, which is made up, 19(3) 20(4) 21(5)
    ("2024-02-05 10:00", 5, DAYS, [("2024-02-08 15:00", "2024-02-19 09:00")], (), "2024-02-21"),
    # the 20 days would end on 20 Oct; suspended 25-28 Sep, 7, 8 and 9 Oct, which are 7:
    # 23(1) 24(2) 25(3) 26(4) 27(5) 30(6) 31(7)
    ("2023-09-18 10:00", 20, DAYS, [("2023-09-25 09:00", "2023-10-10 09:00")], (), "2023-10-31"),
    # over the year's end: 30(1), suspended 31 Dec and Sun 4 Jan, 5(2) 6(3) 7(4) 8(5)
    ("2025-12-29 10:00", 5, DAYS, [("2025-12-31 10:00", "2026-01-05 10:00")], (), "2026-01-08"),
    # for some hours of one day: nothing
    ("2026-03-05 09:30", 4, DAYS, [("2026-03-09 09:00", "2026-03-09 18:00")], (), "2026-03-11"),
    # from the day of the start, which does not count anyhow: Fri 6 is taken, 9(1) 10(2) 11(3)
    ("2026-03-05 09:30", 3, DAYS, [("2026-03-05 14:00", "2026-03-09 09:00")], (), "2026-03-11"),
    # twice: 3 is taken, 4(1), 5 and 6 are taken, 9(2) 10(3) 11(4) 12(5)
    (
        "2026-03-02 10:00", 5, DAYS,
        [("2026-03-03 09:00", "2026-03-04 09:00"), ("2026-03-05 09:00", "2026-03-09 09:00")],
        (), "2026-03-12",
    ),
    # one that still lasts is not counted: 6(1) 9(2) 10(3) 11(4)
    ("2026-03-05 09:30", 4, DAYS, [("2026-03-09 09:00", None)], (), "2026-03-11"),
    # one after the end changes nothing
    ("2026-03-05 09:30", 4, DAYS, [("2026-04-01 09:00", "2026-04-08 09:00")], (), "2026-03-11"),
    # two hours over midnight into the holiday: 03:00 and 2 h
    (
        "2026-09-30 22:00", 5, HOURS,
        [("2026-09-30 23:00", "2026-10-01 01:00")], (), "2026-10-01 05:00",
    ),
    # half of the leap day: 1 Mar 12:00 and 12 h
    (
        "2024-02-28 12:00", 48, HOURS,
        [("2024-02-29 00:00", "2024-02-29 12:00")], (), "2024-03-02 00:00",
    ),
    # of a clock that was started anew: over before the start; and begun before it, where
    # one hour lies after
    (
        "2026-03-05 09:30", 5, HOURS,
        [("2026-03-04 09:00", "2026-03-04 10:00")], (), "2026-03-05 14:30",
    ),
    (
        "2026-03-05 09:30", 5, HOURS,
        [("2026-03-05 09:00", "2026-03-05 10:30")], (), "2026-03-05 15:30",
    ),
    # 20 days end on 30 Mar; 20 more: 31(1) 1(2) 2(3) 3(4), 4-6 off, 7-10(8) 13-17(13)
    # 20-24(18) 27(19) 28(20)
    ("2026-03-02 10:00", 20, DAYS, [], (20,), "2026-04-28"),
    # 72 running hours
    ("2026-09-30 10:00", 48, HOURS, [], (24,), "2026-10-03 10:00"),
    # 30(1), 1 to 8 Oct off, 9(2) 10(3)
    ("2025-09-29 10:00", 1, DAYS, [], (2,), "2025-10-10"),
    # suspended 6 and 9: 10(1) 11(2) 12(3) 13(4) 16(5) 17(6)
    ("2026-03-05 09:30", 4, DAYS, [("2026-03-06 09:00", "2026-03-10 09:00")], (2,), "2026-03-17"),
    # twice extended: 1 to 5 May off, 6(1) 7(2) 8(3) 9(4) 10(5)
    ("2024-04-30 10:00", 3, DAYS, [], (1, 1), "2024-05-10"),
    # into the year that is not announced: 29(1) 30(2) 31(3), 1 Jan off, Mon 4(4) 5(5)
    ("2026-12-28 10:00", 3, DAYS, [], (2,), "2027-01-05"),
]  # fmt: skip

PLAIN = [*HOLIDAYS, *LEAP_DAYS_AND_YEARS_ENDS, *STARTS, *RUNNING_HOURS, *PROVISIONAL]


@pytest.fixture(scope="session")
def seeded(migrated_app: Flask) -> Iterator[WorkCalendar]:
    """The calendar as ``responder init`` stores it."""
    with migrated_app.app_context():
        yield load_calendar(db.session)
        db.session.rollback()


def at(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)


def told(moment: datetime) -> str:
    return f"{local(moment):%Y-%m-%d %H:%M:%S}"


def in_full(text: str) -> str:
    """A day ends with its last second; an hour is what it is."""
    return f"{text}:00" if " " in text else f"{text} 23:59:59"


def test_there_are_cases_enough() -> None:
    assert len(PLAIN) + len(PAUSED_AND_EXTENDED) >= 60


@pytest.mark.parametrize(("started", "length", "unit", "due"), PLAIN)
def test_a_deadline_is_the_day_counted_by_hand(
    seeded: WorkCalendar, started: str, length: int, unit: Unit, due: str
) -> None:
    found = deadline(at(started), length, unit, seeded)
    assert told(found.due_at) == in_full(due)
    assert found.provisional == (unit is DAYS and due > "2027")
    assert any("暂定" in step for step in found.steps) == found.provisional


@pytest.mark.parametrize(
    ("started", "length", "unit", "pauses", "more", "due"), PAUSED_AND_EXTENDED
)
def test_suspensions_and_extensions_move_it_as_counted_by_hand(
    seeded: WorkCalendar, started, length, unit, pauses, more, due
) -> None:
    found = deadline(
        at(started),
        length,
        unit,
        seeded,
        pauses=[Pause(at(since), at(until) if until else None) for since, until in pauses],
        extensions=[Extension(one, "某人批准") for one in more],
    )
    assert told(found.due_at) == in_full(due)


ANY_CALENDAR = st.builds(
    WorkCalendar,
    st.dictionaries(st.dates(date(2026, 1, 1), date(2026, 6, 30)), st.booleans(), max_size=30),
    st.sets(st.sampled_from([2026, 2027])).map(frozenset),
    st.sets(st.sampled_from([(1, 1), (5, 1), (5, 2), (10, 1)])).map(frozenset),
)
STARTED = st.datetimes(
    datetime(2026, 1, 1), datetime(2026, 5, 31), timezones=st.just(SHANGHAI)
)  # fmt: skip


@given(ANY_CALENDAR, STARTED, st.integers(1, 40), st.dates(date(2025, 12, 1), date(2026, 9, 1)))
def test_a_holiday_more_never_shortens_a_clock(calendar, started, length, holiday) -> None:
    before = deadline(started, length, DAYS, calendar).due_at
    assert deadline(started, length, DAYS, calendar.without([holiday])).due_at >= before


@given(ANY_CALENDAR, STARTED, st.integers(1, 30), st.integers(1, 60), st.data())
def test_a_suspension_of_n_working_days_moves_a_clock_by_n(
    calendar: WorkCalendar, started: datetime, length: int, lasted: int, data: st.DataObject
) -> None:
    first = started.date()
    plain = local(deadline(started, length, DAYS, calendar).due_at).date()
    since = first + timedelta(days=data.draw(st.integers(1, (plain - first).days)))
    until = since + timedelta(days=lasted)
    taken = sum(calendar.is_working(since + timedelta(days=n)) for n in range(lasted))
    paused = deadline(
        started, length, DAYS, calendar, pauses=[Pause(start_of_day(since), start_of_day(until))]
    )
    moved = calendar.add_working_days(plain, taken) if taken else plain
    assert local(paused.due_at).date() == moved


@given(
    ANY_CALENDAR, STARTED, st.integers(1, 30), st.sampled_from(Unit), st.lists(st.integers(1, 20))
)
def test_an_extension_moves_a_clock_on_and_never_back(
    calendar, started, length, unit, more
) -> None:
    ends = [
        deadline(
            started, length, unit, calendar, extensions=[Extension(one, "批准") for one in more[:n]]
        ).due_at
        for n in range(len(more) + 1)
    ]
    assert ends == sorted(set(ends))
    assert ends[-1] == deadline(started, length + sum(more), unit, calendar).due_at


@given(ANY_CALENDAR, STARTED, st.integers(1, 500), st.integers(0, 300), st.integers(0, 5000))
def test_running_hours_are_exact_to_the_second(
    calendar: WorkCalendar, started: datetime, length: int, after: int, minutes: int
) -> None:
    since = started + timedelta(minutes=min(after, length * 60 - 1))
    pause = Pause(since, since + timedelta(minutes=minutes))
    found = deadline(started, length, HOURS, calendar, pauses=[pause])
    assert found.due_at - started == timedelta(hours=length, minutes=minutes)
    assert not found.provisional
