"""Entering tasks: what is refused, what a change keeps, what is counted."""

from __future__ import annotations

from datetime import date

import pytest

from responder.core.database import db, transaction
from responder.core.errors import Forbidden, GuardRefused, Invalid, NotFound, Stale
from responder.core.permissions import CONSOLE, Actor, Role, permissions_of
from responder.openness.tasks import queries, service, units
from responder.openness.tasks.models import Level, TaskState
from responder.openness.tasks.queries import Show, Wanted
from responder.openness.tasks.rules import Step
from responder.openness.tasks.service import TaskFacts
from responder.openness.tasks.standings import done_on, is_done, progress_of
from tests.factories import NOW, unit
from tests.openness.counting import value_of
from tests.openness.tasks import factories as make
from tests.planning.queries import count_queries

TODAY = make.TODAY


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"title": " "}, "请填写任务名称"),
        ({"lead": None}, "市级任务要有牵头单位"),
        ({"due_on": None}, "市级任务要有完成时限"),
        ({"due_on": date(2025, 12, 1)}, "请核对年份"),
        ({"year": 1999}, "年份须在"),
        ({"number": 1}, "第 1 项已是"),
    ],
)
def test_a_task_that_lacks_what_it_needs_is_refused(people, facts, said) -> None:
    make.task(1)
    with pytest.raises(Invalid, match=said):
        make.task(**facts)


def test_numbers_count_within_a_year_and_a_level(people) -> None:
    assert (make.task().number, make.province().number, make.task().number) == (1, 1, 2)
    assert make.task(year=2027, due_on=date(2027, 1, 5)).number == 1


def test_the_provinces_tasks_have_no_units_and_the_citys_several_parents(people) -> None:
    first, second = make.province(lead=unit()), make.province()
    assert first.lead is None
    task = make.task(parents=(first, second))
    other = make.task(parents=(first,))
    assert (task.parents, first.children) == ([first, second], [task, other])
    with pytest.raises(Invalid, match="须是同一年度的省级任务"):
        make.task(parents=(task,))
    with pytest.raises(Invalid, match="须是同一年度的省级任务"):
        make.task(parents=(make.province(year=2027, due_on=None),))


def test_the_provinces_progress_is_that_of_what_serves_it(people) -> None:
    parent = make.province()
    assert (progress_of(parent), is_done(parent)) == (None, False)
    first, second = make.task(parents=(parent,)), make.task(parents=(parent,))
    make.accepted(first, 61)
    db.session.expire_all()
    assert (progress_of(parent), is_done(parent)) == (30, False)
    make.step(second, "cancel")
    make.accepted(first, 100)
    db.session.expire_all()
    assert (progress_of(parent), is_done(parent), done_on(parent)) == (100, True, TODAY)


def test_milestones_stand_in_the_order_of_their_dates_and_before_the_task(people) -> None:
    task = make.task(steps=(Step("验收", date(2026, 10, 1)), Step("方案", date(2026, 3, 31))))
    assert [one.what for one in task.milestones] == ["方案", "验收"]
    kept = task.milestones[0].id
    changed = Step("印发方案", date(2026, 4, 30), milestone_id=kept)
    with transaction(CONSOLE, NOW) as session:
        service.save_milestones(session, task, [changed], make.attempt(CONSOLE))
    db.session.expire_all()
    assert [(one.id, one.what) for one in task.milestones] == [(kept, "印发方案")]
    with pytest.raises(Invalid, match="晚于任务的完成时限"), transaction(CONSOLE, NOW) as session:
        late = [Step("总结", date(2026, 12, 21))]
        service.save_milestones(session, task, late, make.attempt(CONSOLE))
    earlier = TaskFacts(2026, Level.CITY, 1, task.title, lead=unit(), due_on=date(2026, 4, 1))
    with pytest.raises(Invalid, match="请先改时序进度"), transaction(CONSOLE, NOW) as session:
        service.edit_task(session, task, earlier, make.attempt(CONSOLE))


