"""Imports in the browser, from the upload to the undo; the scheduler's part is called by hand."""

from __future__ import annotations

import errno
import gc
import io
import os
import re
import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import python_calamine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from responder.core import audit
from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE
from responder.core.times import utc_now
from responder.intake.imports import undo
from responder.intake.imports.models import ImportRun, RunState, SavedMapping
from responder.intake.imports.runner import SILENT_AFTER, Runner, tidy
from responder.intake.models import BatchState, ImportBatch, Message
from tests.factories import People
from tests.intake.factories import row, write_csv, write_xlsx

HEADINGS = ("流水", "反映人", "回拨号码", "登记于", "说了什么")
CHOICES = {"column-0": "external_id", "column-1": "author", "column-2": "phone",
           "column-3": "occurred_at", "column-4": "body", "channel": "hotline"}  # fmt: skip


def line(number: int, **changes: Any) -> list[Any]:
    cells = {
        "流水": f"L{number}",
        "反映人": "王女士",
        "回拨号码": "13912345678",
        "登记于": "2026-03-05 09:30",
        "说了什么": f"滨江路 {number} 号院工地夜里十一点还在打桩",
    }
    return list((cells | changes).values())


@pytest.fixture
def monitor(client: FlaskClient, people: People) -> FlaskClient:
    return people.sign_in(client, people.monitor)


def send(client: FlaskClient, path: Path, name: str = "") -> ImportRun:
    data = {"file": (io.BytesIO(path.read_bytes()), name or path.name)}
    answer = client.post("/imports/files", data=data, content_type="multipart/form-data")
    assert answer.status_code == 302, answer.text
    return db.session.get_one(ImportRun, int(answer.location.rpartition("/")[2]))


def runner(app: Flask, goes_on: Callable[[], bool] = lambda: True, rows: int = 500) -> Runner:
    settings = app.extensions["settings"].model_copy(update={"import_chunk_rows": rows})
    return Runner(settings, utc_now, goes_on)


def work(app: Flask) -> None:
    """What the scheduler's process would do now."""
    one = runner(app)
    while one.look_once() or one.import_once() or undo.undo_once(utc_now, lambda: True):
        pass
    db.session.rollback()


def post(client: FlaskClient, run: ImportRun, action: str, **data: str) -> Any:
    return client.post(f"/imports/runs/{run.id}/{action}", data=data)


def page(client: FlaskClient, run: ImportRun) -> str:
    return client.get(f"/imports/runs/{run.id}", follow_redirects=True).text


def state(run: ImportRun) -> RunState:
    db.session.refresh(run)
    return run.state


def stored() -> int:
    return db.session.scalar(select(func.count()).select_from(Message))


def imported(client: FlaskClient, app: Flask, path: Path) -> ImportRun:
    """A file with all steps done."""
    run = send(client, path)
    post(client, run, "columns", **CHOICES)
    work(app)
    post(client, run, "start")
    work(app)
    assert state(run) is RunState.DONE, run.problem
    return run


