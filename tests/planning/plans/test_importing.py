"""Plan workbooks that come in."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import python_calamine
from sqlalchemy.orm import Session

from responder.core.database import db, transaction
from responder.core.errors import Forbidden, Invalid, WrongState
from responder.core.lifecycle import Attempt
from responder.core.permissions import CONSOLE, Actor
from responder.intake.registers.importing import TableImport, write_errors
from responder.planning import service
from responder.planning.models import EntryState, Form
from responder.planning.plans import collecting, importing
from responder.planning.plans.service import get_plan
from tests.factories import NOW, People, unit
from tests.planning import factories as make
from tests.planning.plans.workbooks import HEADINGS, plan_file, row
from tests.planning.queries import count_queries


def take_in(path: Path, actor: Actor = CONSOLE, **options: object) -> TableImport:
    unit()
    file = importing.read_file(db.session, path, 2026, actor, **options)
    with transaction(actor, NOW) as session:
        return importing.store(session, file, actor)


def counts(found: TableImport) -> tuple[int, int, int, int]:
    return found.rows, found.created, found.duplicates, len(found.refusals)


def test_titles_above_and_notes_below_are_no_rows(session: Session, tmp_path: Path) -> None:
    path = plan_file(
        tmp_path,
        row(),
        row(发布主题="年终盘点", 发布形式="通气会", 拟发布时间=date(2026, 12, 5)),
        headings=["序 号", "发布主题*", "发布形式（必填）", "拟发布\n时间", *HEADINGS[4:]],
        above=["2026年度新闻发布计划", "填报单位：市住房和城乡建设局"],
        below=["注：时间以实际为准", "填报人："],
    )
    assert counts(take_in(path)) == (2, 2, 0, 0)
    first, second = get_plan(session, 2026).entries
    assert (first.theme, first.form, first.month, first.day) == (
        "老旧小区改造进展",
        Form.CONFERENCE,
        3,
        None,
    )
    assert (second.number, second.form, second.month, second.day) == (2, Form.BRIEFING, 12, 5)
    assert (first.speaker, first.basis, first.unit.name) == (
        "副局长",
        "工作报告",
        "市住房和城乡建设局",
    )


def test_the_same_file_again_adds_nothing(session: Session, tmp_path: Path) -> None:
    path = plan_file(tmp_path, row(), row(拟发布时间="4月"), row())
    assert counts(take_in(path)) == (3, 2, 1, 0)
    assert counts(take_in(path)) == (3, 0, 3, 0)
    assert len(get_plan(session, 2026).entries) == 2


@pytest.mark.parametrize(
    "name", ["市住房和城乡建设局", "住房和", "ZJJ", "市住房和城鄉建設局", " 市住房和城乡 建设局"]
)
def test_a_unit_is_known_by_name_short_name_or_code(
    session: Session, tmp_path: Path, name: str
) -> None:
    assert counts(take_in(plan_file(tmp_path, row(发布单位=name)))) == (1, 1, 0, 0)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"拟发布时间": "二季度"}, "拟发布时间：“二季度”看不出月份"),
        ({"拟发布时间": ""}, "拟发布时间：是空的"),
        ({"拟发布时间": "2025年3月"}, "2025 年"),
        ({"发布形式": "记者会"}, "发布形式：“记者会”不在发布形式之列，请从 新闻发布会"),
        ({"发布形式": ""}, "发布形式：是空的"),
        ({"发布单位": "城管局"}, "发布单位：“城管局”不在单位名册中"),
        ({"发布单位": "市住房和城乡建设局、市教育局"}, "只填牵头单位"),
        ({"发布单位": ""}, "发布单位：是空的"),
        ({"发布主题": ""}, "发布主题：是空的"),
        ({"发布主题": "长" * 201}, "有 201 字，最多 200 字"),
        ({"备注": "长" * 301}, "最多 300 字"),
    ],
)
def test_a_bad_row_is_refused_by_its_cell_and_the_good_ones_stay(
    session: Session, tmp_path: Path, changes: dict[str, object], told: str
) -> None:
    found = take_in(plan_file(tmp_path, row(**changes), row(发布主题="另一件")))
    assert counts(found) == (2, 1, 0, 1)
    (refusal,) = found.refusals
    assert told in refusal.reason
    assert (refusal.row.number, found.column_of(refusal)) == (2, next(iter(changes)))
    assert [entry.theme for entry in get_plan(session, 2026).entries] == ["另一件"]


def test_refused_rows_come_back_and_can_be_sent_again(session: Session, tmp_path: Path) -> None:
    found = take_in(plan_file(tmp_path, row(拟发布时间="待定"), row(发布形式="记者会")))
    back = tmp_path / "退回.xlsx"
    assert write_errors(back, found.headings, found.refusals)
    sheet = python_calamine.CalamineWorkbook.from_path(str(back)).get_sheet_by_index(0)
    lines = sheet.to_python()
    assert lines[0] == ["行号", "错误原因", *HEADINGS]
    assert lines[1][0] == 2
    assert "待定" in lines[1][1]
    assert lines[1][3] == "老旧小区改造进展"
    again = take_in(back)
    assert counts(again) == (2, 0, 0, 2)
    assert "待定" in again.refusals[0].reason


def test_words_beyond_the_month_stay_in_the_remark(session: Session, tmp_path: Path) -> None:
    take_in(plan_file(tmp_path, row(拟发布时间="3月中旬", 备注="视进展")))
    assert get_plan(session, 2026).entries[0].remark == "视进展；3月中旬"


def test_a_spreadsheets_first_of_a_month_is_noted(session: Session, tmp_path: Path) -> None:
    found = take_in(plan_file(tmp_path, row(拟发布时间=date(2026, 3, 1))))
    assert get_plan(session, 2026).entries[0].day is None
    ((number, note),) = found.notes
    assert (number, "3月1日" in note) == (2, True)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_a_csv_in_either_encoding_is_read(session: Session, tmp_path: Path, encoding: str) -> None:
    lines = ["2026年度新闻发布计划,,,", "发布主题,发布形式,拟发布时间,发布单位",
             "老旧小区改造,新闻发布会,2026年3月5日,市住房和城乡建设局"]  # fmt: skip
    path = tmp_path / "计划.csv"
    path.write_text("\r\n".join(lines), encoding=encoding)
    assert counts(take_in(path)) == (1, 1, 0, 0)
    assert get_plan(session, 2026).entries[0].day == 5


def test_a_csv_row_that_ran_on_is_refused(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "计划.csv"
    lines = ["发布主题,发布形式,拟发布时间,发布单位", "改造,进展,新闻发布会,3月,市住房和城乡建设局"]
    path.write_text("\r\n".join(lines), encoding="utf-8")
    found = take_in(path)
    assert "双引号" in found.refusals[0].reason
    assert found.column_of(found.refusals[0]) == ""


def test_a_file_without_the_columns_says_which(session: Session, tmp_path: Path) -> None:
    path = plan_file(tmp_path, ["甲", "乙"], headings=["发布主题", "责任单位"])
    with pytest.raises(Invalid, match="缺少列：发布形式、拟发布时间") as refusal:
        take_in(path)
    assert "模板" in refusal.value.message
    with pytest.raises(Invalid, match="没有内容"):
        take_in(plan_file(tmp_path))


def test_with_a_unit_the_column_may_be_missing(session: Session, tmp_path: Path) -> None:
    path = plan_file(tmp_path, ["改造", "发布会", "3月"], headings=["主题", "形式", "时间"])
    with pytest.raises(Invalid, match="发布单位"):
        take_in(path)
    assert counts(take_in(path, unit=unit())) == (1, 1, 0, 0)
    other = unit("jyj", "市教育局")
    found = take_in(plan_file(tmp_path, row()), unit=other)
    assert "这里只收市教育局的条目" in found.refusals[0].reason


def test_a_liaisons_rows_are_of_the_own_unit_and_wait(
    session: Session, tmp_path: Path, people: People
) -> None:
    unit("jyj", "市教育局")
    actor = make.liaison(people, unit())
    found = take_in(plan_file(tmp_path, row(发布单位=""), row(发布单位="市教育局")), actor)
    assert counts(found) == (2, 1, 0, 1)
    (entry,) = get_plan(session, 2026).entries
    assert (entry.state, entry.unit, entry.proposed_by_id) == (
        EntryState.PROPOSED,
        unit(),
        people.liaison.id,
    )
    with pytest.raises(Forbidden):
        take_in(plan_file(tmp_path, row()), actor, unit=unit("jyj", "市教育局"))
    with pytest.raises(Forbidden):
        take_in(plan_file(tmp_path, row()), people.editor.actor)


def test_a_trial_counts_and_stores_nothing(session: Session, tmp_path: Path) -> None:
    unit()
    path = plan_file(tmp_path, row(), row(拟发布时间="待定"))
    found = importing.rehearse(session, importing.read_file(session, path, 2026, CONSOLE))
    assert counts(found) == (2, 1, 0, 1)
    assert service.list_plans(session) == []


def test_the_file_is_read_before_the_plan_is_held(session: Session, tmp_path: Path) -> None:
    unit()
    path = plan_file(tmp_path, row())
    file = importing.read_file(session, path, 2026, CONSOLE)
    path.unlink()
    with transaction(CONSOLE, NOW) as writing:
        assert counts(importing.store(writing, file, CONSOLE)) == (1, 1, 0, 0)
    assert get_plan(session, 2026).entries[0].theme == row()[1]


def test_a_long_file_takes_the_same_queries_as_a_short_one(
    session: Session, tmp_path: Path
) -> None:
    for n in range(12):
        unit(f"u{n}", f"单位{n}")

    def queries(year: int, rows: int) -> int:
        named = [
            row(拟发布时间="3月", 发布主题=f"第 {n} 件", 发布单位=f"单位{n}") for n in range(rows)
        ]
        file = importing.read_file(db.session, plan_file(tmp_path, *named), year, CONSOLE)

        def store() -> None:
            with transaction(CONSOLE, NOW) as writing:
                importing.store(writing, file, CONSOLE)

        found = count_queries(store)
        assert [entry.number for entry in get_plan(session, year).entries] == [*range(1, rows + 1)]
        return found

    assert queries(2026, 2) == queries(2027, 12)


def test_rows_that_were_declined_are_told_of_and_not_sent_again(
    session: Session, tmp_path: Path, people: People
) -> None:
    actor, press = make.liaison(people, unit()), people.press_officer.actor
    path = plan_file(tmp_path, row(), row(发布主题="另一件"))
    take_in(path, actor)
    entry = get_plan(session, 2026).entries[-1]
    with transaction(press, NOW) as writing:
        collecting.decide(writing, entry, "decline", entry.version_id, Attempt(press, NOW, "重复"))
    found = take_in(path, actor)
    assert counts(found) == (2, 0, 2, 0)
    assert found.notes == ((2, "此前报送过，未列入：要再次报送或改为列入，请在计划页办理"),)


def test_nothing_is_imported_into_an_adopted_plan(session: Session, tmp_path: Path) -> None:
    make.entry()
    make.adopt()
    with pytest.raises(WrongState, match="登记变更"):
        take_in(plan_file(tmp_path, row()))


def test_columns_that_a_plan_does_not_have_are_told(session: Session, tmp_path: Path) -> None:
    path = plan_file(tmp_path, [*row(), "市政府", ""], headings=[*HEADINGS, "地点", ""])
    found = take_in(path)
    assert (found.created, found.unread) == (1, ("地点",))
    assert take_in(plan_file(tmp_path, row(发布主题="另一件"), name="二.xlsx")).unread == ()
