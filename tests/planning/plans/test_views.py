"""The plan's pages as the office and a unit meet them."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE, Role
from responder.planning import service
from responder.planning.models import EntryState, EventState, PlanEntry, SpeakerRank
from responder.planning.plans import frequency
from responder.planning.plans.baselines import listed
from responder.planning.plans.models import Period, PlanChange, ReleaseRule
from responder.planning.plans.service import get_plan
from tests.factories import NOW, People, unit
from tests.planning import factories as make
from tests.planning.plans.workbooks import HEADINGS, plan_file, row
from tests.planning.queries import count_queries

PLAN = "/planning/plan/2026"


@pytest.fixture
def press(client: FlaskClient, people: People) -> FlaskClient:
    return people.sign_in(client, people.press_officer)


@pytest.fixture
def liaison(client: FlaskClient, people: People) -> FlaskClient:
    make.liaison(people, unit())
    return people.sign_in(client, people.liaison)


def form(**changes: object) -> dict[str, object]:
    values = {"theme": "养老服务", "form": "conference", "month": 5, "unit_id": unit().id}
    return {**values, **changes}


def only_entry() -> PlanEntry:
    db.session.expire_all()
    (entry,) = db.session.scalars(select(PlanEntry)).all()
    return entry


def test_a_unit_sends_in_a_row_sees_it_and_takes_it_back(liaison: FlaskClient) -> None:
    answer = liaison.post(f"{PLAN}/entries", data=form(), follow_redirects=True)
    assert "等待新闻办决定" in answer.text
    assert "本单位报送，待新闻办决定（1 条）" in answer.text
    entry = only_entry()
    assert entry.state is EntryState.PROPOSED
    liaison.post(f"/planning/plan/entries/{entry.id}/remove", data={"version": entry.version_id})
    assert db.session.scalars(select(PlanEntry)).all() == []


def test_what_word_cannot_hold_is_not_stored_and_breaks_no_export(press: FlaskClient) -> None:
    pasted = form(theme="老旧\x0b小区", speaker="张\x01局长", basis="依\x1f据")
    assert press.post(f"{PLAN}/entries", data=pasted).status_code == 302
    entry = only_entry()
    assert (entry.theme, entry.speaker, entry.basis) == ("老旧小区", "张局长", "依据")
    assert press.get(f"{PLAN}/export.docx").status_code == 200


def test_a_word_file_of_rows_from_before_is_written_all_the_same(press: FlaskClient) -> None:
    row = make.entry()
    with transaction(CONSOLE, NOW):
        row.theme = "老旧\x0b小区"
    answer = press.get(f"{PLAN}/export.docx")
    cells = Document(BytesIO(answer.data)).tables[0].rows[1].cells
    assert cells[1].text == "老旧小区"


def test_a_row_like_one_that_is_there_is_not_said_to_be_taken(press: FlaskClient) -> None:
    press.post(f"{PLAN}/entries", data=form(speaker="张"))
    answer = press.post(f"{PLAN}/entries", data=form(speaker="李", remark="第二场"))
    assert answer.status_code == 422
    assert "计划中已有相同的条目（第 1 项）" in answer.text
    assert 'value="第二场"' in answer.text, "nothing typed is lost"
    assert only_entry().speaker == "张"


def test_what_was_declined_waits_anew_with_the_reason_shown_to_the_office(
    people: People, client: FlaskClient
) -> None:
    row = make.send_in(make.liaison(people, unit()))
    people.sign_in(client, people.press_officer)
    seen = {"version": row.version_id, "note": "与上月重复"}
    client.post(f"/planning/plan/entries/{row.id}/decline", data=seen)
    people.sign_in(client, people.liaison)
    client.post(f"{PLAN}/entries", data=form(theme=row.theme, month=row.month, remark="已改期"))
    people.sign_in(client, people.press_officer)
    page = client.get(PLAN).text
    assert "单位报送，待决定（1 条）" in page
    assert "曾未列入：与上月重复" in page


def test_listing_many_sends_the_same_queries_as_listing_a_few(
    people: People, press: FlaskClient
) -> None:
    actor = make.liaison(people, unit())

    def ticked(year: int, rows: int) -> int:
        sent = [make.send_in(actor, year, theme=f"第 {n} 件") for n in range(rows)]
        ticks = [f"{one.id}-{one.version_id}" for one in sent]
        where = f"/planning/plan/{year}/waiting"
        queries = count_queries(lambda: press.post(where, data={"entry": ticks}))
        assert [one.number for one in listed(get_plan(db.session, year))] == [*range(1, rows + 1)]
        return queries

    ticked(2026, 2)  # what is kept from page to page is asked once
    assert ticked(2027, 2) == ticked(2028, 12)


def test_a_row_taken_back_meanwhile_is_named_when_several_are_listed(
    people: People, press: FlaskClient
) -> None:
    sent = make.send_in(make.liaison(people, unit()))
    make.entry(year=2027)
    gone = press.post(f"{PLAN}/waiting", data={"entry": ["999-1"]})
    assert (gone.status_code, "刷新页面后重新勾选" in gone.text) == (404, True)
    elsewhere = f"{sent.id}-{sent.version_id}"
    answer = press.post("/planning/plan/2027/waiting", data={"entry": [elsewhere]})
    assert answer.status_code == 404
    db.session.expire_all()
    assert sent.state is EntryState.PROPOSED


def test_a_unit_cannot_send_in_for_another_nor_decide(liaison: FlaskClient) -> None:
    other = unit("jyj", "市教育局")
    assert liaison.post(f"{PLAN}/entries", data=form(unit_id=other.id)).status_code == 422
    assert db.session.scalars(select(PlanEntry)).all() == []
    row = make.entry(unit=other)
    assert liaison.get(f"/planning/plan/entries/{row.id}/edit").status_code == 403
    seen = {"version": row.version_id}
    assert liaison.post(f"/planning/plan/entries/{row.id}/remove", data=seen).status_code == 403
    assert only_entry().state is EntryState.LISTED


def test_a_unit_does_not_see_what_others_sent_in(
    client: FlaskClient, people: People, liaison: FlaskClient
) -> None:
    other = unit("jyj", "市教育局")
    second = people.holding(Role.LIAISON, "second")
    with transaction(CONSOLE, NOW):
        second.unit = other
    make.send_in(second.actor, unit=other, theme="教育局的条目")
    assert "教育局的条目" not in liaison.get(PLAN).text
    people.sign_in(client, people.editor)
    assert "教育局的条目" not in client.get(PLAN).text


def test_the_office_lists_several_and_declines_with_a_reason(
    people: People, press: FlaskClient
) -> None:
    actor = make.liaison(people, unit())
    first, second, third = (make.send_in(actor, month=month) for month in (3, 4, 5))
    page = press.get(PLAN).text
    assert "单位报送，待决定（3 条）" in page
    assert "还有 3 条单位报送的条目没有决定" in page
    ticked = {"entry": [f"{one.id}-{one.version_id}" for one in (first, second)]}
    press.post(f"{PLAN}/waiting", data=ticked)
    seen = {"version": third.version_id}
    refused = press.post(f"/planning/plan/entries/{third.id}/decline", data=seen)
    assert refused.status_code == 422
    press.post(f"/planning/plan/entries/{third.id}/decline", data={**seen, "note": "与上月重复"})
    db.session.expire_all()
    assert len(listed(get_plan(db.session, 2026))) == 2
    assert "与上月重复" in press.get(PLAN).text
    assert press.post(f"{PLAN}/waiting", data={}).status_code == 302


@pytest.mark.parametrize("typed", ["x", "1", "-1", "1-", "1-²", "²-1", "1-1-1", f"1-{'9' * 5000}"])
def test_ticks_that_are_none_are_refused(press: FlaskClient, typed: str) -> None:
    make.entry()
    assert press.post(f"{PLAN}/waiting", data={"entry": [typed]}).status_code == 422


@pytest.mark.parametrize("typed", ["²", "x", "9" * 5000, ""])
def test_a_version_that_is_none_is_no_version_of_the_row(press: FlaskClient, typed: str) -> None:
    row = make.entry()
    path = f"/planning/plan/entries/{row.id}"
    assert press.post(f"{path}/edit", data=form(version_id=typed)).status_code == 409
    assert press.post(f"{path}/remove", data={"version": typed}).status_code == 409
    assert only_entry().theme == row.theme


def test_a_unit_reads_why_its_row_was_declined(people: People, client: FlaskClient) -> None:
    row = make.send_in(make.liaison(people, unit()))
    people.sign_in(client, people.press_officer)
    seen = {"version": row.version_id, "note": "与上月重复"}
    client.post(f"/planning/plan/entries/{row.id}/decline", data=seen)
    people.sign_in(client, people.liaison)
    assert "与上月重复" in client.get(PLAN).text


def test_a_row_is_edited_and_a_second_editor_loses_nothing_typed(press: FlaskClient) -> None:
    row = make.entry()
    path = f"/planning/plan/entries/{row.id}/edit"
    seen = row.version_id
    assert f'value="{seen}"' in press.get(path).text
    press.post(path, data=form(theme="先存的", version_id=seen))
    assert only_entry().theme == "先存的"
    answer = press.post(path, data=form(theme="后写的", version_id=seen))
    assert answer.status_code == 409
    assert 'value="后写的"' in answer.text
    assert "打开最新内容" in answer.text
    assert only_entry().theme == "先存的"


def test_an_edit_that_cannot_be_is_said_in_its_field(press: FlaskClient) -> None:
    row = make.entry()
    path = f"/planning/plan/entries/{row.id}/edit"
    wrong = form(month=2, day=30, version_id=row.version_id)
    answer = press.post(path, data=wrong)
    assert answer.status_code == 422
    assert "2 月没有 30 日" in answer.text


def test_rows_are_put_in_order(press: FlaskClient) -> None:
    first, second = make.entry(theme="甲", month=12), make.entry(theme="乙", month=3)
    press.post(f"{PLAN}/order", data={f"place-{second.id}": "1", f"place-{first.id}": "1"})
    db.session.expire_all()
    assert [one.theme for one in listed(get_plan(db.session, 2026))] == ["乙", "甲"]
    press.post(f"{PLAN}/order", data={f"place-{first.id}": "1", f"place-{second.id}": "2"})
    press.post(f"{PLAN}/order", data={"by": "time"})
    db.session.expire_all()
    assert [one.theme for one in listed(get_plan(db.session, 2026))] == ["乙", "甲"]
    answer = press.post(f"{PLAN}/order", data={f"place-{first.id}": "一"})
    assert answer.status_code == 422
    assert "整数" in answer.text


def test_a_plan_is_submitted_taken_back_and_submitted_again(press: FlaskClient) -> None:
    make.entry()
    assert "提交审议" in press.get(PLAN).text
    press.post(f"{PLAN}/steps/submit")
    page = press.get(PLAN).text
    assert "审议退回的理由" in page
    assert "登记审议通过" in page
    assert 'id="add"' not in page
    assert press.post(f"{PLAN}/entries", data=form()).status_code == 409
    assert press.post(f"{PLAN}/steps/return", data={}).status_code == 422
    press.post(f"{PLAN}/steps/return", data={"note": "压减场次"})
    assert 'id="add"' in press.get(PLAN).text
    assert press.post(f"{PLAN}/steps/adopt").status_code == 422


def test_adoption_keeps_the_number_of_the_minutes_and_a_baseline(press: FlaskClient) -> None:
    make.entry(theme="老旧小区")
    press.post(f"{PLAN}/steps/submit")
    meeting = {
        "adopted_on": "2026-01-15",
        "adopted_by": "市政府第3次常务会议",
        "minutes_number": "市府纪要〔2026〕3号",
    }
    page = press.post(f"{PLAN}/adopt", data=meeting, follow_redirects=True).text
    assert "第 1 次基准版" in page
    assert "市府纪要〔2026〕3号" in page
    frozen = press.get(f"{PLAN}/baselines/1").text
    assert "老旧小区" in frozen
    assert "2026-01-15 经市政府第3次常务会议审议通过" in frozen
    assert press.get(f"{PLAN}/baselines/2").status_code == 404


def adopted_row(**facts: object) -> PlanEntry:
    made = make.entry(**facts)
    make.adopt()
    db.session.expire_all()
    return made


def test_an_adopted_plan_changes_by_its_change_table(press: FlaskClient) -> None:
    row = adopted_row(theme="空气质量", month=3)
    path = f"/planning/plan/entries/{row.id}/change"
    assert "改动记入变更表" in press.get(path).text
    edited = form(theme="空气质量", month=4, day=15, version_id=row.version_id)
    refused = press.post(path, data=edited)
    assert refused.status_code == 200
    assert "请写明变更的理由" in refused.text
    reason = {"reason": "数据核实延后", "approval": "分管副市长同意"}
    page = press.post(path, data={**edited, **reason}, follow_redirects=True).text
    for words in ("变更 1 次", "3月", "4月15日", "数据核实延后", "分管副市长同意", "登记再次审议"):
        assert words in page
    stale = press.post(path, data={**edited, **reason, "month": 6})
    assert stale.status_code == 409
    assert "数据核实延后" in stale.text


def test_rows_are_added_to_and_dropped_from_an_adopted_plan(press: FlaskClient) -> None:
    row = adopted_row(theme="空气质量", month=3)
    added = form(theme="防汛部署", reason="市政府部署")
    page = press.post(f"{PLAN}/changes/new", data=added, follow_redirects=True).text
    assert "防汛部署" in page
    path = f"/planning/plan/entries/{row.id}/drop"
    assert press.post(path, data={"version_id": row.version_id}).status_code == 422
    gone = {"version_id": row.version_id, "reason": "并入其他发布会"}
    page = press.post(path, data=gone, follow_redirects=True).text
    assert "<del>空气质量</del>" in page
    assert "并入其他发布会" in page
    assert db.session.scalars(select(PlanChange.number)).all() == [1, 2]
    assert press.get(f"/planning/plan/entries/{row.id}/change").status_code == 409


def test_a_draft_is_edited_and_an_adopted_plan_changed_not_the_other_way(
    press: FlaskClient,
) -> None:
    row = make.entry()
    assert press.get(f"/planning/plan/entries/{row.id}/change").status_code == 409
    assert press.get(f"{PLAN}/changes/new").status_code == 409
    make.adopt()
    assert press.get(f"/planning/plan/entries/{row.id}/edit").status_code == 409
    seen = {"version": row.version_id}
    assert press.post(f"/planning/plan/entries/{row.id}/remove", data=seen).status_code == 409


def test_the_page_of_a_row_with_an_event_says_what_to_do_first(press: FlaskClient) -> None:
    row = make.entry()
    make.event(plan_entry=row, state=EventState.CONFIRMED)
    make.adopt()
    assert "请先取消活动" in press.get(f"/planning/plan/entries/{row.id}/change").text


def upload(client: FlaskClient, path: Path, **data: object) -> object:
    content = BytesIO(path.read_bytes())
    sent = {"file": (content, path.name), **data}
    return client.post(f"{PLAN}/imports", data=sent, content_type="multipart/form-data")


def test_a_file_is_imported_and_what_was_refused_comes_back(
    press: FlaskClient, tmp_path: Path
) -> None:
    unit()
    path = plan_file(tmp_path, row(), row(拟发布时间="二季度"))
    answer = upload(press, path)
    assert answer.status_code == 302
    page = press.get(answer.location).text
    assert "已导入" in page
    assert "第 3 行 拟发布时间：“二季度”看不出月份" in page
    assert "下载退回的行" in page
    with press.get(f"{answer.location}/errors.xlsx") as back:
        assert back.data.startswith(b"PK")
    assert only_entry().theme == "老旧小区改造进展"
    again = press.get(upload(press, path).location).text
    assert "已有，不重复" in again
    only_entry()


def test_a_column_that_was_not_read_is_named_on_the_result(
    press: FlaskClient, tmp_path: Path
) -> None:
    unit()
    path = plan_file(tmp_path, [*row(), "市政府"], headings=[*HEADINGS, "地点"])
    assert "没有读入的列：地点。" in press.get(upload(press, path).location).text
    only_entry()


def test_a_trial_stores_nothing(press: FlaskClient, tmp_path: Path) -> None:
    unit()
    answer = upload(press, plan_file(tmp_path, row()), trial="1")
    assert "只检查，没有写入" in press.get(answer.location).text
    assert service.list_plans(db.session) == []


def test_a_file_that_is_no_plan_is_said_to_be_so(press: FlaskClient, tmp_path: Path) -> None:
    answer = upload(press, plan_file(tmp_path, ["甲"], headings=["标题"]))
    assert answer.status_code == 422
    assert "缺少列" in answer.text
    assert press.post(f"{PLAN}/imports", data={}).status_code == 422


def test_a_result_is_for_who_sent_it_and_the_office(
    client: FlaskClient, people: People, liaison: FlaskClient, tmp_path: Path
) -> None:
    where = upload(liaison, plan_file(tmp_path, row(发布单位=""), row(拟发布时间=""))).location
    page = liaison.get(where).text
    assert "已报送" in page
    assert only_entry().state is EntryState.PROPOSED
    second = people.holding(Role.LIAISON, "second")
    people.sign_in(client, second)
    assert client.get(where).status_code == 404
    assert client.get(f"{where}/errors.xlsx").status_code == 404
    people.sign_in(client, people.press_officer)
    assert client.get(where).status_code == 200
    assert client.get(f"{PLAN}/imports/..%2f..%2fetc").status_code == 404


def test_the_template_is_downloaded(liaison: FlaskClient) -> None:
    with liaison.get("/planning/plan/template.xlsx") as answer:
        assert answer.data.startswith(b"PK")


@pytest.mark.parametrize("kind", ["xlsx", "docx"])
def test_the_plan_is_taken_along(press: FlaskClient, kind: str) -> None:
    make.entry()
    assert f"{PLAN}/export.{kind}" in press.get(PLAN).text
    with press.get(f"{PLAN}/export.{kind}") as answer:
        assert answer.data.startswith(b"PK")
        assert f".{kind}" in answer.headers["Content-Disposition"]
    assert press.get(f"{PLAN}/export.exe").status_code == 404
    assert press.get(f"/planning/plan/2031/export.{kind}").status_code == 404


def test_each_figure_opens_what_it_counts(press: FlaskClient) -> None:
    make.entry(theme="逾期的条目", month=1)
    make.adopt()
    make.event("计划外的活动", state=EventState.HELD)
    page = press.get(f"{PLAN}/status").text
    assert f'href="{PLAN}/status/late?by=month&amp;key=1"' in page
    assert "逾期的条目" in press.get(f"{PLAN}/status/late?by=month&key=1").text
    assert "逾期的条目" not in press.get(f"{PLAN}/status/late?by=month&key=2").text
    assert "逾期的条目" in press.get(f"{PLAN}/status/baseline").text
    assert "计划外的活动" in press.get(f"{PLAN}/status/outside?by=unit&key={unit().id}").text
    for nonsense in ("nothing", "late?by=month&key=13", "late?by=colour&key=1"):
        assert press.get(f"{PLAN}/status/{nonsense}").status_code == 404


def rule_form(**changes: object) -> dict[str, object]:
    values = {"name": "每季度一场", "period": "quarter", "least": 1, "forms": ["conference"],
              "units": [unit().id], "source": "市府办〔2026〕1号"}  # fmt: skip
    return {**values, **changes}


def test_a_rule_is_added_changed_and_switched_off(press: FlaskClient) -> None:
    press.post("/planning/rules/new", data=rule_form())
    (rule,) = db.session.scalars(select(ReleaseRule)).all()
    assert (rule.forms, [one.code for one in rule.units]) == (["conference"], ["zjj"])
    page = press.get(f"{PLAN}/status").text
    assert "每季度一场" in page
    assert "缺 1 场" in page
    path = f"/planning/rules/{rule.id}"
    seen = frequency.seal(rule)
    assert seen in press.get(path).text
    press.post(path, data=rule_form(least=2, version_id=seen))
    stale = press.post(path, data=rule_form(name="后写的", version_id=seen))
    assert stale.status_code == 409
    assert 'value="后写的"' in stale.text
    db.session.expire_all()
    assert rule.least == 2
    press.post(f"{path}/switch", data={"active": "0"})
    assert "已停用" in press.get("/planning/rules").text
    assert "每季度一场" not in press.get(f"{PLAN}/status").text
    assert "请填写 1 到 99" in press.post("/planning/rules/new", data=rule_form(least=0)).text


def test_a_rule_says_who_must_speak_for_an_event_to_count(press: FlaskClient) -> None:
    typed = rule_form(speaker_rank="leader", period="half_year")
    assert press.post("/planning/rules/new", data=typed).status_code == 302
    (rule,) = db.session.scalars(select(ReleaseRule)).all()
    assert (rule.speaker_rank, rule.period) == (SpeakerRank.LEADER, Period.HALF_YEAR)
    for path in ("/planning/rules", f"{PLAN}/status"):
        page = press.get(path).text
        assert "每半年至少 1 场" in page
        assert "只计负责同志出席的（含主要负责人）" in page
    form_page = press.get(f"/planning/rules/{rule.id}").text
    assert 'selected value="leader"' in form_page
    seen = {"version_id": frequency.seal(rule)}
    press.post(f"/planning/rules/{rule.id}", data=rule_form(speaker_rank="mayor", **seen))
    db.session.expire_all()
    assert rule.speaker_rank is SpeakerRank.LEADER


def test_readers_see_the_plan_its_figures_and_rules_and_no_forms(
    client: FlaskClient, people: People
) -> None:
    people.sign_in(client, people.editor)
    row = adopted_row(month=1)
    pages = (
        PLAN,
        f"{PLAN}/status",
        f"{PLAN}/status/late",
        f"{PLAN}/baselines/1",
        "/planning/rules",
    )
    for path in pages:
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert 'action="/planning' not in answer.text, path
        assert "/change" not in answer.text, path
    for path in (
        f"{PLAN}/entries",
        f"{PLAN}/order",
        f"{PLAN}/waiting",
        f"{PLAN}/imports",
        f"{PLAN}/steps/submit",
        f"/planning/plan/entries/{row.id}/edit",
        f"/planning/plan/entries/{row.id}/change",
        f"/planning/plan/entries/{row.id}/drop",
        f"/planning/plan/entries/{row.id}/list",
        f"{PLAN}/changes/new",
        "/planning/rules/new",
    ):
        assert client.post(path).status_code == 403, path


@pytest.mark.parametrize("path", [PLAN, f"{PLAN}/status", f"{PLAN}/status/now"])
def test_a_page_takes_the_same_queries_for_one_row_as_for_many(
    press: FlaskClient, people: People, path: str
) -> None:
    actor = make.liaison(people, unit())
    make.event(plan_entry=make.entry(month=1), state=EventState.HELD)
    make.send_in(actor, month=1, theme="报送的一件")
    few = count_queries(lambda: press.get(path))
    for n in range(10):
        of = unit(f"u{n}", f"单位{n}")
        make.event(plan_entry=make.entry(unit=of, month=1), state=EventState.HELD)
        make.send_in(actor, month=n % 12 + 1, theme=f"第 {n} 件")
    assert count_queries(lambda: press.get(path)) == few


def test_the_change_table_takes_the_same_queries_for_one_change_as_for_many(
    press: FlaskClient,
) -> None:
    make.entry(month=1)
    make.adopt()
    press.post(f"{PLAN}/changes/new", data=form(reason="部署"))
    few = count_queries(lambda: press.get(PLAN))
    for month in range(1, 11):
        press.post(f"{PLAN}/changes/new", data=form(theme="又一件", month=month, reason="部署"))
    assert count_queries(lambda: press.get(PLAN)) == few


def test_the_pages_work_in_an_empty_office(press: FlaskClient, session: Session) -> None:
    for path in (PLAN, f"{PLAN}/status", "/planning/rules"):
        assert press.get(path).status_code == 200
    assert "没有启用的频次要求" in press.get(f"{PLAN}/status").text