def test_a_file_goes_from_upload_to_its_messages(
    monitor: FlaskClient, app: Flask, tmp_path: Path
) -> None:
    lines = [*(line(n) for n in range(6)), line(0), line(7, 登记于="昨天", 说了什么="=1+1，许多人")]
    run = send(monitor, write_csv(tmp_path / "三月 来电.csv", lines, "gb18030", HEADINGS))
    assert state(run) is RunState.MAPPING
    kept = next((app.extensions["settings"].uploads / run.folder / "file").iterdir())
    assert (kept.name, stat.S_IMODE(kept.stat().st_mode)) == ("三月 来电.csv", 0o600)
    asked = page(monitor, run)
    assert "L2" in asked
    assert "13912345678" not in asked
    assert re.search(r'name="column-4".*?value="body" selected', asked, re.S)

    answer = post(monitor, run, "columns", **{**CHOICES, "column-3": "", "channel": ""})
    assert answer.status_code == 422
    assert "请指明哪一列是“时间”" in answer.text
    assert "请选择渠道" in answer.text
    assert 'is-invalid" id="channel"' in answer.text

    post(monitor, run, "columns", **CHOICES, save_as="热线系统")
    assert "正在试运行" in page(monitor, run)
    work(app)
    checked = page(monitor, run)
    assert (state(run), stored()) == (RunState.CHECKED, 0)
    assert run.counts == {"rows": 8, "created": 6, "duplicates": 1, "errors": 1}
    assert "第 9 行 登记于：“昨天”不是日期" in checked

    post(monitor, run, "start")
    work(app)
    done = page(monitor, run)
    assert (state(run), stored()) == (RunState.DONE, 6)
    assert "查看这批留言" in done
    assert not kept.exists()
    assert "共 6 条" in monitor.get(f"/messages?batch={run.batch_id}").text
    assert "没有符合条件" in monitor.get(f"/messages?batch={run.batch_id + 1}").text
    book = tmp_path / "退回.xlsx"
    with monitor.get(f"/imports/runs/{run.id}/errors.xlsx") as answer:
        book.write_bytes(answer.data)
    refused = python_calamine.load_workbook(book).get_sheet_by_index(0).to_python()
    assert refused[0] == ["行号", "错误原因", *HEADINGS]
    assert (refused[1][0], refused[1][-1]) == (9, "=1+1，许多人")
    events = [event.action for event in audit.history(db.session, run.batch)]
    assert events == ["create", "import"]


def test_the_same_headings_in_any_order_are_read_as_last_time(
    monitor: FlaskClient, app: Flask, tmp_path: Path, session: Session
) -> None:
    run = send(monitor, write_csv(tmp_path / "a.csv", [line(1)], headings=HEADINGS))
    post(monitor, run, "columns", **CHOICES, save_as="热线系统")
    turned = [cells[::-1] for cells in (HEADINGS, line(2))]
    again = send(monitor, write_csv(tmp_path / "b.csv", turned[1:], headings=turned[0]))
    assert (again.mapping, again.channel) == ("热线系统", "hotline")
    assert again.columns == {
        "external_id": 4, "author": 3, "phone": 2, "occurred_at": 1, "body": 0,
    }  # fmt: skip
    assert "已套用“热线系统”" in page(monitor, again)
    other = send(monitor, write_csv(tmp_path / "c.csv", [row(1)]))
    taken = post(monitor, other, "columns", **{"column-2": "body", "column-5": "occurred_at",
                 "channel": "weibo", "save_as": "热线系统"})  # fmt: skip
    assert taken.status_code == 422
    assert "已有名为“热线系统”的映射" in taken.text
    saved = session.scalars(select(SavedMapping)).one()
    assert [event.action for event in audit.history(session, saved)] == ["create"]
    out = app.test_cli_runner().invoke(args=["import", str(tmp_path / "b.csv"), "--channel",
                                             "hotline", "--mapping", "热线系统"])  # fmt: skip
    assert "新增 1" in out.stderr
    monitor.post(f"/imports/mappings/{saved.id}/delete")
    assert session.scalars(select(SavedMapping)).all() == []


def ready(client: FlaskClient, app: Flask, folder: Path, rows: int) -> ImportRun:
    run = send(
        client, write_csv(folder / "a.csv", [line(n) for n in range(rows)], headings=HEADINGS)
    )
    post(client, run, "columns", **CHOICES)
    work(app)
    post(client, run, "start")
    return run


def after(chunks: int, deed: Callable[[], Any], answer: bool = True) -> Callable[[], bool]:
    """A ``goes_on`` that does something once, after so many chunks."""
    asked = 0

    def goes_on() -> bool:
        nonlocal asked
        asked += 1
        if asked == chunks + 1:
            deed()
        return answer or asked <= chunks

    return goes_on


