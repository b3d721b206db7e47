"""When a source runs again, and what its words mean."""

from __future__ import annotations

from datetime import timedelta

import pytest

from responder.sources import charts, rules
from tests.factories import NOW

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("interval", "errors", "waits", "minutes"),
    [
        (15, 0, None, 15),
        (15, 1, None, 30),
        (15, 3, None, 120),
        (15, 4, None, 240),
        (15, 5, None, 360),
        (15, 10**6, None, 360),
        (1440, 9, None, 1440),
        (15, 1, 10, 30),
        (15, 1, 90, 90),
        (15, 1, 10**6, 1440),
    ],
)
def test_failures_put_off_ever_longer_up_to_a_ceiling(interval, errors, waits, minutes) -> None:
    retry_after = None if waits is None else waits * MINUTE
    due = rules.next_run(NOW, interval * MINUTE, errors, retry_after)
    assert due == NOW + minutes * MINUTE


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("120", 120), (" 5 ", 5), ("Fri, 20 Nov 2026 01:10:00 GMT", 600),
     ("Fri, 20 Nov 2026 00:00:00 GMT", 0), ("soon", None), ("-5", None), ("", None)],
)  # fmt: skip
def test_retry_after_is_seconds_or_a_date(header: str, seconds: int | None) -> None:
    expected = None if seconds is None else timedelta(seconds=seconds)
    assert rules.retry_after(header, NOW) == expected


@pytest.mark.parametrize(
    ("value", "heat"),
    [(12, 12), (12.9, 12), ("1,234", 1234), ("123.4万", 1234000), ("热度 98w", 980000),
     ("1.5亿", 150000000), ("", None), (None, None), (True, None), ("爆", None), (-1, None),
     (float("nan"), None), (1e300, None)],
)  # fmt: skip
def test_heats_as_lists_write_them(value: object, heat: int | None) -> None:
    assert rules.heat(value) == heat


def test_long_identifiers_are_told_apart() -> None:
    long = "https://example.com/" + "x" * 80
    assert rules.external_id("post-1") == "post-1"
    assert rules.external_id(long + "1") != rules.external_id(long + "2")
    assert len(rules.external_id(long)) == 64


def test_a_file_is_ripe_when_it_has_stayed_the_same_for_a_while() -> None:
    wait = timedelta(seconds=20)
    ripe, seen = rules.settled({"a": [10, 1], "b": [5, 1]}, {}, NOW, wait)
    assert ripe == []
    ripe, seen = rules.settled({"a": [20, 2], "b": [5, 1]}, seen, NOW + timedelta(seconds=19), wait)
    assert ripe == []
    ripe, seen = rules.settled({"a": [20, 2], "b": [5, 1]}, seen, NOW + timedelta(seconds=21), wait)
    assert ripe == ["b"]
    ripe, seen = rules.settled({"a": [20, 2]}, seen, NOW + timedelta(seconds=39), wait)
    assert (ripe, seen) == (["a"], {})


def test_a_line_is_broken_where_the_list_was_left_and_thinned_where_it_is_dense() -> None:
    points = [(NOW + minute * MINUTE, float(minute)) for minute in (0, 10, 20, 90, 100)]
    drawn = charts.line("名次", points, 30 * MINUTE, str, descending=True)
    assert drawn.series == (("名次", (0.0, 10.0, 20.0, None, 90.0, 100.0)),)
    dense = [(NOW + minute * MINUTE, float(minute % 7)) for minute in range(10_000)]
    kept = charts.line("热度", dense, 2 * MINUTE, str).series[0][1]
    assert None not in kept
    assert len(kept) <= charts.MOST_POINTS + 1
