"""The pages of applications: who opens them, what they show, what a form refuses."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from io import BytesIO

import pytest
from sqlalchemy import event, func, select

from responder.core.audit import AuditEvent
from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE
from responder.core.times import local, utc_now
from responder.openness.applications.models import (
    Application,
    ApplicationFile,
    ApplicationState,
    Outcome,
)
from responder.openness.applications.proceeding_models import (
    Proceeding,
)
from tests.factories import unit
from tests.openness.applications.factories import (
    CODE,
    CONTENT,
    LATER,
    NAME,
    PHONE,
    S,
    brought_to,
    outcome,
    registered,
    take,
    words_of,
)
from tests.responses.pages import strict

AT = "/openness/applications"


@pytest.fixture
def desk(people, client):
    """A browser in which the openness officer has signed in."""
    return people.sign_in(client, people.openness_officer)


def form(**changed: str) -> dict[str, str]:
    return {
        "received_on": "2026-03-02", "way": "internet", "basis": "confirmed",
        "applicant_kind": "person", "applicant_name": NAME, "applicant_code": CODE,
        "applicant_phone": PHONE, "applicant_contact": "", "content": CONTENT,
        "form_wanted": "纸质", "purpose": "", "remark": "", **changed,
    }  # fmt: skip


def step(application: Application, **said: str) -> dict[str, str]:
    return {"version": str(application.version_id), "on": today(), **said}


def today() -> str:
    return local(utc_now()).date().isoformat()


PAGES = (
    "", "/new", "/tables", "/tables?year=2026", "/proceedings", "/proceedings/new", "/outcomes",
    "/import", "?year=2026&part=handled&outcome=refused&kind=person&state=accepted&view=late",
    "/proceedings?year=2026&kind=direct_lawsuit&result=pending",
)  # fmt: skip


@pytest.mark.parametrize("address", PAGES)
def test_pages_are_whole_while_the_register_is_empty_and_after(desk, address) -> None:
    strict(desk.get(AT + address).text)
    brought_to(S.REPLIED)
    brought_to(S.CONSULTING)
    answer = desk.get(AT + address)
    assert answer.status_code == 200
    strict(answer.text)


@pytest.mark.parametrize("state", list(S))
def test_the_page_of_an_application_is_whole_in_every_state(desk, state) -> None:
    application = brought_to(state)
    take_material = state in (S.ACCEPTED, S.CONSULTING)
    if take_material:
        take(application, "ask_material", "2026-11-05")
        take(application, "extend", "2026-11-05")
    page = desk.get(f"{AT}/{application.id}")
    assert page.status_code == 200
    strict(page.text)
    assert "怎样算出来的" in page.text
    assert "条例》（2019年修订）第三十三条" in page.text
    edit = desk.get(f"{AT}/{application.id}/edit")
    strict(edit.text)
    assert NAME not in edit.text


@pytest.mark.parametrize("role", ["supervisor", "liaison", "auditor", "press_officer", "editor"])
def test_nobody_else_opens_them_nor_sees_the_tab(people, client, role) -> None:
    application = registered()
    people.sign_in(client, getattr(people, role))
    for address in ("", f"/{application.id}", "/tables", "/export", "/proceedings"):
        assert client.get(AT + address).status_code == 403
    for address in (f"/{application.id}/accept", f"/{application.id}/identity", "/export"):
        assert client.post(AT + address).status_code == 403
    assert "依申请公开" not in client.get("/openness").text


def test_an_application_is_entered_with_its_number_and_clock(desk) -> None:
    answer = desk.post(f"{AT}/new", data=form(), follow_redirects=True)
    assert "编号 2026-001" in answer.text
    assert "2026-03-30 23:59" in answer.text
    application = db.session.scalars(select(Application)).one()
    assert (application.applicant_phone, application.state) == (PHONE, S.REGISTERED)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"received_on": "昨天"}, "2000 年至 2100 年之间的日期"),
        ({"received_on": ""}, "请填写收到日期"),
        ({"received_on": "2099-01-01"}, "晚于今天"),
        ({"way": "in_person"}, "提交之日"),
        ({"content": " "}, "请填写申请公开的内容"),
        ({"applicant_name": ""}, "请填写申请人姓名或名称"),
        ({"applicant_kind": "nobody"}, "有效"),
    ],
)
def test_what_is_refused_stays_on_the_page_with_the_reason(desk, changed, said) -> None:
    answer = desk.post(f"{AT}/new", data=form(form_wanted="光盘一张", **changed))
    assert answer.status_code == 422
    assert said in answer.text
    assert "光盘一张" in answer.text
    assert db.session.scalars(select(Application)).all() == []


def test_who_asked_shows_only_when_asked_for_and_leaves_a_line(desk, people) -> None:
    application = registered(content=f"{NAME}申请公开补偿明细，电话{PHONE}")
    private = (NAME, PHONE, CODE, "槐荫巷 12 号")
    for address in (AT, f"{AT}/{application.id}"):
        text = desk.get(address).text
        assert "郑**" in text
        assert not [one for one in private if one in text]
    shown = desk.post(f"{AT}/{application.id}/identity").text
    assert [one for one in private if one not in shown] == []
    told = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "reveal")).one()
    assert (told.object_id, told.actor_id) == (application.id, people.openness_officer.id)
    assert NAME not in desk.get(f"{AT}/{application.id}").text


def test_the_register_goes_out_without_identities_or_with_a_line_for_each(desk) -> None:
    first, second = registered(), brought_to(S.REPLIED)

    def cells(answer) -> str:
        return " ".join(words_of(answer.data, "登记簿"))

    masked = cells(desk.get(f"{AT}/export"))
    assert first.number in masked
    assert "郑**" in masked
    assert not [one for one in (NAME, PHONE, CODE) if one in masked]
    lines = select(AuditEvent.object_id).where(AuditEvent.action == "reveal_export")
    assert db.session.scalars(lines).all() == []
    full = cells(desk.post(f"{AT}/export?state=replied"))
    assert NAME in full
    assert first.number not in full
    assert db.session.scalars(lines).all() == [second.id]


def test_a_step_from_the_page_and_one_that_cannot_be_taken(desk) -> None:
    application = registered(now=utc_now(), received_on=local(utc_now()).date())
    said = step(application, until="2099-01-01", matter="请写明 年份")
    desk.post(f"{AT}/{application.id}/ask_correction", data=said)
    assert application.state is S.AWAITING_CORRECTION
    refused = desk.post(f"{AT}/{application.id}/receive_correction", data=step(application, on="x"))
    assert refused.status_code == 422
    assert "不是日期" in refused.text
    strict(refused.text)
    unknown = desk.post(f"{AT}/{application.id}/explode", data=step(application))
    assert unknown.status_code == 422


def test_a_reply_that_lacks_something_loses_nothing_of_what_was_typed(desk) -> None:
    application = registered()
    said = step(
        application, on="2026-11-10", outcome_id=str(outcome("partly").id), reply_number="",
        reply_text="一段写了很久的答复",
    )  # fmt: skip
    answer = desk.post(f"{AT}/{application.id}/reply", data=said)
    assert answer.status_code == 422
    assert "请填写答复书的文号" in answer.text
    assert "一段写了很久的答复" in answer.text
    assert f'<option value="{outcome("partly").id}" selected' in answer.text
    assert application.state is S.REGISTERED


def test_of_two_who_act_on_one_application_the_second_is_told(desk) -> None:
    application = registered()
    said = step(application, on="2026-11-03")
    desk.post(f"{AT}/{application.id}/accept", data=said)
    late = desk.post(f"{AT}/{application.id}/reply", data={**said, "reply_text": "写好的答复"})
    assert late.status_code == 409
    assert "写好的答复" in late.text
    edit = {**form(), "version": said["version"], "remark": "我的备注"}
    answer = desk.post(f"{AT}/{application.id}/edit", data=edit)
    assert answer.status_code == 409
    assert "我的备注" in answer.text
    strict(answer.text)


def test_every_number_of_the_table_opens_as_many_rows(desk) -> None:
    firm = {"applicant_kind": "business", "applicant_name": "某某公司"}
    brought_to(S.REPLIED)
    brought_to(S.WITHDRAWN)
    brought_to(S.VOID)
    registered()
    registered(received_on=date(2025, 12, 31), **firm)
    take(registered(**firm), "reply", "2026-11-10", outcome_id=outcome("unable_not_held").id)
    page = desk.get(f"{AT}/tables?year=2026").text
    links = re.findall(r'<a href="(/openness/applications\?[^"]+)">(\d+)<span', page)
    assert len(links) > 12
    for address, count in links:
        listed = desk.get(unescape(address)).text
        assert f"共 {count} 件" in listed, address


def test_every_number_of_table_four_opens_as_many_rows(desk) -> None:
    for kind, result, on in (
        ("reconsideration", "", ""), ("reconsideration", "upheld", "2026-06-01"),
        ("later_lawsuit", "corrected", "2026-07-01"),
    ):  # fmt: skip
        said = {
            "kind": kind, "number": "", "matter": "不服答复", "body": "市中级人民法院",
            "case_number": "", "begun_on": "2026-05-06", "result": result, "concluded_on": on,
            "remark": "",
        }  # fmt: skip
        answer = desk.post(f"{AT}/proceedings/new", data=said)
        assert answer.status_code == 302
    page = desk.get(f"{AT}/tables?year=2026").text
    links = re.findall(r'<a href="(/openness/applications/proceedings\?[^"]+)">(\d+)<span', page)
    assert len(links) == 5
    for address, count in links:
        listed = desk.get(unescape(address)).text
        assert listed.count("市中级人民法院") == int(count)


def test_a_proceeding_is_tied_to_an_application_changed_and_taken_out(desk) -> None:
    application = brought_to(S.REPLIED)
    page = desk.get(f"{AT}/proceedings/new?application={application.id}").text
    assert f'value="{application.number}"' in page
    said = {
        "kind": "direct_lawsuit", "number": "2026-777", "matter": "", "body": "市中级人民法院",
        "case_number": "（2026）行初 1 号", "begun_on": "2026-11-19", "result": "",
        "concluded_on": "", "remark": "",
    }  # fmt: skip
    refused = desk.post(f"{AT}/proceedings/new", data=said)
    assert refused.status_code == 422
    assert "没有编号为 2026-777 的申请" in refused.text
    desk.post(f"{AT}/proceedings/new", data={**said, "number": application.number})
    one = db.session.scalars(select(Proceeding)).one()
    assert one.application is application
    assert "市中级人民法院" in desk.get(f"{AT}/{application.id}").text
    stale = {**said, "number": application.number, "version": "99"}
    assert desk.post(f"{AT}/proceedings/{one.id}/edit", data=stale).status_code == 409
    desk.post(f"{AT}/proceedings/{one.id}/remove", data={"version": str(one.version_id)})
    assert db.session.scalars(select(Proceeding)).all() == []


def test_files_are_added_taken_along_with_a_line_and_kept_once_it_ended(desk) -> None:
    application = registered()
    upload = {
        "version": str(application.version_id),
        "file": (BytesIO(b"%PDF-1.7 answer"), "答复书.pdf"),
    }
    desk.post(f"{AT}/{application.id}/files", data=upload)
    file = db.session.scalars(select(ApplicationFile)).one()
    with desk.get(f"{AT}/files/{file.id}") as got:
        assert got.data == b"%PDF-1.7 answer"
        assert "attachment" in got.headers["Content-Disposition"]
    assert db.session.scalar(select(AuditEvent.action).where(AuditEvent.action == "download"))
    # The reply may then have no text of its own.
    take(application, "reply", "2026-11-10", reply_text="")
    version = {"version": str(application.version_id)}
    assert desk.post(f"{AT}/files/{file.id}/remove", data=version).status_code == 422
    empty = {"version": str(application.version_id), "file": (BytesIO(b""), "空.pdf")}
    page = desk.post(f"{AT}/{application.id}/files", data=empty, follow_redirects=True)
    assert "是空文件" in page.text


def test_outcomes_are_reworded_with_their_source(desk) -> None:
    one = outcome("refused_query")
    said = {"label": "属于行政查询", "source": "新的格式", "active": "1", "version": "1"}
    desk.post(f"{AT}/outcomes/{one.id}", data=said)
    assert "属于行政查询" in desk.get(f"{AT}/tables").text
    assert desk.post(f"{AT}/outcomes/{one.id}", data=said).status_code == 409
    empty = {**said, "label": "", "version": str(db.session.get(Outcome, one.id).version_id)}
    refused = desk.post(f"{AT}/outcomes/{one.id}", data=empty)
    assert refused.status_code == 422
    strict(desk.get(f"{AT}/outcomes/{one.id}").text)


def test_a_list_asks_no_more_the_longer_it_is(desk) -> None:
    def statements() -> int:
        count = []
        event.listen(db.engine, "before_cursor_execute", lambda *_: count.append(1))
        desk.get(AT)
        return len(count)

    brought_to(S.CONSULTING)
    brought_to(S.REPLIED)
    desk.get(AT)
    few = statements()
    for _ in range(5):
        brought_to(S.CONSULTING)
        take(brought_to(S.ACCEPTED), "ask_material", "2026-11-05")
    assert statements() <= few + few + 3  # listeners add up; no statement for each row


def test_the_day_of_the_year_of_a_filter_may_be_nonsense(desk) -> None:
    registered()
    for query in ("?year=x", "?part=x&year=2026", "?kind=x", "?view=x", "?outcome=x", "?page=99"):
        assert desk.get(AT + query).status_code == 200


def test_the_trail_tells_of_applications_in_words(people, client) -> None:
    application = brought_to(S.REPLIED)
    with transaction(CONSOLE, LATER):
        application.remark = "补充说明"
    people.sign_in(client, people.auditor)
    text = client.get("/audit").text
    for word in ("依申请公开", "登记", "答复"):
        assert word in text
    assert NAME not in text
    assert unit is not None
    assert application.state is ApplicationState.REPLIED


def test_notes_of_applications_are_shown_in_the_trail_to_their_readers_alone(
    people, client
) -> None:
    take(registered(), "withdraw", "2026-11-05", note="郑小满来电撤回")
    people.sign_in(client, people.auditor)
    page = client.get("/audit").text
    assert "来电撤回" not in page
    assert "申请人撤回" in page


def test_a_double_click_registers_once(desk) -> None:
    said = {
        "received_on": "2026-11-02", "way": "internet", "basis": "confirmed",
        "applicant_kind": "person", "applicant_name": "郑小满", "content": "某项目的批复",
    }  # fmt: skip
    answers = [desk.post(f"{AT}/new", data=said) for _ in range(2)]
    assert answers[0].location == answers[1].location
    desk.post(f"{AT}/new", data={**said, "content": "另一个项目的批复"})
    assert db.session.scalar(select(func.count()).select_from(Application)) == 2
    lawsuit = {
        "kind": "reconsideration", "body": "市政府", "begun_on": "2026-11-05", "matter": "不服",
        "result": "", "number": "",
    }  # fmt: skip
    for _ in range(2):
        assert desk.post(f"{AT}/proceedings/new", data=lawsuit).status_code == 302
    desk.post(f"{AT}/proceedings/new", data={**lawsuit, "case_number": "2 号"})
    assert db.session.scalar(select(func.count()).select_from(Proceeding)) == 2