def test_an_import_is_stopped_and_resumed(monitor: FlaskClient, app: Flask, tmp_path: Path) -> None:
    run = ready(monitor, app, tmp_path, 20)
    assert "排队中" in page(monitor, run)
    runner(app, after(3, lambda: post(monitor, run, "stop")), rows=2).import_once()
    stopped = page(monitor, run)
    assert (state(run), stored()) == (RunState.STOPPED, 8)
    assert "8 / 约 21 行" in stopped
    assert post(monitor, run, "change").status_code == 422
    assert not runner(app).import_once()
    post(monitor, run, "resume")
    work(app)
    assert (state(run), stored()) == (RunState.DONE, 20)
    assert (run.batch.rows, run.batch.created, run.batch.duplicates) == (20, 20, 0)


def test_another_takes_up_what_an_ended_process_left(
    monitor: FlaskClient, app: Flask, tmp_path: Path
) -> None:
    run = ready(monitor, app, tmp_path, 20)
    ending = runner(app, after(3, lambda: None, answer=False), rows=2)
    ending.import_once()
    assert (state(run), run.runner, stored()) == (RunState.RUNNING, "", 6)
    work(app)
    assert (state(run), stored()) == (RunState.DONE, 20)


def test_two_never_work_on_one_file_and_a_silent_one_is_replaced(
    monitor: FlaskClient, app: Flask, tmp_path: Path, session: Session
) -> None:
    run = ready(monitor, app, tmp_path, 20)
    other = runner(app, rows=2)
    seen = []

    def killed() -> None:
        seen.append(other.import_once())  # the first is alive: nothing to do
        with transaction():
            run.heartbeat_at = utc_now() - SILENT_AFTER - timedelta(seconds=1)
        seen.append(other.import_once())  # it has been silent: the other ends the work

    runner(app, after(3, killed), rows=2).import_once()
    assert seen == [False, True]
    assert (state(run), run.batch.rows, stored()) == (RunState.DONE, 20, 20)
    assert session.scalar(select(func.count()).select_from(ImportBatch)) == 1


def test_what_was_stored_by_a_process_that_died_before_saying_so_is_not_imported_again(
    monitor: FlaskClient, app: Flask, tmp_path: Path, session: Session, monkeypatch
) -> None:
    run = ready(monitor, app, tmp_path, 20)
    dying = runner(app)
    monkeypatch.setattr(dying, "_finish", lambda *_said: None)
    dying.import_once()
    assert (state(run), run.batch.state) == (RunState.RUNNING, BatchState.DONE)
    with transaction():
        run.heartbeat_at = utc_now() - SILENT_AFTER - timedelta(seconds=1)
    work(app)
    assert (state(run), run.rows_done, run.batch.created, stored()) == (RunState.DONE, 20, 20, 20)
    assert session.scalar(select(func.count()).select_from(ImportBatch)) == 1


def test_asking_anew_does_not_wait_for_a_process_that_died(
    monitor: FlaskClient, app: Flask, tmp_path: Path
) -> None:
    path = write_csv(tmp_path / "a.csv", [line(n) for n in range(3)], headings=HEADINGS)
    run = send(monitor, path)
    post(monitor, run, "columns", **CHOICES)
    died = runner(app)
    assert died._claim((RunState.CHECKING,), ()) is not None
    assert not runner(app).look_once()  # somebody is at it, for all one knows
    post(monitor, run, "change")
    post(monitor, run, "columns", **{**CHOICES, "column-1": ""})
    assert runner(app).look_once()
    assert (state(run), run.counts["created"], run.runner) == (RunState.CHECKED, 3, "")


