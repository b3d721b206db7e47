"""When a rule speaks, and when it may be heard."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from responder.alerts.rules import (
    Raised,
    TopicFacts,
    crosses_keyword,
    crosses_level,
    crosses_new,
    crosses_rising,
    delivered_at,
    problems,
    words_in,
)
from responder.core.times import SHANGHAI
from tests.factories import NOW

LEVELS = (25, 40, 60)
TOPIC = TopicFacts(
    people=6,
    messages=9,
    first_seen=NOW - timedelta(days=2),
    heat=45.0,
    level=2,
    speed_points=13.5,
    heat_before=31.0,
)


@dataclass(frozen=True)
class Rule:
    people: int | None = None
    speed_points: int | None = None
    heat_rise: int | None = None
    level: int | None = None


def raised(days_ago: float = 1, **facts) -> list[Raised]:
    return [Raised(NOW - timedelta(days=days_ago), facts)]


def at(hour: int, minute: int = 0, day: int = 20) -> datetime:
    """An hour of November 2026 in Shanghai."""
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


def test_a_new_topic_speaks_once_it_has_enough_people() -> None:
    assert crosses_new(Rule(people=7), TOPIC, NOW, []) is None
    found = crosses_new(Rule(people=6), TOPIC, NOW, [])
    assert found.facts == {"people": 6, "messages": 9, "heat": 45.0, "asked_people": 6}
    assert crosses_new(Rule(people=6), TOPIC, NOW, raised(asked_people=6)) is None


def test_a_topic_is_new_for_a_week() -> None:
    old = replace(TOPIC, first_seen=NOW - timedelta(days=7))
    assert crosses_new(Rule(people=1), old, NOW, []) is None


@pytest.mark.parametrize(
    ("rule", "speaks"),
    [
        (Rule(speed_points=13), True),
        (Rule(speed_points=14), False),
        (Rule(heat_rise=14), True),
        (Rule(heat_rise=15), False),
        (Rule(speed_points=14, heat_rise=14), True),
    ],
)
def test_rising_is_by_speed_or_by_heat_within_a_day(rule: Rule, speaks: bool) -> None:
    assert (crosses_rising(rule, TOPIC, NOW, [], "2026-11-20") is not None) is speaks


def test_heat_that_was_not_known_yesterday_has_not_risen() -> None:
    unknown = replace(TOPIC, heat_before=None)
    assert crosses_rising(Rule(heat_rise=1), unknown, NOW, [], "2026-11-20") is None


def test_what_rises_for_days_is_said_once_a_week() -> None:
    rule = Rule(heat_rise=10)
    assert crosses_rising(rule, TOPIC, NOW, raised(days_ago=6), "2026-11-20") is None
    again = crosses_rising(rule, TOPIC, NOW, raised(days_ago=7), "2026-11-20")
    assert again.key == "rising:2026-11-20"
    assert (again.facts["rise"], again.facts["asked_rise"]) == (14.0, 10)
    assert again.facts["speed_points"] is None


@pytest.mark.parametrize(
    ("asked", "level", "before", "key"),
    [
        (2, 2, [], "level:2"),
        (2, 3, [], "level:3"),
        (2, 1, [], None),
        (2, 2, [2], None),
        (2, 3, [2], "level:3"),
        (2, 2, [2, 3], None),
        (1, 2, [3], None),
    ],
)
def test_a_level_speaks_again_only_when_a_higher_one_is_reached(asked, level, before, key) -> None:
    earlier = [one for reached in before for one in raised(level=reached)]
    found = crosses_level(Rule(level=asked), replace(TOPIC, level=level), earlier, LEVELS)
    assert (found.key if found else None) == key
    if found:
        assert found.facts["threshold"] == LEVELS[level - 1]


def test_words_speak_once_each() -> None:
    first = crosses_keyword(TOPIC, {"爆炸": 2, "中毒": 1}, [])
    assert (first.key, first.facts["words"]) == ("words:中毒、爆炸", {"中毒": 1, "爆炸": 2})
    said = raised(words={"爆炸": 2, "中毒": 1})
    assert crosses_keyword(TOPIC, {"爆炸": 5}, said) is None
    assert crosses_keyword(TOPIC, {"爆炸": 5, "触电": 1}, said).key == "words:触电"
    assert crosses_keyword(TOPIC, {}, []) is None


def test_words_are_parted_as_people_part_them() -> None:
    assert words_in(" 爆炸、坍塌，中毒; 爆炸\n起火,触电 ") == [
        "爆炸",
        "坍塌",
        "中毒",
        "起火",
        "触电",
    ]


NIGHT = (time(22), time(7))
NOON = (time(12), time(13, 30))


@pytest.mark.parametrize(
    ("raised_at", "hours", "heard_at"),
    [
        (at(21, 59), NIGHT, at(21, 59)),
        (at(22), NIGHT, at(7, day=21)),
        (at(23, 30), NIGHT, at(7, day=21)),
        (at(0), NIGHT, at(7)),
        (at(6, 59), NIGHT, at(7)),
        (at(7), NIGHT, at(7)),
        (at(12), NOON, at(13, 30)),
        (at(11, 59), NOON, at(11, 59)),
        (at(13, 30), NOON, at(13, 30)),
        (at(3), (None, None), at(3)),
    ],
)
def test_quiet_hours_hold_until_they_end(raised_at, hours, heard_at) -> None:
    assert delivered_at(raised_at.astimezone(UTC), *hours, SHANGHAI) == heard_at


clock = st.times().map(lambda moment: moment.replace(second=0, microsecond=0))


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)), clock, clock)
def test_nothing_is_held_longer_than_a_day_nor_within_the_quiet_hours(moment, begin, end) -> None:
    raised_at = moment.replace(tzinfo=UTC)
    heard = delivered_at(raised_at, begin, end, SHANGHAI)
    assert timedelta(0) <= heard - raised_at < timedelta(days=1)
    assert delivered_at(heard, begin, end, SHANGHAI) == heard


@pytest.mark.parametrize(
    ("kind", "rule", "words", "hours", "field"),
    [
        ("new", Rule(), "", NIGHT, "people"),
        ("rising", Rule(), "", NIGHT, "speed_points"),
        ("level", Rule(), "", NIGHT, "level"),
        ("keyword", Rule(), " 、", NIGHT, "words"),
        ("keyword", Rule(), "爆炸、火", NIGHT, "words"),
        ("new", Rule(people=1), "", (time(22), None), "quiet_to"),
        ("new", Rule(people=1), "", (time(22), time(22)), "quiet_to"),
        ("new", Rule(people=1), "", NIGHT, None),
        ("rising", Rule(heat_rise=5), "", (None, None), None),
    ],
)
def test_a_rule_that_says_nothing_is_refused(kind, rule, words, hours, field) -> None:
    assert list(problems(kind, rule, words, *hours)) == ([field] if field else [])
