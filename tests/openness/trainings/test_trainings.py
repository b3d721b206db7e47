"""The register of trainings and meetings: entered, counted, deleted, taken in and along."""

from __future__ import annotations

import json
import re
from datetime import date
from io import BytesIO

import pytest
from docx import Document
from python_calamine import CalamineWorkbook

from responder.core.audit import AuditEvent
from responder.core.database import db, transaction
from responder.core.errors import Forbidden, GuardRefused, Invalid
from responder.core.permissions import CONSOLE
from responder.openness.trainings import importing, service
from responder.openness.trainings.cli import trainings as commands
from responder.openness.trainings.models import Occasion, OccasionKind
from responder.openness.trainings.service import OccasionFacts
from responder.openness.trainings.words import summary
from responder.openness.years import local_today
from tests.factories import NOW, unit
from tests.openness.counting import value_of
from tests.openness.tasks.factories import at_home, attempt
from tests.planning.plans.workbooks import plan_file
from tests.responses.pages import strict

K = OccasionKind
HEADINGS = (
    "序号", "类别", "日期", "名称", "地点", "举办单位", "授课人", "人数", "参加单位数", "内容",
    "会议纪要文号", "备注",
)  # fmt: skip
ROW = (1, "业务培训", "2026-05-20", "全市政务公开业务培训", "会议中心", "", "省政务公开办", 210, 62,
       "依申请公开", "", "")  # fmt: skip
TODAY = date(2026, 11, 20)


def held(title="业务培训班", kind=K.TRAINING, held_on=date(2026, 5, 20), **facts) -> Occasion:
    with transaction(CONSOLE, NOW) as session:
        return service.create_occasion(
            session, OccasionFacts(kind, held_on, title, **facts), attempt(CONSOLE)
        )


def row(**changes):
    return [changes.get(name, value) for name, value in zip(HEADINGS, ROW, strict=True)]


def file_of(folder, *rows):
    return plan_file(folder, *rows, headings=HEADINGS, above=["培训会议登记表"], name="培训.xlsx")


def take_in(path, year=None):
    file = importing.read_file(db.session, path, TODAY, year)
    with transaction(CONSOLE, NOW) as session:
        return importing.store(session, file, attempt(CONSOLE))


def test_figures_count_the_year_of_the_day_held(people) -> None:
    held(attendance=210)
    held("第二期", attendance=90, organiser=unit())
    held("没有统计")
    held("去年的", held_on=date(2025, 12, 31), attendance=50)
    held("领导小组会议", K.LEADING_GROUP, attendance=30, minutes_number="第 3 号")
    held("联络员会议", K.MEETING)
    session = db.session
    assert value_of(session, "trainings", 2026) == 3
    assert value_of(session, "training_attendance", 2026) == 300
    assert value_of(session, "leading_group_meetings", 2026) == 1
    assert value_of(session, "training_attendance", 2024) == 0
    told = summary(service.counts(session, CONSOLE, 2026))
    assert told == "业务培训3场（300人次，另有1场没有统计人数），领导小组会议1次，其他会议1次"
    assert summary(service.counts(session, CONSOLE, 2024)) == ""


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"title": " "}, "请填写名称"),
        ({"held_on": date(2026, 11, 21)}, "还没有到"),
        ({"held_on": date(1990, 1, 1)}, "年份须在"),
    ],
)
def test_what_was_not_held_is_not_entered(people, facts, said) -> None:
    with pytest.raises(Invalid, match=said):
        held(**facts)


