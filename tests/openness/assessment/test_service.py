"""Schemes, criteria, decisions and settlement, on both databases."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.core import audit
from responder.core.database import transaction
from responder.core.errors import Forbidden, GuardRefused, Invalid, NotFound, Stale, WrongState
from responder.core.permissions import CONSOLE
from responder.openness.assessment import deciding, queries, schemes
from responder.openness.assessment.models import SchemeState, SettledScore
from responder.planning.models import EventState
from tests.factories import NOW, unit
from tests.openness.assessment import factories as make
from tests.openness.assessment.factories import again, attempt, d, sheet
from tests.openness.counting import value_of
from tests.planning import factories as planning
from tests.planning.queries import count_queries

S = SchemeState


def held(count: int) -> None:
    for _ in range(count):
        planning.event(state=EventState.HELD)


def test_the_example_adds_up_and_says_that_it_is_one(session: Session) -> None:
    with transaction(CONSOLE, NOW) as writing:
        made = schemes.create(writing, 2026, None, attempt())
    assert (made.total, made.share) == (d("8"), d("5"))
    assert made.name == "2026年度政务公开考核方案"
    assert "示例" in made.source
    assert list(made.groups) == ["信息公开", "政策解读", "回应关切", "媒体参与", "扣分"]
    make.take(made, "enact")
    with pytest.raises(Invalid, match="已有考核方案"), transaction(CONSOLE, NOW) as writing:
        schemes.create(writing, 2026, None, attempt())
    with transaction(CONSOLE, NOW) as writing:
        next_one = schemes.create(writing, 2027, queries.get_of_year(writing, 2026, CONSOLE),
                                  attempt())  # fmt: skip
    assert next_one.name == "2027年度政务公开考核方案"
    assert [one.points for one in next_one.criteria] == [one.points for one in again(made).criteria]
    assert next_one.state is S.DRAFT


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": " "}, "name"),
        ({"total": d("0")}, "total"),
        ({"share": d("101")}, "share"),
        ({"allowance": d("-1")}, "allowance"),
    ],
)
def test_a_wrong_fact_is_refused(session: Session, changed, field) -> None:
    with pytest.raises(Invalid) as refused:
        make.draft(**changed)
    assert list(refused.value.fields) == [field]


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (make.row("", "1"), "name-1"),
        (make.row("指标", ""), "points-1"),
        (make.row("指标", "一"), "points-1"),
        (make.row("指标", "1", scoring="other"), "scoring-1"),
        (make.row("指标", "1", measure="gone", scoring="each", each="1"), "measure-1"),
        (make.row("指标", "1", measure="press_events_held", scoring="each"), "each-1"),
        (make.row("指标", "1", measure="press_events_held", scoring="share"), "scoring-1"),
        (make.row("指标", "1", measure="press_events_held"), "measure-1"),
    ],
)
def test_a_wrong_criterion_is_named_by_row_and_field(session: Session, row, field) -> None:
    with pytest.raises(Invalid) as refused:
        make.draft(row)
    assert field in refused.value.fields


def test_no_scheme_comes_into_force_that_does_not_add_up_or_binds_nobody(session) -> None:
    one = make.draft(make.row("指标", "2.5"))
    with pytest.raises(GuardRefused, match=r"之和是 2.5 分，方案总分是 3 分"):
        make.take(one, "enact")
    other = make.draft(year=2027, all_units=False)
    with pytest.raises(GuardRefused, match="还没有选定"):
        make.take(other, "enact")


def test_points_come_of_the_records_and_are_ranked(session: Session) -> None:
    home, other = unit(), unit("B", "市教育局")
    one = make.in_force()
    held(1)
    make.rate(one, home, "0.5")
    make.rate(one, other, "1")
    make.rate(one, other, "0.2", 2)
    first, second = sheet(one).rows
    assert [(row.unit.code, row.total, row.rank) for row in (first, second)] == [
        ("zjj", d("1.5"), 1), ("B", d("0.8"), 2),
    ]  # fmt: skip
    assert [cell.points for cell in first.cells] == [d("1"), d("0.5"), d("0")]
    assert first.cells[0].arithmetic == "1 场 ÷ 目标 2（至多 1）× 2 分，得 1 分"
    assert [cell.unrated for cell in first.cells] == [False, False, True]
    held(5)
    assert sheet(one).rows[0].total == d("2.5")


def test_a_decision_needs_a_reason_and_keeps_to_the_points(session: Session) -> None:
    home, one = unit(), make.in_force()
    for points, note, place, error in (
        ("1.01", "理由", 1, Invalid),
        ("-1", "理由", 1, Invalid),
        ("1", " ", 1, Invalid),
        ("1", "理由", 0, GuardRefused),  # counted, not given
    ):
        with pytest.raises(error):
            make.rate(one, home, points, place, note)
    make.rate(one, home, "1")
    with pytest.raises(Stale):
        make.rate(one, home, "0.5")  # saw nothing, but somebody has decided
    make.rate(one, home, "0.5", seen=1)
    assert sheet(one).row(home.id).cells[1].points == d("0.5")


@pytest.mark.parametrize(
    ("points", "note", "said"),
    [
        ("0", "理由", "请填写加减的分数"),
        ("0.5", "", "请写明理由"),
        ("1.5", "理由", "不超过 ±1 分"),
        ("-1", "理由", "现为 0 分"),
    ],
)
def test_an_adjustment_is_bounded_and_reasoned(session: Session, points, note, said) -> None:
    home, one = unit(), make.in_force()
    with pytest.raises(Invalid, match=said):
        make.adjust(one, home, points, note=note)


def test_an_adjustment_counts_until_it_is_taken_back_and_stays_to_be_read(session) -> None:
    home, one = unit(), make.in_force()
    number = make.adjust(one, home, "0.6")
    make.adjust(one, home, "0.4")
    with pytest.raises(Invalid, match="还可从 -2 调到 0 分"):
        make.adjust(one, home, "0.1")
    assert sheet(one).row(home.id).total == d("1")
    with transaction(CONSOLE, NOW) as writing:
        scheme = queries.hold(writing, one.id, CONSOLE)
        with pytest.raises(Invalid, match="请写明理由"):
            deciding.take_back(writing, scheme, number, attempt(" "))
        deciding.take_back(writing, scheme, number, attempt("佐证不实"))
    row = sheet(one).row(home.id)
    assert row.total == d("0.4")
    assert [change.withdrawn_reason for change in row.cells[0].adjustments] == ["佐证不实", ""]
    with pytest.raises(GuardRefused, match="已经撤回"), transaction(CONSOLE, NOW) as writing:
        deciding.take_back(
            writing, queries.hold(writing, one.id, CONSOLE), number, attempt("再来一次")
        )
    told = [line for line in audit.history(session, again(one)) if line.action != "update"]
    assert [line.action for line in told][-3:] == ["adjust", "adjust", "take_back"]
    assert told[-1].note == "佐证不实"


def test_settled_points_stay_and_later_records_show_as_a_difference(session: Session) -> None:
    home = unit()
    one = make.in_force(all_units=False, units=(home,))
    held(1)
    with pytest.raises(GuardRefused, match="还有 2 项没有评定"):
        make.take(one, "settle")
    make.rated(one, home)
    make.adjust(one, home, "0.5")
    make.take(one, "settle")
    kept = session.scalars(select(SettledScore).order_by(SettledScore.id)).first()
    assert (kept.count, kept.evidence, kept.adjusted, kept.points) == (
        d("1"),
        1,
        d("0.5"),
        d("1.5"),
    )
    held(1)
    row = sheet(one).row(home.id)
    assert (row.total, row.now, row.moved) == (d("2.5"), d("3"), d("0.5"))
    assert row.cells[0].points == d("1.5")


def test_who_came_after_the_settlement_was_not_assessed(session: Session) -> None:
    home = unit()
    one = make.in_force()
    make.rated(one, home)
    make.take(one, "settle")
    unit("NEW", "新设的局")
    assert [row.unit.code for row in sheet(one).rows] == ["zjj"]


@pytest.mark.parametrize("state", make.STATES)
def test_what_may_be_done_depends_on_the_state(session: Session, state) -> None:
    home = unit()
    one = make.brought_to(state, home)
    row = sheet(one).row(home.id)
    deeds = {
        "edit": lambda w, s: schemes.edit(w, s, make.facts(), attempt()),
        "rate": lambda w, s: deciding.rate(
            w,
            s.criteria[1],
            home,
            d("1"),
            attempt("理由"),
            hand.version_id if (hand := row.cells[1].hand) else None,
        ),
        "adjust": lambda w, s: deciding.adjust(
            w, s, row.cells[0], home, d("0.1"), attempt("理由"), 0
        ),
        "take_back": lambda w, s: deciding.take_back(w, s, 0, attempt("理由")),
        "criteria": lambda w, s: schemes.save_criteria(w, s, [], attempt()),
    }  # fmt: skip - the last one empties the scheme
    allowed = {
        S.DRAFT: {"edit", "criteria"},
        S.IN_FORCE: {"rate", "adjust", "take_back"},
        S.SETTLED: set(),
    }[state]
    for name, deed in deeds.items():
        try:
            with transaction(CONSOLE, NOW) as writing:
                deed(writing, queries.hold(writing, one.id, CONSOLE))
            outcome = True
        except WrongState:
            outcome = False
        except NotFound:
            outcome = name == "take_back"  # there is none, and one would be found
        assert outcome is (name in allowed), name


def test_only_the_office_decides(session: Session, people) -> None:
    home = unit()
    one = make.brought_to(S.IN_FORCE, home)
    row = sheet(one).row(home.id)
    for person in (people.supervisor, people.liaison, people.auditor):
        with pytest.raises(Forbidden), transaction(person.actor, NOW) as writing:
            scheme = queries.hold(writing, one.id, CONSOLE)
            deciding.adjust(
                writing, scheme, row.cells[0], home, d("0.1"), attempt("理由", person.actor), 0
            )


def test_criteria_on_which_people_decided_stay(session: Session) -> None:
    home = unit()
    one = make.brought_to(S.IN_FORCE, home)
    make.rate(one, home, "1")
    make.take(one, "revise", "分值有误")
    rows = [make.EVENTS]
    with pytest.raises(GuardRefused, match="已有评定或调整"), transaction(CONSOLE, NOW) as writing:
        scheme = queries.hold(writing, one.id, CONSOLE)
        schemes.save_criteria(writing, scheme, rows, attempt())


def test_who_saw_older_criteria_does_not_write_over_the_new(session: Session) -> None:
    one = make.draft()
    seen = one.version_id
    with transaction(CONSOLE, NOW) as writing:
        scheme = queries.find_to_change(writing, one.id, CONSOLE, seen)
        schemes.save_criteria(writing, scheme, [make.EVENTS], attempt())
    with pytest.raises(Stale), transaction(CONSOLE, NOW) as writing:
        queries.find_to_change(writing, one.id, CONSOLE, seen)


def test_the_table_takes_as_many_queries_whatever_the_units(session: Session) -> None:
    unit()
    one = make.in_force()
    few = count_queries(lambda: sheet(one))
    for number in range(5):
        unit(f"U{number}", f"第{number}局")
    assert count_queries(lambda: sheet(one)) == few


def test_figures_tell_the_scheme_that_is_more_than_a_draft(session: Session) -> None:
    one = make.draft()
    assert value_of(session, "assessment_points", 2026) == Decimal(0)
    make.take(one, "enact")
    assert value_of(session, "assessment_points", 2026) == d("3")
    assert value_of(session, "assessment_share", 2026) == d("5")
    assert value_of(session, "assessment_share", 2025) == Decimal(0)
