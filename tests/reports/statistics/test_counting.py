"""Figures are counted from the rows that they list."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from responder.core.times import SHANGHAI
from responder.planning.models import EventState, Form
from responder.reports.statistics import counting
from responder.reports.statistics.registry import FIGURES
from responder.reports.statistics.spans import Dating, Span
from tests.factories import unit
from tests.planning import factories as make
from tests.planning.queries import count_queries

YEAR = Span(2026, SHANGHAI)
BY_CODE = {one.code: one for one in FIGURES}


def held(at: datetime, form: Form = Form.CONFERENCE, **facts: object) -> None:
    make.event(starts_at=at, form=form, state=EventState.HELD, **facts)


@pytest.fixture
def events(session: Session) -> None:
    """Three of this year, one of them in its last hour by the office's clock; one of last year."""
    held(datetime(2025, 12, 31, 15, 59, tzinfo=UTC))
    held(datetime(2025, 12, 31, 16, 0, tzinfo=UTC))  # the first moment of 2026 in Shanghai
    held(datetime(2026, 3, 5, 2, tzinfo=UTC), Form.ONLINE_INTERVIEW)
    held(datetime(2026, 12, 31, 15, 59, tzinfo=UTC), of=unit("jyj", "市教育局"))
    make.event(starts_at=datetime(2026, 5, 1, 2, tzinfo=UTC), state=EventState.CANCELLED)


@pytest.mark.usefixtures("events")
def test_a_year_is_the_offices_and_not_that_of_utc(session: Session) -> None:
    found = counting.count_all(session, FIGURES, YEAR)
    assert (found["press_events"].value, found["press_events"].last_year) == (3, 1)
    assert found["press_conferences"].value == 2


@pytest.mark.usefixtures("events")
def test_months_units_and_forms_add_up_to_the_year(session: Session) -> None:
    figure = BY_CODE["press_events"]
    assert counting.by_month(session, figure, YEAR) == [1, 0, 1, *[0] * 8, 1]
    units = counting.by_unit(session, figure, YEAR)
    assert [(name, value) for _id, name, value in units] == [
        ("市住房和城乡建设局", 2),
        ("市教育局", 1),
    ]
    assert dict(counting.by_channel(session, figure, YEAR)) == {
        "conference": 2,
        "online_interview": 1,
    }


@pytest.mark.usefixtures("events")
def test_the_rows_are_those_that_are_counted(session: Session) -> None:
    figure = BY_CODE["press_events"]
    assert len(session.execute(counting.listed(figure, YEAR)).all()) == 3
    march = Span(2026, SHANGHAI, 3)
    assert len(session.execute(counting.listed(figure, march)).all()) == 1
    other = unit("jyj", "市教育局")
    (row,) = session.execute(counting.listed(figure, YEAR, unit_id=other.id)).all()
    assert row.unit == "市教育局"
    assert not session.execute(counting.listed(figure, march, channel="conference")).all()


def test_what_was_never_recorded_is_no_zero(session: Session) -> None:
    found = counting.count_all(session, FIGURES, YEAR)
    assert found["press_conferences"].value is None
    held(datetime(2026, 3, 5, 2, tzinfo=UTC), Form.ONLINE_INTERVIEW)
    found = counting.count_all(session, FIGURES, YEAR)
    assert (found["press_events"].value, found["press_conferences"].value) == (1, 0)


def test_each_figure_can_be_counted_every_way(session: Session) -> None:
    for figure in FIGURES:
        months = counting.by_month(session, figure, YEAR)
        assert len(months) == (0 if figure.dating in (Dating.YEAR, Dating.STANDING) else 12), (
            figure.code
        )
        assert counting.by_unit(session, figure, YEAR) == []
        assert counting.by_channel(session, figure, YEAR) == []
        assert session.execute(counting.listed(figure, YEAR)).all() == []


def test_names_and_codes_are_each_used_once_and_parts_name_their_whole() -> None:
    assert len({one.code for one in FIGURES}) == len({one.name for one in FIGURES}) == len(FIGURES)
    assert {one.among for one in FIGURES} - {""} <= BY_CODE.keys()
    assert all(one.meaning.endswith("。") for one in FIGURES)


def test_a_year_is_counted_in_one_query_a_figure(session: Session) -> None:
    standing = sum(one.dating is Dating.STANDING for one in FIGURES)  # each year asked by itself
    asked = count_queries(lambda: counting.count_all(session, FIGURES, YEAR))
    assert asked == len(FIGURES) + standing
