"""A frozen year keeps what it said."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from responder.core.database import transaction
from responder.core.errors import Forbidden, Invalid, Stale
from responder.core.lifecycle import Attempt
from responder.core.times import SHANGHAI
from responder.planning.models import EventState
from responder.reports.statistics import entered, freezing
from responder.reports.statistics.entered import EnteredFacts
from responder.reports.statistics.registry import FIGURES
from responder.reports.statistics.spans import Span
from tests.factories import People
from tests.planning import factories as make

YEAR = Span(2026, SHANGHAI)
DECEMBER = datetime(2026, 12, 20, 2, tzinfo=UTC)
FACTS = EnteredFacts("行政权力事项", "项", Decimal(1619), "市级保留的行政权力事项。", "权力清单")


def held() -> None:
    at = datetime(2026, 3, 5, 2, tzinfo=UTC)
    make.event(starts_at=at, state=EventState.HELD)


def office(people: People, note: str = "", now: datetime = DECEMBER) -> Attempt:
    return Attempt(people.openness_officer.actor, now, note)


def frozen(people: People, note: str = "", now: datetime = DECEMBER) -> int:
    attempt = office(people, note, now)
    with transaction(attempt.actor, now) as opened:
        return freezing.freeze(opened, YEAR, attempt).number


def test_a_later_record_shows_as_a_difference(session: Session, people: People) -> None:
    held()
    assert frozen(people) == 1
    assert not freezing.standings(session, YEAR)["press_events"].differs
    held()
    found = freezing.standings(session, YEAR)["press_events"]
    assert (found.said, found.counted.value, found.difference) == (1, 2, 1)
    # What did not exist when it was frozen differs, too, though no number says by how much.
    untouched = freezing.standings(session, YEAR)["responses"]
    assert (untouched.said, untouched.differs) == (None, False)


def test_frozen_again_with_a_reason_the_newer_counts_and_the_older_stays(
    session: Session, people: People
) -> None:
    held()
    frozen(people)
    held()
    with pytest.raises(Invalid, match="再次冻结须写明理由"):
        frozen(people)
    assert frozen(people, "补登一场") == 2
    assert freezing.standings(session, YEAR)["press_events"].said == 2
    kept = [one.figures for one in session.query(freezing.FrozenYear).order_by("number")]
    values = [next(f.value for f in figures if f.code == "press_events") for figures in kept]
    assert values == [1, 2]


def test_a_year_that_runs_is_not_frozen(session: Session, people: People) -> None:
    with pytest.raises(Invalid, match="还没有结束"):
        frozen(people, now=datetime(2026, 11, 30, 15, 59, tzinfo=UTC))
    assert frozen(people, now=datetime(2026, 11, 30, 16, 0, tzinfo=UTC)) == 1


def test_only_the_office_freezes_and_enters(session: Session, people: People) -> None:
    editor = Attempt(people.editor.actor, DECEMBER)
    with pytest.raises(Forbidden):
        freezing.freeze(session, YEAR, editor)
    with pytest.raises(Forbidden):
        entered.enter(session, 2026, FACTS, editor)


def test_an_entered_figure_is_counted_and_frozen_like_the_others(
    session: Session, people: People
) -> None:
    attempt = office(people)
    with transaction(attempt.actor, DECEMBER) as opened:
        record = entered.enter(opened, 2026, FACTS, attempt)
        entered.enter(
            opened, 2025, EnteredFacts(**{**vars(FACTS), "value": Decimal("1600.5")}), attempt
        )
    found = {one.counted.figure.name: one for one in freezing.standings(session, YEAR).values()}[
        "行政权力事项"
    ]
    assert (found.said, found.counted.last_year) == (1619, Decimal("1600.5"))
    frozen(people)
    with transaction(attempt.actor, DECEMBER) as opened:
        again = EnteredFacts(**{**vars(FACTS), "value": Decimal(1620)})
        entered.enter(opened, 2026, again, attempt, record, record.version_id)
    found = said_of(session)
    assert (found.said, found.difference) == (1619, 1)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"name": ""}, "请填写名称"),
        ({"name": "回应关切"}, "已是另一项统计的名称"),
        ({"name": "甲|乙"}, "不能有"),
        ({"meaning": " "}, "请填写口径"),
        ({"basis": ""}, "请填写依据"),
        ({"value": Decimal(10) ** 12}, "数值太大"),
    ],
)
def test_what_is_missing_or_taken_is_refused(
    session: Session, people: People, changes: dict[str, object], told: str
) -> None:
    with pytest.raises(Invalid, match=told):
        entered.enter(session, 2026, EnteredFacts(**{**vars(FACTS), **changes}), office(people))


def test_a_name_is_taken_once_a_year_and_a_stale_change_is_told(
    session: Session, people: People
) -> None:
    attempt = office(people)
    with transaction(attempt.actor, DECEMBER) as opened:
        record = entered.enter(opened, 2026, FACTS, attempt)
    with pytest.raises(Invalid, match="已是另一项统计的名称"):
        entered.enter(session, 2026, FACTS, attempt)
    with pytest.raises(Stale):
        entered.enter(session, 2026, FACTS, attempt, record, record.version_id - 1)


def entered_and_frozen(people: People) -> entered.EnteredFigure:
    attempt = office(people)
    with transaction(attempt.actor, DECEMBER) as opened:
        record = entered.enter(opened, 2026, FACTS, attempt)
    frozen(people)
    return record


def said_of(session: Session, name: str = FACTS.name) -> freezing.Standing:
    found = freezing.standings(session, YEAR).values()
    return next(one for one in found if one.counted.figure.name == name)


def test_a_frozen_figure_that_is_entered_no_more_stays_with_its_difference(
    session: Session, people: People
) -> None:
    record, attempt = entered_and_frozen(people), office(people)
    with transaction(attempt.actor, DECEMBER) as opened:
        entered.remove(opened, record, attempt, record.version_id)
    one = said_of(session)
    assert (one.said, one.counted.value, one.differs) == (1619, None, True)


def test_entered_anew_it_does_not_replace_what_was_frozen(session: Session, people: People) -> None:
    record, attempt = entered_and_frozen(people), office(people)
    with transaction(attempt.actor, DECEMBER) as opened:
        entered.remove(opened, record, attempt, record.version_id)
        again = EnteredFacts(**{**vars(FACTS), "value": Decimal(2000)})
        entered.enter(opened, 2026, again, attempt)
    one = said_of(session)
    assert (one.said, one.counted.value, one.difference) == (1619, 2000, 381)


def test_what_nobody_saw_is_not_removed(session: Session, people: People) -> None:
    record, attempt = entered_and_frozen(people), office(people)
    for seen in (None, record.version_id - 1):
        with pytest.raises(Stale):
            entered.remove(session, record, attempt, seen)


def test_last_year_is_as_it_was_said_then(session: Session, people: People) -> None:
    held()
    frozen(people)
    held()
    after = Span(2027, SHANGHAI)
    assert freezing.standings(session, after)["press_events"].last_year == 1
    attempt = office(people, now=datetime(2027, 12, 20, 2, tzinfo=UTC))
    with transaction(attempt.actor, attempt.now) as opened:
        freezing.freeze(opened, after, attempt)
    frozen(people, "补登一场")
    assert freezing.standings(session, YEAR)["press_events"].said == 2
    assert freezing.standings(session, after)["press_events"].last_year == 1


def test_the_names_of_a_frozen_figure_are_those_of_then(session: Session, people: People) -> None:
    held()
    frozen(people)
    make.event(
        theme="后来的一场", starts_at=datetime(2026, 4, 1, tzinfo=UTC), state=EventState.HELD
    )
    assert "后来的一场" not in freezing.standings(session, YEAR)["press_events"].names
    figures = {one.code: one for one in FIGURES}
    assert figures["press_events"].is_named_openly
    for code in ("messages", "work_orders", "response_items", "applications_received", "lawsuits"):
        assert not figures[code].is_named_openly, code
        assert freezing.standings(session, YEAR)[code].names == "", code


def test_what_is_entered_after_the_freeze_is_a_difference_and_not_said(
    session: Session, people: People
) -> None:
    frozen(people)
    attempt = office(people)
    with transaction(attempt.actor, DECEMBER) as opened:
        entered.enter(opened, 2026, FACTS, attempt)
    one = said_of(session)
    assert (one.said, one.counted.value, one.differs) == (None, 1619, True)
