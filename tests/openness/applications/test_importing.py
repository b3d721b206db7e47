"""An older register comes in: reckoned as it was, refused by row, column and remedy."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from sqlalchemy import select

from responder.core.database import db
from responder.core.errors import Forbidden, Invalid
from responder.core.lifecycle import Attempt
from responder.core.times import SHANGHAI
from responder.intake.registers.importing import TableImport
from responder.openness.applications import exporting, importing, queries, rows, tables
from responder.openness.applications.models import Application
from responder.openness.applications.outcomes import all_outcomes, leaves
from responder.openness.applications.queries import ApplicationFilter
from tests.factories import NOW
from tests.openness.applications.factories import (
    S,
    due,
    officer,
    registered,
    sheet_of,
    words_of,
)
from tests.planning.queries import count_queries

TODAY = date(2026, 11, 20)
GOOD: dict[str, Any] = {
    "原编号": "旧-7", "收到日期": date(2026, 3, 2), "申请方式": "网络", "收到日期的依据": "",
    "申请人类型": "自然人", "申请人": "郑小满", "证件号码": "340702199001011234",
    "联系电话": "13912345678", "联系地址": "", "申请内容": "某项目的环评批复", "获取方式": "电子",
    "用途": "", "补正告知日期": "", "收到补正日期": "", "征求意见日期": "", "收齐意见日期": "",
    "延期天数": "", "延期日期": "", "延期批准人": "", "办结日期": date(2026, 3, 30),
    "办理结果": "予以公开", "答复书文号": "江公开复〔2026〕1号", "答复内容": "", "备注": "",
}  # fmt: skip


def workbook(folder: Path, *changes: dict[str, Any]) -> Path:
    path = folder / "登记簿.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, list(GOOD))
        for number, changed in enumerate(changes or ({},), 1):
            for column, cell in enumerate({**GOOD, **changed}.values()):
                if isinstance(cell, date):
                    moment = datetime(cell.year, cell.month, cell.day)
                    sheet.write_datetime(number, column, moment, day)
                else:
                    sheet.write(number, column, cell)
    return path


def take_in(path: Path) -> TableImport:
    actor = officer().actor
    file = importing.read_file(db.session, path, TODAY)
    return importing.store(file, Attempt(actor, NOW), SHANGHAI)


def stored() -> list[Application]:
    return list(db.session.scalars(select(Application).order_by(Application.id)))


def test_a_row_is_numbered_reckoned_and_closed_as_it_was(session, tmp_path) -> None:
    found = take_in(workbook(tmp_path))
    assert found.counts == {"rows": 1, "created": 1, "duplicates": 0, "errors": 0}
    (one,) = stored()
    assert (one.number, one.old_number, one.state) == ("2026-001", "旧-7", S.REPLIED)
    assert due(one.reply_clock) == date(2026, 3, 30)
    assert (one.outcome.code, one.closed_on, one.late) == ("disclosed", date(2026, 3, 30), False)
    assert found.notes == ((2, "未填收到日期的依据，按“与申请人确认之日”登记"),)


def test_the_same_file_again_stores_nothing(session, tmp_path) -> None:
    path = workbook(tmp_path, {}, {"原编号": "旧-8"}, {"原编号": "旧-8"})
    assert take_in(path).counts["created"] == 2
    assert take_in(path).counts == {"rows": 3, "created": 0, "duplicates": 3, "errors": 0}
    assert [one.serial for one in stored()] == [1, 2]


@pytest.mark.parametrize(
    ("changed", "state", "end", "late"),
    [
        ({"办结日期": date(2026, 3, 31)}, S.REPLIED, "2026-03-30", True),
        (  # as case 25 of the clocks
            {
                "补正告知日期": date(2026, 3, 4), "收到补正日期": date(2026, 3, 16),
                "办结日期": date(2026, 4, 14),
            },
            S.REPLIED, "2026-04-14", False,
        ),
        (  # as case 28
            {
                "征求意见日期": date(2026, 3, 9), "收齐意见日期": date(2026, 3, 16),
                "办结日期": date(2026, 4, 8),
            },
            S.REPLIED, "2026-04-07", True,
        ),
        (  # as case 32
            {
                "延期天数": "20个工作日", "延期日期": date(2026, 3, 25), "延期批准人": "王主任",
                "办结日期": date(2026, 4, 28),
            },
            S.REPLIED, "2026-04-28", False,
        ),
        ({"办结日期": "", "办理结果": ""}, S.ACCEPTED, "2026-03-30", False),
        (
            {"办结日期": "", "办理结果": "", "征求意见日期": date(2026, 3, 9)},
            S.CONSULTING, "2026-03-30", False,
        ),
        (
            {"办结日期": "", "办理结果": "", "补正告知日期": date(2026, 3, 4)},
            S.AWAITING_CORRECTION, "2026-03-30", False,
        ),
        (
            {
                "补正告知日期": date(2026, 3, 4), "办结日期": date(2026, 4, 1),
                "办理结果": "申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请",
            },
            S.ABANDONED, "2026-03-30", False,
        ),
        ({"办理结果": "其他", "答复书文号": ""}, S.WITHDRAWN, "2026-03-30", False),
        ({"办理结果": "不予公开：属于国家秘密"}, S.REPLIED, "2026-03-30", False),
    ],
)  # fmt: skip
def test_what_happened_to_it_is_reckoned_in(session, tmp_path, changed, state, end, late) -> None:
    found = take_in(workbook(tmp_path, changed))
    assert found.refusals == ()
    (one,) = stored()
    assert (one.state, due(one.reply_clock).isoformat(), one.late) == (state, end, late)
    assert tables.application_table(session, 2026).holds


@pytest.mark.parametrize(
    ("changed", "column", "said"),
    [
        ({"收到日期": ""}, "收到日期", "是空的"),
        ({"收到日期": "三月初"}, "收到日期", "不是日期"),
        ({"收到日期": date(2026, 11, 21)}, "收到日期", "晚于今天"),
        ({"申请方式": "飞鸽"}, "申请方式", "从 当面提交、邮寄"),
        ({"收到日期的依据": "签收之日"}, "收到日期的依据", "请改选"),
        ({"申请人类型": "外星人"}, "申请人类型", "从 自然人、商业企业"),
        ({"申请人": ""}, "申请人", "是空的"),
        ({"申请内容": ""}, "申请内容", "是空的"),
        ({"办结日期": date(2026, 3, 1)}, "办结日期", "早于收到日期"),
        ({"办理结果": ""}, "办理结果", "请补填办理结果"),
        ({"办结日期": ""}, "办结日期", "请补填办结日期"),
        ({"办理结果": "不予公开"}, "办理结果", "不在办理结果之列"),
        ({"收到补正日期": date(2026, 3, 9)}, "补正告知日期", "请补填"),
        ({"补正告知日期": date(2026, 3, 4)}, "收到补正日期", "请补填收到补正日期"),
        ({"征求意见日期": date(2026, 3, 4)}, "收齐意见日期", "请补填收齐意见日期"),
        (
            {
                "补正告知日期": date(2026, 3, 4), "征求意见日期": date(2026, 3, 5),
                "收齐意见日期": date(2026, 3, 6), "办结日期": "", "办理结果": "",
            },
            "征求意见日期", "请补填收到补正日期",
        ),
        (
            {
                "补正告知日期": date(2026, 3, 4), "延期天数": 5, "延期日期": date(2026, 3, 9),
                "延期批准人": "王主任", "办结日期": "", "办理结果": "",
            },
            "延期日期", "请补填收到补正日期",
        ),
        ({"延期天数": 21}, "延期天数", "1 到 20 的整数"),
        ({"延期天数": 5}, "延期日期", "请补填延期日期"),
        ({"延期天数": 5, "延期日期": date(2026, 3, 9)}, "延期批准人", "请补填"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_is_returned_with_column_and_remedy(
    session, tmp_path, changed, column, said
) -> None:
    found = take_in(workbook(tmp_path, {}, {"原编号": "坏行", **changed}))
    (refusal,) = found.refusals
    assert refusal.row.number == 3
    assert found.column_of(refusal) == column
    assert said in refusal.reason
    assert found.created == 1


def test_calendar_rules_and_numbers_are_read_once_for_all_rows(session, tmp_path) -> None:
    twice = [{"原编号": f"旧-{number}"} for number in range(2)]
    many = [{"原编号": f"新-{number}"} for number in range(30)]
    folders = [tmp_path / "few", tmp_path / "many"]
    for folder in folders:
        folder.mkdir()
    take_in(workbook(folders[0]))
    few = count_queries(lambda: take_in(workbook(folders[0], *twice)))
    assert count_queries(lambda: take_in(workbook(folders[1], *many))) <= few


def test_a_file_is_stored_in_portions_with_numbers_that_go_on(
    session, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr(importing, "PORTION", 2)
    rows = [{"原编号": f"旧-{number}"} for number in (1, 2, 3, 3, 4, 5)]
    path = workbook(tmp_path, *rows)
    found = take_in(path)
    assert found.counts == {"rows": 6, "created": 5, "duplicates": 1, "errors": 0}
    assert len(found.notes) == 5
    assert [(one.serial, one.old_number) for one in stored()] == [
        (number, f"旧-{number}") for number in range(1, 6)
    ]
    assert take_in(path).counts["created"] == 0


def test_a_rehearsal_stores_nothing(session, tmp_path) -> None:
    file = importing.read_file(session, workbook(tmp_path, {}, {"申请人": ""}), TODAY)
    assert importing.rehearse(session, file).counts["created"] == 1
    assert stored() == []


def test_a_file_that_is_no_register_says_what_it_lacks(session, tmp_path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("标题,内容\n一,二\n", encoding="utf-8")
    with pytest.raises(Invalid, match="收到日期"):
        importing.read_file(session, path, TODAY)


def test_others_do_not_import(session, people, tmp_path) -> None:
    file = importing.read_file(session, workbook(tmp_path), TODAY)
    actor = people.supervisor.actor
    with pytest.raises(Forbidden):
        importing.store(file, Attempt(actor, NOW))


def test_the_template_has_every_column_and_can_be_filled(session) -> None:
    content = rows.template(leaves(all_outcomes(session)))
    assert sheet_of(content, "依申请公开")[0] == list(GOOD)


def test_what_is_exported_with_identities_says_who_and_how_it_went(session, tmp_path) -> None:
    take_in(
        workbook(
            tmp_path,
            {"补正告知日期": date(2026, 3, 4), "收到补正日期": date(2026, 3, 16)},
            {"原编号": "2", "延期天数": 20, "延期日期": date(2026, 3, 25), "延期批准人": "王主任"},
        )
    )
    listed = list(session.scalars(queries.listed(ApplicationFilter(2026), NOW)))
    text = words_of(exporting.register_workbook(listed, NOW, SHANGHAI, True), "登记簿")
    for told in (
        "郑小满", "13912345678", "2026-03-04 告知，2026-03-16 收到补正",
        "20 个工作日（王主任同意）", "截至2026年11月20日，共 2 件",
    ):  # fmt: skip
        assert any(told in one for one in text), told


def test_the_page_takes_a_file_and_returns_what_it_refuses(people, client, tmp_path) -> None:
    people.sign_in(client, people.openness_officer)
    path = workbook(tmp_path, {}, {"申请人": ""})
    with path.open("rb") as stream:
        answer = client.post(
            "/openness/applications/import", data={"file": (stream, path.name)},
            follow_redirects=True,
        )  # fmt: skip
    assert answer.status_code == 200
    assert "申请人" in answer.text
    assert len(stored()) == 1


def test_the_register_says_which_are_still_owed_after_their_time(session) -> None:
    application = registered()
    due_at = application.end_clock.due_at
    for now, said in ((due_at, False), (due_at + timedelta(seconds=1), True)):
        words = words_of(exporting.register_workbook([application], now, SHANGHAI), "登记簿")
        assert ("已逾期" in words) is said
