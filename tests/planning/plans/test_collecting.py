"""Rows that units send in, and rows of a draft that the office arranges."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from responder.core import audit
from responder.core.database import transaction
from responder.core.errors import Forbidden, Invalid, NotFound, Stale, WrongState
from responder.core.lifecycle import Attempt
from responder.core.permissions import CONSOLE
from responder.planning import service
from responder.planning.models import EntryState, PlanEntry
from responder.planning.plans import collecting
from responder.planning.plans.arranging import arrange, arrange_by_time
from responder.planning.plans.baselines import listed
from responder.planning.plans.entries import edit_entry, remove_entry
from responder.planning.plans.service import get_plan, lock_plan
from tests.factories import NOW, People, unit
from tests.planning import factories as make


def themes(session: Session) -> list[tuple[int, str]]:
    session.expire_all()
    return [(entry.number, entry.theme) for entry in listed(get_plan(session, 2026))]


def test_a_unit_proposes_and_the_office_lists(session: Session, people: People) -> None:
    proposed = make.send_in(make.liaison(people, unit()))
    entered = make.send_in(people.press_officer.actor, month=12)
    assert (proposed.state, proposed.proposed_by_id) == (EntryState.PROPOSED, people.liaison.id)
    assert (entered.state, entered.number) == (EntryState.LISTED, 1)
    assert proposed.number < 0


def test_a_unit_sends_in_its_own_rows_only(session: Session, people: People) -> None:
    other = unit("jyj", "市教育局")
    with pytest.raises(Forbidden, match="本单位"):
        make.send_in(make.liaison(people, unit()), unit=other)
    with pytest.raises(Forbidden, match="所属单位"):
        make.send_in(people.holding(people.liaison.roles[0], "unitless").actor)
    with pytest.raises(Forbidden):
        make.send_in(people.editor.actor)


def test_a_unit_sees_what_it_sent_in_and_nobody_elses(session: Session, people: People) -> None:
    other = unit("jyj", "市教育局")
    mine = make.send_in(make.liaison(people, unit()))
    second = people.holding(people.liaison.roles[0], "second")
    with transaction(CONSOLE, NOW):
        second.unit = other
    theirs = make.send_in(second.actor, unit=other)
    plan = get_plan(session, 2026)
    assert collecting.waiting_for(plan, people.liaison.actor) == [mine]
    assert collecting.waiting_for(plan, second.actor) == [theirs]
    assert set(collecting.waiting_for(plan, people.press_officer.actor)) == {mine, theirs}
    assert collecting.waiting_for(plan, people.editor.actor) == []


def test_the_same_row_sent_twice_is_one(session: Session, people: People) -> None:
    actor, press = make.liaison(people, unit()), people.press_officer.actor
    assert make.send_in(actor).id == make.send_in(actor, theme=" 老旧小区改造进展 ").id
    assert make.send_in(actor, month=12).id != make.send_in(actor).id
    assert make.send_in(press, month=1).id == make.send_in(press, month=1).id


LATER = NOW + timedelta(minutes=2)


@pytest.mark.parametrize("again", [{"speaker": "另一位"}, {"remark": "第二场"}, {"now": LATER}])
def test_a_twin_is_told_where_the_first_one_stands(
    session: Session, people: People, again: dict[str, object]
) -> None:
    actor, press = make.liaison(people, unit()), people.press_officer.actor
    first = make.send_in(press, speaker="局长")
    waiting = make.send_in(actor, month=12)
    with pytest.raises(Invalid, match="第 1 项") as refusal:
        make.send_in(press, **{"speaker": "局长", **again})
    assert refusal.value.fields == {"theme": "已有相同的条目"}
    with pytest.raises(Invalid, match="正等待新闻办决定"):
        make.send_in(actor, **{"month": 12, **again})
    session.expire_all()
    assert (first.speaker, waiting.remark) == ("局长", "")


def test_a_row_of_a_colleague_is_no_double_click(session: Session, people: People) -> None:
    make.send_in(make.liaison(people, unit()))
    with pytest.raises(Invalid, match="正等待新闻办决定"):
        make.send_in(people.press_officer.actor)


@pytest.mark.parametrize("by_office", [False, True])
def test_what_was_declined_is_taken_up_again_as_it_is_written_now(
    session: Session, people: People, by_office: bool
) -> None:
    actor, press = make.liaison(people, unit()), people.press_officer.actor
    row = make.send_in(actor)
    with transaction(press, NOW) as writing:
        entry = service.get_entry(writing, row.id)
        collecting.decide(writing, entry, "decline", row.version_id, Attempt(press, NOW, "重复"))
    again = make.send_in(press if by_office else actor, remark="已改期", now=LATER)
    assert (again.id, again.remark) == (row.id, "已改期")
    expected = EntryState.LISTED if by_office else EntryState.PROPOSED
    assert (again.state, again.number > 0) == (expected, by_office)
    deeds = [line.action for line in audit.history(session, row)]
    assert deeds[-2:] == ["update", "list" if by_office else "resend"]
    assert make.send_in(press if by_office else actor, remark="已改期", now=LATER).id == row.id


def test_whoever_waited_for_a_row_that_is_gone_is_told(session: Session, people: People) -> None:
    press = people.press_officer.actor
    row, version = make.entry(), 1
    with pytest.raises(NotFound, match="删除或撤回"), transaction(press, NOW) as writing:
        entry = service.get_entry(writing, row.id)
        writing.connection().execute(delete(PlanEntry).where(PlanEntry.id == row.id))
        edit_entry(writing, entry, make.facts(), version, press)


def test_whoever_waited_for_the_plan_sees_its_rows_as_they_are(session: Session) -> None:
    row = make.entry()
    with transaction(CONSOLE, NOW) as writing:
        plan = get_plan(writing, 2026)
        told = update(PlanEntry).where(PlanEntry.id == row.id).values(theme="新主题")
        writing.execute(told.execution_options(synchronize_session=False))
        lock_plan(writing, plan)
        assert [entry.theme for entry in plan.entries] == ["新主题"]


def test_a_unit_changes_and_takes_back_its_row_until_it_is_decided(
    session: Session, people: People
) -> None:
    actor = make.liaison(people, unit())
    row = make.send_in(actor)
    edit(row, actor, row.version_id, theme="既有住宅加装电梯")
    session.expire_all()
    assert service.get_entry(session, row.id).theme == "既有住宅加装电梯"
    with pytest.raises(Forbidden, match="本单位"):
        edit(row, actor, row.version_id, unit=unit("jyj", "市教育局"))
    with transaction(CONSOLE, NOW):
        row.state = EntryState.LISTED
    with pytest.raises(Forbidden, match="还没有决定"):
        edit(row, actor, row.version_id)
    with transaction(CONSOLE, NOW):
        row.state = EntryState.PROPOSED
    with transaction(actor, NOW) as writing:
        remove_entry(writing, service.get_entry(writing, row.id), row.version_id, actor)
    assert get_plan(session, 2026).entries == []


def edit(row: PlanEntry, actor: object, version: int, **changes: object) -> None:
    with transaction(actor, NOW) as session:
        entry = service.get_entry(session, row.id)
        edit_entry(session, entry, make.facts(**changes), version, actor)


def test_who_edits_what_has_changed_meanwhile_is_told(session: Session, people: People) -> None:
    row, press = make.entry(), people.press_officer.actor
    seen = row.version_id
    edit(row, press, seen, theme="先存的")
    with pytest.raises(Stale):
        edit(row, press, seen, theme="后存的")
    assert themes(session) == [(1, "先存的")]


@pytest.mark.parametrize(
    ("changes", "field"), [({"theme": " "}, "theme"), ({"month": 2, "day": 30}, "day")]
)
def test_an_edit_that_cannot_be_is_refused_in_its_field(
    session: Session, people: People, changes: dict[str, object], field: str
) -> None:
    row = make.entry()
    with pytest.raises(Invalid) as refusal:
        edit(row, people.press_officer.actor, row.version_id, **changes)
    assert field in refusal.value.fields


def test_a_row_that_an_event_came_of_is_not_removed(session: Session, people: People) -> None:
    row = make.entry()
    make.event(plan_entry=row)
    press = people.press_officer.actor
    with pytest.raises(WrongState, match="计划外"), transaction(press, NOW) as writing:
        entry = service.get_entry(writing, row.id)
        remove_entry(writing, entry, entry.version_id, press)


def test_a_moved_row_goes_where_it_was_put_and_the_rest_follow(session: Session) -> None:
    a, _b, _c, d = (make.entry(theme=name) for name in "甲乙丙丁")
    order(session, {d.id: 2})
    assert themes(session) == [(1, "甲"), (2, "丁"), (3, "乙"), (4, "丙")]
    order(session, {a.id: 3})
    assert themes(session) == [(1, "丁"), (2, "乙"), (3, "甲"), (4, "丙")]
    order(session, {d.id: 99})
    assert themes(session) == [(1, "乙"), (2, "甲"), (3, "丙"), (4, "丁")]


def order(session: Session, wanted: dict[int, int]) -> None:
    with transaction(CONSOLE, NOW) as writing:
        arrange(writing, get_plan(writing, 2026), wanted)


def test_arranging_makes_nobodys_edit_stale(session: Session, people: People) -> None:
    first, second = make.entry(theme="甲"), make.entry(theme="乙")
    seen = second.version_id
    order(session, {second.id: 1})
    edit(second, people.press_officer.actor, seen, theme="乙，改过")
    assert themes(session) == [(1, "乙，改过"), (2, "甲")]
    assert first.version_id == 1


def test_rows_are_numbered_by_time_and_close_the_gaps(session: Session) -> None:
    make.entry(theme="十二月", month=12, number=3)
    make.entry(theme="三月", month=3, number=5)
    make.entry(theme="三月五日", month=3, day=5, number=9)
    with transaction(CONSOLE, NOW) as writing:
        arrange_by_time(writing, get_plan(writing, 2026))
    assert themes(session) == [(1, "三月五日"), (2, "三月"), (3, "十二月")]


def test_a_proposed_row_waits_for_no_event(session: Session, people: People) -> None:
    make.send_in(make.liaison(people, unit()))
    assert service.open_entries(session, 2026) == []
