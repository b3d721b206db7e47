"""The curve of a topic: one point for each local day, the last refresh of the day wins."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import render_template_string
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from responder.topics import heat_series, refreshing
from responder.topics.heat_models import TopicDay
from responder.topics.models import Topic
from tests.factories import NOW
from tests.topics.factories import NOISE, refresh, store, two_worries

CURVE = """{% import 'topics/_heat.html' as heat with context %}
{% import 'components/charts.html' as charts with context %}
{{ heat.heat_curve(topic, points, (25, 40, 60), charts) }}
{{ heat.level_badge(2) }}{{ heat.level_badge(0) }}"""


def points(session) -> list[tuple[int, date]]:
    rows = session.scalars(select(TopicDay).order_by(TopicDay.topic_id, TopicDay.day))
    return [(row.topic_id, row.day) for row in rows]


def test_several_refreshes_of_a_day_leave_one_point_the_newest(session) -> None:
    two_worries()
    refresh(NOW - timedelta(hours=1))
    store("柳岸花园旁搅拌站噪音扰民", f"{NOISE}，孩子睡不着", "丁", NOW - timedelta(minutes=5))
    refresh(NOW)
    assert len(points(session)) == 2
    for point in session.scalars(select(TopicDay)):
        topic = session.get(Topic, point.topic_id)
        assert point.day == date(2026, 11, 20)
        assert (point.heat, point.level) == (topic.heat, topic.level)
        assert (point.people, point.messages) == (topic.people_count, topic.message_count)


def test_a_day_is_the_offices_own(session) -> None:
    two_worries()
    refresh(NOW.replace(hour=15, minute=59))  # 23:59 in Shanghai
    refresh(NOW.replace(hour=16, minute=1))
    assert {day for _id, day in points(session)} == {date(2026, 11, 20), date(2026, 11, 21)}


def test_a_single_message_has_no_curve(session) -> None:
    store("路灯不亮", "沿河路路灯连续三晚不亮", "甲")
    refresh()
    assert points(session) == []


def test_a_topic_of_which_nobody_speaks_any_more_ends_its_curve(session) -> None:
    two_worries()
    refresh()
    refresh(NOW + timedelta(days=85))
    refresh(NOW + timedelta(days=100))
    assert {day for _id, day in points(session)} == {date(2026, 11, 20), date(2027, 2, 13)}


def test_the_series_is_asked_for_by_its_last_days(session) -> None:
    two_worries()
    for day in range(4):
        refresh(NOW + timedelta(days=day))
    topic = session.scalars(select(Topic)).first()
    found = heat_series.series(session, topic.id, date(2026, 11, 22), 2)
    assert [point.day.day for point in found] == [21, 22]


def test_the_curve_carries_its_numbers(app, session) -> None:
    two_worries()
    for day in range(3):
        refresh(NOW + timedelta(days=day))
    topic = session.scalars(select(Topic)).first()
    found = heat_series.series(session, topic.id, date(2026, 11, 22), 30)
    with app.test_request_context():
        page = render_template_string(CURVE, topic=topic, points=found)
    assert page.count("<circle") == 3
    assert page.count('<th scope="row">') == 3
    assert "热度曲线：热度 11-20 至 11-22 从" in page
    assert page.count("较热") == 2  # the line of the threshold, and the badge


def described(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many topics each refresh from now on describes."""
    counts: list[int] = []
    describe = refreshing.describe

    def counted(topics, *asked):
        counts.append(len(topics))
        return describe(topics, *asked)

    monkeypatch.setattr(refreshing, "describe", counted)
    return counts


def test_where_a_version_kept_no_days_the_next_refresh_describes_every_topic(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_worries()
    refresh()
    session.execute(delete(TopicDay))
    counts = described(monkeypatch)
    for _ in range(2):
        refresh()
    assert counts == [2, 0]
    assert session.scalar(select(func.count()).select_from(TopicDay)) == 2


def test_what_is_too_old_for_a_curve_is_described_once(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_worries()
    later = NOW + timedelta(days=120)
    refresh(later)
    assert session.scalar(select(TopicDay)) is None
    counts = described(monkeypatch)
    store("柳岸花园旁搅拌站噪音扰民", NOISE, "丁", NOW - timedelta(days=5))
    refresh(later)
    assert counts == [1]
