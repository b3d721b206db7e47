"""What asks, and what is said of the weeks before and after an event."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from responder.planning.briefing import rules

DAY = date(2026, 11, 10)


def days(first: int, last: int, value: float) -> dict[date, float]:
    return {DAY + timedelta(days=n): value for n in range(first, last + 1)}


def test_a_whole_week_on_either_side_is_compared_without_the_day_itself():
    messages = {**days(-7, -1, 8), DAY: 99, **days(1, 7, 3)}
    heats = {**days(-7, -1, 56.0), DAY: 100.0, **days(1, 7, 41.0)}
    found = rules.compare(DAY, DAY + timedelta(days=7), messages, heats)
    assert found.before == rules.Week(8.0, 56.0)
    assert found.after == rules.Week(3.0, 41.0)


def test_a_week_that_is_not_over_is_not_compared():
    found = rules.compare(DAY, DAY + timedelta(days=6), days(-7, 6, 8), days(-7, 6, 50.0))
    assert found.before is not None
    assert found.after is None
    assert found.days_since == 6


def test_before_an_event_nothing_is_compared_until_its_eve_is_known():
    eve = DAY - timedelta(days=1)
    assert rules.compare(DAY, eve - timedelta(days=1), {}, {}).before is None
    assert rules.compare(DAY, eve, {}, {}).before == rules.Week(0.0, None)
    assert rules.compare(DAY, None, {}, {}).before is None


def test_the_heat_of_too_few_days_is_not_a_weeks():
    whole = DAY + timedelta(days=7)
    few = rules.compare(DAY, whole, {}, days(-2, -1, 60.0))
    enough = rules.compare(DAY, whole, {}, days(-3, -1, 60.0))
    assert few.before == rules.Week(0.0, None)
    assert enough.before == rules.Week(0.0, 60.0)


@pytest.mark.parametrize(
    "sentence",
    ["车位什么时候可以出租？", "能否增加公交班次", "请问是否收费", "到底有人管吗", "补贴多久到账"],
)
def test_what_asks_is_known(sentence):
    assert rules.asks(sentence)


@pytest.mark.parametrize("sentence", ["地下车位只售不租。", "投诉多次无人处理"])
def test_what_states_does_not_ask(sentence):
    assert not rules.asks(sentence)


def test_sentences_stand_as_they_were_written_and_are_worth_quoting():
    text = "您好。\n我家小区地下车位只售不租，怎么办？" + "很" * 100 + "长。"
    assert rules.sentences(text) == ["我家小区地下车位只售不租，怎么办？"]


def test_headings_count_in_chinese():
    numbers = {1: "一", 10: "十", 12: "十二", 20: "二十", 35: "三十五"}
    assert {n: rules.numeral(n) for n in numbers} == numbers


def test_what_a_word_file_refuses_is_left_out():
    assert rules.clean("一\x00二\x0b三\r\n四") == "一二三\n四"
    assert rules.paragraphs("一\n\n 二 ") == ("一", "二")
