"""What calendars elsewhere are given."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from responder.accounts.models import Unit
from responder.core.permissions import CONSOLE, Actor, Role, permissions_of
from responder.core.times import SHANGHAI, start_of_day
from responder.planning.calendars.ical import calendar_of
from responder.planning.models import EventState, Form, PressEvent
from tests.factories import NOW
from tests.planning.calendars import rfc5545

ODD = st.text(max_size=300) | st.sampled_from(
    [
        '逗号,分号;反斜杠\\引号"冒号:',
        "两行\n三行\r\n四行\r五行\u2028六行",
        "😀👨‍👩‍👧‍👦🇨🇳" * 30,
        "新闻发布会" * 60,
        "BEGIN:VEVENT\r\nUID:假的\r\nEND:VEVENT",
        "控\x00制\x07符\x1b",
        "\\n 不是换行 \\, \\;",
    ]
)


def event(**facts) -> PressEvent:
    """An event that no database knows."""
    defaults = {
        "id": 1,
        "uid": "e1@example",
        "sequence": 0,
        "theme": "车位租售管理",
        "form": Form.BRIEFING,
        "starts_at": NOW,
        "ends_at": None,
        "all_day": False,
        "place": "",
        "speaker": "",
        "summary": "",
        "state": EventState.CONFIRMED,
        "changed_at": NOW,
        "unit_id": 1,
        "unit": Unit(id=1, code="zjj", name="市住房和城乡建设局"),
    }
    return PressEvent(**{**defaults, **facts})


def only(content: bytes):
    (found,) = rfc5545.check(content).walk("VEVENT")
    return found


def calendar(*events: PressEvent, name: str = "发布日历", reader: Actor = CONSOLE) -> bytes:
    return calendar_of(events, SHANGHAI, name, NOW, reader)


@given(theme=ODD, place=ODD, summary=ODD, name=ODD, uid=st.uuids())
def test_odd_texts_make_a_calendar_that_keeps_every_rule(theme, place, summary, name, uid) -> None:
    made = event(theme=theme, place=place, summary=summary, uid=str(uid))
    content = calendar(made, event(uid="other"), name=name)
    assert len(rfc5545.check(content).walk("VEVENT")) == 2


@given(theme=st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=120))
def test_a_theme_reads_back_as_it_was_written(theme) -> None:
    made = only(calendar(event(theme=theme)))
    if "*" not in made["SUMMARY"]:  # nothing in it looks like a telephone
        assert str(made["SUMMARY"]) == theme


def test_a_timed_event_is_told_by_the_offices_clock() -> None:
    content = calendar(event(ends_at=NOW + timedelta(hours=1)))
    assert b"DTSTART;TZID=Asia/Shanghai:20261120T090000\r\n" in content
    assert b"DTEND;TZID=Asia/Shanghai:20261120T100000\r\n" in content
    assert b"BEGIN:VTIMEZONE\r\nTZID:Asia/Shanghai\r\n" in content
    assert b"TZOFFSETTO:+0800\r\n" in content


def test_a_zone_with_summer_time_is_told_with_its_changes() -> None:
    zone = ZoneInfo("Europe/Berlin")
    content = calendar_of(
        [event(starts_at=datetime(2026, 7, 1, 8, tzinfo=UTC))], zone, "x", NOW, CONSOLE
    )
    rfc5545.check(content)
    assert b"DTSTART;TZID=Europe/Berlin:20260701T100000\r\n" in content
    assert b"BEGIN:DAYLIGHT\r\n" in content


@pytest.mark.parametrize(
    ("ends_on", "exclusive_end"),
    [(None, date(2026, 11, 21)), (date(2026, 11, 22), date(2026, 11, 23))],
)
def test_an_all_day_event_ends_before_the_day_after_its_last(ends_on, exclusive_end) -> None:
    ends_at = start_of_day(ends_on + timedelta(days=1)) if ends_on else None
    made = event(all_day=True, starts_at=start_of_day(date(2026, 11, 20)), ends_at=ends_at)
    content = calendar(made)
    found = only(content)
    assert b"DTSTART;VALUE=DATE:20261120\r\n" in content
    assert found["DTEND"].dt == exclusive_end
    assert b"VTIMEZONE" not in content


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (EventState.PROPOSED, "TENTATIVE"),
        (EventState.PREPARING, "TENTATIVE"),
        (EventState.CONFIRMED, "CONFIRMED"),
        (EventState.HELD, "CONFIRMED"),
        (EventState.CANCELLED, "CANCELLED"),
        (EventState.POSTPONED, "CANCELLED"),
    ],
)
def test_the_status_says_how_sure_the_event_is(state, status) -> None:
    assert only(calendar(event(state=state)))["STATUS"] == status


def test_stamps_are_the_last_change_in_utc() -> None:
    changed = datetime(2026, 11, 1, 9, tzinfo=SHANGHAI)
    content = calendar(event(changed_at=changed, sequence=4))
    assert b"DTSTAMP:20261101T010000Z\r\n" in content
    assert b"LAST-MODIFIED:20261101T010000Z\r\n" in content
    assert b"SEQUENCE:4\r\n" in content
    assert b"DTSTAMP:20261120T010000Z\r\n" in calendar(event(changed_at=None))


def test_telephones_of_people_stay_inside() -> None:
    content = calendar(event(summary="联系人王女士 13812345678", theme="请电13812345678"))
    assert b"13812345678" not in content


def test_other_units_events_are_told_in_outline() -> None:
    facts = {"summary": "内部口径", "speaker": "副局长", "place": "三楼"}
    own, other = event(uid="a", unit_id=1, **facts), event(uid="b", unit_id=2, **facts)
    reader = Actor(None, "联络员", permissions_of([Role.LIAISON]), unit_id=1)
    one, two = rfc5545.check(calendar(own, other, reader=reader)).walk("VEVENT")
    assert "内部口径" in one["DESCRIPTION"]
    assert "内部口径" not in two["DESCRIPTION"]
    assert "副局长" not in two["DESCRIPTION"]
    assert "LOCATION" not in two
    assert two["SUMMARY"] == "车位租售管理"


def test_a_calendar_without_events_is_a_calendar() -> None:
    assert rfc5545.check(calendar()).walk("VEVENT") == []


def test_the_check_sees_what_is_wrong() -> None:
    good = calendar(event(theme="长" * 60))
    for bad in (
        good.replace(b"\r\n", b"\n"),
        good.replace(b"\r\n ", b""),
        good.replace(b"UID:e1@example\r\n", b""),
        good.replace(b"DTSTAMP:20261120T010000Z", b"DTSTAMP:20261120T010000"),
        good.replace(b"BEGIN:VTIMEZONE", b"BEGIN:X").replace(b"END:VTIMEZONE", b"END:X"),
    ):
        with pytest.raises((AssertionError, KeyError, AttributeError)):
            rfc5545.check(bad)
    later = calendar(event(theme="长" * 60, starts_at=NOW + timedelta(days=1)))
    with pytest.raises(AssertionError, match="unnoticed"):
        rfc5545.check(later, before=good)
    moved = calendar(event(theme="长" * 60, starts_at=NOW + timedelta(days=1), sequence=1))
    rfc5545.check(moved, before=good)
