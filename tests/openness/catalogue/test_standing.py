"""Which columns must show something soon, however many there are."""

from __future__ import annotations

from datetime import date, timedelta

from responder.core.permissions import CONSOLE
from responder.openness.catalogue import standing
from responder.openness.catalogue.rules import Cadence, Urgency
from tests.factories import unit
from tests.openness.catalogue.factories import TODAY, column, kind, published
from tests.openness.people import liaison_of, other_unit
from tests.planning.queries import count_queries


def test_the_most_urgent_stands_first_and_what_owes_nothing_nowhere(session) -> None:
    checked = {"check_kind": kind()}
    late = column(code="A", name="停更的", **checked)
    soon = column(code="B", name="快到的", **checked)
    fine = column(code="C", name="新鲜的", **checked)
    never = column(code="D", name="从没有的", cadence=Cadence.MONTHLY)
    column(code="E", name="不定期的")
    retired = column(code="F", name="停用的", valid_to=date(2026, 10, 1), **checked)
    column(code="G", name="还没启用的", valid_from=date(2026, 12, 1), **checked)
    published(retired, day=date(2026, 9, 1))
    for one, days in ((late, 20), (soon, 12), (fine, 1)):
        published(one, day=TODAY - timedelta(days=days))
    found = standing.standings(session, CONSOLE, TODAY)
    told = [(one.column.code, one.due.urgency, one.days) for one in found]
    assert told == [
        ("D", Urgency.LATE, None),
        ("A", Urgency.LATE, 20),
        ("B", Urgency.SOON, 12),
        ("C", Urgency.FINE, 1),
    ]
    assert found[0].last is None
    assert found[0].column is never
    assert standing.counts(found) == {Urgency.LATE: 2, Urgency.SOON: 1, Urgency.FINE: 1}


def test_what_appears_below_keeps_a_column_fresh(session) -> None:
    top = column(code="A", name="要闻", check_kind=kind())
    below = column(code="A1", name="市内", parent=column(code="A0", name="动态", parent=top))
    published(top, day=date(2026, 6, 1))
    published(below, day=TODAY)
    (found,) = standing.standings(session, CONSOLE, TODAY)
    assert (found.last, found.due.urgency) == (TODAY, Urgency.FINE)


def test_a_unit_is_told_of_its_own_columns(session) -> None:
    column(code="A", name="甲", check_kind=kind())
    column(code="B", name="乙", check_kind=kind(), unit=other_unit())
    found = standing.standings(session, liaison_of(unit()).actor, TODAY)
    assert [one.column.code for one in found] == ["A"]


def test_more_columns_ask_no_more(session) -> None:
    for number in range(3):
        published(column(code=f"A{number}", name=f"栏 {number}", check_kind=kind()))
    session.expire_all()
    few = count_queries(lambda: standing.standings(session, CONSOLE, TODAY))
    for number in range(40):
        column(code=f"B{number}", name=f"目 {number}", check_kind=kind())
    session.expire_all()
    assert count_queries(lambda: standing.standings(session, CONSOLE, TODAY)) == few <= 6