def test_a_dry_run_by_other_columns_leaves_no_figures(
    monitor: FlaskClient, app: Flask, tmp_path: Path
) -> None:
    path = write_csv(tmp_path / "a.csv", [line(n) for n in range(3)], headings=HEADINGS)
    run = send(monitor, path)
    post(monitor, run, "columns", **CHOICES)

    def choose_again() -> None:
        post(monitor, run, "change")
        post(monitor, run, "columns", **{**CHOICES, "column-4": "title"})

    runner(app, after(0, choose_again)).look_once()
    assert (state(run), run.counts) == (RunState.CHECKING, {})


def test_whoever_was_replaced_leaves_the_file_to_the_other(
    monitor: FlaskClient, app: Flask, tmp_path: Path
) -> None:
    run = ready(monitor, app, tmp_path, 20)
    kept = app.extensions["settings"].uploads / run.folder / "file"

    def taken_over() -> None:
        with transaction():
            run.runner, run.heartbeat_at = "another", utc_now()

    runner(app, after(0, taken_over)).import_once()
    assert (state(run), run.runner, kept.is_dir()) == (RunState.RUNNING, "another", True)
    with transaction():
        run.heartbeat_at = utc_now() - SILENT_AFTER - timedelta(seconds=1)
    work(app)
    assert (state(run), stored(), kept.exists()) == (RunState.DONE, 20, False)


def test_progress_begins_at_what_is_stored_not_at_what_was_tried(
    monitor: FlaskClient, app: Flask, tmp_path: Path
) -> None:
    run = ready(monitor, app, tmp_path, 20)
    assert run.rows_done == 0
    runner(app, after(3, lambda: post(monitor, run, "stop")), rows=2).import_once()
    assert state(run) is RunState.STOPPED
    with transaction():
        run.rows_done = 20  # whoever was at it died before it could say how far it came
    post(monitor, run, "resume")
    db.session.refresh(run)
    assert run.rows_done == run.batch.rows
    assert 0 < run.rows_done < 20


def test_undoing_takes_the_messages_and_leaves_the_record(
    monitor: FlaskClient, app: Flask, tmp_path: Path
) -> None:
    path = write_csv(tmp_path / "a.csv", [line(n) for n in range(5)], headings=HEADINGS)
    batch = imported(monitor, app, path).batch
    address = f"/imports/{batch.id}"
    assert "将撤出 5 条留言" in monitor.get(f"{address}/undo").text
    monitor.post(f"{address}/undo")
    assert "正在撤销" in monitor.get(address).text
    work(app)
    assert stored() == 0
    assert "已撤销" in monitor.get("/imports").text
    assert "撤出 5 条留言" in monitor.get(address).text
    assert monitor.post(f"{address}/undo").status_code == 409
    assert [e.action for e in audit.history(db.session, batch)] == [
        "create", "import", "ask-undo", "undo",
    ]  # fmt: skip
    again = imported(monitor, app, path)
    assert (again.batch_id != batch.id, stored()) == (True, 5)


def test_what_somebody_has_worked_on_stands_in_the_way(
    monitor: FlaskClient, app: Flask, tmp_path: Path, session: Session
) -> None:
    run = imported(
        monitor, app, write_csv(tmp_path / "a.csv", [line(n) for n in range(5)], headings=HEADINGS)
    )
    message = session.scalars(select(Message).order_by(Message.id)).all()[3]
    with transaction(CONSOLE) as writing:
        audit.record(writing, "reveal", message)
    answer = monitor.post(f"/imports/{run.batch_id}/undo")
    assert answer.status_code == 422
    assert f"1 条已有人处理（见审计记录）（第 {message.id} 号）" in answer.text
    assert "确认撤销" not in monitor.get(f"/imports/{run.batch_id}/undo").text
    assert stored() == 5


