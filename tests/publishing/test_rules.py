"""Hours, numbers, names, paragraphs: without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from responder.core.times import SHANGHAI
from responder.publishing import rules

NOW = datetime(2026, 11, 20, 1, 0, 30, tzinfo=UTC)


def test_the_present_minute_is_not_past():
    assert not rules.is_past(NOW - timedelta(seconds=30), NOW)
    assert not rules.is_past(NOW + timedelta(days=1), NOW)
    assert rules.is_past(NOW - timedelta(seconds=31), NOW)


def test_the_index_number_takes_the_year_from_the_offices_calendar():
    new_year = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)
    assert rules.index_number(42, new_year, SHANGHAI) == "HY-2027-0042"
    assert rules.index_number(123_456, NOW, SHANGHAI) == "HY-2026-123456"


def test_a_name_for_an_entry_does_not_depend_on_its_address():
    name = rules.tag_uri("example.org", NOW, "HY-2026-0042", SHANGHAI)
    assert name == "tag:example.org,2026-11-20:HY-2026-0042"


def test_what_everybody_may_type_is_looked_for_as_far_as_it_counts():
    assert rules.sought(" 停水  停水 公告 ") == ("停水  停水 公告", ("停水", "公告"), False)
    many = [f"词{n}" for n in range(9)]
    assert rules.sought(" ".join(many)).words == tuple(many[:8])
    assert rules.sought(" ".join(many)).is_cut
    assert not rules.sought(" ".join(many[:8])).is_cut
    assert rules.sought("长" * 101) == ("长" * 100, ("长" * 100,), True)


def test_each_line_is_a_paragraph_and_empty_lines_are_none():
    assert rules.paragraphs("一。\n\n  二。 \n") == ["一。", "二。"]