def test_whoever_does_not_keep_the_register_enters_nothing(people) -> None:
    actor = people.supervisor.actor
    facts = TaskFacts(2026, Level.PROVINCE, 1, "省级任务")
    with pytest.raises(Forbidden), transaction(actor, NOW) as session:
        service.create_task(session, facts, make.attempt(actor))


def test_a_change_to_the_milestones_alone_is_told_to_whoever_saw_the_task_before(people) -> None:
    task = make.task()
    seen = task.version_id
    with transaction(CONSOLE, NOW) as session:
        step = Step("方案", date(2026, 3, 31))
        service.save_milestones(session, task, [step], make.attempt(CONSOLE))
    with pytest.raises(Stale), transaction(CONSOLE, NOW) as session:
        queries.find_to_change(session, task.id, CONSOLE, seen)


def liaison_of(home) -> Actor:
    return Actor(-1, "某人", permissions_of([Role.LIAISON]), home.id if home else None)


def test_nothing_of_a_task_changes_while_a_report_waits(people) -> None:
    task = make.task()
    make.submitted(task, 100)
    other = TaskFacts(
        2026, Level.CITY, task.number, task.title, lead=unit("slj", "市水利局"), due_on=task.due_on
    )
    with pytest.raises(GuardRefused, match="待审核"), transaction(CONSOLE, NOW) as session:
        service.edit_task(session, task, other, make.attempt(CONSOLE))
    step = Step("制定方案", date(2026, 12, 1))
    with pytest.raises(GuardRefused, match="待审核"), transaction(CONSOLE, NOW) as session:
        service.save_milestones(session, task, [step], make.attempt(CONSOLE))


def test_a_unit_sees_what_it_leads_and_assists_and_what_that_serves(people) -> None:
    other = unit("MZJ", "市民政局")
    parent, foreign = make.province(), make.province()
    led = make.task(parents=(parent,))
    assisted = make.task(lead=other, assistants=(unit(),), parents=(parent,))
    strange = make.task(lead=other, parents=(foreign,))

    def seen(actor):
        return set(db.session.scalars(queries.listed(actor, Wanted(2026), TODAY)))

    assert seen(liaison_of(unit())) == {led, assisted, parent}
    assert seen(liaison_of(other)) == {assisted, strange, parent, foreign}
    assert seen(liaison_of(unit("YJJ", "市应急管理局"))) == set()
    assert seen(liaison_of(None)) == set()
    assert len(seen(people.auditor.actor)) == 5
    with pytest.raises(NotFound):
        queries.find(db.session, strange.id, liaison_of(unit()))


@pytest.fixture
def year(people):
    """One city task in each case that is counted, and three of the province."""
    other = unit("MZJ", "市民政局")
    first = make.province(due_on=date(2026, 11, 1))
    second = make.province()
    make.step(make.province(title="取消的省级任务"), "cancel")
    tasks = {
        "done": make.brought_to(TaskState.COMPLETED, parents=(first,)),
        "late": make.task(due_on=date(2026, 11, 19), parents=(first, second)),
        "soon": make.task(due_on=date(2026, 11, 25), lead=other, assistants=(unit(),)),
        "reported": make.brought_to(TaskState.REPORTED),
        "running": make.task(),
        "cancelled": make.brought_to(TaskState.CANCELLED, due_on=date(2026, 3, 1)),
        "next": make.task(year=2027, due_on=date(2027, 6, 1)),
    }
    make.accepted(tasks["running"], 41)
    return tasks


@pytest.mark.parametrize(
    ("show", "names"),
    [
        (Show.OPEN, {"late", "soon", "reported", "running"}),
        (Show.LATE, {"late"}),
        (Show.SOON, {"soon"}),
        (Show.REPORTED, {"reported"}),
        (Show.DONE, {"done"}),
        (Show.CANCELLED, {"cancelled"}),
        (Show.OWN, {"soon", "reported", "running"}),
    ],
)
def test_a_count_and_its_list_agree(people, year, show, names) -> None:
    wanted = Wanted(2026, Level.CITY, show)
    found = set(db.session.scalars(queries.listed(CONSOLE, wanted, TODAY)))
    assert found == {year[name] for name in names}
    assert queries.counts(db.session, CONSOLE, 2026, TODAY)[show.value] == len(names)


