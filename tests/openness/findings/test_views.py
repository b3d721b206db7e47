"""The pages of the three lists: what each post sees, what a form refuses, what is taken along."""

from __future__ import annotations

from io import BytesIO

import pytest
from docx import Document
from flask import request
from sqlalchemy import func, select

from responder.core.database import db
from responder.core.permissions import Role
from responder.openness import attachments
from responder.openness.findings import service
from responder.openness.findings.models import Finding, FindingState
from responder.openness.findings.sending_views import SENDERS
from tests.factories import unit
from tests.openness.findings.factories import brought_to, sent, take
from tests.openness.people import liaison_of, other_unit
from tests.openness.workbooks import sheets
from tests.planning.queries import count_queries
from tests.responses.pages import strict

S = FindingState
LIST = "/openness/findings"
FORM = {
    "year": "2026", "source": "province", "inspection": "省督查", "inspected_on": "2026-10-30",
    "problem": "依申请公开指南没有更新", "category": "", "basis": "", "person": "", "post": "",
    "measures": "", "deadline": "",
}  # fmt: skip
HERE = "?year=2026"


def as_(people, client, role: str):
    return people.sign_in(client, getattr(people, role))


def page_of(finding: Finding) -> str:
    return f"{LIST}/{finding.id}"


@pytest.mark.parametrize(
    "role", ["openness_officer", "supervisor", "auditor", "press_officer", "liaison"]
)
def test_every_page_is_well_formed_in_every_state(people, client, role) -> None:
    found = {state: brought_to(state, problem=f"问题 {state.value}") for state in S}
    take(found[S.CLOSED], "reopen", people.openness_officer, day=found[S.CLOSED].deadline)
    user = liaison_of(unit()) if role == "liaison" else getattr(people, role)
    people.sign_in(client, user)
    addresses = [
        f"{LIST}{HERE}", f"{LIST}/units{HERE}", f"{LIST}{HERE}&list=duties",
        f"{LIST}{HERE}&list=closings", f"{LIST}{HERE}&overdue=1", f"{LIST}{HERE}&state=withdrawn",
        f"{LIST}{HERE}&q=没有的", f"{LIST}?year=2031",
        *map(page_of, found.values()),
    ]  # fmt: skip
    if role == "openness_officer":
        addresses += [
            f"{LIST}/new", f"{LIST}/import", f"{page_of(found[S.LISTED])}/edit",
            f"{page_of(found[S.ASSIGNED])}/edit", f"{page_of(found[S.ASSIGNED])}/evidence",
        ]  # fmt: skip
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200, address
        strict(answer.text)


def test_the_whole_way_through_the_pages(people, client) -> None:
    home = unit()
    office = as_(people, client, "openness_officer")
    answer = office.post(f"{LIST}/new", data={**FORM, "unit_id": str(home.id)})
    assert answer.status_code == 302
    finding = db.session.scalars(select(Finding)).one()
    shown = office.get(page_of(finding)).text
    assert "还缺整改责任人、整改措施、整改期限" in shown
    full = {
        **FORM, "unit_id": str(home.id), "person": "周某", "measures": "更新指南",
        "deadline": "2027-12-01", "version": str(finding.version_id),
    }  # fmt: skip
    assert office.post(f"{page_of(finding)}/edit", data=full).status_code == 302
    db.session.refresh(finding)
    step = {"version": str(finding.version_id)}
    assert office.post(f"{page_of(finding)}/assign", data=step).status_code == 302
    unit_side = people.sign_in(client, liaison_of(home))
    db.session.refresh(finding)
    told = {
        "text": "指南已更新", "link": "https://www.example.gov.cn/zn",
        "version": str(finding.version_id), "files": (BytesIO(b"%PDF-1.7 shot"), "截图.pdf"),
    }  # fmt: skip
    assert unit_side.post(f"{page_of(finding)}/evidence", data=told).status_code == 302
    db.session.refresh(finding)
    (file,) = finding.evidence[0].files
    with unit_side.get(f"{LIST}/files/{file.id}") as content:
        assert content.data == b"%PDF-1.7 shot"
        assert "attachment" in content.headers["Content-Disposition"]
    verifier = as_(people, client, "supervisor")
    closing = {"version": str(finding.version_id), "note": "看过", "day": ""}
    assert verifier.post(f"{page_of(finding)}/close", data=closing).status_code == 302
    db.session.refresh(finding)
    assert finding.state is S.CLOSED
    assert "看过" in verifier.get(page_of(finding)).text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"problem": " "}, "请写明问题"),
        ({"inspected_on": "2026-13-40"}, "2000 年至 2100 年之间的日期"),
        ({"unit_id": "0"}, "请选择责任单位"),
        ({"year": "二〇二六"}, "四位年份"),
        ({"inspected_on": "2090-01-01"}, "晚于今天"),
        ({"deadline": "2026-01-01"}, "早于检查日期"),
    ],
)
def test_a_form_that_cannot_be_keeps_what_was_typed(people, client, changed, said) -> None:
    sent_in = {**FORM, "unit_id": str(unit().id), "measures": "写了很久的措施", **changed}
    answer = as_(people, client, "openness_officer").post(f"{LIST}/new", data=sent_in)
    assert answer.status_code == 422
    assert said in answer.text
    assert "写了很久的措施" in answer.text
    assert db.session.scalar(select(func.count()).select_from(Finding)) == 0


