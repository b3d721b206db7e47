"""Heat and volume around an event's day, read from the curve and the messages."""

from __future__ import annotations

from datetime import date, timedelta

from responder.core.database import db
from responder.planning import service
from responder.planning.briefing.heat import Around, around
from responder.planning.models import EventState, LinkState
from tests.factories import NOW
from tests.planning import factories
from tests.planning.briefing.factories import HERE, answered_event, heat_on, message, refreshed
from tests.planning.queries import count_queries

HELD = NOW - timedelta(days=9)
DAY = date(2026, 11, 11)


def around_of(event) -> list[Around]:
    db.session.expire_all()
    return around(db.session, service.get_event(db.session, event.id), HERE)


def test_the_weeks_before_and_after_are_compared(session):
    event, of = answered_event(EventState.HELD, starts_at=HELD)
    refreshed()
    for days in range(1, 8):
        heat_on(of, DAY - timedelta(days=days), 56.0)
        heat_on(of, DAY + timedelta(days=days), 41.0)
        message(of, "车位只售不租", at=HELD - timedelta(days=days))
    (found,) = around_of(event)
    assert found.event_day == DAY
    assert (found.comparison.before.per_day, found.comparison.before.heat) == (1.0, 56.0)
    assert (found.comparison.after.per_day, found.comparison.after.heat) == (0.0, 41.0)
    assert found.days[0][0] == DAY - timedelta(days=14)
    assert found.days[-1][0] == date(2026, 11, 20)  # no day that has not come


def test_days_that_no_refresh_has_gathered_are_not_compared(session):
    event, _ = answered_event(EventState.HELD, starts_at=HELD)
    refreshed(HELD + timedelta(days=3))
    (found,) = around_of(event)
    assert found.comparison.after is None
    assert found.comparison.days_since == 2
    assert found.days[-1][0] == DAY + timedelta(days=3)


def test_more_topics_cost_no_more_queries(session):
    event, _ = answered_event(EventState.HELD, starts_at=HELD)
    few = count_queries(lambda: around_of(event))
    for number in range(5):
        factories.link(factories.topic(f"第{number}个"), event, LinkState.CONFIRMED)
    assert count_queries(lambda: around_of(event)) == few
