"""The pages of rules and working days, and what they say has moved."""

from __future__ import annotations

import io
import json

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.core import audit
from responder.core.clocks import ClockRule, Unit
from responder.core.database import db, transaction
from responder.core.lifecycle import Attempt
from responder.core.permissions import CONSOLE, Role
from responder.core.work_calendar import FixedHoliday, load_calendar
from responder.deadlines import service
from responder.orders.models import OrderState
from responder.responses import service as responses
from tests.factories import NOW
from tests.orders.factories import brought_to as order_brought_to
from tests.planning.queries import count_queries
from tests.responses.factories import opened, reload
from tests.responses.pages import strict
from tests.responses.test_clock_steps import add

YEAR = {
    "year": 2027,
    "papers": ["国办发明电〔2026〕7号"],
    "days": [
        {"name": "元旦", "date": "2027-01-01", "isOffDay": True},
        {"name": "国庆节", "date": "2027-10-01", "isOffDay": True},
    ],
}


def rule(code: str) -> ClockRule:
    return db.session.scalar(select(ClockRule).where(ClockRule.code == code))


def rule_values(one: ClockRule, **changed: object) -> dict[str, object]:
    return {
        "name": one.name,
        "length": one.length,
        "unit": one.unit.value,
        "source": one.source,
        "reason": "依市政府令",
        "version_id": one.version_id,
        **changed,
    }


def day(off: str, name: str = "市庆日") -> dict[str, str]:
    return {"day": off, "kind": "off", "name": name}


@pytest.fixture
def supervisor(client, people):
    return people.sign_in(client, people.supervisor)


@pytest.fixture
def letter(people):
    """An item whose clock counts seven working days, to 1 December."""
    item = opened(title="关于信箱来信的回应")
    add(item, "mailbox_suggestion", people.supervisor.actor)
    return item


def test_everybody_of_the_office_reads_and_two_posts_edit(client, people) -> None:
    for role in Role:
        people.sign_in(client, people.holding(role))
        reads = client.get("/clocks").status_code == 200
        assert reads == (role is not Role.LIAISON)
        edits = client.get(f"/clocks/{rule('public_concern').id}").status_code == 200
        assert edits == (role in (Role.SUPERVISOR, Role.ADMINISTRATOR))
        if reads:
            page = client.get("/clocks/calendar/2026").text
            strict(page)
            assert ("改一天的安排" in page) == edits


def test_rules_stand_with_their_sources(supervisor) -> None:
    page = supervisor.get("/clocks").text
    strict(page)
    assert "自发现起，公开发布为止：作出回应" in page
    assert "依据：国办发〔2016〕61号" in page
    assert "热线工单" in page


def test_an_edited_rule_moves_its_open_clocks_and_tells_from_when_to_when(
    session: Session, supervisor
) -> None:
    item, one = opened(), rule("public_concern")
    answer = supervisor.post(
        f"/clocks/{one.id}", data=rule_values(one, length=36), follow_redirects=True
    )
    page = answer.text
    strict(page)
    assert "改变了 1 个时限" in page
    assert f"/responses/{item.id}" in page
    assert "2026-11-22 09:00" in page  # 48 hours from the 20th, 09:00
    assert "2026-11-21 21:00" in page
    line = audit.history(session, rule("public_concern"))[-1]
    assert (line.action, line.note, line.changes) == ("update", "依市政府令", {"length": [48, 36]})
    assert audit.history(session, item)[-1].action == "recompute"


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"length": "0"}, "请填写 1 到 10000 之间的数"),
        ({"length": "两天"}, "请填写 1 到 10000 之间的数"),
        ({"unit": "weeks"}, "修改时限规则"),
        ({"source": " "}, "请填写依据"),
        ({"reason": ""}, "请写明修改的理由"),
        ({"version_id": "77"}, "别人保存过这一项"),
        ({"version_id": "x"}, "别人保存过这一项"),
    ],
)
def test_a_refused_edit_keeps_what_was_typed(supervisor, wrong, told) -> None:
    one = rule("public_concern")
    answer = supervisor.post(
        f"/clocks/{one.id}", data=rule_values(one, **{"name": "我写的名称", **wrong})
    )
    assert answer.status_code in (409, 422)
    strict(answer.text)
    assert told in answer.text
    assert "我写的名称" in answer.text
    assert rule("public_concern").length == 48


