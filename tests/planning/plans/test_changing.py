"""The change table and the baselines."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from responder.core.database import transaction
from responder.core.errors import GuardRefused, Invalid, Stale, WrongState
from responder.core.permissions import CONSOLE, Actor, Role
from responder.planning import service
from responder.planning.models import EntryState, EventState, Form, PlanEntry
from responder.planning.plans import changing, entries, tables
from responder.planning.plans.baselines import baseline_rows, baselines, listed
from responder.planning.plans.changing import Ground, changes_of
from responder.planning.plans.models import ChangeKind, PlanBaseline, PlanChange
from responder.planning.plans.service import get_plan
from tests.factories import NOW, People, unit
from tests.planning import factories as make

GROUND = Ground("数据核实延后", "分管副市长同意", CONSOLE, NOW)


def change(
    row: PlanEntry, ground: Ground = GROUND, version: int = 0, **facts: object
) -> PlanChange:
    with transaction(CONSOLE, NOW) as session:
        entry = service.get_entry(session, row.id)
        seen = version or entry.version_id
        return changing.change_entry(session, entry, make.facts(**facts), seen, ground)


def drop(row: PlanEntry, ground: Ground = GROUND) -> PlanChange:
    with transaction(CONSOLE, NOW) as session:
        entry = service.get_entry(session, row.id)
        return changing.drop_entry(session, entry, entry.version_id, ground)


def add(ground: Ground = GROUND, **facts: object) -> PlanChange:
    with transaction(CONSOLE, NOW) as session:
        return changing.add_to_adopted(
            session, get_plan(session, 2026), make.facts(**facts), ground
        )


def test_a_change_says_before_and_after_in_words(session: Session) -> None:
    row = make.entry(month=3)
    make.adopt()
    made = change(
        row, month=4, day=15, form=Form.BRIEFING, unit=unit("jyj", "市教育局"), speaker="局长"
    )
    assert made.changes == {
        "form": ["新闻发布会", "新闻通气会"],
        "when": ["3月", "4月15日"],
        "unit": ["市住房和城乡建设局", "市教育局"],
        "speaker": ["", "局长"],
    }
    assert (made.number, made.kind, made.reason) == (1, ChangeKind.CHANGED, "数据核实延后")
    assert (made.approval, made.by_name, made.at) == ("分管副市长同意", "控制台", NOW)
    assert service.get_entry(session, row.id).month == 4


def test_rows_are_added_and_dropped_and_the_table_counts_on(session: Session) -> None:
    row = make.entry(month=3)
    make.adopt()
    added, dropped = add(month=12, theme="年终盘点"), drop(row)
    assert [one.number for one in changes_of(session, get_plan(session, 2026))] == [1, 2]
    assert added.changes["theme"] == ["", "年终盘点"]
    assert dropped.changes["when"] == ["3月", ""]
    assert [entry.theme for entry in listed(get_plan(session, 2026))] == ["年终盘点"]
    assert added.entry.number == 2
    assert service.get_entry(session, row.id).state is EntryState.DROPPED


@pytest.mark.parametrize("act", [change, drop])
def test_no_change_without_a_reason(session: Session, act: object) -> None:
    row = make.entry(month=3)
    make.adopt()
    with pytest.raises(GuardRefused, match="理由"):
        act(row, Ground("  ", "", CONSOLE, NOW))
    with pytest.raises(GuardRefused, match="理由"):
        add(Ground("", "", CONSOLE, NOW), month=12)


def test_a_draft_has_no_change_table(session: Session) -> None:
    row = make.entry(month=3)
    for act in (lambda: change(row), lambda: drop(row), add):
        with pytest.raises(WrongState, match="还没有审议通过"):
            act()


def test_a_change_of_what_was_not_seen_or_of_nothing_is_refused(session: Session) -> None:
    row = make.entry()
    make.adopt()
    with pytest.raises(Stale):
        change(row, version=99, month=3)
    with pytest.raises(Invalid, match="相同"):
        change(row)
    assert changes_of(session, get_plan(session, 2026)) == []


def test_a_row_with_a_living_event_is_not_dropped(session: Session) -> None:
    row, given_up = make.entry(month=3), make.entry(month=4)
    make.event(plan_entry=row, state=EventState.CONFIRMED)
    make.event(plan_entry=given_up, state=EventState.CANCELLED)
    make.adopt()
    with pytest.raises(GuardRefused, match="先取消活动"):
        drop(row)
    assert drop(given_up).kind is ChangeKind.DROPPED


def test_a_dropped_row_is_neither_changed_nor_dropped_again(session: Session) -> None:
    row = make.entry(month=3)
    make.adopt()
    drop(row)
    with pytest.raises(WrongState, match="增加一条"):
        change(row, month=5)
    with pytest.raises(WrongState):
        drop(row)


def test_a_double_click_adds_one_row_and_a_twin_is_refused(session: Session) -> None:
    make.entry(month=3)
    make.adopt()
    assert add(month=12).id == add(month=12).id
    with pytest.raises(Invalid, match="第 2 项"):
        add(Ground("另一个理由", "", CONSOLE, NOW), month=12)
    with pytest.raises(Invalid, match="第 2 项"):
        add(month=12, speaker="另一位")
    with pytest.raises(Invalid, match="第 2 项"):
        add(replace(GROUND, now=NOW + timedelta(minutes=2)), month=12)


def test_the_baseline_keeps_the_table_as_it_was(session: Session) -> None:
    row = make.entry(month=3, day=5, speaker="局长")
    assert baseline_rows(session, get_plan(session, 2026)) == []
    make.adopt()
    change(row, month=4)
    (kept,) = baselines(session, get_plan(session, 2026))
    (frozen,) = kept.rows
    assert (frozen["month"], frozen["day"], frozen["speaker"]) == (3, 5, "局长")
    assert (frozen["unit"], frozen["number"], kept.number) == ("市住房和城乡建设局", 1, 1)


def test_after_changes_the_plan_is_adopted_again_and_only_then(session: Session) -> None:
    row = make.entry(month=3)
    make.adopt()
    change(row, month=4)
    assert make.adopt(meeting="市政府第25次常务会议") == 2
    first, second = baselines(session, get_plan(session, 2026))
    assert (first.rows[0]["month"], second.rows[0]["month"]) == (3, 4)
    assert second.adopted_by == get_plan(session, 2026).adopted_by == "市政府第25次常务会议"
    with pytest.raises(GuardRefused, match="没有需要再次审议的变更"):
        make.adopt()
    change(row, month=5)
    change(row, month=4)  # and back
    with pytest.raises(GuardRefused, match="没有需要再次审议的变更"):
        make.adopt()


def test_a_plan_adopted_before_baselines_were_kept_gets_its_first_at_the_first_change(
    session: Session,
) -> None:
    row = make.entry(month=3)
    make.adopt()
    with transaction(CONSOLE, NOW) as writing:
        writing.execute(delete(PlanBaseline))
    assert baseline_rows(session, get_plan(session, 2026))[0]["month"] == 3
    later = Ground("延后", "", CONSOLE, NOW + timedelta(days=1))
    change(row, later, month=4)
    (kept,) = baselines(session, get_plan(session, 2026))
    assert (kept.rows[0]["month"], kept.adopted_by) == (3, "市政府第20次常务会议")


def test_a_change_makes_no_row_that_the_plan_has_already(session: Session) -> None:
    row, other = make.entry(month=3), make.entry(month=4)
    make.adopt()
    with pytest.raises(Invalid, match="计划中已有相同的条目（第 2 项）"):
        change(row, month=4)
    assert row.month == 3
    change(row, month=3, remark="只改备注")
    drop(other)
    change(row, month=4)
    assert row.month == 4


def test_a_correction_of_a_draft_makes_no_twin_either(session: Session) -> None:
    row, other = make.entry(month=3), make.entry(month=4)

    def edit(**facts: object) -> None:
        with transaction(CONSOLE, NOW) as writing:
            entry = service.get_entry(writing, row.id)
            entries.edit_entry(writing, entry, make.facts(**facts), entry.version_id, CONSOLE)

    with pytest.raises(Invalid, match="已有相同的条目") as refusal:
        edit(month=4, theme=f" {other.theme}")
    assert "theme" in refusal.value.fields
    edit(month=3, remark="只改备注")
    edit(month=4, day=7)
    assert (row.month, row.day) == (4, 7)


def test_a_line_is_told_in_full_to_whose_row_it_was_until_then(
    session: Session, people: People
) -> None:
    """After a handover the new unit reads nothing inner of the old one, nor the old of the new."""
    ours, theirs = unit(), unit("jyj", "市教育局")
    row = make.entry(month=3, speaker="旧局长")
    make.adopt()
    own = change(row, month=4, speaker="旧副局长")
    handed = change(row, month=4, unit=theirs, speaker="新局长")
    later = change(row, month=5, unit=theirs, speaker="新副局长")
    old, new = make.liaison(people, ours), people.holding(Role.LIAISON, "their liaison")
    with transaction(CONSOLE, NOW):
        new.unit = theirs

    def read(one: PlanChange, who: Actor) -> tuple[bool, set[str]]:
        return tables.reads_ground(one, who), set(tables.told_changes(one, who))

    assert read(own, old) == (True, {"when", "speaker"})
    assert read(own, new.actor) == (False, {"when"})
    assert read(handed, old) == (True, {"unit"})
    assert read(handed, new.actor) == (False, {"unit"})
    assert read(later, old) == (False, {"when"})
    assert read(later, new.actor) == (True, {"when", "speaker"})
    assert read(handed, people.press_officer.actor) == (True, {"unit", "speaker"})
    with transaction(CONSOLE, NOW):
        handed.unit_id = None
    assert read(handed, old) == (False, {"unit"})
    assert read(handed, people.press_officer.actor)[0]
