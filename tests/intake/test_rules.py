from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from responder.core.identity import Sealed
from responder.core.times import SHANGHAI
from responder.intake import rules
from responder.intake.models import Message
from responder.intake.rules import Unreadable

NOW = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
EVENING = datetime(2019, 2, 14, 12, 0, tzinfo=UTC)
MIDNIGHT = datetime(2019, 2, 13, 16, 0, tzinfo=UTC)


def moment(value: object, year: int | None = None) -> datetime:
    return rules.parse_moment(value, SHANGHAI, NOW, year)


@pytest.mark.parametrize(
    "value",
    [
        "2019/2/14 20:00:00",
        "2019-02-14 20:00:00",
        "2019-02-14T20:00:00.000",
        "2019.2.14 20:00",
        "2019年2月14日 20:00",
        "2019年2月14日20时00分00秒",
        "2019年2月14日 星期四 下午8:00",
        "2019/2/14 8:00 PM",
        "２０１９／２／１４　２０：００",
        "2019-02-14T12:00:00Z",
        "2019-02-14 13:00:00+01:00",
        "20190214200000",
        "20190214T120000Z",
        datetime(2019, 2, 14, 20, 0),
        43510 + 20 / 24,
        "43510.83333",
        datetime(2019, 2, 14, 19, 59, 59, 999_600),
    ],
)
def test_the_same_evening_is_read_however_it_is_written(value: object) -> None:
    assert moment(value) == EVENING


@pytest.mark.parametrize(
    "value", ["2019-2-14", "2019年2月14日", "2019.2.14", 20190214.0, date(2019, 2, 14)]
)
def test_a_day_without_a_time_is_its_first_moment(value: object) -> None:
    assert moment(value) == MIDNIGHT


def test_noon_and_midnight_in_english() -> None:
    assert moment("2019-2-14 12:00 AM") == MIDNIGHT
    assert moment("2019-2-14 12:00 PM") == datetime(2019, 2, 14, 4, tzinfo=UTC)


def test_a_time_without_a_year_needs_to_be_told_the_year() -> None:
    assert moment("02月14日 20:00", year=2019) == EVENING
    with pytest.raises(Unreadable, match=r"没有年份.*--year"):
        moment("02月14日 20:00")


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("2019/2/30 10:00", "不存在"),
        ("2019-13-01", "不存在"),
        ("2019-02-14 25:00", "不存在"),
        ("昨天下午", "不是日期"),
        ("2/14/2019", "年份写在后面"),
        ("2019-02-14 晚上", "时间无法识别"),
        (2019.0, "不是日期"),
        (73_051.0, "不是日期"),
        (date(1900, 1, 1), "早于 1990"),
        ("2026-11-22", "晚于今天"),
    ],
)
def test_what_is_no_time_is_refused_with_its_reason(value: object, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        moment(value)


def test_a_clock_that_runs_ahead_by_hours_is_tolerated() -> None:
    assert moment("2026-11-20 20:00") == datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "count"),
    [
        ("", 0),
        (None, 0),
        (5.0, 5),
        ("1,234", 1234),
        ("1.2万", 12_000),
        ("3萬+", 30_000),
        ("13808.0", 13_808),
        ("１２", 12),
    ],
)
def test_counts_are_read(value: object, count: int) -> None:
    assert rules.parse_count(value) == count


@pytest.mark.parametrize(
    "value", ["许多", "-3", "1.5", 2.5, "1,23", "99999999999", "1e5", "9" * 400]
)
def test_what_is_no_count_is_refused(value: object) -> None:
    with pytest.raises(Unreadable):
        rules.parse_count(value)


def test_numbers_that_a_spreadsheet_has_rounded_are_no_identifiers() -> None:
    assert rules.parse_identifier(188006.0) == "188006"
    assert rules.parse_identifier("4456068992182160 ") == "4456068992182160"
    with pytest.raises(Unreadable, match="文本格式"):
        rules.parse_identifier(4456068992182160.0)


def test_yes_and_no() -> None:
    assert [rules.parse_yes(value) for value in ("是", "紧急", 1.0, True)] == [True] * 4
    assert [rules.parse_yes(value) for value in ("", "否", 0.0, False)] == [False] * 4
    with pytest.raises(Unreadable):
        rules.parse_yes("也许")


def test_a_headline_is_the_first_sentence_or_its_beginning() -> None:
    assert rules.headline("  路灯坏了。已经三天。") == "路灯坏了"
    assert rules.headline("\n\t路灯\t 坏了\n已经三天") == "路灯 坏了"
    assert rules.headline("。。。") == "。。。"
    assert len(rules.headline("长" * 500)) == rules.HEADLINE_CHARACTERS


@given(st.text(min_size=1))
def test_a_headline_always_fits(text: str) -> None:
    assert len(rules.headline(text)) <= rules.HEADLINE_CHARACTERS


def test_a_message_with_an_identifier_is_known_by_it_and_its_words() -> None:
    one = rules.fingerprint("mailbox", "7", "甲", EVENING, "题", "文 本")
    assert one == rules.fingerprint("mailbox", "7", "乙", MIDNIGHT, "题", "文  本")
    assert one != rules.fingerprint("mailbox", "7", "甲", EVENING, "题", "别的")
    assert one != rules.fingerprint("weibo", "7", "甲", EVENING, "题", "文 本")


def test_a_message_without_an_identifier_is_known_by_all_that_it_says() -> None:
    def known(author="甲", at=EVENING, title="题", body="文 本"):
        return rules.fingerprint("mailbox", None, author, at, title, body)

    assert known(body="\n文\t\t本 ") == known()
    others = {known(author="乙"), known(at=MIDNIGHT), known(title="题文"), known(body="文本")}
    assert len(others | {known()}) == 5


def test_people_are_told_apart_by_phone_then_by_name_within_a_channel() -> None:
    def key(author: str, phone: str = "", print_: str = "a", channel: str = "hotline") -> str:
        return rules.author_key(channel, author, phone, print_)

    assert key("王女士", "138 1234 5678") == key("小王", "13812345678", channel="weibo")
    assert key("A001") == key("A001", print_="b")
    assert key("A001") != key("A001", channel="weibo")
    assert key("") != key("", print_="b")
    assert key("匿名") != key("匿名", print_="b")
    assert len(key("王女士")) == 32


def test_limits_are_those_of_the_columns() -> None:
    types = {name: Message.__table__.c[name].type for name in rules.COLUMN_LIMITS}
    limits = {
        name: type_.max_characters if isinstance(type_, Sealed) else type_.length
        for name, type_ in types.items()
    }
    assert limits == rules.COLUMN_LIMITS


@pytest.mark.parametrize("zone", ["+99:99", "-2359", "+0860", "+15:00"])
def test_a_zone_that_nobody_lives_in_is_refused(zone: str) -> None:
    with pytest.raises(Unreadable, match="时区不存在"):
        rules.parse_moment(f"2019-11-13 11:20{zone}", SHANGHAI, NOW)


def test_the_last_second_of_all_is_too_late_and_no_error() -> None:
    with pytest.raises(Unreadable, match="晚于今天"):
        rules.parse_moment(datetime(9999, 12, 31, 23, 59, 59, 999_999), SHANGHAI, NOW)