def test_an_edit_that_changes_nothing_leaves_no_line(session: Session, supervisor) -> None:
    one = rule("public_concern")
    before = len(audit.history(session, one))
    page = supervisor.post(f"/clocks/{one.id}", data=rule_values(one), follow_redirects=True).text
    assert "没有变化" in page
    assert len(audit.history(session, one)) == before


def test_units_stay_while_time_was_granted_in_them(people, supervisor, letter) -> None:
    one, editor = rule("mailbox_suggestion"), people.editor.actor
    with transaction(CONSOLE, NOW) as session:
        clock = next(c for c in reload(letter).clocks if c.rule_id == one.id)
        attempt = Attempt(editor, NOW, "须检测")
        responses.change_clock(session, clock, "ask", attempt, responses.ClockFacts(length=2))
    values = rule_values(rule("mailbox_suggestion"), unit=Unit.HOURS.value)
    answer = supervisor.post(f"/clocks/{one.id}", data=values)
    assert answer.status_code == 422
    assert "不能改计量" in answer.text


def test_a_day_off_moves_items_and_orders_and_links_to_both(supervisor, letter) -> None:
    order = order_brought_to(OrderState.HANDLING)
    url = "/clocks/calendar/2026/days"
    page = supervisor.post(url, data=day("2026-11-24"), follow_redirects=True).text
    strict(page)
    assert "改变了 2 个时限" in page
    for text in (
        "2026-12-01 23:59",
        "2026-12-02 23:59",
        f"/responses/{letter.id}",
        f"/orders/{order.id}",
        "市庆日",
    ):
        assert text in page
    assert "市庆日" in supervisor.get("/clocks/calendar/2026").text
    assert "改一天" in supervisor.get("/clocks").text


def test_what_somebody_may_not_see_is_not_named_to_them(client, people, supervisor, letter) -> None:
    order = order_brought_to(OrderState.HANDLING)
    answer = supervisor.post("/clocks/calendar/2026/days", data=day("2026-11-24"))
    people.sign_in(client, people.administrator)
    page = client.get(answer.location).text
    strict(page)
    assert "改变了 2 个时限" in page
    assert letter.title not in page
    assert f"/orders/{order.id}" not in page


def test_the_page_of_a_change_costs_the_same_however_many_moved(supervisor, people) -> None:
    def cost() -> int:
        answer = supervisor.post("/clocks/calendar/2026/days", data=day("2026-11-24"))
        counted = count_queries(lambda: supervisor.get(answer.location))
        supervisor.post("/clocks/calendar/2026/days", data={**day("2026-11-24"), "kind": "working"})
        return counted

    add(opened(), "mailbox_suggestion", people.supervisor.actor)
    cost()  # what is kept from page to page is asked once
    few = cost()
    for _ in range(4):
        add(opened(), "mailbox_suggestion", people.supervisor.actor)
    assert cost() == few


def test_a_day_of_an_unknown_year_and_an_empty_form_are_refused(supervisor) -> None:
    url = "/clocks/calendar/2026/days"
    unknown = supervisor.post(url, data=day("2027-03-01"))
    assert unknown.status_code == 404
    assert "2027 年的放假安排尚未导入" in unknown.text
    empty = supervisor.post(url, data={})
    assert empty.status_code == 422
    assert "请选择放假或上班" in empty.text
    strict(empty.text)


def upload(client, content: bytes, page: int = 2027):
    file = (io.BytesIO(content), "2027.json")
    url = f"/clocks/calendar/{page}/upload"
    return client.post(url, data={"file": file}, follow_redirects=True)


