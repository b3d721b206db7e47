"""The plan against what came of it, and the rules of how often."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy.orm import Session

from responder.accounts.models import Unit
from responder.core.database import transaction
from responder.core.errors import Invalid, NotFound, Stale
from responder.core.permissions import CONSOLE, Actor
from responder.core.times import SHANGHAI
from responder.planning import service
from responder.planning.models import EventState, Form, PressEvent, SpeakerRank
from responder.planning.plans import changing, frequency, rules
from responder.planning.plans.changing import Ground
from responder.planning.plans.frequency import RuleFacts
from responder.planning.plans.models import Period
from responder.planning.plans.rules import Figure, Grouping, Timing
from responder.planning.plans.service import get_plan
from responder.planning.plans.status import YearStatus, year_status
from responder.planning.plans.status_words import status_as_json, status_as_text
from tests.factories import NOW, People, unit
from tests.planning import factories as make
from tests.planning.queries import count_queries

TODAY = date(2026, 11, 20)


def status(session: Session, reader: Actor = CONSOLE) -> YearStatus:
    session.expire_all()
    return year_status(session, 2026, TODAY, SHANGHAI, reader)


def held(
    day: datetime,
    form: Form = Form.CONFERENCE,
    of: Unit | None = None,
    rank: SpeakerRank = SpeakerRank.OTHER,
) -> PressEvent:
    """An event that took place, outside of the plan."""
    of = of or unit()
    event = make.event(starts_at=day, state=EventState.HELD)
    with transaction(CONSOLE, NOW):
        event.form, event.unit, event.speaker_rank = form, of, rank
    return event


def utc(month: int, day: int, hour: int = 2) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


@pytest.fixture
def year(session: Session) -> dict[str, object]:
    """A plan of five rows, one of each fate, and an event outside of it."""
    months = {"held": 3, "late": 5, "pending": 12, "dropped": 6, "given up": 7}
    rows = {name: make.entry(theme=name, month=month) for name, month in months.items()}
    make.event(plan_entry=rows["held"], state=EventState.EVALUATED, starts_at=utc(3, 5))
    make.event(plan_entry=rows["given up"], state=EventState.CANCELLED, starts_at=utc(7, 5))
    make.adopt()
    ground = Ground("压减", "", CONSOLE, NOW)
    with transaction(CONSOLE, NOW) as writing:
        entry = service.get_entry(writing, rows["dropped"].id)
        changing.drop_entry(writing, entry, entry.version_id, ground)
    rows["outside"] = held(utc(8, 8), Form.BRIEFING, unit("jyj", "市教育局"))
    return rows


def test_each_figure_counts_its_rows(session: Session, year: dict[str, object]) -> None:
    assert status(session).total == {
        Figure.BASELINE: 5,
        Figure.NOW: 4,
        Figure.HELD: 1,
        Figure.PENDING: 1,
        Figure.LATE: 2,
        Figure.CANCELLED: 1,
        Figure.OUTSIDE: 1,
    }


def test_figures_are_told_by_unit_form_month_and_quarter(
    session: Session, year: dict[str, object]
) -> None:
    found = status(session)
    by_unit = {line.label: line.figures for line in found.lines(Grouping.UNIT)}
    assert by_unit["市教育局"][Figure.OUTSIDE] == 1
    assert by_unit["市住房和城乡建设局"][Figure.NOW] == 4
    by_form = {line.key: line.figures for line in found.lines(Grouping.FORM)}
    assert (by_form["briefing"][Figure.OUTSIDE], by_form["conference"][Figure.NOW]) == (1, 4)
    by_month = {line.key: line.figures for line in found.lines(Grouping.MONTH)}
    assert len(by_month) == 12
    assert (by_month[5][Figure.LATE], by_month[8][Figure.OUTSIDE]) == (1, 1)
    quarters = [line.figures[Figure.BASELINE] for line in found.lines(Grouping.QUARTER)]
    assert quarters == [1, 2, 1, 1]


def test_a_row_whose_only_event_was_cancelled_is_where_menu_and_calendar_have_it(
    session: Session,
) -> None:
    past, to_come = make.entry(month=3), make.entry(month=12)
    for row in (past, to_come):
        make.event(plan_entry=row, state=EventState.CANCELLED, starts_at=utc(3, 5))
    found = status(session)
    assert service.open_entries(session, 2026) == [past, to_come]
    assert found.behind(Figure.LATE, None, "") == [past]
    assert found.behind(Figure.PENDING, None, "") == [to_come]
    assert found.total[Figure.CANCELLED] == 0


@pytest.mark.parametrize("by", list(Grouping))
def test_every_grouping_adds_up_to_the_total(
    session: Session, year: dict[str, object], by: Grouping
) -> None:
    found = status(session)
    for figure, count in found.total.items():
        assert sum(line.figures[figure] for line in found.lines(by)) == count


def test_what_stands_behind_a_figure_is_what_it_counts(
    session: Session, year: dict[str, object]
) -> None:
    found = status(session)
    assert found.behind(Figure.LATE, None, "") == [year["late"], year["given up"]]
    assert found.behind(Figure.LATE, Grouping.MONTH, "6") == []
    assert found.behind(Figure.OUTSIDE, Grouping.QUARTER, "3") == [year["outside"]]
    assert found.behind(Figure.CANCELLED, None, "") == [year["dropped"]]


def test_the_month_of_an_event_is_that_of_the_office(session: Session) -> None:
    held(datetime(2026, 8, 31, 17, tzinfo=UTC))  # 1 September in Shanghai
    held(datetime(2025, 12, 31, 17, tzinfo=UTC))  # New Year's Day there
    held(datetime(2026, 12, 31, 17, tzinfo=UTC))  # the year after
    months = [line.key for line in status(session).lines(Grouping.MONTH)
              if line.figures[Figure.OUTSIDE]]  # fmt: skip
    assert months == [1, 9]


def test_an_event_of_a_dropped_row_is_outside_of_the_plan(session: Session) -> None:
    row, other = make.entry(month=3), make.entry(month=4)
    make.adopt()
    ground = Ground("压减", "", CONSOLE, NOW)
    event = make.event(plan_entry=row, state=EventState.CANCELLED, starts_at=utc(3, 5))
    with transaction(CONSOLE, NOW) as writing:
        entry = service.get_entry(writing, row.id)
        changing.drop_entry(writing, entry, entry.version_id, ground)
        event.state = EventState.HELD
    total = status(session).total
    assert (total[Figure.OUTSIDE], total[Figure.NOW]) == (1, 1)
    assert other.number == 2


def test_a_year_without_a_plan_has_its_events(session: Session) -> None:
    held(utc(3, 5))
    found = status(session)
    assert (found.plan, found.baseline, found.total[Figure.OUTSIDE]) == (None, None, 1)
    assert "还没有发布计划" in next(iter(status_as_text(found)))


def test_the_status_takes_the_same_queries_for_one_row_as_for_many(session: Session) -> None:
    make.event(plan_entry=make.entry(), state=EventState.HELD, starts_at=utc(3, 5))
    add_rule(Period.QUARTER, 1, all_units=True)
    few = count_queries(lambda: status(session).total)
    for n in range(15):
        of = unit(f"u{n}", f"单位{n}")
        make.event(plan_entry=make.entry(unit=of), state=EventState.HELD, starts_at=utc(3, 5))
    assert count_queries(lambda: status(session).total) == few


def add_rule(period: Period, least: int, **facts: object) -> frequency.ReleaseRule:
    with transaction(CONSOLE, NOW) as session:
        return frequency.add_rule(session, RuleFacts("至少", period, least, **facts))


def test_who_falls_short_is_told_span_by_span(session: Session) -> None:
    other = unit("jyj", "市教育局")
    add_rule(Period.QUARTER, 1, forms=(Form.CONFERENCE,), units=(unit(), other))
    held(utc(2, 3))
    held(utc(5, 3), Form.BRIEFING)  # does not count
    held(utc(11, 3), of=other)
    (standing,) = status(session).rules
    quotas = {one.unit.name: one.quotas for one in standing.units}
    mine = [(q.term.label, q.held, q.missing, q.timing, q.is_short)
            for q in quotas["市住房和城乡建设局"]]  # fmt: skip
    assert mine == [
        ("2026-Q1", 1, 0, Timing.OVER, False),
        ("2026-Q2", 0, 1, Timing.OVER, True),
        ("2026-Q3", 0, 1, Timing.OVER, True),
        ("2026-Q4", 0, 1, Timing.RUNNING, False),
    ]
    assert [q.is_short for q in quotas["市教育局"]] == [True, True, True, False]
    assert {one.unit.name for one in standing.short} == set(quotas)


@pytest.mark.parametrize(
    ("least", "counted"),
    [
        (SpeakerRank.OTHER, [True, True, True]),
        (SpeakerRank.LEADER, [False, True, True]),
        (SpeakerRank.HEAD, [False, False, True]),
    ],
)
def test_where_a_leader_must_speak_the_head_counts_too_and_others_do_not(
    session: Session, least: SpeakerRank, counted: list[bool]
) -> None:
    add_rule(Period.YEAR, 1, speaker_rank=least, units=(unit(),))
    for month, (rank, counts) in enumerate(zip(SpeakerRank, counted, strict=True), start=1):
        event = held(utc(month, 3), rank=rank)
        (standing,) = status(session).rules
        assert standing.units[0].quotas[0].held == counts, rank
        with transaction(CONSOLE, NOW):
            event.state = EventState.CANCELLED


def test_four_two_one_is_counted_from_the_shipped_rules(session: Session) -> None:
    """Four events of a year: one of a leader in each half, of the head in the second alone."""
    of = unit()
    with transaction(CONSOLE, NOW) as writing:
        frequency.seed_release_rules(writing)
        for rule in frequency.all_rules(writing):
            rule.units, rule.active = [of], rule.name.startswith("“4·2·1+N”")
    held(utc(2, 3))
    held(utc(5, 3), rank=SpeakerRank.LEADER)
    held(utc(8, 3))
    held(utc(11, 3), rank=SpeakerRank.HEAD)
    counted = {
        one.rule.name: [quota.held for quota in one.units[0].quotas]
        for one in status(session).rules
    }
    assert list(counted.values()) == [[1, 1, 1, 1], [4], [1, 1], [1]]
    assert not any(one.units[0].is_short for one in status(session).rules)


def test_a_rule_counts_nobody_until_units_are_chosen_and_all_when_it_says_so(
    session: Session,
) -> None:
    unit()
    chosen = add_rule(Period.YEAR, 1)
    assert status(session).rules[0].units == []
    with transaction(CONSOLE, NOW) as writing:
        facts = RuleFacts("至少", Period.YEAR, 1, all_units=True, units=(unit(),))
        frequency.edit_rule(writing, chosen, facts, frequency.seal(chosen))
    assert len(status(session).rules[0].units) == 1
    assert chosen.units == []
    with transaction(CONSOLE, NOW) as writing:
        frequency.switch_rule(writing, chosen, False)
    assert status(session).rules == []


def test_a_rule_changed_meanwhile_or_asking_nothing_is_refused(session: Session) -> None:
    rule = add_rule(Period.YEAR, 1)
    seen = frequency.seal(rule)
    facts = RuleFacts("每年两场", Period.YEAR, 2)
    with transaction(CONSOLE, NOW) as writing:
        frequency.edit_rule(writing, rule, facts, seen)
    with pytest.raises(Stale), transaction(CONSOLE, NOW) as writing:
        frequency.edit_rule(writing, rule, facts, seen)
    with pytest.raises(Invalid):
        add_rule(Period.YEAR, 0)
    with pytest.raises(NotFound):
        frequency.get_rule(session, 999)


def test_shipped_rules_name_their_source_and_bind_nobody_yet(session: Session) -> None:
    with transaction(CONSOLE, NOW) as writing:
        assert frequency.seed_release_rules(writing) == 6
        assert frequency.seed_release_rules(writing) == 0
    shipped = frequency.all_rules(session)
    assert all(rule.source and not rule.units and not rule.all_units for rule in shipped)
    assert {rule.source[:12] for rule in shipped if rule.active} == {"国办发〔2013〕100"}


def test_the_status_in_words_and_as_json(session: Session, year: dict[str, object]) -> None:
    add_rule(Period.QUARTER, 1, units=(unit(),), source="市府办〔2026〕1号")
    found = status(session)
    told = status_as_json(found)
    assert told["baseline"]["number"] == 1
    assert told["total"]["late"] == 2
    assert {line["quarter"] for line in told["by_quarter"]} == {1, 2, 3, 4}
    assert told["by_unit"][0].keys() >= {"unit", "label", "baseline", "now", "outside"}
    (rule,) = told["rules"]
    assert (rule["short"], rule["source"]) == (["市住房和城乡建设局"], "市府办〔2026〕1号")
    assert rule["units"][0]["periods"][1] == {
        "period": "2026-Q2",
        "timing": Timing.OVER,
        "held": 0,
        "missing": 1,
        "short": True,
    }
    text = "\n".join(status_as_text(found))
    assert (
        "合计：审议通过 5，现列计划 4，已举行 1，待举行 1，逾期未办 2，取消 1，计划外举行 1" in text
    )
    assert "2026-Q2（已结束）已举行 0 场，缺 1 场" in text
    assert "2026-Q4（进行中）已举行 0 场，还差 1 场" in text


@pytest.mark.parametrize(
    ("period", "terms"),
    [
        (
            Period.QUARTER,
            [
                ("2026-Q1", "2026-01-01", "2026-03-31"), ("2026-Q2", "2026-04-01", "2026-06-30"),
                ("2026-Q3", "2026-07-01", "2026-09-30"), ("2026-Q4", "2026-10-01", "2026-12-31"),
            ],
        ),
        (
            Period.HALF_YEAR,
            [("2026-H1", "2026-01-01", "2026-06-30"), ("2026-H2", "2026-07-01", "2026-12-31")],
        ),
        (Period.YEAR, [("2026", "2026-01-01", "2026-12-31")]),
    ],
)  # fmt: skip
def test_the_terms_of_a_year(period: Period, terms: list[tuple[str, str, str]]) -> None:
    found = rules.terms_of(period, 2026)
    days = [(one.label, one.first_day.isoformat(), one.last_day.isoformat()) for one in found]
    assert days == terms


def test_a_term_runs_through_its_last_day() -> None:
    (whole,) = rules.terms_of("year", 2026)
    assert rules.timing_of(whole, date(2026, 12, 31)) is Timing.RUNNING
    assert rules.timing_of(whole, date(2027, 1, 1)) is Timing.OVER
    assert rules.timing_of(whole, date(2025, 12, 31)) is Timing.TO_COME


def test_of_a_draft_nobody_counts_rows_that_they_do_not_see(
    session: Session, people: People
) -> None:
    make.entry(month=3)
    make.entry(month=4, unit=unit("jyj", "市教育局"))
    plan = get_plan(session, 2026)
    reader = make.liaison(people, unit())
    assert status(session).total[Figure.NOW] == 2
    assert status(session, reader).total[Figure.NOW] == 1
    assert sum(service.report(plan, TODAY, reader).counts.values()) == 1
    assert sum(service.report(plan, TODAY, CONSOLE).counts.values()) == 2
    make.adopt()
    assert status(session, reader).total[Figure.NOW] == 2
    assert sum(service.report(plan, TODAY, reader).counts.values()) == 2