def test_a_second_editor_is_told_and_loses_nothing(people, client) -> None:
    finding = brought_to(S.LISTED)
    seen = finding.version_id
    office = as_(people, client, "openness_officer")
    typed = {**FORM, "unit_id": str(unit().id), "problem": "第一个人写的", "version": str(seen)}
    assert office.post(f"{page_of(finding)}/edit", data=typed).status_code == 302
    typed["problem"] = "第二个人写的"
    answer = office.post(f"{page_of(finding)}/edit", data=typed)
    assert answer.status_code == 409
    assert "第二个人写的" in answer.text
    assert "已保存为“第一个人写的”" in answer.text
    db.session.refresh(finding)
    again = {**typed, "version": str(finding.version_id)}
    assert office.post(f"{page_of(finding)}/edit", data=again).status_code == 302
    db.session.refresh(finding)
    assert finding.problem == "第二个人写的"


def test_a_step_on_what_was_not_seen_is_refused(people, client) -> None:
    finding = brought_to(S.RECTIFIED)
    verifier = as_(people, client, "supervisor")
    for version in ("", "0", str(finding.version_id - 1), "x"):
        data = {"version": version, "note": "看过了"}
        answer = verifier.post(f"{page_of(finding)}/close", data=data)
        assert answer.status_code == 409
        assert "看过了" in answer.text
    data = {"version": str(finding.version_id), "note": "看过了", "day": "昨天"}
    assert verifier.post(f"{page_of(finding)}/close", data=data).status_code == 422
    db.session.refresh(finding)
    assert finding.state is S.RECTIFIED


def test_evidence_that_cannot_be_taken_stays_on_the_page(people, client) -> None:
    finding = brought_to(S.ASSIGNED)
    own = people.sign_in(client, liaison_of(unit()))
    data = {"text": "做了很多", "link": "不是网址", "version": str(finding.version_id)}
    answer = own.post(f"{page_of(finding)}/evidence", data=data)
    assert answer.status_code == 422
    assert "做了很多" in answer.text
    assert "完整网址" in answer.text
    stale = {**data, "link": "", "version": "0"}
    answer = own.post(f"{page_of(finding)}/evidence", data=stale)
    assert answer.status_code == 409
    assert "做了很多" in answer.text


def test_as_many_files_as_the_form_promises_are_taken(app, monkeypatch) -> None:
    monkeypatch.setattr(attachments, "may", lambda permission: permission in SENDERS)
    whole = service.MOST_FILES * app.extensions["settings"].event_file_max_megabytes * 1024**2
    with app.test_request_context(f"{LIST}/1/evidence", method="POST"):
        app.preprocess_request()
        assert request.max_content_length > whole


def test_another_unit_is_kept_out_of_every_page(people, client) -> None:
    finding = sent_with_file = brought_to(S.ASSIGNED)
    stranger = people.sign_in(client, liaison_of(other_unit()))
    assert finding.problem not in stranger.get(f"{LIST}{HERE}").text
    for address in (page_of(finding), f"{page_of(finding)}/evidence"):
        assert stranger.get(address).status_code == 403
    data = {"text": "代劳", "version": str(finding.version_id)}
    assert stranger.post(f"{page_of(finding)}/evidence", data=data).status_code == 403
    tables = sheets(stranger.get(f"{LIST}/export.xlsx{HERE}").data)
    assert not any(finding.problem in map(str, row) for rows in tables.values() for row in rows)
    assert sent_with_file.evidence == []


def test_a_supervisor_of_the_unit_sees_why_not(people, client) -> None:
    finding = brought_to(S.RECTIFIED)
    insider = people.sign_in(client, liaison_of(unit(), Role.SUPERVISOR))
    page = insider.get(page_of(finding)).text
    assert "您是责任单位的人" in page
    data = {"version": str(finding.version_id), "note": "看过"}
    assert insider.post(f"{page_of(finding)}/close", data=data).status_code == 422


def test_the_three_tables_are_taken_along(people, client) -> None:
    for state in S:
        brought_to(state, problem=f"问题 {state.value}", measures="=1+1")
    reader = as_(people, client, "auditor")
    tables = sheets(reader.get(f"{LIST}/export.xlsx{HERE}").data)
    assert list(tables) == ["问题清单", "责任清单", "问题销号清单"]
    listed = {
        name: [row for row in rows if row[0] in (1, 2, 3, 4)] for name, rows in tables.items()
    }
    assert {name: len(rows) for name, rows in listed.items()} == {
        "问题清单": 4, "责任清单": 3, "问题销号清单": 1,
    }  # fmt: skip
    (closed,) = listed["问题销号清单"]
    assert closed[2] == "问题 closed"
    assert "打开栏目看过，信息已补齐" in closed
    document = Document(BytesIO(reader.get(f"{LIST}/export.docx{HERE}").data))
    assert [len(table.rows) for table in document.tables] == [5, 4, 2]
    assert reader.get(f"{LIST}/export.pdf{HERE}").status_code == 404


def test_lists_ask_no_more_for_more_rows(people, client) -> None:
    for number in range(3):
        brought_to(S.CLOSED, problem=f"问题 {number}")
    reader = as_(people, client, "auditor")
    address = f"{LIST}{HERE}&list=closings"
    reader.get(address)
    few = count_queries(lambda: reader.get(address))
    for number in range(9):
        brought_to(S.CLOSED, problem=f"又一个 {number}")
    people.sign_in(client, people.auditor)
    reader.get(address)
    assert count_queries(lambda: reader.get(address)) <= few
    export = f"{LIST}/export.xlsx{HERE}"
    assert count_queries(lambda: reader.get(export)) <= 20


def test_personal_data_is_masked(people, client) -> None:
    finding = brought_to(S.ASSIGNED, problem="公开页面上有手机号 13912345678")
    sent(finding, text="已删去 13912345678")
    reader = as_(people, client, "auditor")
    assert "13912345678" not in reader.get(page_of(finding)).text
    assert "13912345678" not in reader.get(f"{LIST}{HERE}").text
