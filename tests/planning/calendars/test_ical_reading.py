"""What is taken from a calendar file, and what is not."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from responder.core.errors import Invalid
from responder.core.times import SHANGHAI
from responder.planning.calendars.ical import PRODUCT
from responder.planning.calendars.ical_reading import MOST_BYTES, Reading, read
from responder.planning.models import Form

TODAY = date(2026, 11, 20)


def entry(*lines: str, uid: str = "a@b", summary: str = "供水发布") -> str:
    return "\r\n".join(["BEGIN:VEVENT", f"UID:{uid}", f"SUMMARY:{summary}", *lines, "END:VEVENT"])


def file(*entries: str, before: str = "") -> bytes:
    parts = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//EN", before, *entries, "END:VCALENDAR"]
    return ("\r\n".join(part for part in parts if part) + "\r\n").encode()


def reading(*entries: str, before: str = "") -> Reading:
    return read(file(*entries, before=before), SHANGHAI, TODAY)


def only(*entries: str, before: str = ""):
    made = reading(*entries, before=before)
    assert made.refused == []
    (found,) = made.found
    return found


def reasons(*entries: str) -> list[tuple[int, str]]:
    return [(one.number, one.reason) for one in reading(*entries).refused]


@pytest.mark.parametrize(
    "starts",
    [
        "DTSTART:20261201T013000Z",
        "DTSTART:20261201T093000",  # floating: the office's clock
        "DTSTART;TZID=Asia/Shanghai:20261201T093000",
        "DTSTART;TZID=China Standard Time:20261201T093000",  # as Outlook writes it
        "DTSTART;TZID=America/New_York:20261130T203000",
        "DTSTART;TZID=Europe/Berlin:20261201T023000",
    ],
)
def test_a_moment_of_any_zone_is_the_same_moment(starts: str) -> None:
    found = only(entry(starts))
    assert found.starts_at == datetime(2026, 12, 1, 1, 30, tzinfo=UTC)
    assert not found.all_day


def test_a_zone_that_the_file_describes_itself_is_understood() -> None:
    zone = (
        "BEGIN:VTIMEZONE\r\nTZID:Unser Büro\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n"
        "TZOFFSETFROM:+0300\r\nTZOFFSETTO:+0300\r\nEND:STANDARD\r\nEND:VTIMEZONE"
    )
    found = only(entry("DTSTART;TZID=Unser Büro:20261201T043000"), before=zone)
    assert found.starts_at == datetime(2026, 12, 1, 1, 30, tzinfo=UTC)


def test_ends_are_taken_from_dtend_or_duration() -> None:
    hour_and_half = datetime(2026, 12, 1, 3, tzinfo=UTC)
    starts = "DTSTART:20261201T013000Z"
    assert only(entry(starts, "DTEND:20261201T030000Z")).ends_at == hour_and_half
    assert only(entry(starts, "DURATION:PT1H30M")).ends_at == hour_and_half
    assert only(entry(starts)).ends_at is None


def test_a_day_is_all_day_and_its_end_exclusive() -> None:
    one = only(entry("DTSTART;VALUE=DATE:20261201", "DTEND;VALUE=DATE:20261202"))
    assert (one.all_day, one.ends_at) == (True, None)
    assert one.starts_at == datetime(2026, 11, 30, 16, tzinfo=UTC)
    two = only(entry("DTSTART;VALUE=DATE:20261201", "DTEND;VALUE=DATE:20261203"))
    assert two.ends_at == datetime(2026, 12, 2, 16, tzinfo=UTC)


def test_texts_are_unescaped_and_the_form_is_recognised() -> None:
    found = only(
        entry(
            "DTSTART:20261201T013000Z",
            "LOCATION:三楼\\, 发布厅",
            "DESCRIPTION:一\\n二",
            "CATEGORIES:在线访谈",
            "SEQUENCE:3",
        )
    )
    assert (found.place, found.summary, found.sequence) == ("三楼, 发布厅", "一\n二", 3)
    assert found.form is Form.ONLINE_INTERVIEW
    by_title = only(entry("DTSTART:20261201T013000Z", summary="春运新闻通气会"))
    assert by_title.form is Form.BRIEFING
    assert only(entry("DTSTART:20261201T013000Z")).form is None


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ([], "没有开始时间"),
        (["DTSTART:明天"], "DTSTART 不是日期或时间"),
        (["DTSTART;TZID=Mars/Olympus:20261201T093000"], "不认识时区“Mars/Olympus”"),
        (["DTSTART:18991201T093000"], "1899 年"),
        (["DTSTART:20261201T093000", "DTEND:20261201T083000"], "结束早于开始"),
        (["DTSTART:20261201T093000", "DTEND;VALUE=DATE:20261202"], "一个是日期、一个是时间"),
        (["DTSTART:20261201T093000", "DURATION:很久"], "DURATION 不是时长"),
        (["DTSTART:20261201T093000", "DURATION:P3000000D"], "最长 31 天"),
        (["DTSTART:20261201T093000", "DURATION:P99999999999999D"], "DURATION 不是时长"),
        (["DTSTART:20261201T093000", "DTEND:20991201T093000"], "最长 31 天"),
        (["DTSTART:20261201T093000", "SEQUENCE:x"], "SEQUENCE 不是数字"),
        (["DTSTART:20261201T093000", "RRULE:FREQ=SECONDLY"], "只支持按日、周、月、年重复"),
        (["DTSTART:20261201T093000", "RRULE:FREQ=DAILY;INTERVAL=0"], "重复规则"),
        (["DTSTART:20261201T093000", "RRULE:FREQ=DAILY;BYHOUR=8,9"], "重复规则"),
        (["DTSTART:20261201T093000", "RRULE:每天"], "重复规则"),
    ],
)
def test_an_entry_that_cannot_be_taken_is_named_and_the_others_stay(lines, reason) -> None:
    made = reading(entry("DTSTART:20261201T013000Z", uid="good"), entry(*lines, uid="bad"))
    assert [found.uid for found in made.found] == ["good"]
    (refused,) = made.refused
    assert refused.number == 2
    assert refused.theme == "供水发布"
    assert reason in refused.reason


def test_entries_without_a_title_or_an_identity_are_refused() -> None:
    starts = "DTSTART:20261201T013000Z"
    assert "标题" in reasons(entry(starts, summary=""))[0][1]
    assert "UID" in reasons(entry(starts, uid=""))[0][1]
    assert "200 字" in reasons(entry(starts, summary="长" * 201))[0][1]
    assert "255" in reasons(entry(starts, uid="u" * 256))[0][1]


def test_of_the_same_identity_twice_the_newest_is_taken() -> None:
    old = entry("DTSTART:20261201T013000Z", "SEQUENCE:1")
    new = entry("DTSTART:20261202T013000Z", "SEQUENCE:2")
    for one, two, number in ((old, new, 1), (new, old, 2)):
        made = reading(one, two)
        assert [found.sequence for found in made.found] == [2]
        assert [refused.number for refused in made.refused] == [number]


WEEKLY = ("DTSTART;TZID=Asia/Shanghai:20261001T090000", "DURATION:PT1H")


def days(*entries: str) -> list[str]:
    made = reading(*entries)
    assert made.refused == []
    return [f"{one.starts_at.astimezone(SHANGHAI):%m-%d %H:%M}" for one in made.found]


def test_a_recurring_event_is_its_occurrences_from_today_for_a_year() -> None:
    found = reading(entry(*WEEKLY, "RRULE:FREQ=WEEKLY")).found
    assert found[0].starts_at == datetime(2026, 11, 26, 1, tzinfo=UTC)
    assert found[0].ends_at == datetime(2026, 11, 26, 2, tzinfo=UTC)
    assert found[-1].starts_at == datetime(2027, 11, 18, 1, tzinfo=UTC)
    assert len({one.uid for one in found}) == len(found) == 52
    assert {one.series for one in found} == {"a@b"}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FREQ=WEEKLY;COUNT=9", ["11-26 09:00"]),  # counted from October
        ("FREQ=WEEKLY;UNTIL=20261203T010000Z", ["11-26 09:00", "12-03 09:00"]),
        ("FREQ=WEEKLY;UNTIL=20261203", ["11-26 09:00", "12-03 09:00"]),
        ("FREQ=MONTHLY;BYDAY=1TU;COUNT=3", ["12-01 09:00"]),
    ],
)
def test_a_rule_ends_where_it_says(rule: str, expected: list[str]) -> None:
    assert days(entry(*WEEKLY, f"RRULE:{rule}")) == expected


def test_exceptions_and_additions_of_a_series_are_followed() -> None:
    made = days(
        entry(
            *WEEKLY,
            "RRULE:FREQ=WEEKLY;UNTIL=20261217T010000Z",
            "EXDATE;TZID=Asia/Shanghai:20261126T090000,20261203T090000",
            "RDATE;TZID=Asia/Shanghai:20261212T090000",
        )
    )
    assert made == ["12-10 09:00", "12-12 09:00", "12-17 09:00"]


def test_an_occurrence_told_apart_takes_the_place_of_its_date() -> None:
    made = reading(
        entry(*WEEKLY, "RRULE:FREQ=WEEKLY;UNTIL=20261203T010000Z", "SEQUENCE:1"),
        entry(
            "RECURRENCE-ID;TZID=Asia/Shanghai:20261126T090000",
            "DTSTART;TZID=Asia/Shanghai:20261127T100000",
            "SEQUENCE:2",
        ),
    )
    told = {one.uid: (one.starts_at, one.sequence) for one in made.found}
    assert told == {
        "a@b/20261203T010000Z": (datetime(2026, 12, 3, 1, tzinfo=UTC), 1),
        "a@b/20261126T010000Z": (datetime(2026, 11, 27, 2, tzinfo=UTC), 2),
    }


def test_nine_o_clock_stays_nine_o_clock_over_summer_time() -> None:
    starts = "DTSTART;TZID=Europe/Berlin:20261001T090000"
    found = reading(entry(starts, "RRULE:FREQ=MONTHLY;COUNT=10")).found
    hours = {one.starts_at.month: one.starts_at.hour for one in found}
    assert (hours[12], hours[7]) == (8, 7)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "不是完整的 iCalendar"),
        ("序号,主题\n1,供水".encode(), "不是 iCalendar 文件"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "不是 iCalendar 文件"),
        (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\n", "不是完整的 iCalendar"),
        (b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n", "没有日程"),
        (b"x" * (MOST_BYTES + 1), "超过 1 MB"),
    ],
)
def test_what_is_no_calendar_is_refused_as_a_whole(content: bytes, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        read(content, SHANGHAI, TODAY)


def test_a_calendar_in_gb18030_or_with_a_mark_in_front_is_read() -> None:
    content = file(entry("DTSTART:20261201T013000Z"))
    for one in (content.decode().encode("gb18030"), b"\xef\xbb\xbf" + content):
        assert read(one, SHANGHAI, TODAY).found[0].theme == "供水发布"


def many(count: int, *lines: str) -> list[str]:
    return [entry("DTSTART:20261201T013000Z", *lines, uid=f"u{n}") for n in range(count)]


def test_a_file_that_comes_to_too_many_events_is_refused_before_they_are_made() -> None:
    assert len(reading(*many(5, "RRULE:FREQ=DAILY")).found) == 5 * 355
    with pytest.raises(Invalid, match="连同重复的各次超过 2000 项"):
        reading(*many(1_500, "RRULE:FREQ=DAILY"))
    with pytest.raises(Invalid, match="超过 2000 项"):
        reading(*many(1_990), *many(1, "RRULE:FREQ=DAILY"))


def test_rules_that_look_at_too_many_days_are_refused_together() -> None:
    never = "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=9"
    old = [entry("DTSTART:20000101T013000Z", never, uid=f"u{n}") for n in range(200)]
    assert reading(*old[:5]).found == []
    with pytest.raises(Invalid, match="重复规则太多"):
        reading(*old)


def test_a_file_of_this_desk_is_known_by_who_wrote_it() -> None:
    assert not reading(entry("DTSTART:20261201T013000Z")).is_ours
    ours = file(entry("DTSTART:20261201T013000Z")).replace(b"-//x//EN", PRODUCT.encode())
    assert read(ours, SHANGHAI, TODAY).is_ours
    both = ours + file(entry("DTSTART:20261201T013000Z", uid="c@d"))
    assert not read(both, SHANGHAI, TODAY).is_ours
