"""The annual plan as a service."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from responder.core import audit
from responder.core.database import transaction
from responder.core.errors import GuardRefused, Invalid, NotFound, WrongState
from responder.core.permissions import CONSOLE
from responder.planning import service
from responder.planning.models import EventState, Form, PlanState
from responder.planning.plans.rules import Progress
from tests.factories import NOW, unit
from tests.planning import factories as make

TODAY = date(2026, 11, 20)


def adopt(year: int = 2026) -> None:
    with transaction(CONSOLE, NOW) as session:
        plan = service.get_or_create_plan(session, year)
        service.adopt(session, plan, date(year, 2, 10), " 市政府第20次常务会议 ")


def test_a_year_has_one_plan(session: Session) -> None:
    make.entry()
    make.entry()
    (plan,) = service.list_plans(session)
    assert [entry.number for entry in plan.entries] == [1, 2]
    assert (plan.title, plan.state) == ("2026年度新闻发布计划", PlanState.DRAFT)


def test_a_plan_for_an_impossible_year_is_refused(session: Session) -> None:
    with pytest.raises(Invalid, match="1900"), transaction(CONSOLE) as writing:
        service.get_or_create_plan(writing, 1900)


@pytest.mark.parametrize(("month", "day"), [(2, 30), (4, 31), (13, None), (0, None)])
def test_a_day_that_does_not_exist_is_refused(session: Session, month: int, day: int) -> None:
    with pytest.raises(Invalid) as refusal:
        make.entry(month=month, day=day)
    assert "day" in refusal.value.fields
    assert service.find_plan(session, 2026) is None


def test_a_number_is_used_once(session: Session) -> None:
    make.entry(number=7)
    with pytest.raises(Invalid, match="序号 7"):
        make.entry(number=7)
    assert make.entry().number == 8


def test_adoption_freezes_the_plan_and_is_in_the_trail(session: Session) -> None:
    make.entry()
    adopt()
    plan = service.find_plan(session, 2026)
    assert plan is not None
    assert (plan.adopted_on, plan.adopted_by) == (date(2026, 2, 10), "市政府第20次常务会议")
    assert audit.history(session, plan)[-1].changes["state"] == ["draft", "adopted"]
    with pytest.raises(WrongState, match="市政府第20次常务会议"):
        make.entry()
    with pytest.raises(GuardRefused, match="没有需要再次审议的变更"):
        adopt()


def test_an_empty_plan_or_an_unnamed_meeting_is_not_adopted(session: Session) -> None:
    with pytest.raises(GuardRefused, match="还没有列入的条目"):
        adopt()
    make.entry()
    with pytest.raises(Invalid, match="会议"), transaction(CONSOLE, NOW) as writing:
        plan = service.get_or_create_plan(writing, 2026)
        service.adopt(writing, plan, TODAY, "  ")


@pytest.mark.parametrize(
    ("day", "said"), [(date(2026, 11, 21), "还没有到"), (date(2026, 2, 9), "早于上一次审议")]
)
def test_a_meeting_to_come_or_before_the_last_one_adopts_nothing(
    session: Session, day: date, said: str
) -> None:
    changed = make.entry()
    adopt()
    with transaction(CONSOLE, NOW) as writing:
        changed.theme = "改过的主题"
        plan = service.get_or_create_plan(writing, 2026)
    with pytest.raises(Invalid, match=said), transaction(CONSOLE, NOW) as writing:
        service.adopt(writing, plan, day, "市政府第21次常务会议")
    assert plan.adopted_on == date(2026, 2, 10)


def test_the_report_says_what_came_of_each_row(session: Session) -> None:
    held, waiting, overdue = (make.entry(month=month) for month in (9, 12, 10))
    make.event(plan_entry=held, state=EventState.EVALUATED)
    plan = service.find_plan(session, 2026)
    assert plan is not None
    report = service.report(plan, TODAY, CONSOLE)
    assert report.progress == {
        held.id: Progress.HELD,
        waiting.id: Progress.WAITING,
        overdue.id: Progress.OVERDUE,
    }
    assert report.counts[Progress.HELD] == 1


def test_a_row_is_open_until_an_event_that_is_not_cancelled_comes_of_it(session: Session) -> None:
    taken, given_up, free = (make.entry(), make.entry(), make.entry())
    make.entry(year=2027)
    make.event(plan_entry=taken, state=EventState.POSTPONED)
    make.event(plan_entry=given_up, state=EventState.CANCELLED)
    assert service.open_entries(session, 2026) == [given_up, free]
    assert service.open_entries(session, 2026, month=12) == []


def test_a_row_that_is_gone_is_said_to_be(session: Session) -> None:
    with pytest.raises(NotFound):
        service.get_entry(session, 999)


def test_a_row_keeps_what_was_written(session: Session) -> None:
    entry = make.entry(
        theme=" 老旧小区 ", form=Form.RECEPTION, day=3, speaker="局长", basis="方案", remark="待定"
    )
    assert (entry.theme, entry.form_label, entry.day) == ("老旧小区", "记者招待会", 3)
    assert (entry.speaker, entry.basis, entry.remark, entry.unit) == (
        "局长",
        "方案",
        "待定",
        unit(),
    )