def test_an_undo_stops_at_what_was_touched_meanwhile(
    monitor: FlaskClient, app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = imported(
        monitor, app, write_csv(tmp_path / "a.csv", [line(n) for n in range(6)], headings=HEADINGS)
    )
    last = db.session.scalars(select(Message).order_by(Message.id.desc())).first()
    told: list[list[int]] = []
    monkeypatch.setitem(undo._departures, "test", lambda _session, ids: told.append(list(ids)))
    monkeypatch.setattr(undo, "PORTION", 2)
    monitor.post(f"/imports/{run.batch_id}/undo")

    def touch() -> None:
        with transaction(CONSOLE) as session:
            audit.record(session, "reveal", last)

    undo.undo_once(utc_now, after(1, touch))
    text = monitor.get(f"/imports/{run.batch_id}").text
    assert "撤销受阻" in text
    assert f"第 {last.id} 号" in text
    assert (stored(), [len(ids) for ids in told]) == (2, [2, 2])


def test_only_a_file_to_import_may_be_large(
    client: FlaskClient, app: Flask, people: People, tmp_path: Path
) -> None:
    body = "长" * 1_000_000
    path = write_csv(tmp_path / "a.csv", [line(1, 说了什么=body)], headings=HEADINGS)
    for person, status in ((people.editor, 403), (people.monitor, 302)):
        people.sign_in(client, person)
        # In one piece: the client would leave its own temporary file open.
        boundary, data = encode_multipart(
            {"file": FileStorage(io.BytesIO(path.read_bytes()), "a.csv")}
        )
        content_type = f"multipart/form-data; boundary={boundary}"
        with client.post("/imports/files", data=data, content_type=content_type) as sent:
            assert sent.status_code == status
    with client.post("/imports/runs/1/table", data={"sheet": body}) as sent:
        assert sent.status_code == 413


def test_what_cannot_be_read_says_so_on_its_page(
    monitor: FlaskClient, app: Flask, tmp_path: Path
) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"no workbook")
    run = send(monitor, path)
    assert state(run) is RunState.FAILED
    assert "a.xlsx 不是工作簿" in page(monitor, run)
    post(monitor, run, "discard")
    assert state(run) is RunState.DISCARDED
    assert not (app.extensions["settings"].uploads / run.folder).exists()
    for data in ({}, {"file": (io.BytesIO(b""), "a.csv")}, {"file": (io.BytesIO(b"1"), "/..")}):
        answer = monitor.post("/imports/files", data=data, content_type="multipart/form-data")
        assert answer.status_code == 422, answer.text


def test_another_sheet_or_row_of_headings_is_read_again(
    monitor: FlaskClient, app: Flask, tmp_path: Path
) -> None:
    rows = [["三月汇总"], list(HEADINGS), line(1), line(2)]
    run = send(monitor, write_xlsx(tmp_path / "a.xlsx", rows, headings=()))
    post(monitor, run, "table", sheet="留言", heading_row="2")
    assert (state(run), run.heading_row, run.sheet) == (RunState.MAPPING, 2, "留言")
    post(monitor, run, "columns", **CHOICES)
    work(app)
    assert (state(run), run.counts["created"]) == (RunState.CHECKED, 2), run.problem
    post(monitor, run, "change")
    post(monitor, run, "table", heading_row="-1")
    assert "第 3 列" in page(monitor, run)


def test_a_template_has_lists_and_can_be_imported(
    monitor: FlaskClient, app: Flask, tmp_path: Path
) -> None:
    path = tmp_path / "模板.xlsx"
    path.write_bytes(monitor.get("/imports/template.xlsx").data)
    assert state(send(monitor, path)) is RunState.FAILED  # nobody imports an example
    headings = python_calamine.load_workbook(path).get_sheet_by_index(0).to_python()[0]
    cells = {"标题": "路灯坏了", "时间": "2026-03-05", "诉求性质": "投诉"}
    filled = [[cells.get(heading, "") for heading in headings]]
    run = send(monitor, write_xlsx(tmp_path / "b.xlsx", filled, headings))
    assert set(run.columns) >= {"title", "body", "occurred_at", "nature", "reply", "replied_at"}


