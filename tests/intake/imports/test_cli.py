"""``responder import`` as it is typed: what it prints, stores, refuses and returns."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import python_calamine
from flask import Flask
from sqlalchemy import func, select

from responder.core.audit import AuditEvent
from responder.core.database import db, transaction
from responder.core.errors import Invalid
from responder.core.permissions import CONSOLE
from responder.intake.models import BatchState, Channel, ImportBatch, Message
from tests.intake.factories import HEADINGS, row, write_csv, write_xlsx
from tests.real_data import real_data


def run(app: Flask, *arguments: object, channel: str = "mailbox") -> tuple[dict[str, Any], int]:
    words = ["import", *map(str, arguments), "--channel", channel, "--json"]
    result = app.test_cli_runner().invoke(args=words)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return json.loads(result.stdout), result.exit_code


def counts(payload: dict[str, Any]) -> tuple[int, int, int, int]:
    assert payload["rows"] == sum(payload[key] for key in ("created", "duplicates", "errors"))
    return tuple(payload[key] for key in ("rows", "created", "duplicates", "errors"))


def stored() -> list[Message]:
    return list(db.session.scalars(select(Message).order_by(Message.id)))


def test_a_file_is_stored_once_however_often_it_is_imported(app: Flask, tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", [row(n) for n in range(1, 8)])
    first, code = run(app, path)
    assert (counts(first), code) == ((7, 7, 0, 0), 0)
    assert first.keys() == {
        "rows", "created", "duplicates", "errors", "seconds", "dry_run", "batch",
    }  # fmt: skip
    assert counts(run(app, path)[0]) == (7, 0, 7, 0)
    assert len(stored()) == 7
    batch = db.session.get_one(ImportBatch, first["batch"])
    assert (batch.rows, batch.created, batch.state) == (7, 7, BatchState.DONE)
    assert batch.finished_at >= batch.started_at


def test_what_a_row_says_is_what_is_stored(app: Flask, tmp_path: Path) -> None:
    headings = (*HEADINGS, "诉求性质", "紧急", "区县", "地点", "答复", "答复时间", "链接")
    more = ["投诉", "是", "江南区", "滨江路", "已收悉", "2026-03-09", "https://example.org/1"]
    path = write_xlsx(
        tmp_path / "a.xlsx", [[*row(1, 内容="\n\t工地夜裡打樁\n", 点赞数="1.2万"), *more]], headings
    )
    run(app, path)
    (message,) = stored()
    assert (message.external_id, message.title, message.body) == (
        "X1",
        "工地夜间施工",
        "工地夜裡打樁",
    )
    assert message.occurred_at.isoformat() == "2026-03-05T01:30:00+00:00"
    assert message.replied_at.isoformat() == "2026-03-08T16:00:00+00:00"
    assert (message.nature_label, message.urgent, message.likes) == ("投诉", True, 12_000)
    assert (message.district, message.place, message.reply) == ("江南区", "滨江路", "已收悉")
    assert message.batch.file_name == "a.xlsx"


def test_repeats_within_a_file_count_as_duplicates(app: Flask, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [row(1), row(1, 姓名="别人"), row(2), row(2, 编号="")])
    payload, _ = run(app, path)
    assert counts(payload) == (4, 3, 1, 0)
    assert payload["bad_bytes"] == 0
    assert stored()[0].title == "工地夜间施工"


def test_the_same_number_on_another_channel_is_another_message(app: Flask, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [row(1)])
    run(app, path)
    assert counts(run(app, path, channel="forum")[0]) == (1, 1, 0, 0)
    assert [message.channel for message in stored()] == [Channel.MAILBOX, Channel.FORUM]


BAD_ROWS = [
    ({"时间": "2026-02-30"}, "时间：“2026-02-30”这个时间不存在"),
    ({"时间": ""}, "时间：是空的"),
    ({"时间": "2222-01-01"}, "晚于今天"),
    ({"标题": "", "内容": " "}, "标题和内容都是空的"),
    ({"点赞数": "许多"}, "点赞数：“许多”不是数量"),
    ({"内容": "长" * 60_000}, "内容：有 60000 字，超过上限 20000 字.*MAX_CELL_CHARACTERS"),
    ({"标题": "长" * 301}, "标题：有 301 字，最多 300 字"),
    ({"电话": "1" * 33}, "电话：有 33 字，最多 32 字"),
]


@pytest.mark.parametrize(("changes", "reason"), BAD_ROWS)
def test_a_bad_row_is_refused_and_the_good_ones_stored(
    app: Flask, tmp_path: Path, changes: dict[str, str], reason: str
) -> None:
    path = write_csv(tmp_path / "a.csv", [row(1), row(2, **changes), row(3)])
    result = app.test_cli_runner().invoke(args=["import", str(path), "--channel", "mailbox"])
    assert result.exit_code == 1
    assert "第 3 行" in result.stderr
    assert result.stdout == ""
    assert [message.external_id for message in stored()] == ["X1", "X3"]
    assert re.search(reason, result.stderr)


def test_a_title_and_a_body_stand_for_each_other(app: Flask, tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "a.csv", [row(1, 内容=""), row(2, 标题="", 内容="路灯坏了。三天了")]
    )
    assert counts(run(app, path)[0]) == (2, 2, 0, 0)
    assert [(m.title, m.body) for m in stored()] == [
        ("工地夜间施工", "工地夜间施工"),
        ("路灯坏了", "路灯坏了。三天了"),
    ]


def test_refused_rows_come_back_and_can_be_imported_after_correction(
    app: Flask, tmp_path: Path
) -> None:
    bad = [
        row(2, 时间="昨天", 标题="=1+1"),
        row(3, 点赞数="许多", 时间=datetime(2026, 3, 5, 9, 30)),
        row(4, 内容="长" * 60_000),
    ]
    path = write_csv(tmp_path / "a.csv", [row(1), *bad])
    out = tmp_path / "退回.xlsx"
    payload, code = run(app, path, "--errors", out)
    assert (counts(payload), code, payload["errors_file"]) == ((4, 1, 0, 3), 1, str(out))
    sheet = python_calamine.load_workbook(out).get_sheet_by_index(0).to_python()
    assert sheet[0] == ["行号", "错误原因", *HEADINGS]
    assert [line[0] for line in sheet[1:]] == [3, 4, 5]
    assert "时间：" in sheet[1][1]
    assert sheet[1][3] == "=1+1"  # a text, no formula
    assert "只有前 32767 字" in sheet[3][1]

    corrected = [line[:] for line in sheet[1:]]
    corrected[0][7], corrected[1][8], corrected[2][4] = "2026-03-05", "5", "短"
    again = write_xlsx(tmp_path / "改正.xlsx", corrected, sheet[0])
    assert counts(run(app, again)[0]) == (3, 3, 0, 0)
    assert {message.external_id for message in stored()} == {"X1", "X2", "X3", "X4"}


def test_no_error_workbook_is_written_when_nothing_is_refused(app: Flask, tmp_path: Path) -> None:
    out = tmp_path / "e.xlsx"
    payload, _ = run(app, write_csv(tmp_path / "a.csv", [row(1)]), "--errors", out)
    assert "errors_file" not in payload
    assert not out.exists()


def test_a_dry_run_counts_the_same_and_stores_nothing(app: Flask, tmp_path: Path) -> None:
    run(app, write_csv(tmp_path / "old.csv", [row(1)]))
    path = write_csv(tmp_path / "a.csv", [row(1), row(2), row(2), row(3, 时间="x")])
    payload, code = run(app, path, "--dry-run")
    assert (counts(payload), code, payload["batch"]) == ((4, 1, 2, 1), 1, None)
    assert len(stored()) == 1
    assert db.session.scalar(select(func.count()).select_from(ImportBatch)) == 1


def test_a_dry_run_sees_repeats_that_stand_far_apart(app: Flask, tmp_path: Path) -> None:
    far = app.extensions["settings"].import_chunk_rows + 1
    path = write_csv(tmp_path / "a.csv", [*(row(n) for n in range(far)), row(0)])
    assert counts(run(app, path, "--dry-run")[0]) == (far + 1, far, 1, 0)


def test_an_interrupted_batch_is_taken_up_where_it_stopped(app: Flask, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [row(1), row(2, 时间="x"), row(3), row(4)])
    first, _ = run(app, path)
    batch = db.session.get_one(ImportBatch, first["batch"])
    last = stored()[-1]
    with transaction(CONSOLE) as session:  # as if it had been killed before the last row
        session.delete(last)
        batch.state, batch.finished_at = BatchState.RUNNING, None
        batch.rows, batch.created = 3, 2
    again, _ = run(app, path)
    assert again["batch"] == first["batch"]
    assert counts(again) == (4, 1, 2, 1)
    assert (batch.rows, batch.created, batch.duplicates, batch.errors) == (4, 3, 0, 1)
    assert batch.state is BatchState.DONE


def test_the_trail_says_once_that_a_file_was_imported(app: Flask, tmp_path: Path) -> None:
    run(app, write_csv(tmp_path / "a.csv", [row(1), row(2)]))
    events = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "import")).all()
    assert [(event.actor_name, event.changes["created"]) for event in events] == [("控制台", 2)]
    about_messages = select(AuditEvent).where(AuditEvent.object_type == "message")
    assert db.session.scalars(about_messages).all() == []


REFUSED_FILES = [
    ([], HEADINGS, "只有表头"),
    ([["a", "b"]], ("甲", "乙"), "缺少列：.*时间.*现有：甲、乙"),
    ([["a", "b"]], ("标题", "甲"), "缺少列：时间或留言时间（现有：标题、甲）"),
]


@pytest.mark.parametrize(("rows", "headings", "reason"), REFUSED_FILES)
def test_a_file_that_cannot_be_read_leaves_everything_as_it_was(
    app: Flask, tmp_path: Path, rows: list[list[str]], headings: tuple[str, ...], reason: str
) -> None:
    path = write_csv(tmp_path / "a.csv", rows, headings=headings)
    with pytest.raises(Invalid, match=reason):
        run(app, path)
    assert stored() == []
    assert db.session.scalars(select(ImportBatch)).all() == []


def test_a_title_above_the_headings_does_not_disturb(app: Flask, tmp_path: Path) -> None:
    rows = [["三月留言汇总"], [], list(HEADINGS), row(1), row(2, 时间="x")]
    path = write_xlsx(tmp_path / "a.xlsx", rows, headings=())
    out = tmp_path / "e.xlsx"
    assert counts(run(app, path, "--errors", out)[0]) == (2, 1, 0, 1)
    assert python_calamine.load_workbook(out).get_sheet_by_index(0).to_python()[1][0] == 5


def test_the_error_workbook_is_refused_before_anything_is_stored(
    app: Flask, tmp_path: Path
) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", [row(1)])
    for out in (path, tmp_path / "e.csv", tmp_path / "none" / "e.xlsx", tmp_path):
        with pytest.raises(Invalid, match=r"错误表|目录"):
            run(app, path, "--errors", out)
    assert stored() == []


def test_an_unknown_channel_is_wrong_use(app: Flask, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [row(1)])
    words = ["import", str(path), "--channel", "fax"]
    assert app.test_cli_runner().invoke(args=words).exit_code == 2


@pytest.mark.parametrize(
    ("name", "rows"), [("hot_messages.xlsx", 4326), ("replied_messages.xlsx", 2816)]
)
def test_the_real_workbooks_are_taken_whole(app: Flask, name: str, rows: int) -> None:
    path = real_data() / "taidi2020" / name
    assert counts(run(app, path, "--mapping", "taidi")[0]) == (rows, rows, 0, 0)
    assert counts(run(app, path, "--mapping", "taidi")[0]) == (rows, 0, rows, 0)
    replied = db.session.scalar(select(Message.replied_at).where(Message.external_id == "27610"))
    assert rows == 4326 or replied.isoformat() == "2018-04-23T16:00:00+00:00"


def test_real_posts_in_gb18030_keep_count_of_their_bad_bytes(app: Flask) -> None:
    path = real_data() / "weibo2020" / "citizen_posts_gb18030.csv"
    payload, code = run(app, path, "--mapping", "weibo", "--year", "2020", channel="weibo")
    assert (counts(payload), payload["bad_bytes"], code) == ((10_000, 9_963, 0, 37), 2, 1)
