"""The office's calendar: seeded, imported, replaced year by year."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from responder.core.calendar_file import parse_year, read_year
from responder.core.database import transaction
from responder.core.errors import Invalid
from responder.core.permissions import CONSOLE
from responder.core.work_calendar import (
    CalendarYear,
    fixed_holidays,
    forget_year,
    load_calendar,
    remove_fixed_holiday,
    seed_calendar,
    store_year,
)
from tests.real_data import real_data

NOTICE = {
    "year": 2027,
    "papers": ["x"],
    "days": [
        {"name": "元旦", "date": "2027-01-01", "isOffDay": True},
        {"name": "国庆节", "date": "2027-10-01", "isOffDay": True},
    ],
}


def test_seeded_calendar_knows_holidays_and_made_up_days(session) -> None:
    calendar = load_calendar(session)
    assert not calendar.is_working(date(2026, 10, 1))
    assert calendar.is_working(date(2026, 10, 10))  # a Saturday, made up for
    assert not calendar.is_working(date(2026, 10, 11))
    assert not calendar.is_provisional(date(2026, 1, 1), date(2026, 12, 31))
    assert calendar.is_provisional(date(2026, 12, 31), date(2027, 1, 4))


def test_holidays_carry_their_chinese_names(session) -> None:
    year = session.scalar(select(CalendarYear).where(CalendarYear.year == 2026))
    assert {day.name for day in year.days} >= {"元旦", "春节", "国庆节"}


def test_seeding_again_leaves_an_edited_year_alone(session) -> None:
    with transaction(CONSOLE):
        store_year(session, 2026, [(date(2026, 3, 5), False, "市庆")], "市政府令")
    with transaction(CONSOLE):
        assert seed_calendar(session) == []
    assert not load_calendar(session).is_working(date(2026, 3, 5))


def test_a_year_that_the_office_took_back_stays_out_until_it_is_stored_again(session) -> None:
    with transaction(CONSOLE):
        forget_year(session, 2026)
    with transaction(CONSOLE):
        assert seed_calendar(session) == []
    first, last = date(2026, 1, 1), date(2026, 12, 31)
    assert load_calendar(session).is_provisional(first, last)
    with transaction(CONSOLE):
        store_year(session, 2026, [(date(2026, 3, 5), False, "市庆")], "市政府令")
    assert not load_calendar(session).is_provisional(first, last)
    with transaction(CONSOLE):
        forget_year(session, 2026)  # as often as it takes
        assert seed_calendar(session) == []


def test_importing_a_year_replaces_it_and_announces_it(session, tmp_path: Path) -> None:
    file = tmp_path / "2027.json"
    file.write_text(json.dumps(NOTICE), encoding="utf-8")
    year, rows, source = read_year(file)
    assert source == "x"
    with transaction(CONSOLE):
        store_year(session, year, rows, source)
    calendar = load_calendar(session)
    assert not calendar.is_provisional(date(2027, 1, 1), date(2027, 1, 31))
    assert not calendar.is_working(date(2027, 1, 1))


@pytest.mark.parametrize("content", ["", "[]", '{"year": 2027}', '{"year": 2027, "days": [{}]}'])
def test_a_file_that_is_no_calendar_is_refused_in_a_sentence(tmp_path: Path, content: str) -> None:
    file = tmp_path / "bad.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(Invalid, match="不是节假日 JSON"):
        read_year(file)


def noticed(**changed: object) -> bytes:
    return json.dumps({**NOTICE, **changed}).encode()


def with_day(**changed: object) -> bytes:
    return noticed(days=[*NOTICE["days"], {**NOTICE["days"][0], "date": "2027-01-02", **changed}])


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b'{"year": 2027, "days": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "不是节假日 JSON"),
        (b'{"year": 1e400, "days": []}', "可用的年份"),
        (noticed(year=3_000_000_000), "可用的年份"),
        (noticed(year="2027"), "可用的年份"),
        (noticed(papers=7), "不是节假日 JSON"),
        (noticed(papers=["p" * 301]), "依据"),
        (with_day(name="长" * 33), "名称太长"),
        (with_day(name="\0\ud800"), "不是节假日 JSON"),
        (with_day(isOffDay="false"), "不是节假日 JSON"),
        (noticed(days=[]), "1月1日没有放假"),
        (noticed(days=NOTICE["days"][:1]), "10月1日没有放假"),
        (with_day(date="2027-05-01", isOffDay=False), "5月1日没有放假"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_a_years_notice_is_refused_in_a_sentence(content: bytes, told: str) -> None:
    with pytest.raises(Invalid, match=told):
        parse_year(content, "2027.json")


def test_a_notice_is_kept_as_clean_text() -> None:
    content = with_day(name=" 元\0旦\ud800 ")
    assert parse_year(content, "x")[1][-1] == (date(2027, 1, 2), False, "元旦")
    assert parse_year(noticed(papers=None), "2027.json")[2] == "2027.json"


def test_a_day_of_another_year_is_refused(session) -> None:
    with pytest.raises(Invalid, match="不属于 2027 年"), transaction(CONSOLE):
        store_year(session, 2027, [(date(2026, 1, 1), False, "元旦")], "x")


def test_official_files_agree_with_the_seeded_years(session) -> None:
    calendar = load_calendar(session)
    for path in sorted((real_data() / "holidays").glob("20*.json")):
        _, days, _ = read_year(path)
        assert all(calendar.is_working(day) == working for day, working, _ in days), path.name


def test_a_year_that_is_not_announced_has_the_holidays_that_the_law_dates(session) -> None:
    calendar = load_calendar(session)
    off = [(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)]
    assert not any(calendar.is_working(date(2029, month, day)) for month, day in off)
    assert calendar.is_working(date(2029, 5, 3))
    assert calendar.is_provisional(date(2029, 5, 1), date(2029, 5, 3))


def test_an_announcement_replaces_them(session) -> None:
    with transaction(CONSOLE):
        store_year(session, 2029, [(date(2029, 5, 1), False, "劳动节")], "试验")
    assert load_calendar(session).is_working(date(2029, 5, 2))  # a Wednesday


def test_a_holiday_by_law_that_the_office_took_out_stays_out(session) -> None:
    with transaction(CONSOLE):
        first = fixed_holidays(session)[0]
        assert (first.month, first.day, first.name) == (1, 1, "元旦")
        assert "国务院令第795号" in first.source
        remove_fixed_holiday(session, first.id)
    with transaction(CONSOLE):
        seed_calendar(session)
    assert (1, 1) not in load_calendar(session).fixed


def test_a_notice_that_begins_in_december_holds_for_these_days(session) -> None:
    days = [(date(2026, 12, 31), False, "元旦"), (date(2027, 1, 1), False, "元旦")]
    for _ in range(2):  # again, as when the same file is imported twice
        with transaction(CONSOLE):
            store_year(session, 2027, days, "试验")
        assert not load_calendar(session).is_working(date(2026, 12, 31))
    with transaction(CONSOLE):
        store_year(session, 2026, [(date(2026, 12, 31), True, "上班")], "更正")
    assert load_calendar(session).is_working(date(2026, 12, 31))
