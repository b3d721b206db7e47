"""Tables of scores that come in, and files that go out."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
import python_calamine
from docx import Document
from sqlalchemy.orm import Session

from responder.core.database import db, transaction
from responder.core.errors import Invalid, WrongState
from responder.core.permissions import CONSOLE, Actor
from responder.intake.registers.importing import TableImport
from responder.openness.evaluations import circular, importing, queries
from responder.openness.evaluations.exporting import scores_workbook
from responder.openness.evaluations.models import EvaluationRound, RoundState
from tests.factories import NOW
from tests.openness.evaluations import factories as make
from tests.openness.evaluations.factories import again, attempt, brought_to, d, score_file


def take_in(one: EvaluationRound, path: Path) -> TableImport:
    file = importing.read_file(db.session, path, again(one))
    with transaction(CONSOLE, NOW) as session:
        return importing.store(session, queries.hold(session, one.id, CONSOLE), file, attempt())


def counts(found: TableImport) -> tuple[int, int, int, int]:
    return found.rows, found.created, found.duplicates, len(found.refusals)


@pytest.fixture
def one(session: Session) -> EvaluationRound:
    make.units()
    return make.a_round()


def test_a_row_is_a_unit_and_a_column_an_indicator(one, tmp_path) -> None:
    path = score_file(
        tmp_path, ["市发展和改革委员会", "市直部门", 54, 36.5], ["B", "", "60", "不适用"],
        headings=["单位", "分组", "主动公开（60分）", "政策解读"],
    )  # fmt: skip
    assert counts(take_in(one, path)) == (2, 2, 0, 0)
    first, second = again(one).participants
    assert [mark.score for mark in first.scores] == [d("54"), d("36.5")]
    assert [mark.score for mark in second.scores] == [d("60"), None]
    assert (first.group, second.group) == ("市直部门", "")


def test_the_same_again_stores_nothing_and_new_scores_replace_the_old(one, tmp_path) -> None:
    path = score_file(tmp_path, ["A", "", 54, 36], ["B", "", 60, 40])
    assert counts(take_in(one, path)) == (2, 2, 0, 0)
    assert counts(take_in(one, path)) == (2, 0, 2, 0)
    found = take_in(one, score_file(tmp_path, ["A", "", 50, 36], ["B", "", 60, 40]))
    assert counts(found) == (2, 1, 1, 0)
    assert found.notes == ((3, "市发展和改革委员会已有得分，以本表为准"),)
    assert [mark.score for mark in again(one).participants[0].scores] == [d("50"), d("36")]


@pytest.mark.parametrize(
    ("row", "column", "said"),
    [
        (["不存在的局", "", 54, 36], "单位", "不在单位名册中"),
        (["", "", 54, 36], "单位", "是空的"),
        (["A", "", 60.5, 36], "主动公开", "0 到 60"),
        (["A", "", -1, 36], "主动公开", "0 到 60"),
        (["A", "", "优", 36], "主动公开", "不能作为得分"),
        (["A", "", "5.123", 36], "主动公开", "两位小数"),
        (["A", "", 54, ""], "政策解读", "是空的"),
        (["A", "组" * 40, 54, 36], "分组", "最多 32 字"),
    ],
)
def test_a_bad_row_comes_back_by_column_with_what_to_do(one, tmp_path, row, column, said) -> None:
    found = take_in(one, score_file(tmp_path, row, ["B", "", 60, 40]))
    assert counts(found) == (2, 1, 0, 1)
    (refusal,) = found.refusals
    assert found.column_of(refusal) == column
    assert said in refusal.reason


def test_a_unit_that_stands_twice_is_refused_the_second_time(one, tmp_path) -> None:
    found = take_in(one, score_file(tmp_path, ["A", "", 54, 36], ["A", "", 55, 36]))
    assert counts(found) == (2, 1, 0, 1)
    assert "上面已有一行" in found.refusals[0].reason


def test_a_table_without_an_indicator_is_no_table_of_this_round(one, tmp_path) -> None:
    path = score_file(tmp_path, ["A", 54], headings=["单位", "主动公开"])
    with pytest.raises(Invalid, match="缺少列：政策解读"):
        take_in(one, path)


def test_a_round_without_indicators_takes_totals(session, tmp_path) -> None:
    make.units()
    one = make.a_round(indicators=())
    path = score_file(tmp_path, ["A", 90.5], ["B", 101], headings=["单位", "得分"])
    assert counts(take_in(one, path)) == (2, 1, 0, 1)
    assert again(one).participants[0].given == d("90.5")


def test_a_rehearsal_stores_nothing_and_a_closed_round_takes_nothing(one, tmp_path) -> None:
    path = score_file(tmp_path, ["A", "", 54, 36])
    file = importing.read_file(db.session, path, again(one))
    assert counts(importing.rehearse(again(one), file, attempt())) == (1, 1, 0, 0)
    assert again(one).participants == []
    take_in(one, path)
    make.take(one, "score")
    with pytest.raises(WrongState):
        take_in(one, path)


def test_the_template_has_the_columns_of_the_round(one) -> None:
    book = python_calamine.CalamineWorkbook.from_filelike(
        BytesIO(importing.score_template(one, make.units()))
    )
    assert book.sheet_names == ["测评得分", "填写说明", "单位"]
    head = book.get_sheet_by_name("测评得分").to_python()[0]
    assert head == ["单位", "分组", "主动公开", "政策解读"]


def sheets(one: EvaluationRound, reader: Actor) -> dict[str, list[list[object]]]:
    content = scores_workbook(again(one), None, reader, NOW)
    book = python_calamine.CalamineWorkbook.from_filelike(BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_the_workbook_has_the_ranking_and_the_scores_that_one_may_read(session) -> None:
    one = brought_to(RoundState.CIRCULATED)
    whole, own = sheets(one, CONSOLE), sheets(one, make.liaison_of("B").actor)
    assert whole["名次"][2] == [
        "序号", "分组", "名次", "单位", "得分", "名次变化", "得分变化", "备注",
    ]  # fmt: skip
    assert whole["名次"][3][2:5] == [1, "市发展和改革委员会", 90]
    assert whole["名次"][6][7] == "须表态发言"
    assert len(whole["得分"]) == 3 + 4
    assert own["名次"] == whole["名次"]
    assert [row[1] for row in own["得分"][3:]] == ["市教育局"]


def test_the_circular_is_words_tables_and_an_annex(session) -> None:
    brought_to(RoundState.CIRCULATED)
    one = brought_to(RoundState.CIRCULATED)
    found = circular.circular_of(one, None, circular.template(session))
    document = Document(BytesIO(circular.circular_document(found, NOW)))
    text = "\n".join(each.text for each in document.paragraphs)
    for told in (
        "关于2026年第2次第三方测评情况的通报", "共测评4个单位，平均得分79.5分",
        "市司法局要在市政务公开领导小组会议上作整改表态发言", "2026年12月20日", "市政务公开办公室",
        "2026年11月20日", "附件", "测评指标和得分情况",
    ):  # fmt: skip
        assert told in text
    assert "{" not in text
    ranking, indicators = document.tables
    assert [cell.text for cell in ranking.rows[1].cells] == [
        "1", "市发展和改革委员会", "90", "持平", "0",
    ]  # fmt: skip
    assert [cell.text for cell in indicators.rows[1].cells] == [
        "公开平台", "主动公开", "60", "60", "48", "80%",
    ]  # fmt: skip
