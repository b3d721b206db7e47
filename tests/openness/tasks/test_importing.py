"""Tables of tasks that come in."""

from __future__ import annotations

from datetime import date

import pytest

from responder.core.database import db, transaction
from responder.core.errors import Forbidden, Invalid
from responder.core.permissions import CONSOLE
from responder.intake.registers.importing import write_errors
from responder.openness.tasks import importing, queries
from responder.openness.tasks.models import Level, Task
from tests.factories import NOW, unit
from tests.openness.tasks import factories as make
from tests.openness.tasks.workbooks import HEADINGS, PROVINCE, row, tasks_file

D = date


@pytest.fixture(autouse=True)
def units(session):
    return unit(), unit("MZJ", "市民政局"), unit("CZJ", "市财政局")


def take_in(path, actor=CONSOLE):
    file = importing.read_file(db.session, path, 2026, make.TODAY)
    with transaction(actor, NOW) as session:
        return importing.store(session, file, make.attempt(actor))


def counts(found):
    return found.rows, found.created, found.duplicates, len(found.refusals)


def stored(level=Level.CITY):
    query = db.session.query(Task).filter_by(level=level).order_by(Task.number)
    return list(query)


def test_a_table_comes_in_with_its_units_parents_and_milestones(tmp_path) -> None:
    # The city's tasks stand above the province's that they serve.
    path = tasks_file(
        tmp_path,
        row(对应省任务="1、2", 配合单位="市民政局、市财政局、市住房和城乡建设局"),
        row(PROVINCE),
        row(PROVINCE, 序号=2, 任务名称="推进政策解读"),
        row(
            级别="市级", 序号=2, 任务名称="办好培训", 对应省任务="", 完成时限="年底前", 时序进度=""
        ),
    )
    found = take_in(path)
    assert counts(found) == (4, 4, 0, 0)
    assert found.notes == ((3, "配合单位中的市住房和城乡建设局是牵头单位，没有重复列入"),)
    first, second = stored()
    assert [one.number for one in first.parents] == [1, 2]
    assert {one.name for one in first.assistants} == {"市民政局", "市财政局"}
    assert [(one.what, one.due_on) for one in first.milestones] == [
        ("制定方案", D(2026, 3, 31)),
        ("完成改造", D(2026, 9, 30)),
    ]
    assert (second.due_on, second.parents, second.lead) == (D(2026, 12, 31), [], unit())
    again = take_in(path)
    assert counts(again) == (4, 0, 4, 0)


def test_a_parent_may_be_in_the_register_already(tmp_path) -> None:
    make.province(7)
    assert counts(take_in(tasks_file(tmp_path, row(对应省任务=7)))) == (1, 1, 0, 0)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"年度": 2025}, "是 2025 年的任务，这里导入 2026 年的"),
        ({"级别": "县级"}, "“县级”不在级别之列，请从 省级任务、市级任务 中选填"),
        ({"序号": "一"}, "不是 1 到 999 的整数"),
        ({"序号": 9}, "市级任务第 9 项已是“已有的任务”"),
        ({"任务名称": ""}, "是空的"),
        ({"任务名称": "长" * 201}, "最多 200 字"),
        ({"牵头单位": ""}, "市级任务要有牵头单位"),
        ({"牵头单位": "市水务局"}, "“市水务局”不在单位名册中"),
        ({"牵头单位": "市民政局、市财政局"}, "其余写在配合单位"),
        ({"配合单位": "市民政局、市水务局"}, "“市水务局”不在单位名册中"),
        ({"对应省任务": "8"}, "没有第 8 项省级任务"),
        ({"对应省任务": "一、二"}, "请写成“3、5”的样子"),
        ({"对应省任务": D(2026, 1, 3)}, "请把这一格设为文本"),
        ({"完成时限": ""}, "市级任务要有完成时限"),
        ({"完成时限": "持续推进"}, "请写最后一次的日期"),
        ({"完成时限": "3月前"}, "不确定含不含3月"),
        ({"完成时限": "2025-12-20"}, "请核对年份"),
        ({"时序进度": "尽快制定方案"}, "看不出最后是哪一天"),
        ({"时序进度": "3月底前"}, "没有写做什么"),
        ({"完成时限": "2026-06-30"}, "晚于任务的完成时限"),
    ],
)
def test_a_bad_row_is_refused_by_its_cell_and_the_good_ones_stay(tmp_path, changes, told) -> None:
    make.province(1)
    make.task(9, title="已有的任务")
    good = row(序号=5, 任务名称="好的一行", 对应省任务="")
    found = take_in(tasks_file(tmp_path, row(**changes), good))
    assert counts(found) == (2, 1, 0, 1)
    (refusal,) = found.refusals
    assert told in refusal.reason
    fault = "时序进度" if "时序" in refusal.reason[:4] else next(iter(changes))
    assert (refusal.row.number, found.column_of(refusal)) == (3, fault)
    assert [one.title for one in stored()] == ["好的一行", "已有的任务"]


def test_rows_of_the_province_have_no_parents_and_no_units(tmp_path) -> None:
    found = take_in(
        tasks_file(
            tmp_path,
            row(PROVINCE, 牵头单位="省政务公开办"),
            row(PROVINCE, 序号=2, 对应省任务="1"),
        )
    )
    assert counts(found) == (2, 1, 0, 1)
    assert found.notes[0][1].startswith("省级任务由市级任务落实")
    assert "把级别改为市级任务" in found.refusals[0].reason
    assert stored(Level.PROVINCE)[0].lead is None


def test_a_number_that_stands_twice_in_a_file_is_refused_unless_it_is_the_same(tmp_path) -> None:
    rows = (row(对应省任务=""), row(对应省任务="", 任务名称="另一件"), row(对应省任务=""))
    found = take_in(tasks_file(tmp_path, *rows))
    assert counts(found) == (3, 1, 1, 1)
    assert "请改序号" in found.refusals[0].reason


def test_a_row_whose_parent_was_refused_is_refused_too(tmp_path) -> None:
    bad = row(PROVINCE, 任务名称="长" * 201)
    found = take_in(tasks_file(tmp_path, bad, row()))
    assert counts(found) == (2, 0, 0, 2)
    assert "没有第 1 项省级任务" in found.refusals[1].reason


def test_refused_rows_come_back_and_can_be_sent_again(tmp_path) -> None:
    found = take_in(tasks_file(tmp_path, row(完成时限="待定", 对应省任务="")))
    back = tmp_path / "退回.xlsx"
    assert write_errors(back, found.headings, found.refusals)
    again = importing.read_file(db.session, back, 2026, make.TODAY)
    assert [one.row.number for one in again.table.refusals] == [2]


def test_a_trial_counts_and_stores_nothing_and_only_the_office_imports(people, tmp_path) -> None:
    path = tasks_file(tmp_path, row(对应省任务=""))
    file = importing.read_file(db.session, path, 2026, make.TODAY)
    assert counts(importing.rehearse(db.session, file)) == (1, 1, 0, 0)
    assert stored() == []
    with pytest.raises(Forbidden):
        take_in(path, people.supervisor.actor)
    with pytest.raises(Invalid, match="年份须在"):
        importing.read_file(db.session, path, 1990, make.TODAY)


def test_the_trail_says_that_a_file_came_in(tmp_path) -> None:
    take_in(tasks_file(tmp_path, row(对应省任务="")))
    (task,) = stored()
    (told,) = [e for e in queries.timeline(db.session, task, []) if e.action == "import"]
    assert told.changes["created"] == 1
    assert HEADINGS[3] == "任务名称"