def test_a_deletion_needs_a_reason_and_stays_in_the_trail(people) -> None:
    one = held()
    actor = people.openness_officer.actor
    with pytest.raises(GuardRefused, match="删除的理由"), transaction(actor, NOW) as session:
        service.remove_occasion(session, one, attempt(actor, " "))
    other = people.supervisor.actor
    with pytest.raises(Forbidden), transaction(other, NOW) as session:
        service.remove_occasion(session, one, attempt(other, "理由"))
    with transaction(actor, NOW) as session:
        service.remove_occasion(session, one, attempt(actor, "重复登记"))
    assert db.session.query(Occasion).count() == 0
    trail = db.session.query(AuditEvent).filter_by(object_type="openness_occasion")
    last = list(trail.order_by(AuditEvent.id))[-2:]
    assert [(line.action, line.note) for line in last] == [("remove", "重复登记"), ("delete", "")]
    assert last[1].changes["title"] == ["业务培训班", None]


def test_a_table_comes_in_and_the_same_again_adds_nothing(people, tmp_path) -> None:
    unit()
    path = file_of(
        tmp_path,
        row(),
        row(
            类别="领导小组会",
            日期=date(2026, 3, 1),
            名称="第一次会议",
            人数="32人",
            会议纪要文号="第 3 号",
        ),
        row(名称="住建系统培训", 举办单位="市住房和城乡建设局", 人数="", 参加单位数=""),
    )
    found = take_in(path)
    assert (found.rows, found.created, len(found.refusals)) == (3, 3, 0)
    by_title = {one.title: one for one in db.session.query(Occasion)}
    assert (by_title["第一次会议"].kind, by_title["第一次会议"].attendance) == (K.LEADING_GROUP, 32)
    assert (by_title["住建系统培训"].organiser, by_title["住建系统培训"].attendance) == (
        unit(),
        None,
    )
    again = take_in(path)
    assert (again.created, again.duplicates) == (0, 3)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"类别": "参观"}, "不在类别之列"),
        ({"日期": "五月"}, "不是日期"),
        ({"日期": "2027-01-01"}, "还没有到"),
        ({"日期": "2025-05-20"}, "这里导入 2026 年的"),
        ({"名称": ""}, "是空的"),
        ({"举办单位": "市水务局"}, "市政务公开办举办的可不填"),
        ({"人数": "200余人"}, "是约数：请填整数，约数写在备注"),
        ({"人数": "若干"}, "不是 0 到 100000 的整数"),
        ({"参加单位数": -1}, "不是 0 到 1000 的整数"),
        ({"备注": "长" * 301}, "最多 300 字"),
    ],
)
def test_a_bad_row_is_refused_by_its_cell(people, tmp_path, changes, told) -> None:
    found = take_in(file_of(tmp_path, row(**changes), row(名称="好的一行")), 2026)
    assert (found.created, len(found.refusals)) == (1, 1)
    assert told in found.refusals[0].reason
    assert found.column_of(found.refusals[0]) == next(iter(changes))


@pytest.fixture
def office(people, client):
    return people.sign_in(client, people.openness_officer)


def form(**changed):
    return {
        "kind": "training", "held_on": local_today().isoformat(), "title": "业务培训",
        "place": "会议中心", "organiser_id": "0", "lecturers": "", "attendance": "120",
        "units": "", "contents": "依申请公开", "minutes_number": "", "remark": "", **changed,
    }  # fmt: skip


