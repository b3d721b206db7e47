"""The pages of tasks: what each post sees, what a form refuses, what a count opens."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
import time_machine
from docx import Document
from python_calamine import CalamineWorkbook

from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE
from responder.openness import sweeping
from responder.openness.tasks import queries, reporting
from responder.openness.tasks.cli import tasks as commands
from responder.openness.tasks.models import ReportState, Task, TaskFile, TaskState
from responder.openness.tasks.rules import Step
from tests.factories import NOW, unit
from tests.openness.tasks import factories as make
from tests.openness.tasks.workbooks import row, tasks_file
from tests.responses.pages import strict

YEAR = make.YEAR
DUE = date(YEAR, 12, 31)
STEPS = (Step("制定方案", date(YEAR, 1, 1)), Step("验收", DUE))


@pytest.fixture(autouse=True)
def _on_that_day() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def office(people, client):
    return people.sign_in(client, people.openness_officer)


def task(**facts) -> Task:
    return make.task(year=YEAR, **{"due_on": DUE, **facts})


def form(**changed) -> dict[str, object]:
    return {
        "level": "city", "number": "3", "title": "推进政策解读", "requirement": "每件都解读",
        "lead_id": str(unit().id), "due_on": DUE.isoformat(), "basis": "", "remark": "", **changed,
    }  # fmt: skip


def test_every_page_is_sound_with_and_without_rows(people, client, office) -> None:
    addresses = ("", "/overdue", "/units", "/waiting", "/new", "/import")
    for address in addresses:
        answer = client.get(f"/openness/tasks{address}?year={YEAR}")
        assert answer.status_code == 200, address
        strict(answer.text)
    parent = make.province(year=YEAR, due_on=None)
    other = unit("MZJ", "市民政局")
    made = task(steps=STEPS, parents=(parent,), assistants=(other,))
    make.decide(
        make.submitted(made, 100, reached={one.id: date(YEAR, 1, 1) for one in made.milestones}),
        "return",
        "缺佐证",
    )
    editing = f"/{made.id}/edit", f"/{parent.id}/edit", f"/{made.id}/milestones"
    for address in (*addresses, f"/{made.id}", f"/{parent.id}", *editing):
        answer = client.get(f"/openness/tasks{address}?year={YEAR}")
        assert answer.status_code == 200, address
        strict(answer.text)
    make.submitted(made, 50)
    page = client.get(f"/openness/tasks/{made.id}").text
    strict(page)
    assert "缺佐证" in page
    assert f"/openness/tasks/{made.id}/edit" not in page


def test_a_count_opens_what_it_counts(people, client, office) -> None:
    late = task(title="逾期的那项", due_on=date(YEAR, 1, 1))
    task(title="不急的那项")
    page = client.get("/openness/tasks").text
    assert late.title in page
    number = re.search(r'<dt>逾期</dt><dd><a href="([^"]+)">(\d+)', page)
    assert number
    assert number[2] == "1"
    listed = client.get(number[1].replace("&amp;", "&")).text
    assert "逾期的那项" in listed
    assert "不急的那项" not in listed
    overdue = client.get("/openness/tasks/overdue").text
    assert "逾期的那项" in overdue
    assert "不急的那项" not in overdue
    lines = client.get("/openness/tasks/units").text
    address = re.findall(r'href="(/openness/tasks\?[^"]*show=late[^"]*)"', lines)[0]
    assert "不急的那项" not in client.get(address.replace("&amp;", "&")).text


def test_the_office_enters_changes_and_steps(people, client, office) -> None:
    parent = make.province(year=YEAR, due_on=None)
    other = unit("MZJ", "市民政局")
    sent = client.post(
        f"/openness/tasks/new?year={YEAR}",
        data=form(parents=[str(parent.id)], assistants=[str(other.id)]),
    )
    assert sent.status_code == 302
    (made,) = parent.children
    assert (made.number, made.lead, made.assistants) == (3, unit(), [other])
    rows = {"what-1": "制定方案", "due_on-1": f"{YEAR}-03-31", "what-2": "验收", "due_on-2": "明天"}
    answer = client.post(
        f"/openness/tasks/{made.id}/milestones", data={"version": str(made.version_id), **rows}
    )
    assert answer.status_code == 422
    assert "第 2 行的“时间”不是日期" in answer.text
    assert "制定方案" in answer.text
    answer = client.post(
        f"/openness/tasks/{made.id}/milestones",
        data={"version": str(made.version_id), **rows, "due_on-2": f"{YEAR}-12-01"},
    )
    assert answer.status_code == 302
    db.session.expire_all()
    assert [one.what for one in made.milestones] == ["制定方案", "验收"]
    answer = client.post(
        f"/openness/tasks/{made.id}/cancel",
        data={"version": str(made.version_id), "note": "合并办理"},
    )
    assert answer.status_code == 302
    db.session.expire_all()
    assert made.state is TaskState.CANCELLED
    assert "合并办理" in client.get(f"/openness/tasks/{made.id}").text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"title": ""}, "请填写任务名称"),
        ({"lead_id": "0"}, "市级任务要有牵头单位"),
        ({"due_on": ""}, "市级任务要有完成时限"),
        ({"due_on": "1999-01-01"}, "2000 年至 2100 年之间的日期"),
        ({"number": "0"}, "1 至 999"),
        ({"number": "x"}, "1 至 999"),
        ({"number": "1"}, "已是“已有的”"),
        ({"parents": ["99999"]}, ""),
    ],
)
def test_a_form_that_lacks_a_fact_keeps_what_was_typed(client, office, changed, said) -> None:
    task(number=1, title="已有的")
    answer = client.post(f"/openness/tasks/new?year={YEAR}", data=form(**changed))
    assert answer.status_code == 422
    assert said in answer.text
    assert "每件都解读" in answer.text
    assert db.session.query(Task).count() == 1


def test_of_two_who_change_one_task_the_second_sees_both(people, client, office) -> None:
    made = task(number=3)
    first = {**form(), "version": str(made.version_id)}
    client.post(f"/openness/tasks/{made.id}/edit", data={**first, "title": "先改的"})
    answer = client.post(f"/openness/tasks/{made.id}/edit", data={**first, "title": "后改的"})
    assert answer.status_code == 409
    assert "后改的" in answer.text
    assert "已保存为“先改的”" in answer.text
    strict(answer.text)
    version = re.search(r'name="version" value="(\d+)"', answer.text)
    assert version
    again = {**first, "title": "后改的", "version": version[1]}
    assert client.post(f"/openness/tasks/{made.id}/edit", data=again).status_code == 302
    db.session.expire_all()
    assert made.title == "后改的"
    stale = client.post(
        f"/openness/tasks/{made.id}/milestones",
        data={"version": "1", "what-1": "甲", "due_on-1": f"{YEAR}-03-31"},
    )
    assert stale.status_code == 409
    assert 'value="甲"' in stale.text


def liaison(people, client, home=None):
    return people.sign_in(client, make.at_home(home=home))


def test_a_liaison_reports_with_a_file_and_the_office_accepts(people, client, settings) -> None:
    made = task(steps=STEPS[:1])
    step = made.milestones[0]
    liaison(people, client)
    address = f"/openness/tasks/{made.id}/report"
    page = client.get(address)
    strict(page.text)
    draft = {"percent": "40", "body": "写到一半", "link": "", "save": "1"}
    assert (
        client.post(
            address, data={**draft, "file": (BytesIO(b"%PDF-1.7 proof"), "验收单.pdf")}
        ).status_code
        == 302
    )
    (report,) = made.reports
    assert (report.state, report.percent, report.files[0].name) == (
        ReportState.DRAFT,
        40,
        "验收单.pdf",
    )
    strict(client.get(address).text)
    for wrong, said in (
        ({"percent": "x"}, "0 到 100 的整数"),
        ({"percent": "100"}, "还有时序节点没有完成"),
        ({f"reached-{step.id}": "1"}, "请填写完成日期"),
        ({"link": "javascript:alert(1)"}, "http://"),
    ):
        sent = {**draft, "save": "", "submit": "1", "version": str(report.version_id), **wrong}
        del sent["save"]
        answer = client.post(address, data=sent)
        assert answer.status_code == 422, wrong
        assert said in answer.text
        assert "写到一半" in answer.text
        strict(answer.text)
    done = {
        "percent": "100", "body": "都做完了，联系 13812345678", "link": "https://example.org/x",
        "submit": "1", "version": str(report.version_id), f"reached-{step.id}": "1",
        f"reached-on-{step.id}": f"{YEAR}-01-01",
    }  # fmt: skip
    db.session.expire_all()
    assert client.post(address, data=done).status_code == 302
    db.session.expire_all()
    assert (made.state, made.progress) == (TaskState.REPORTED, 0)
    # While it waits, the form is closed.
    assert client.get(address).status_code == 302
    people.sign_in(client, people.openness_officer)
    waiting = client.get("/openness/tasks/waiting?completes=1").text
    assert "共 1 份" in waiting
    shown = client.get(f"/openness/tasks/{made.id}").text
    assert "13812345678" not in shown
    assert "验收单.pdf" in shown
    with client.get(f"/openness/tasks/files/{report.files[0].id}") as got:
        assert (got.data, got.headers["Content-Disposition"][:10]) == (
            b"%PDF-1.7 proof",
            "attachment",
        )
    stale = client.post(f"/openness/tasks/reports/{report.id}/accept", data={"version": "1"})
    assert stale.status_code == 409
    sent = client.post(
        f"/openness/tasks/reports/{report.id}/accept", data={"version": str(report.version_id)}
    )
    assert sent.status_code == 302
    db.session.expire_all()
    assert (made.state, made.progress, step.done_on) == (TaskState.COMPLETED, 100, date(YEAR, 1, 1))
    strict(client.get(f"/openness/tasks/{made.id}").text)


def test_reports_that_wait_are_narrowed_to_a_unit_a_task_and_what_is_done(office) -> None:
    done, half = task(title="推进信息公开"), task(title="更新目录")
    make.submitted(done, 100)
    make.submitted(half, 60)
    of = {"": 2, "completes=1": 1, "q=目录": 1, f"unit={done.lead_id}": 2, "q=没有": 0}
    for query, count in of.items():
        with office.get(f"/openness/tasks/waiting/list.csv?{query}") as answer:
            assert len(answer.text.splitlines()) == 1 + count, query


def test_of_two_who_write_one_draft_the_second_loses_nothing(people, client) -> None:
    made = task()
    liaison(people, client)
    address = f"/openness/tasks/{made.id}/report"
    client.post(address, data={"percent": "10", "body": "甲写的", "save": "1"})
    # Another of the unit began before there was a draft.
    answer = client.post(address, data={"percent": "20", "body": "乙写的", "save": "1"})
    assert answer.status_code == 409
    assert "乙写的" in answer.text
    assert "甲写的" in answer.text
    strict(answer.text)
    version = re.search(r'name="version" value="(\d+)"', answer.text)
    assert version
    again = {"percent": "20", "body": "乙写的", "save": "1", "version": version[1]}
    assert client.post(address, data=again).status_code == 302
    db.session.expire_all()
    assert [one.body for one in made.reports] == ["乙写的"]


def test_somebody_of_another_unit_reaches_nothing(people, client) -> None:
    made = task()
    report = make.submitted(made)
    with transaction(CONSOLE) as session:
        file = TaskFile(
            name="x.pdf", media_type="application/pdf", size=1, digest="0" * 64,
            added_at=report.created_at, added_by_name="某", report=report,
        )  # fmt: skip
        session.add(file)
    stranger = make.at_home(home=unit("YJJ", "市应急管理局"), username="stranger")
    people.sign_in(client, stranger)
    assert made.title not in client.get("/openness/tasks").text
    for address in (f"{made.id}", f"{made.id}/report", f"files/{file.id}"):
        assert client.get(f"/openness/tasks/{address}").status_code == 404
    for address in (
        f"reports/{report.id}/withdraw",
        f"files/{file.id}/remove",
        f"{made.id}/report",
    ):
        sent = client.post(f"/openness/tasks/{address}", data={"version": str(report.version_id)})
        assert sent.status_code == 404, address
    assert client.get("/openness/tasks/import").status_code == 403


def test_of_a_task_of_the_province_a_liaison_reads_what_is_of_the_own_unit(people, client) -> None:
    parent = make.province(year=YEAR, due_on=None)
    task(title="本单位的那项", parents=(parent,))
    task(title="别单位的那项", parents=(parent,), lead=unit("YJJ", "市应急管理局"))
    liaison(people, client)
    page = client.get(f"/openness/tasks/{parent.id}").text
    assert "本单位的那项" in page
    assert "别单位的那项" not in page
    assert "另有 1 项由其他单位落实" in page


def test_a_draft_is_its_units_alone(people, client) -> None:
    other = unit("MZJ", "市民政局")
    made = task(assistants=(other,))
    draft = make.drafted(made, body="还没想好")
    for person in (people.openness_officer, make.at_home(home=other, username="helper")):
        people.sign_in(client, person)
        assert "还没想好" not in client.get(f"/openness/tasks/{made.id}").text
        sent = client.post(f"/openness/tasks/reports/{draft.id}/accept", data={"version": "1"})
        assert sent.status_code == 404
    liaison(people, client)
    assert "还没想好" in client.get(f"/openness/tasks/{made.id}").text


def test_a_file_goes_with_its_draft_and_its_content_later(people, client, settings) -> None:
    made = task()
    liaison(people, client)
    address = f"/openness/tasks/{made.id}/report"
    sent = {"percent": "0", "body": "", "save": "1", "file": (BytesIO(b"%PDF-1.7 first"), "a.pdf")}
    client.post(address, data=sent)
    (report,) = made.reports
    empty = {
        "percent": "0",
        "save": "1",
        "version": str(report.version_id),
        "file": (BytesIO(b""), "b.pdf"),
    }
    answer = client.post(address, data=empty)
    assert answer.status_code == 422
    assert "是空文件" in answer.text
    content = settings.task_files / report.files[0].digest
    assert content.is_file()
    client.post(f"/openness/tasks/files/{report.files[0].id}/remove")
    db.session.expire_all()
    assert report.files == []
    os.utime(content, (0, 0))
    assert sweeping.sweep(db.session, settings) >= 1
    assert not content.exists()


def test_a_table_is_taken_in_on_the_page_for_the_year_that_is_asked(
    client, office, tmp_path
) -> None:
    unit(), unit("MZJ", "市民政局")
    path = tasks_file(tmp_path, row(对应省任务=""), row(序号=2, 完成时限="待定", 对应省任务=""))

    def send(**more):
        file = (BytesIO(path.read_bytes()), "任务.xlsx")
        return client.post("/openness/tasks/import", data={"file": file, **more})

    assert "请填写任务的年度" in send(year="").text
    answer = send(year="2026", trial="1")
    assert db.session.query(Task).count() == 0
    answer = send(year="2026")
    assert answer.status_code == 302
    shown = client.get(answer.location)
    strict(shown.text)
    assert "待定" in shown.text
    assert [one.number for one in db.session.query(Task)] == [1]
    with client.get("/openness/tasks/import/template.xlsx") as template:
        book = CalamineWorkbook.from_filelike(BytesIO(template.data))
    assert "任务名称" in book.get_sheet_by_index(0).to_python()[0]


def test_the_register_is_taken_along_as_excel_and_word(people, client, office) -> None:
    parent = make.province(year=YEAR, due_on=None)
    made = task(
        steps=STEPS, parents=(parent,), assistants=(unit("MZJ", "市民政局"),), requirement="=1+1"
    )
    make.accepted(made, 40, reached={made.milestones[0].id: date(YEAR, 1, 1)})
    make.step(task(title="取消的任务"), "cancel")
    with client.get(f"/openness/tasks/export.xlsx?year={YEAR}") as got:
        book = CalamineWorkbook.from_filelike(BytesIO(got.data))
    assert book.sheet_names == ["市级任务", "省级任务"]
    rows = book.get_sheet_by_name("市级任务").to_python()
    assert rows[0][0] == f"{YEAR}年政务公开重点任务分解和进度安排表"
    first = dict(zip(rows[2], rows[3], strict=True))
    told = [first[name] for name in ("序号", "任务要求", "配合单位", "对应省任务", "进展")]
    assert told == [1, "=1+1", "市民政局", "1", "40%"]
    assert "1月1日前制定方案（1月1日完成）" in first["时序进度"]
    assert rows[4][-1] == "已取消"
    province = book.get_sheet_by_name("省级任务").to_python()
    assert province[3][-2:] == ["1", "40%"]
    with client.get(f"/openness/tasks/export.docx?year={YEAR}") as got:
        word = Document(BytesIO(got.data))
    assert [table.rows[1].cells[1].text for table in word.tables] == [made.title, parent.title]
    assert client.get("/openness/tasks/export.pdf").status_code == 404


def test_a_liaison_takes_along_what_is_of_the_own_unit(people, client) -> None:
    task(title="本单位的")
    task(title="别单位的", lead=unit("YJJ", "市应急管理局"))
    liaison(people, client)
    with client.get(f"/openness/tasks/export.xlsx?year={YEAR}") as got:
        rows = CalamineWorkbook.from_filelike(BytesIO(got.data)).get_sheet_by_index(0).to_python()
    titles = [line[1] for line in rows]
    assert "本单位的" in titles
    assert "别单位的" not in titles


def test_commands_import_list_and_export(app, session, tmp_path) -> None:
    unit(), unit("MZJ", "市民政局")
    runner = app.test_cli_runner(catch_exceptions=False)
    path, errors = (
        tasks_file(tmp_path, row(对应省任务=""), row(序号=2, 对应省任务="4")),
        tmp_path / "退回.xlsx",
    )

    def run(*words):
        return runner.invoke(commands, [str(word) for word in words])

    result = run("import", path, "--year", 2026, "--dry-run", "--json")
    assert json.loads(result.stdout)["created"] == 1
    result = run("import", path, "--year", 2026, "--errors", errors, "--json")
    told = json.loads(result.stdout)
    assert (result.exit_code, told["created"], told["errors"], errors.is_file()) == (1, 1, 1, True)
    assert told["refusals"][0]["column"] == "对应省任务"
    (one,) = json.loads(run("list", "--year", 2026, "--json").stdout)["tasks"]
    assert (one["number"], one["lead"], one["progress"], len(one["milestones"])) == (
        1, "市住房和城乡建设局", 0, 2,
    )  # fmt: skip
    assert "推进老旧小区改造信息公开" in run("list", "--year", 2026).output
    for kind in ("xlsx", "docx"):
        out = tmp_path / f"任务.{kind}"
        told = json.loads(
            run("export", "--year", 2026, "--format", kind, "--out", out, "--json").stdout
        )
        assert told["bytes"] == Path(out).stat().st_size
    assert queries.years(session, CONSOLE) == [2026]
    assert reporting.MOST_FILES == 20
