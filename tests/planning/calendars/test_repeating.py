"""Recurrence rules: the dates that everybody else finds, in a bounded number of steps."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from responder.planning.calendars.recurring import AHEAD, BadRule, dates_of
from responder.planning.calendars.repeating import Budget, Exhausted

TODAY = date(2026, 11, 20)
FIRST = datetime(2025, 1, 31, 9, 30)


def found(rule: str, first: datetime = FIRST, today: date = TODAY, budget: int = 100_000):
    """The dates of a rule by the clock of the entry, for a year from ``today``."""
    lines = ("BEGIN:VEVENT", f"DTSTART:{first:%Y%m%dT%H%M%S}", f"RRULE:{rule}", "END:VEVENT")
    text = "\r\n".join(["BEGIN:VCALENDAR", *lines, "END:VCALENDAR", ""])
    (component,) = Calendar.from_ical(text).walk("VEVENT")
    made = dates_of(component, first.replace(tzinfo=UTC), today, Budget(budget))
    return [one.replace(tzinfo=None) for one in made]


def expected(rule: str, first: datetime = FIRST, today: date = TODAY) -> list[datetime]:
    """The same by dateutil, which goes on for ever where a rule has no date."""
    opens = datetime(today.year, today.month, today.day)
    closes = opens + AHEAD
    if "COUNT" not in rule and "UNTIL" not in rule:
        rule += f";UNTIL={closes:%Y%m%dT%H%M%S}"
    dates = {first, *rrulestr(rule, dtstart=first)}
    return sorted(one for one in dates if opens <= one < closes)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;INTERVAL=13",
        "FREQ=DAILY;BYMONTH=3,4;BYDAY=MO,FR",
        "FREQ=DAILY;COUNT=700",
        "FREQ=WEEKLY",
        "FREQ=WEEKLY;INTERVAL=3;BYDAY=SU,MO;WKST=SU",
        "FREQ=WEEKLY;INTERVAL=3;BYDAY=SU,MO;WKST=MO",
        "FREQ=WEEKLY;BYDAY=TU;COUNT=100",
        "FREQ=MONTHLY",  # the 31st
        "FREQ=MONTHLY;INTERVAL=5;BYMONTHDAY=-1",
        "FREQ=MONTHLY;BYDAY=1TU,-1FR",
        "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
        "FREQ=MONTHLY;BYDAY=5MO",
        "FREQ=MONTHLY;BYDAY=1MO;BYHOUR=14;BYMINUTE=5",
        "FREQ=YEARLY",
        "FREQ=YEARLY;INTERVAL=2;BYMONTH=1,2",
        "FREQ=YEARLY;BYMONTH=3,6;BYDAY=2WE",
        "FREQ=YEARLY;BYDAY=20MO,-1SU",
        "FREQ=YEARLY;BYYEARDAY=1,100,-1",
        "FREQ=YEARLY;BYWEEKNO=1,20,53;BYDAY=MO",
        "FREQ=YEARLY;BYWEEKNO=-1;BYDAY=TH",
        "FREQ=YEARLY;BYWEEKNO=9;BYDAY=SU;WKST=SU",
        "FREQ=YEARLY;BYMONTHDAY=15",
        "FREQ=YEARLY;BYDAY=MO;BYSETPOS=2,-2",
        "FREQ=DAILY;UNTIL=20261224T093000",
        "FREQ=DAILY;UNTIL=20261224T092959",
    ],
)
@pytest.mark.parametrize("today", [TODAY, date(2025, 1, 1), date(2027, 12, 31)])
def test_a_rule_has_the_dates_that_others_find(rule: str, today: date) -> None:
    assert found(rule, today=today) == expected(rule, today=today)


parts = {
    "INTERVAL": st.integers(1, 4).map(str),
    "BYMONTH": st.sets(st.integers(1, 12), min_size=1).map(lambda s: ",".join(map(str, s))),
    "BYMONTHDAY": st.sets(st.integers(1, 28) | st.integers(-28, -1), min_size=1).map(
        lambda s: ",".join(map(str, s))
    ),
    "BYDAY": st.sets(st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"]), min_size=1).map(
        lambda s: ",".join(sorted(s))
    ),
    "COUNT": st.integers(1, 40).map(str),
    "WKST": st.sampled_from(["MO", "SU", "WE"]),
}


@settings(max_examples=150, deadline=None)
@given(
    frequency=st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]),
    chosen=st.fixed_dictionaries({}, optional=parts),
    first=st.datetimes(datetime(2024, 1, 1), datetime(2027, 6, 1)).map(
        lambda one: one.replace(microsecond=0)
    ),
)
def test_any_rule_has_the_dates_that_others_find(
    frequency: str, chosen: dict[str, str], first: datetime
) -> None:
    if frequency == "WEEKLY":
        chosen.pop("BYMONTHDAY", None)  # forbidden there
    rule = ";".join([f"FREQ={frequency}", *(f"{name}={value}" for name, value in chosen.items())])
    assert found(rule, first) == expected(rule, first)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYWEEKNO=30;BYMONTH=1",
        "FREQ=MONTHLY;BYDAY=6MO",
        "FREQ=MONTHLY;BYSETPOS=300",
        "FREQ=DAILY;INTERVAL=2147483647",
        "FREQ=YEARLY;INTERVAL=2147483647",
    ],
)
def test_a_day_that_never_comes_is_looked_for_within_the_year_alone(rule: str) -> None:
    assert found(rule, budget=1_000) == []


def test_a_count_runs_from_the_beginning_and_costs_what_it_looks_at() -> None:
    assert found("FREQ=DAILY;COUNT=700", budget=700)
    with pytest.raises(Exhausted):
        found("FREQ=DAILY;COUNT=700", budget=600)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=HOURLY",
        "FREQ=DAILY;BYHOUR=25",
        "FREQ=DAILY;BYHOUR=8,9",
        "FREQ=DAILY;COUNT=0",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=MONTHLY;BYMONTHDAY=0",
        "FREQ=YEARLY;BYMONTH=13",
        "FREQ=YEARLY;RSCALE=CHINESE",
        "FREQ=WEEKLY;BYDAY=XX",
        "INTERVAL=2",
    ],
)
def test_what_is_no_rule_is_refused(rule: str) -> None:
    with pytest.raises(BadRule, match="重复规则"):
        found(rule)


def test_more_dates_than_days_of_a_year_are_refused() -> None:
    first = datetime(2026, 11, 20, 9)
    added = ",".join(f"{first + timedelta(hours=n):%Y%m%dT%H%M%S}" for n in range(400))
    lines = ("BEGIN:VEVENT", f"DTSTART:{first:%Y%m%dT%H%M%S}", f"RDATE:{added}", "END:VEVENT")
    text = "\r\n".join(["BEGIN:VCALENDAR", *lines, "END:VCALENDAR", ""])
    (component,) = Calendar.from_ical(text).walk("VEVENT")
    with pytest.raises(BadRule, match="一年最多 366 次"):
        dates_of(component, first.replace(tzinfo=UTC), TODAY, Budget(1))
