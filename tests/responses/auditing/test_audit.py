"""Auditing past answers: times, what is late, what says nothing, from a file or the office."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

from python_calamine import CalamineWorkbook

from responder.core.times import SHANGHAI
from responder.intake.service import store_messages
from responder.responses.auditing.exporting import workbook
from responder.responses.auditing.reading import from_office
from responder.responses.auditing.report import Given, audit
from tests.intake.factories import new_message
from tests.real_data import real_data

ASKED = datetime(2025, 3, 1, 1, 30, tzinfo=UTC)
TELLING = "经核实，路灯线路老化，预计5月底前更换完毕。"


def given(number: int, days: float | None, answer: str = TELLING) -> Given:
    replied = None if days is None else ASKED + timedelta(days=days)
    return Given(str(number), "路灯不亮", answer, ASKED, replied)


def test_an_answer_is_late_when_it_took_more_days_than_it_may() -> None:
    report = audit([given(1, 30), given(2, 30.01), given(3, 45)], 30)
    assert [one.given.id for one in report.late] == ["3", "2"]
    assert report.median_days == 30.01


def test_what_has_no_time_or_a_wrong_one_counts_as_an_answer_and_not_in_its_time() -> None:
    report = audit([given(1, None), given(2, -1), given(3, 2), given(4, 3, " ")], 30)
    assert (report.messages, report.answers, report.timed, report.median_days) == (4, 3, 1, 2)
    assert [one.given.id for one in report.before] == ["2"]


def test_a_day_without_an_hour_is_said() -> None:
    midnight = Given("1", "", TELLING, ASKED, datetime(2025, 4, 30, 16, tzinfo=UTC))
    [late] = audit([midnight], 30).late
    assert late.lacks_hour(SHANGHAI)
    [other] = audit([given(2, 40)], 30).late
    assert not other.lacks_hour(SHANGHAI)


def test_empty_answers_are_named_by_what_they_say_instead() -> None:
    answers = ["已收悉", "已转市教育局处理。", "我们将尽快处理。", "2025年3月6日", TELLING]
    report = audit([given(n, 1, text) for n, text in enumerate(answers)], 30)
    assert [one.label for one in report.empty] == [
        "只说已收到", "只说已转办", "只说将办理", "没有答复内容",
    ]  # fmt: skip


def test_the_workbook_names_each_clause_and_hides_personal_data() -> None:
    report = audit([given(1, 40, "已收悉，联系人13812345678")], 30)
    book = CalamineWorkbook.from_filelike(workbook(report, SHANGHAI))
    [late, empty] = [book.get_sheet_by_index(n).to_python() for n in (0, 1)]
    assert late[1][:4] == ["1", "2025-03-01 09:30", "2025-04-10 09:30", 40.0]
    assert "13812345678" not in str(late)
    assert empty == [["留言编号", "判断", "答复意见", "逐句依据"]]


def test_the_offices_own_answers_are_read(session) -> None:
    answered = new_message(1, reply="已收悉", replied_at=ASKED, occurred_at=ASKED)
    store_messages(session, [answered, new_message(2)], ASKED)
    [one] = from_office(session)
    assert (one.answer, one.replied_at) == ("已收悉", ASKED)


def test_the_command_counts_and_lists(app, tmp_path: Path) -> None:
    file = tmp_path / "答复.csv"
    with file.open("w", encoding="utf-8-sig", newline="") as target:
        rows = csv.writer(target)
        rows.writerow(("留言编号", "留言主题", "留言时间", "留言详情", "答复意见", "答复时间"))
        rows.writerow(
            ("7", "路灯", "2025-03-01 09:30:00", "路灯不亮", "已收悉", "2025-04-20 10:00:00")
        )
        rows.writerow(
            ("8", "路灯", "2025-03-01 09:31:00", "路灯坏了", TELLING, "2025-03-02 10:00:00")
        )
    out = tmp_path / "核查.xlsx"
    arguments = ["responses", "audit", str(file), "--mapping", "taidi", "--out", str(out)]
    result = app.test_cli_runner().invoke(args=[*arguments, "--json"])
    found = json.loads(result.stdout)
    assert (found["answers"], found["late"], found["late_without_hour"]) == (2, 1, 0)
    assert [(one["id"], one["kind"]) for one in found["empty"]] == [("7", "只说已收到")]
    assert len(CalamineWorkbook.from_filelike(BytesIO(out.read_bytes())).sheet_names) == 2
    told = app.test_cli_runner().invoke(args=["responses", "audit"])
    assert "没有带答复的留言" in told.stderr


def test_real_answers_are_reproduced(app) -> None:
    """460 of them late, and one more of which only the day is known."""
    file = real_data() / "taidi2020" / "replied_messages.xlsx"
    arguments = ["responses", "audit", str(file), "--mapping", "taidi", "--json"]
    found = json.loads(app.test_cli_runner().invoke(args=arguments).stdout)
    assert found["late"] - found["late_without_hour"] == 460
    assert (found["answers"], found["median_days"]) == (2816, 11.2)