def test_a_year_is_provisional_until_it_is_uploaded(session: Session, supervisor) -> None:
    page = supervisor.get("/clocks/calendar/2027").text
    strict(page)
    assert "2027 年的放假安排尚未公布" in page
    assert "元旦" in page
    page = upload(supervisor, json.dumps(YEAR).encode()).text
    assert "更换全年安排" in page
    page = supervisor.get("/clocks/calendar/2027").text
    assert "国办发明电〔2026〕7号" in page
    assert "放假安排尚未公布" not in page


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff\xfe", b'{"year": 2027, "days": [{}]}'])
def test_a_file_that_is_no_calendar_is_refused(supervisor, content) -> None:
    answer = upload(supervisor, content)
    assert answer.status_code == 422
    assert "不是节假日 JSON" in answer.text
    assert upload_nothing(supervisor).status_code == 422


def test_a_year_is_uploaded_on_its_own_page(session: Session, supervisor) -> None:
    answer = upload(supervisor, json.dumps(YEAR).encode(), page=2028)
    assert answer.status_code == 422
    assert "请在 2027 年的页面上传" in answer.text
    assert 2027 not in load_calendar(session).announced


def test_a_year_uploaded_by_mistake_is_provisional_again(
    session: Session, supervisor, client, people, letter
) -> None:
    supervisor.post("/clocks/calendar/2026/days", data=day("2026-11-24"))
    assert "标为尚未公布" in supervisor.get("/clocks/calendar/2026").text
    page = supervisor.post("/clocks/calendar/2026/forget", follow_redirects=True).text
    strict(page)
    assert "工作日历 · 删除" in page
    assert "改变了 1 个时限" in page
    (clock,) = [one for one in reload(letter).clocks if one.rule.code == "mailbox_suggestion"]
    assert clock.provisional
    page = supervisor.get("/clocks/calendar/2026").text
    assert "2026 年的放假安排尚未公布" in page
    assert "标为尚未公布" not in page
    assert supervisor.post("/clocks/calendar/2026/forget").status_code == 404
    people.sign_in(client, people.editor)
    assert client.post("/clocks/calendar/2025/forget").status_code == 403


def upload_nothing(client):
    return client.post("/clocks/calendar/2026/upload", data={})


def test_holidays_by_law_are_the_offices_to_edit(session: Session, supervisor) -> None:
    values = {"month": "9", "number": "9", "title": "市庆日", "source": "市人大决定"}
    url = "/clocks/calendar/2027/fixed-holidays"
    page = supervisor.post(url, data=values, follow_redirects=True).text
    assert "法定节日 · 新建" in page
    assert (9, 9) in load_calendar(session).fixed
    for wrong in (values, {**values, "month": "2", "number": "30"}, {**values, "title": ""}):
        assert supervisor.post(url, data=wrong).status_code == 422
    added = session.scalar(select(FixedHoliday).where(FixedHoliday.name == "市庆日"))
    gone = f"/clocks/fixed-holidays/{added.id}/remove"
    assert "法定节日 · 删除" in supervisor.post(gone, follow_redirects=True).text
    assert supervisor.post(gone).status_code == 404
    assert (9, 9) not in load_calendar(session).fixed


def test_clocks_that_rest_on_no_announcement_are_counted(supervisor, session, people) -> None:
    assert "是暂定的" not in supervisor.get("/clocks/calendar/2026").text
    one = rule("mailbox_suggestion")
    opened_late = opened()
    supervisor.post(f"/clocks/{one.id}", data=rule_values(one, length=60))
    add(opened_late, "mailbox_suggestion", people.supervisor.actor)
    assert service.provisional_count(session) == 1
    assert "有 1 个正在计时的时限" in supervisor.get("/clocks/calendar/2026").text


def test_only_changes_of_rules_and_calendar_have_such_a_page(supervisor, session) -> None:
    item = opened()
    line = audit.history(session, item)[-1]
    assert supervisor.get(f"/clocks/changes/{line.id}").status_code == 404
    assert supervisor.get("/clocks/changes/999999").status_code == 404
    assert supervisor.get("/clocks/calendar/1").status_code == 404
    assert supervisor.get("/clocks/calendar").status_code == 302