def test_the_office_enters_changes_and_deletes_on_its_pages(people, client, office) -> None:
    strict(client.get("/openness/trainings").text)
    strict(client.get("/openness/trainings/new").text)
    sent = client.post("/openness/trainings/new", data=form())
    assert sent.status_code == 302
    (one,) = db.session.query(Occasion)
    assert (one.attendance, one.units, one.organiser) == (120, None, None)
    seen = str(one.version_id)
    edit = f"/openness/trainings/{one.id}/edit"
    strict(client.get(edit).text)
    client.post(edit, data=form(title="先改的", version=seen))
    answer = client.post(edit, data=form(title="后改的", version=seen))
    assert answer.status_code == 409
    assert "已保存为“先改的”" in answer.text
    assert "后改的" in answer.text
    file = (BytesIO(b"%PDF-1.7 notice"), "通知.pdf")
    client.post(f"/openness/trainings/{one.id}/files", data={"file": file})
    db.session.expire_all()
    page = client.get(f"/openness/trainings/{one.id}")
    strict(page.text)
    assert "通知.pdf" in page.text
    with client.get(f"/openness/trainings/files/{one.files[0].id}") as got:
        assert got.data == b"%PDF-1.7 notice"
    index = client.get("/openness/trainings").text
    strict(index)
    number = re.search(r'href="([^"]+kind=training)">1</a>', index)
    assert number
    assert "先改的" in client.get(number[1].replace("&amp;", "&")).text
    client.post(f"/openness/trainings/files/{one.files[0].id}/remove")
    db.session.expire_all()
    sent = client.post(
        f"/openness/trainings/{one.id}/remove",
        data={"version": str(one.version_id), "note": "重复"},
    )
    assert sent.status_code == 302
    assert db.session.query(Occasion).count() == 0


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"title": ""}, "请填写名称"),
        ({"held_on": "2099-01-01"}, "还没有到"),
        ({"held_on": "昨天"}, "日期"),
        ({"attendance": "200余"}, "0 至 100000 的整数"),
        ({"units": "-1"}, "0 至 1000 的整数"),
        ({"organiser_id": "99999"}, "有效"),
    ],
)
def test_a_form_that_is_wrong_keeps_what_was_typed(client, office, changed, said) -> None:
    answer = client.post("/openness/trainings/new", data=form(**changed))
    assert answer.status_code == 422
    assert said in answer.text
    assert "依申请公开" in answer.text


def test_a_liaison_reads_what_the_own_unit_held_and_changes_nothing(people, client) -> None:
    own, foreign = held("本单位的", organiser=unit()), held("别处的")
    people.sign_in(client, at_home())
    page = client.get("/openness/trainings?year=2026").text
    assert "本单位的" in page
    assert "别处的" not in page
    assert client.get(f"/openness/trainings/{own.id}").status_code == 200
    assert client.get(f"/openness/trainings/{foreign.id}").status_code == 404
    assert client.post(f"/openness/trainings/{own.id}/remove").status_code == 403


def test_the_register_is_taken_along(people, client, office) -> None:
    held(attendance=210, units=62)
    held("领导小组会议", K.LEADING_GROUP, date(2026, 2, 3), minutes_number="第 3 号")
    with client.get("/openness/trainings/export.xlsx?year=2026") as got:
        rows = CalamineWorkbook.from_filelike(BytesIO(got.data)).get_sheet_by_index(0).to_python()
    assert rows[1][0] == "业务培训1场（210人次），领导小组会议1次"
    assert [line[3] for line in rows[3:]] == ["领导小组会议", "业务培训班"]
    with client.get("/openness/trainings/export.docx?year=2026") as got:
        (table,) = Document(BytesIO(got.data)).tables
    assert table.rows[2].cells[7].text == "210"
    assert client.get("/openness/trainings/export.pdf").status_code == 404


def test_commands_import_list_and_export(app, session, tmp_path) -> None:
    runner = app.test_cli_runner(catch_exceptions=False)

    def run(*words):
        return runner.invoke(commands, [str(word) for word in words])

    past = row(日期="2025-05-20")
    path = file_of(tmp_path, past, row(日期="2025-05-20", 名称="第二期", 人数="很多"))
    result = run("import", path, "--errors", tmp_path / "退回.xlsx", "--json")
    told = json.loads(result.stdout)
    assert (result.exit_code, told["created"], told["errors"]) == (1, 1, 1)
    found = json.loads(run("list", "--year", 2025, "--json").stdout)
    assert (found["counts"]["training"]["people"], found["occasions"][0]["units"]) == (210, 62)
    assert "全市政务公开业务培训" in run("list", "--year", 2025).output
    out = tmp_path / "培训.docx"
    assert run("export", "--year", 2025, "--format", "docx", "--out", out).exit_code == 0
    assert out.is_file()
