"""Rounds, indicators, scores, corrections and explanations, on both databases."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.core import audit
from responder.core.database import transaction
from responder.core.errors import Forbidden, GuardRefused, Invalid, NotFound, Stale, WrongState
from responder.core.permissions import CONSOLE
from responder.openness.evaluations import circular, entering, queries, scoring
from responder.openness.evaluations.entering import TypedIndicator
from responder.openness.evaluations.models import EvaluationRound, RoundKind, RoundState
from responder.openness.evaluations.ranking import asked_units, ranking, total_of
from responder.openness.evaluations.rules import Change
from responder.openness.evaluations.scoring import UnitMarks
from tests.factories import NOW
from tests.openness.counting import value_of
from tests.openness.evaluations import factories as make
from tests.openness.evaluations.factories import again, attempt, brought_to, d
from tests.planning.queries import count_queries

S = RoundState


def typed(one: EvaluationRound) -> list[TypedIndicator]:
    return [
        TypedIndicator(each.id, each.group, each.name, str(each.weight), str(each.full))
        for each in one.indicators
    ]


def test_a_number_follows_the_last_and_a_twin_is_refused(session: Session) -> None:
    first, second = make.a_round(), make.a_round()
    assert (first.number, second.number) == (1, 2)
    assert first.name == "2026年第1次第三方测评"
    assert make.a_round(kind=RoundKind.PROVINCE).number == 1
    with pytest.raises(Invalid, match="已有2026年第2次"):
        make.a_round(number=2)


@pytest.mark.parametrize(
    ("changed", "said"), [({"year": 1999}, "年份"), ({"bottom": 99}, "末位单位数")]
)
def test_a_wrong_fact_is_refused(session: Session, changed, said) -> None:
    with pytest.raises(Invalid, match=said):
        make.a_round(**changed)


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (TypedIndicator(0, "", "", "10", "10"), "name-1"),
        (TypedIndicator(0, "", "得分", "10", "10"), "name-1"),
        (TypedIndicator(0, "", "网站", "101", "10"), "weight-1"),
        (TypedIndicator(0, "", "网站", "十", "10"), "weight-1"),
        (TypedIndicator(0, "", "网站", "10", "0"), "full-1"),
        (TypedIndicator(0, "", "网站", "10", "1.234"), "full-1"),
        (TypedIndicator(0, "", "字" * 51, "10", "10"), "name-1"),
    ],
)
def test_a_wrong_indicator_is_named_by_row_and_field(session: Session, row, field) -> None:
    one = make.a_round(indicators=())
    with pytest.raises(Invalid) as refused, transaction(CONSOLE, NOW) as writing:
        entering.save_indicators(writing, again(one), [row], attempt())
    assert list(refused.value.fields) == [field]
    assert again(one).indicators == []


def test_names_that_a_table_could_not_tell_apart_are_refused(session: Session) -> None:
    with pytest.raises(Invalid, match="有误") as refused:
        make.a_round(indicators=(("", "网站", "50", "100"), ("", "网站（新）", "50", "100")))
    assert "重名" in refused.value.fields["name-2"]


def test_indicators_change_places_and_what_was_scored_stays(session: Session) -> None:
    one = make.a_round()
    make.scored(one, {"A": ("54", "36")})
    rows = typed(again(one))
    with transaction(CONSOLE, NOW) as writing:
        entering.save_indicators(writing, again(one), rows[::-1], attempt())
    assert [each.name for each in again(one).indicators] == ["政策解读", "主动公开"]
    with pytest.raises(GuardRefused, match="已有得分"), transaction(CONSOLE, NOW) as writing:
        entering.save_indicators(writing, again(one), rows[:1], attempt())
    low = [TypedIndicator(rows[0].id, "", "主动公开", "60", "50"), rows[1]]
    with pytest.raises(GuardRefused, match="满分不能低于"), transaction(CONSOLE, NOW) as writing:
        entering.save_indicators(writing, again(one), low, attempt())


def test_indicators_are_copied_by_one_action(session: Session) -> None:
    source, one = make.a_round(), make.a_round(indicators=())
    with transaction(CONSOLE, NOW) as writing:
        count = entering.copy_indicators(writing, again(one), again(source), attempt())
    assert count == 2
    assert [(i.name, i.weight) for i in again(one).indicators] == [
        ("主动公开", d("60")), ("政策解读", d("40")),
    ]  # fmt: skip
    with pytest.raises(GuardRefused, match="已有指标"), transaction(CONSOLE, NOW) as writing:
        entering.copy_indicators(writing, again(one), again(source), attempt())


def test_who_saw_older_indicators_does_not_write_over_the_new(session: Session) -> None:
    one = make.a_round()
    seen = one.version_id
    with transaction(CONSOLE, NOW) as writing:
        held = queries.find_to_change(writing, one.id, CONSOLE, seen)
        entering.save_indicators(writing, held, typed(held)[::-1], attempt())
    with pytest.raises(Stale), transaction(CONSOLE, NOW) as writing:
        queries.find_to_change(writing, one.id, CONSOLE, seen)


def test_scores_beyond_the_full_mark_are_refused(session: Session) -> None:
    one = make.a_round()
    with pytest.raises(Invalid, match="0 到 60"):
        make.scored(one, {"A": ("60.01", "36")})
    with pytest.raises(Invalid, match="由指标得分算出"), transaction(CONSOLE, NOW) as writing:
        held = again(one)
        scoring.put_unit(writing, held, make.units()[0], UnitMarks("", {}, d("90")), attempt())


def test_the_ranking_shares_places_and_tells_what_moved(session: Session) -> None:
    brought_to(S.SCORED)
    one = brought_to(
        S.PREPARING, {"A": ("30", "20"), "B": ("60", "40"), "C": ("48", "40"), "D": ("48", "-")}
    )
    (group,) = ranking(one, queries.previous(session, one, CONSOLE))
    told = [(line.participant.unit.code, line.rank, line.total) for line in group.lines]
    assert told == [
        ("B", 1, d("100")), ("C", 2, d("88")), ("D", 3, d("80")), ("A", 4, d("50")),
    ]  # fmt: skip
    assert [line.change for line in group.lines] == [
        Change(0, d("10")), Change(1, d("0")), Change(1, d("30")), Change(-3, d("-40")),
    ]  # fmt: skip
    assert [line.asked for line in group.lines] == [False, False, False, True]
    assert group.average == d("79.5")


def test_a_unit_that_is_new_is_said_to_be_new(session: Session) -> None:
    brought_to(S.SCORED, {"A": ("54", "36")})
    one = brought_to(S.PREPARING, {"A": ("54", "36"), "B": ("60", "40")})
    (group,) = ranking(one, queries.previous(session, one, CONSOLE))
    assert [(line.participant.unit.code, line.change.new) for line in group.lines] == [
        ("B", True), ("A", False),
    ]  # fmt: skip


def test_groups_are_ranked_among_themselves(session: Session) -> None:
    one = make.a_round()
    make.scored(one, {"A": ("54", "36"), "B": ("60", "40")}, group="市直部门")
    make.scored(one, {"C": ("30", "20"), "D": ("20", "20")}, group="县区")
    found = ranking(again(one), None)
    assert [(g.name, [line.rank for line in g.lines]) for g in found] == [
        ("市直部门", [1, 2]), ("县区", [1, 2]),
    ]  # fmt: skip
    assert {each.unit.code for each in asked_units(again(one))} == {"A", "D"}


def test_a_round_without_indicators_has_totals_alone(session: Session) -> None:
    one = make.a_round(indicators=())
    make.scored(one, {"A": ("90.5",), "B": ("70",)})
    assert [total_of(each) for each in again(one).participants] == [d("90.5"), d("70")]


def test_no_round_is_scored_with_half_of_the_scores(session: Session) -> None:
    one = make.a_round()
    with pytest.raises(GuardRefused, match="还没有被测评的单位"):
        make.take(one, "score")
    make.scored(one, {"A": ("54",)})
    with pytest.raises(GuardRefused, match="市发展和改革委员会的得分不全"):
        make.take(one, "score")
    make.scored(one, {"A": ("54", "-")})
    make.take(one, "score")
    assert again(one).state is S.SCORED


def test_who_must_explain_themselves_must_be_told_by_when(session: Session) -> None:
    one = brought_to(S.SCORED, explain_by=None)
    with pytest.raises(GuardRefused, match="没有填写期限"):
        make.take(one, "circulate")


@pytest.mark.parametrize("state", [S.SCORED, S.CIRCULATED])
def test_nothing_is_entered_once_it_is_scored(session: Session, state) -> None:
    one = brought_to(state)
    for change in (
        lambda writing: entering.save_indicators(writing, again(one), [], attempt()),
        lambda writing: entering.edit_round(writing, again(one), make.facts(), attempt()),
        lambda writing: scoring.put_unit(
            writing, again(one), make.units()[0], UnitMarks("", {}), attempt()
        ),
        lambda writing: scoring.drop_unit(
            writing, again(one), again(one).participants[0], attempt()
        ),
        lambda writing: entering.remove_round(writing, again(one), attempt()),
    ):
        with pytest.raises(WrongState), transaction(CONSOLE, NOW) as writing:
            change(writing)


def test_what_was_circulated_stands_and_a_correction_stands_beside_it(session: Session) -> None:
    one = brought_to(S.CIRCULATED)
    said = circular.circular_of(one, None, circular.template(session))
    last = next(each for each in one.participants if each.unit.code == "D")
    assert (last.circulated_total, last.circulated_rank) == (d("50"), 4)
    assert last.asked_at == NOW
    with transaction(CONSOLE, NOW) as writing:
        held = queries.hold(writing, one.id, CONSOLE)
        unit = queries.participant_of(held, last.unit_id)
        scoring.correct(writing, unit, held.indicators[0], d("60"), attempt(note="复核漏计"))
    after = queries.participant_of(again(one), last.unit_id)
    assert total_of(after) == d("80")
    assert (after.circulated_total, after.circulated_rank) == (d("50"), 4)
    (told,) = after.corrections
    assert (told.indicator_name, told.old, told.new, told.reason) == (
        "主动公开", d("30"), d("60"), "复核漏计",
    )  # fmt: skip
    assert circular.circular_of(again(one), None, circular.template(session)) == said
    assert [line.action for line in audit.history(session, again(one))][-1] == "correct"


@pytest.mark.parametrize(
    ("new", "note", "error"),
    [("30", "复核", Invalid), ("61", "复核", Invalid), ("40", " ", GuardRefused)],
)
def test_a_correction_needs_a_reason_and_a_change(session: Session, new, note, error) -> None:
    one = brought_to(S.CIRCULATED)
    with pytest.raises(error), transaction(CONSOLE, NOW) as writing:
        held = queries.hold(writing, one.id, CONSOLE)
        unit = next(each for each in held.participants if each.unit.code == "D")
        scoring.correct(writing, unit, held.indicators[0], d(new), attempt(note=note))
    assert all(not each.corrections for each in again(one).participants)


def test_nothing_is_corrected_before_the_circular(session: Session) -> None:
    one = brought_to(S.SCORED)
    with pytest.raises(WrongState), transaction(CONSOLE, NOW) as writing:
        held = queries.hold(writing, one.id, CONSOLE)
        scoring.correct(
            writing, held.participants[0], held.indicators[0], d("1"), attempt(note="理由")
        )


def test_the_liaison_of_the_unit_explains_and_nobody_else(session: Session, people) -> None:
    one = brought_to(S.CIRCULATED)
    own, other = make.liaison_of("D"), make.liaison_of("B")

    def explain(actor, code: str, words: str = "栏目更新不及时，月底前整改。") -> None:
        with transaction(actor, NOW) as writing:
            held = queries.hold(writing, one.id, actor)
            unit = next(each for each in held.participants if each.unit.code == code)
            scoring.explain(writing, unit, words, attempt(actor))

    for actor, code, error in (
        (other.actor, "D", Forbidden),
        (people.supervisor.actor, "D", Forbidden),
        (other.actor, "B", GuardRefused),
    ):
        with pytest.raises(error):
            explain(actor, code)
    with pytest.raises(Invalid):
        explain(own.actor, "D", " ")
    explain(own.actor, "D")
    found = next(each for each in again(one).participants if each.unit.code == "D")
    assert (found.received_at, found.received_by_name) == (NOW, own.display_name)
    explain(people.openness_officer.actor, "D", "办公室代为登记。")
    assert next(e for e in again(one).participants if e.unit.code == "D").explanation.startswith(
        "办公室"
    )


def test_a_unit_sees_what_was_circulated_alone(session: Session) -> None:
    before, after = brought_to(S.SCORED), brought_to(S.CIRCULATED)
    actor = make.liaison_of("B").actor
    assert [one.id for one in session.scalars(queries.listed(actor))] == [after.id]
    with pytest.raises(NotFound):
        queries.find(session, before.id, actor)


def test_what_was_not_circulated_tells_no_unit_how_it_moved(session: Session) -> None:
    known = brought_to(S.CIRCULATED, {"A": ("54", "36"), "B": ("60", "40")})
    hidden = brought_to(S.SCORED, {"A": ("30", "20"), "B": ("60", "40")})
    one = brought_to(S.CIRCULATED, {"A": ("48", "40"), "B": ("60", "40")})
    actor = make.liaison_of("B").actor
    assert queries.previous(session, one, actor).id == known.id
    assert queries.previous(session, one, CONSOLE).id == hidden.id
    rows = [row for _name, table in one.circular["tables"] for row in table]
    assert [row[4] for row in rows if row[1] == "市发展和改革委员会"] == ["-2"]


def test_a_round_and_its_ranking_take_as_many_queries_whatever_the_units(session: Session) -> None:
    few = brought_to(S.PREPARING, {"A": ("54", "36")})
    many = brought_to(S.PREPARING)

    def read(round_id: int) -> None:
        session.expire_all()
        one = queries.find(session, round_id, CONSOLE)
        ranking(one, queries.previous(session, one, CONSOLE))

    assert count_queries(lambda: read(few.id)) <= count_queries(lambda: read(many.id)) <= 11


def test_figures_count_what_was_circulated_in_the_year(session: Session, app) -> None:
    brought_to(S.CIRCULATED)
    brought_to(S.CIRCULATED, {"A": ("54", "36"), "B": ("60", "40")}, bottom=0)
    brought_to(S.SCORED)
    brought_to(S.CIRCULATED, kind=RoundKind.PROVINCE)
    brought_to(S.CIRCULATED, year=2025, evaluated_on=date(2026, 1, 5))
    assert value_of(session, "third_party_rounds", 2026) == 2
    assert value_of(session, "third_party_rounds", 2025) == 1
    assert value_of(session, "third_party_rounds", 2024) == 0


def test_the_template_is_the_offices_and_keeps_to_its_placeholders(session: Session) -> None:
    with transaction(CONSOLE, NOW) as writing:
        assert circular.seed_circular(writing)
        assert not circular.seed_circular(writing)
    for title, body, said in ((" ", "x", "请填写"), ("通报", "{没有}", "没有“{没有}”")):
        with pytest.raises(Invalid, match=said), transaction(CONSOLE, NOW) as writing:
            circular.save_template(writing, circular.template(writing), title, body, "政务公开办")
    with transaction(CONSOLE, NOW) as writing:
        circular.save_template(
            writing, circular.template(writing), "{名称}通报", "平均{平均分}分。", "政务公开办"
        )
    one = brought_to(S.SCORED)
    found = circular.circular_of(one, None, circular.template(session))
    assert (found.title, found.body) == ("2026年第1次第三方测评通报", "平均79.5分。")
    assert found.sender == "政务公开办"


def test_decimals_come_back_as_they_went_in(session: Session) -> None:
    one = make.a_round(indicators=(("", "网站", "33.33", "0.05"),))
    assert session.scalars(select(EvaluationRound)).one().id == one.id
    assert (one.indicators[0].weight, one.indicators[0].full) == (Decimal("33.33"), Decimal("0.05"))
