"""What is counted, that the rows are what was counted, and in how many queries."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session
from werkzeug.routing import BuildError

from responder.accounts.models import Unit
from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE
from responder.core.times import SHANGHAI
from responder.openness.assessment.measures import MEASURES
from responder.openness.assessment.tallies import Evidence, Tally
from responder.openness.evaluations.models import RoundKind, RoundState
from responder.openness.findings.models import Finding, FindingState
from responder.openness.tasks.models import Level, Task, TaskState
from responder.orders.models import OrderState
from responder.planning.models import EventState, PressEvent
from responder.publishing.models import ChangeKind
from responder.publishing.packages.models import PackageState
from responder.responses.models import ItemState, ResponseItem
from tests.factories import NOW, unit
from tests.openness.catalogue import factories as catalogue
from tests.openness.evaluations import factories as evaluations
from tests.openness.findings import factories as findings
from tests.orders import factories as orders
from tests.planning import factories as planning
from tests.planning.queries import count_queries
from tests.publishing import factories as publishing
from tests.publishing.packages import factories as packages
from tests.responses import factories as responses

YEAR = 2026


def counted(code: str, year: int = YEAR) -> dict[str, Tally]:
    """Unit code → what was counted of it."""
    db.session.expire_all()
    codes = {one.id: one.code for one in db.session.query(Unit)}
    found = MEASURES[code].tallies(db.session, year, SHANGHAI)
    return {codes[unit_id]: tally for unit_id, tally in found.items()}


def listed(code: str, of: Unit | None = None, year: int = YEAR) -> list[Evidence]:
    return MEASURES[code].rows(db.session, year, of or unit())


def one_of_each_register(of: Unit) -> None:
    catalogue.seeded()
    catalogue.published(catalogue.column(unit=of), "甲", date(2026, 1, 1))
    findings.brought_to(FindingState.CLOSED)
    with transaction(CONSOLE, NOW) as opened:
        opened.add(
            Task(year=2026, level=Level.CITY, number=1, title="任务", lead_id=of.id, created_at=NOW)
        )


def number(value: int) -> Tally:
    return Tally(Decimal(value), value)


def test_events_count_when_they_took_place_in_the_year_of_the_office(session: Session) -> None:
    planning.event(state=EventState.HELD, theme="甲")
    planning.event(state=EventState.EVALUATED, theme="乙")
    for state in (EventState.CONFIRMED, EventState.CANCELLED):
        planning.event(state=state)
    # 31 December 2026, 23:30 and 1 January 2027, 00:30 in Shanghai.
    last = datetime(2026, 12, 31, 15, 30, tzinfo=UTC)
    planning.event(state=EventState.HELD, starts_at=last, theme="年末")
    planning.event(state=EventState.HELD, starts_at=last + timedelta(hours=1), theme="来年")
    assert counted("press_events_held") == {"zjj": number(3)}
    assert counted("press_events_held", 2027) == {"zjj": number(1)}
    assert [one.title.partition("：")[2] for one in listed("press_events_held")][-1] == "年末"
    assert len(listed("press_events_held")) == 3


def test_entries_count_until_they_are_withdrawn(session: Session) -> None:
    publishing.published()
    gone = publishing.published(title="另一件")
    assert counted("responses_published") == {"zjj": number(2)}
    change = publishing.propose(gone, ChangeKind.WITHDRAW)
    publishing.settle(change)
    assert counted("responses_published") == {"zjj": number(1)}
    assert len(listed("responses_published")) == 1


def test_items_that_are_late_or_unanswered_are_not_in_time(session: Session) -> None:
    responses.brought_to(ItemState.PUBLISHED)
    responses.opened(title="尚未回应")
    assert counted("responses_in_time") == {"zjj": Tally(Decimal("50.00"), 2)}
    remarks = [one.remark for one in listed("responses_in_time")]
    assert sorted(remarks) == sorted(["按时", "未按时或尚未办结"])
    with transaction(CONSOLE, NOW) as writing:
        for item in writing.query(ResponseItem):
            for clock in item.clocks:
                clock.stopped_at = clock.due_at + timedelta(seconds=1)
    assert counted("responses_in_time") == {"zjj": Tally(Decimal("0.00"), 2)}


def test_interpretations_count_until_their_package_is_withdrawn(session: Session, people) -> None:
    package = packages.brought_to(PackageState.RELEASED)
    assert counted("interpretations_released") == {"zjj": number(2)}
    assert len(listed("interpretations_released")) == 2
    packages.take(package, "withdraw", people.signer, "数据有误。")
    assert counted("interpretations_released") == {}
    assert listed("interpretations_released") == []


def test_the_evaluation_is_the_last_that_was_circulated(session: Session) -> None:
    evaluations.brought_to(RoundState.CIRCULATED)
    evaluations.brought_to(RoundState.CIRCULATED, {"A": ("60", "40"), "B": ("30", "20")}, bottom=0)
    evaluations.brought_to(RoundState.SCORED)
    evaluations.brought_to(RoundState.CIRCULATED, kind=RoundKind.PROVINCE)
    assert counted("evaluation_total") == {
        "A": Tally(Decimal("100.00"), 1), "B": Tally(Decimal("50.00"), 1),
    }  # fmt: skip
    first, *_ = evaluations.units()
    (row,) = listed("evaluation_total", first)
    assert (row.remark, row.endpoint) == ("100 分", "evaluations.unit")
    assert listed("evaluation_total", evaluations.units()[3]) == []


def test_orders_count_by_lead_unit_as_the_monthly_table_counts_them(session: Session) -> None:
    lead = orders.liaison().unit
    orders.brought_to(OrderState.CLOSED)
    orders.brought_to(OrderState.HANDLING)
    found = counted("orders_in_time")
    assert found[lead.code] == Tally(Decimal("50.00"), 2)
    rows = listed("orders_in_time", lead)
    assert [one.remark for one in rows] == ["按时", "未按时或尚未办结"]
    assert all(one.title.startswith("工单 2026-") for one in rows)


@pytest.mark.parametrize("code", MEASURES)
def test_a_measure_says_what_it_counts_and_counts_nothing_of_nothing(session, code) -> None:
    measure = MEASURES[code]
    assert measure.code == code
    assert measure.name
    assert measure.meaning.endswith("。")
    assert measure.tallies(session, YEAR, SHANGHAI) == {}
    assert measure.rows(session, YEAR, unit()) == []
    assert measure.of({}, 1) == (None if measure.percent else Tally(Decimal(0), 0))


def test_each_record_has_a_page_of_its_own(session: Session, app) -> None:
    planning.event(state=EventState.HELD)
    publishing.published()
    packages.brought_to(PackageState.RELEASED)
    evaluations.brought_to(RoundState.CIRCULATED)
    lead = orders.liaison().unit
    orders.brought_to(OrderState.CLOSED)
    one_of_each_register(unit())
    adapter = app.url_map.bind("")
    found = set()
    for of in (unit(), lead, *evaluations.units()):
        for measure in MEASURES.values():
            for one in measure.rows(session, YEAR, of):
                try:
                    adapter.build(one.endpoint, dict(one.values))
                except BuildError as error:  # pragma: no cover
                    pytest.fail(f"{measure.code}: {error}")
                found.add(measure.code)
    assert found == set(MEASURES)


@pytest.mark.parametrize("code", MEASURES)
def test_a_measure_takes_as_many_queries_whatever_the_units(session, code) -> None:
    def events(*codes: str) -> None:
        for one in codes:
            made = planning.event(state=EventState.HELD)
            with transaction(CONSOLE, NOW) as writing:
                writing.get_one(PressEvent, made.id).unit_id = unit(one, f"{one} 局").id

    def count() -> None:
        session.expire_all()
        MEASURES[code].tallies(session, YEAR, SHANGHAI)

    evaluations.brought_to(RoundState.CIRCULATED, {"A": ("60", "40"), "B": ("30", "20")})
    events("A", "B")
    few = count_queries(count)
    evaluations.brought_to(RoundState.CIRCULATED)
    events("C", "D")
    assert count_queries(count) == few <= 6


def test_of_the_years_tasks_those_completed_in_time_are_a_share(session: Session) -> None:
    of = unit()
    with transaction(CONSOLE, NOW) as opened:
        for number, (done, state) in enumerate(
            [
                (date(2026, 9, 30), TaskState.COMPLETED),
                (date(2026, 10, 1), TaskState.COMPLETED),
                (None, TaskState.OPEN),
                (None, TaskState.CANCELLED),
            ],
            1,
        ):
            opened.add(
                Task(
                    year=2026, level=Level.CITY, number=number, title=f"任务{number}", lead=of,
                    state=state, due_on=date(2026, 9, 30), completed_on=done, created_at=NOW,
                )
            )  # fmt: skip
    assert counted("tasks_in_time") == {of.code: Tally(Decimal("33.33"), 3)}
    assert [one.title for one in listed("tasks_in_time")] == ["任务1", "任务2", "任务3"]
    assert counted("tasks_in_time", 2025) == {}


def test_findings_that_stand_closed_are_a_share_of_those_listed(session: Session) -> None:
    findings.brought_to(FindingState.CLOSED)
    findings.brought_to(FindingState.ASSIGNED)
    findings.brought_to(FindingState.WITHDRAWN)
    of = session.query(Finding).first().unit
    assert counted("findings_closed") == {of.code: Tally(Decimal(50), 2)}
    assert len(listed("findings_closed", of)) == 2


def test_items_count_for_the_unit_that_keeps_their_column(session: Session) -> None:
    catalogue.seeded()
    column = catalogue.column()
    catalogue.published(column, "甲", date(2026, 1, 1))
    catalogue.published(column, "乙", date(2026, 11, 20))
    catalogue.published(column, "丙", date(2025, 12, 31))
    assert counted("items_published") == {column.unit.code: number(2)}
    assert [one.title for one in listed("items_published", column.unit)] == ["甲", "乙"]