def test_files_that_nobody_came_back_to_are_removed(
    monitor: FlaskClient, app: Flask, tmp_path: Path
) -> None:
    run = send(monitor, write_csv(tmp_path / "a.csv", [line(1)], headings=HEADINGS))
    settings = app.extensions["settings"]
    folder = settings.uploads / run.folder
    tidy(settings, utc_now())
    assert folder.exists()
    old = folder.stat().st_mtime - 90_000
    for path in (folder, *folder.rglob("*")):
        os.utime(path, (old, old))
    tidy(settings, utc_now() + timedelta(days=settings.import_keep_days + 1))
    assert (state(run), folder.exists()) == (RunState.DISCARDED, False)


def test_a_row_that_runs_on_beyond_the_headings_comes_back(
    monitor: FlaskClient, app: Flask, tmp_path: Path
) -> None:
    lines = [line(1), [*line(2), "，还有一件事", ""], [*line(3), "", ""]]
    run = imported(monitor, app, write_csv(tmp_path / "a.csv", lines, headings=HEADINGS))
    assert (run.batch.created, run.batch.errors) == (2, 1)
    with monitor.get(f"/imports/runs/{run.id}/errors.xlsx") as answer:
        book = python_calamine.load_workbook(io.BytesIO(answer.data))
    assert "表头只有 5 列" in book.get_sheet_by_index(0).to_python()[1][1]


def test_the_workbook_of_refused_rows_is_read_as_its_file_was(
    monitor: FlaskClient, app: Flask, tmp_path: Path
) -> None:
    lines = [line(1), line(2, 登记于="昨天")]
    run = send(monitor, write_csv(tmp_path / "a.csv", lines, headings=HEADINGS))
    post(monitor, run, "columns", **CHOICES, save_as="街道来信")
    work(app)
    post(monitor, run, "start")
    work(app)
    returned = tmp_path / "退回.xlsx"
    with monitor.get(f"/imports/runs/{run.id}/errors.xlsx") as answer:
        returned.write_bytes(answer.data)
    assert "已套用“街道来信”" in page(monitor, send(monitor, returned))


def test_a_button_pressed_too_late_leads_back_to_the_run(
    monitor: FlaskClient, app: Flask, tmp_path: Path
) -> None:
    path = write_csv(tmp_path / "a.csv", [line(1)], headings=HEADINGS)
    run = imported(monitor, app, path)
    answer = post(monitor, run, "stop")
    assert (answer.status_code, answer.location) == (302, f"/imports/runs/{run.id}")
    assert "alert-warning" in page(monitor, run)


def test_the_choice_of_headings_shows_no_words_of_the_rows_below(
    monitor: FlaskClient, tmp_path: Path
) -> None:
    path = write_csv(tmp_path / "a.csv", [line(1, 反映人="李娜")], headings=HEADINGS)
    shown = page(monitor, send(monitor, path))
    assert "第 2 行</option>" in shown
    assert "李娜" not in shown


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # of a zip file
def test_a_disk_that_is_full_for_the_refused_rows_costs_the_import_nothing(
    monitor: FlaskClient, app: Flask, tmp_path: Path
) -> None:
    lines = [line(1), line(2, 登记于="昨天")]
    run = send(monitor, write_csv(tmp_path / "a.csv", lines, headings=HEADINGS))
    post(monitor, run, "columns", **CHOICES)
    work(app)
    post(monitor, run, "start")
    errors = app.extensions["settings"].uploads / run.folder / "退回.xlsx"
    errors.symlink_to("/dev/full")
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        runner(app).import_once()
    gc.collect()  # here the half of a file is closed, which tries once more to be written
    assert (state(run), errors.is_symlink()) == (RunState.RUNNING, False)
    later = Runner(app.extensions["settings"], lambda: utc_now() + 2 * SILENT_AFTER)
    assert later.import_once()
    assert (state(run), run.batch.created, run.batch.errors) == (RunState.DONE, 1, 1)
    assert errors.is_file()
