"""The pages of orders: who sees what, nothing of the caller, nothing typed is lost."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest

from responder.core.database import db, transaction
from responder.core.errors import GuardRefused
from responder.core.lifecycle import Attempt
from responder.core.permissions import CONSOLE, Role
from responder.core.times import local, utc_now
from responder.intake.models import Nature
from responder.orders import service
from responder.orders.models import OrderState, PartState, Satisfaction
from responder.routing import service as routing
from responder.routing.taxonomy import seed_taxonomy
from tests.factories import NOW, unit
from tests.orders.factories import (
    CALLER,
    PHONE,
    WAY,
    brought_to,
    liaison,
    message,
    opened,
    person,
    reload,
    take,
)
from tests.planning.queries import count_queries
from tests.responses.pages import HTML, strict

S = OrderState


def test_the_empty_list_says_what_to_do(client, people):
    people.sign_in(client, people.operator)
    page = client.get("/orders").text
    strict(page)
    assert "还没有工单" in page
    people.sign_in(client, liaison())
    assert "还没有派给您的单位的工单" in client.get("/orders").text


@pytest.mark.parametrize("state", OrderState)
def test_an_order_reads_well_in_every_state_and_never_names_the_caller(client, people, state):
    order = brought_to(state)
    for role in (Role.OPERATOR, Role.LIAISON, Role.SUPERVISOR, Role.AUDITOR):
        people.sign_in(client, person(role))
        answer = client.get(f"/orders/{order.id}")
        seen = role is not Role.LIAISON or order.parts
        assert answer.status_code == (200 if seen else 404)
        if seen:
            strict(answer.text)
        for private in (CALLER, PHONE, CALLER[1:]):
            assert private not in answer.text


def test_a_liaison_gets_the_own_units_orders_and_nothing_of_the_others(client, people):
    own = brought_to(S.HANDLING, title="本单位的事")
    others = opened(title="别家的事")
    take(others, "accept", people.operator)
    take(others, "dispatch", people.operator, lead=unit("swj", "市水务局"))
    people.sign_in(client, liaison())
    page = client.get("/orders").text
    assert "本单位的事" in page
    assert "别家的事" not in page
    for filters in ("view=open", "q=别家", f"unit={unit('swj').id}", "state=dispatched"):
        assert "别家的事" not in client.get(f"/orders?{filters}").text
    assert "别家的事" not in exported(client)
    assert "本单位的事" in exported(client)
    assert "别家的事" not in client.get("/").text
    for path in (f"/orders/{others.id}", f"/orders/{others.id}/edit"):
        assert client.get(path).status_code in (403, 404)
    step = client.post(f"/orders/{others.id}/sign", data={"version": others.version_id})
    assert step.status_code == 404
    typed = {"version": others.version_id, "answer": "x", "public_answer": "y"}
    assert client.post(f"/orders/{others.id}/draft", data=typed).status_code == 404
    for path in ("/orders/monthly", f"/messages/{own.messages[0].message_id}"):
        assert client.get(path).status_code == 403
    reveal = f"/messages/{own.messages[0].message_id}/identity"
    assert client.post(reveal).status_code == 403


def test_no_export_names_the_caller_or_starts_a_formula(client, people):
    opened(title=f"=HYPERLINK({PHONE})")
    people.sign_in(client, people.operator)
    written = exported(client)
    assert PHONE not in written
    assert CALLER not in written
    assert "<f>" not in written


def test_a_unit_reads_no_recorded_name_wherever_somebody_wrote_it(client, people):
    said = message(author="王小明", title="王小明家停水", body="我叫小明，王小明家里停水两天")
    order = opened(said, title="王小明家停水", brief="请王小明在家等候")
    note = "请联系来电人王小明13912345678尽快修"
    take(order, "accept", people.operator, note)
    take(order, "dispatch", people.operator, note)
    take(order, "add_unit", people.operator, note)
    take(order, "return_part", liaison(unit("swj", "市水务局")), f"不归我局。{note}")
    take(order, "sign", liaison())
    take(order, "ask_extension", liaison(), f"王小明不在家。{note}")
    attempt = Attempt(liaison().actor, NOW)
    with transaction(attempt.actor, NOW) as session:
        texts = ("已到王小明家中查看。", "王小明家已经通水。")
        service.save_answer(session, reload(order), *texts, attempt, order.version_id)
    people.sign_in(client, liaison())
    form = re.compile("<textarea.*?</textarea>", re.DOTALL)  # their own words, to be put right
    page = form.sub("", client.get(f"/orders/{order.id}").text)
    assert "请联系来电人王**139******78尽快修" in page
    for text in (page, client.get("/orders").text, client.get("/").text):
        assert "王小明" not in text
        assert "王**家停水" in text
    written = exported(client)
    assert "王小明" not in written
    assert "王**家停水" in written


def test_a_report_reaches_the_unit_by_the_offices_words_alone(client, people):
    said = message(nature=Nature.REPORT, body="我是三楼的，举报物业经理收钱")
    order = brought_to(S.DISPATCHED, said, brief="核查物业收费", title="举报事项")
    people.sign_in(client, liaison())
    for path in (f"/orders/{order.id}", "/orders", "/"):
        assert "三楼" not in client.get(path).text
    page = client.get(f"/orders/{order.id}").text
    assert "核查物业收费" in page
    assert "举报件不转原文" in page
    for trace in (f"留言编号 {said.id}", f"{local(said.occurred_at):%Y-%m-%d %H:%M}", "/topics/"):
        assert trace not in page


def test_revealing_the_caller_is_offered_to_whoever_may_and_leaves_a_line(client, people):
    order = opened()
    people.sign_in(client, people.operator)
    page = client.get(f"/orders/{order.id}").text
    path = f"/messages/{order.messages[0].message_id}/identity"
    assert path in page
    assert PHONE in client.post(path).text
    people.sign_in(client, people.auditor)
    assert path not in client.get(f"/orders/{order.id}").text


def test_an_order_opens_from_a_message_and_from_it_again(client, people):
    said = message()
    people.sign_in(client, people.operator)
    assert f"/messages/{said.id}/order" in client.get(f"/messages/{said.id}").text
    page = client.get(f"/messages/{said.id}/order").text
    strict(page)
    assert PHONE not in page
    wrong = client.post(f"/messages/{said.id}/order", data={"title": "", "nature": "help"})
    assert wrong.status_code == 422
    data = {
        "title": "工地夜间施工", "nature": "help", "category_id": 0, "reported_unit_id": 0,
        "urgent": "y", "brief": "查",
    }  # fmt: skip
    sent = client.post(f"/messages/{said.id}/order", data=data)
    assert sent.status_code == 302
    order = service.order_of(db.session, said.id)
    assert sent.location.endswith(f"/orders/{order.id}")
    assert (order.title, order.nature, order.urgent) == ("工地夜间施工", Nature.HELP, True)
    assert client.get(f"/messages/{said.id}/order").location.endswith(f"/orders/{order.id}")
    assert client.post(f"/messages/{said.id}/order", data=data).status_code == 409
    assert order.number in client.get(f"/messages/{said.id}").text


def test_the_way_is_walked_by_the_buttons_of_the_page(client, people):
    order = opened()
    way = [
        (people.operator, "accept", {}),
        (people.operator, "dispatch", {"lead": unit().id}),
        (liaison(), "sign", {}),
        (liaison(), "answer", {}),
        (people.supervisor, "check", {}),
        (people.operator, "call_back", {"satisfaction": "mostly", "note": "已告知"}),
        (people.operator, "close", {}),
        (people.operator, "archive", {}),
    ]
    for somebody, action, data in way:
        people.sign_in(client, somebody)
        if action == "answer":
            texts = {
                "answer": "已到现场查看并责令停工。",
                "public_answer": "您反映的夜间施工已经制止。",
            }
            version = reload(order).version_id
            saved = client.post(f"/orders/{order.id}/draft", data={**texts, "version": version})
            assert saved.status_code == 302
        page = client.get(f"/orders/{order.id}").text
        assert f"/orders/{order.id}/{action}" in page
        data = {**data, "version": reload(order).version_id}
        assert client.post(f"/orders/{order.id}/{action}", data=data).status_code == 302
    assert reload(order).state is S.ARCHIVED
    assert reload(order).satisfaction is Satisfaction.MOSTLY


def test_a_blocked_step_says_why(client, people):
    order = brought_to(S.HANDLING)
    people.sign_in(client, liaison())
    page = strict(client.get(f"/orders/{order.id}").text)
    buttons = {
        "".join(button.itertext()): button.get("disabled") is not None
        for button in page.iter(f"{HTML}button")
    }
    assert buttons["提交答复"] is True
    assert buttons["挂起"] is False
    assert "审核通过" not in buttons
    assert "恢复办理" not in buttons
    assert "还没有办理情况" in "".join(page.itertext())


def test_a_refused_step_stays_on_the_order_with_what_was_typed(client, people):
    order = brought_to(S.DISPATCHED)
    people.sign_in(client, liaison())
    version = order.version_id

    def post(action, **data):
        answer = client.post(f"/orders/{order.id}/{action}", data={"version": version, **data})
        strict(answer.text)
        assert order.number in answer.text
        return answer

    empty = post("return")
    assert (empty.status_code, "请写明退单的理由" in empty.text) == (422, True)
    long = post("return", note="长" * 1001)
    assert (long.status_code, "长" * 1001 in long.text) == (422, True)
    people.sign_in(client, people.operator)
    nowhere = post("merge", into="2020-000001")
    assert nowhere.status_code == 404
    assert 'value="2020-000001"' in nowhere.text
    gone = post("accept", note="我写的说明")
    assert (gone.status_code, "我写的说明" in gone.text) == (409, True)
    unknown = client.post(f"/orders/{order.id}/messages", data={"message_id": "99999"})
    assert unknown.status_code == 404
    assert 'value="99999"' in unknown.text
    strict(unknown.text)


def test_who_is_dissatisfied_is_not_passed_over_in_silence(client, people):
    order = brought_to(S.CHECKED)
    take(order, "call_back", people.operator, satisfaction=Satisfaction.DISSATISFIED)
    people.sign_in(client, people.operator)
    page = client.get(f"/orders/{order.id}").text
    assert "回访结果是“不满意”：请重新办理，或写明理由办结" in page

    def post(action, **data):
        data = {"version": reload(order).version_id, **data}
        return client.post(f"/orders/{order.id}/{action}", data=data).status_code

    assert (post("close"), post("close_anyway")) == (422, 422)
    assert post("close_anyway", note="诉求不合法，已当面解释") == 302
    assert reload(order).state is S.CLOSED
    assert reload(order).closed_at is not None


def test_what_an_assisting_unit_still_owes_stands_in_the_way_of_settling(client, people):
    helper = unit("swj", "市水务局")
    order = brought_to(S.HANDLING)
    take(order, "add_unit", people.operator, assisting=[helper])
    with pytest.raises(GuardRefused, match="没有妨碍"):
        take(brought_to(S.CALLED_BACK), "close_anyway", people.operator, "省事")
    for role, action in WAY[3:6]:
        take(order, action, person(role))
    with pytest.raises(GuardRefused, match="市水务局待签收"):
        take(order, "close", people.operator)
    with transaction(CONSOLE):
        order.part_of(helper.id).state = PartState.SIGNED
    with pytest.raises(GuardRefused, match="市水务局还没有提交协办意见"):
        take(order, "close", people.operator)
    with transaction(CONSOLE):
        order.part_of(helper.id).note = "管道已修"
    take(order, "close", people.operator)
    assert reload(order).state is S.CLOSED


def test_whoever_returns_an_order_sees_the_list_again(client, people):
    order = brought_to(S.DISPATCHED)
    people.sign_in(client, liaison())
    data = {"version": order.version_id, "note": "不属我局职责"}
    answer = client.post(f"/orders/{order.id}/return", data=data)
    assert answer.location.endswith("/orders")


def test_a_step_from_an_old_page_is_refused(client, people):
    order = opened()
    people.sign_in(client, people.operator)
    seen = order.version_id
    assert client.post(f"/orders/{order.id}/accept", data={"version": seen}).status_code == 302
    for data in ({"version": seen}, {}):
        answer = client.post(f"/orders/{order.id}/accept", data=data)
        assert answer.status_code == 409
        assert "请刷新页面" in answer.text


def test_what_was_typed_comes_back_when_somebody_else_was_first(client, people):
    order = brought_to(S.HANDLING)
    people.sign_in(client, liaison())
    typed = {"version": order.version_id - 1, "answer": "我写的办理情况", "public_answer": "答"}
    answer = client.post(f"/orders/{order.id}/draft", data=typed)
    assert answer.status_code == 409
    strict(answer.text)
    assert "我写的办理情况" in answer.text
    assert reload(order).answer == ""


def test_what_a_person_writes_is_never_markup(client, people):
    order = opened(message(body="<script>alert(1)</script>"), title="<b>停水</b>")
    people.sign_in(client, people.operator)
    for path in (f"/orders/{order.id}", "/orders"):
        page = client.get(path).text
        strict(page)
        assert "<script>alert" not in page
        assert "<b>停水" not in page


def test_the_list_is_sorted_by_what_is_due_and_filtered_by_pills(client, people):
    now = utc_now()
    late = brought_to(S.HANDLING, at=now - timedelta(days=60), title="早该办的")
    fresh = brought_to(S.HANDLING, at=now, title="刚来的")
    opened(at=now, title="没受理的")
    people.sign_in(client, people.supervisor)
    page = client.get("/orders").text
    strict(page)
    assert page.index("早该办的") < page.index("刚来的") < page.index("没受理的")
    overdue = client.get("/orders?view=overdue").text
    assert "早该办的" in overdue
    assert "刚来的" not in overdue
    assert "已超" in overdue
    for filters, found in (
        (f"q={fresh.number}", "刚来的"),
        (f"unit={unit().id}", "早该办的"),
        ("state=received", "没受理的"),
        ("nature=complaint&q=刚来", "刚来的"),
    ):
        assert found in client.get(f"/orders?{filters}").text
    assert client.get("/orders?view=x&state=x&unit=x&nature=x&month=x&page=99").status_code == 200
    assert late.number in overdue


def test_the_urgent_that_nobody_has_accepted_stand_before_what_has_time(client, people):
    now = utc_now()
    brought_to(S.ARCHIVED, at=now - timedelta(days=90), title="办完的")
    brought_to(S.HANDLING, at=now, title="还有时间的")
    brought_to(S.HANDLING, at=now - timedelta(days=60), title="早该办的")
    opened(at=now, title="急的", urgent=True)
    people.sign_in(client, people.supervisor)
    page = client.get("/orders").text
    at = [page.index(title) for title in ("早该办的", "急的", "还有时间的", "办完的")]
    assert at == sorted(at)


def test_the_form_of_an_order_takes_the_suggested_category_and_asks_for_the_nature(
    client, people, session
):
    with transaction(CONSOLE) as writing:
        seed_taxonomy(writing)
    said = message(nature=None, title="路灯不亮", body="小区门口的路灯不亮三天了")
    people.sign_in(client, people.operator)
    page = client.get(f"/messages/{said.id}/order").text
    assert "按建议预选" in page
    suggested = routing.suggest(session, said.title, said.body, said.place)
    assert f'<option selected value="{suggested.category_id}">' in page
    data = {"title": "路灯不亮", "nature": "", "category_id": 0, "reported_unit_id": 0}
    answer = client.post(f"/messages/{said.id}/order", data=data)
    assert (answer.status_code, "请选择诉求性质" in answer.text) == (422, True)


def test_the_history_says_once_that_an_answer_was_written(client, people):
    order = brought_to(S.ANSWERED)
    people.sign_in(client, people.supervisor)
    page = client.get(f"/orders/{order.id}").text
    assert "填写答复" in page
    assert "修改要素" not in page


def test_who_returned_an_order_no_longer_has_a_part_in_it(client, people):
    order = brought_to(S.DISPATCHED)
    take(order, "return", liaison(), "不属我局职责")
    people.sign_in(client, people.operator)
    page = client.get(f"/orders/{order.id}").text
    assert "协办</" not in page
    assert "已退单" in page


def test_lists_and_pages_cost_the_same_however_much_there_is(client, people):
    people.sign_in(client, people.operator)
    order = brought_to(S.HANDLING)

    def costs() -> list[int]:
        counted = []
        for path in ("/orders", f"/orders/{order.id}"):
            db.session.expunge_all()
            counted.append(count_queries(lambda path=path: client.get(path)))
        return counted

    costs()  # whoever signs in is looked up once more the first time
    few = costs()
    for number in range(3):
        brought_to(S.HANDLING)
        repeat = message(50 + number)
        with transaction(CONSOLE, NOW) as session:
            service.attach(session, reload(order), repeat, CONSOLE, NOW)
    assert costs() == few


def test_today_shows_a_liaison_what_waits(client, people):
    order = brought_to(S.DISPATCHED, title="等我签收的事")
    people.sign_in(client, liaison())
    page = client.get("/").text
    strict(page)
    assert "等我签收的事" in page
    assert f"/orders/{order.id}" in page


def test_the_monthly_table_counts_and_each_figure_opens_its_orders(client, people):
    brought_to(S.CLOSED, title="按时的")
    late = brought_to(S.HANDLING, title="超时的")
    take(late, "answer", liaison(), at=NOW + timedelta(days=40))
    take(late, "check", people.supervisor, at=NOW + timedelta(days=40))
    said = {"satisfaction": Satisfaction.DISSATISFIED}
    take(late, "call_back", people.operator, at=NOW + timedelta(days=40), **said)
    take(late, "close_anyway", people.operator, "市民坚持", at=NOW + timedelta(days=40))
    brought_to(S.HANDLING, title="没办完的")
    merged = brought_to(S.HANDLING, title="并走的")
    take(merged, "merge", people.operator, into=late.merged_into or brought_to(S.DISPATCHED))
    brought_to(S.CLOSED, at=NOW - timedelta(days=40), title="上个月的")
    people.sign_in(client, people.supervisor)
    page = client.get("/orders/monthly?month=2026-11")
    strict(page.text)
    table = service.monthly_table(db.session, "2026-11")
    ((row_unit, row),) = table.rows
    assert (row.total, row.on_time, row.late, row.unfinished) == (4, 1, 1, 2)
    assert (row.dissatisfied, row.reached) == (1, 2)
    assert (row.closing_rate, row.on_time_rate, row.dissatisfied_rate) == (0.5, 0.25, 0.5)
    for outcome, title in (("on_time", "按时的"), ("late", "超时的"), ("dissatisfied", "超时的")):
        path = f"/orders?month=2026-11&amp;unit={row_unit.id}&amp;outcome={outcome}"
        assert path in page.text
        listed = client.get(path.replace("&amp;", "&")).text
        assert title in listed
        assert "共 1 件" in listed
    assert "共 2 件" in client.get("/orders?month=2026-11&outcome=unfinished").text
    written = cells(client.get("/orders/monthly/export?month=2026-11").data)
    assert "住房和城乡建设局" in written
    assert client.get("/orders/monthly?month=2026-13").status_code == 200
    assert "这个月没有派出的工单" in client.get("/orders/monthly?month=2001-01").text


def exported(client) -> str:
    """The list of orders as a workbook, read as :func:`cells` does."""
    with client.get("/orders/list.xlsx") as answer:
        return cells(answer.data)


def cells(workbook: bytes) -> str:
    """Every text of a workbook, with its sheet."""
    with ZipFile(BytesIO(workbook)) as book:
        names = {"xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"} & set(book.namelist())
        return "".join(book.read(name).decode("utf-8") for name in sorted(names))


def test_a_month_that_does_not_exist_is_said(client, people):
    people.sign_in(client, people.operator)
    page = client.get("/orders/monthly?month=2026-13").text
    assert f"月份“2026-13”不存在，现显示 {local(utc_now()):%Y-%m}" in page
    strict(page)
    for good in ("/orders/monthly", "/orders/monthly?month=2026-02"):
        assert "不存在" not in client.get(good).text