def test_the_provinces_tasks_are_listed_by_what_serves_them(people, year) -> None:
    first, second = queries.province_tasks(db.session, 2026)[:2]

    def listed(show):
        found = queries.listed(CONSOLE, Wanted(2026, Level.PROVINCE, show), TODAY)
        return list(db.session.scalars(found))

    assert listed(Show.LATE) == [first]
    assert listed(Show.DONE) == []
    make.accepted(year["late"], 100)
    assert listed(Show.DONE) == [first, second]
    assert listed(Show.LATE) == []


def test_words_are_looked_for_as_they_stand(people) -> None:
    made = make.task(title="完成率 100% 的_任务")
    make.task(title="其他")

    def found(words):
        return list(db.session.scalars(queries.listed(CONSOLE, Wanted(2026, words=words), TODAY)))

    assert found("100% 的_") == [made]
    assert found("0%任") == []


def test_figures_of_the_year(people, year) -> None:
    session = db.session
    assert value_of(session, "provincial_tasks", 2026) == 2
    assert value_of(session, "city_tasks", 2026) == 5
    assert value_of(session, "completed_city_tasks", 2026) == 1
    assert value_of(session, "overdue_city_tasks", 2026, TODAY) == 1
    assert value_of(session, "overdue_city_tasks", 2026, date(2026, 11, 19)) == 0
    # At the end of the year all that was due within it and is not done.
    assert value_of(session, "overdue_city_tasks", 2026) == 4
    # What was done later was not done on that day.
    make.accepted(year["late"], 100)
    assert value_of(session, "overdue_city_tasks", 2026, TODAY) == 0
    assert value_of(session, "city_tasks", 2027) == 1


def test_progress_by_unit_counts_what_each_leads(people, year) -> None:
    first, second = units.by_unit(db.session, CONSOLE, 2026, TODAY)
    assert (first.unit, first.led, first.completed, first.late, first.soon, first.assisted) == (
        unit(), 4, 1, 1, 0, 1,
    )  # fmt: skip
    assert first.progress == (100 + 0 + 0 + 41) // 4
    assert (second.unit.code, second.led, second.soon, second.progress) == ("MZJ", 1, 1, 0)
    (own,) = units.by_unit(db.session, liaison_of(unit("MZJ")), 2026, TODAY)
    assert own.unit.code == "MZJ"


def test_late_milestones_are_those_of_what_is_not_done(people) -> None:
    steps = (Step("方案", date(2026, 3, 31)), Step("验收", date(2026, 11, 28)))
    task = make.task(steps=steps)
    make.step(make.task(steps=steps), "cancel")
    found = queries.late_milestones(db.session, CONSOLE, 2026, TODAY)
    assert [(one.task, one.what) for one in found] == [(task, "方案")]
    soon = queries.late_milestones(db.session, CONSOLE, 2026, date(2026, 12, 5), TODAY)
    assert [one.what for one in soon] == ["验收"]


def test_a_long_list_takes_the_same_queries_as_a_short_one(people) -> None:
    parent = make.province()

    def cost() -> int:
        db.session.expire_all()

        def look() -> None:
            for one in db.session.scalars(queries.listed(CONSOLE, Wanted(2026), TODAY)):
                assert one.lead is not None or not one.is_city
                assert all(u.name for u in one.assistants)
                assert progress_of(one) is not None or not one.children
            units.by_unit(db.session, CONSOLE, 2026, TODAY)

        return count_queries(look)

    make.task(parents=(parent,), assistants=(unit("u0", "单位甲"),))
    few = cost()
    for n in range(1, 6):
        made = unit(f"u{n}", f"单位{n}")
        make.task(parents=(parent,), lead=made, assistants=(unit("u0"),))
    assert cost() == few
