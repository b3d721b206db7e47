"""The list of orders: sorted, counted, and one step for many of them."""

from __future__ import annotations

import re

from responder.orders.models import OrderState
from tests.factories import unit
from tests.orders.factories import liaison, opened, reload, take
from tests.responses.pages import strict

S = OrderState


def chosen(*orders) -> list[str]:
    return [f"{one.id}:{one.version_id}" for one in orders]


def test_counts_agree_with_what_is_shown_and_the_order_turns_round(client, people):
    for title in ("路灯甲", "路灯乙", "停水"):
        opened(title=title)
    people.sign_in(client, people.operator)
    page = client.get("/orders?q=路灯&sort=-number").text
    strict(page)
    counted = re.findall(r'(等我办理|全部) <span class="figures">(\d+)', page)
    assert counted == [("等我办理", "2"), ("全部", "2")]
    assert page.index("路灯乙") < page.index("路灯甲")
    assert "/orders?q=%E8%B7%AF%E7%81%AF&amp;sort=number" in page
    up = client.get("/orders?q=路灯&sort=number").text
    assert up.index("路灯甲") < up.index("路灯乙")


def test_only_what_may_be_done_with_all_is_offered_and_done_one_by_one(client, people):
    first, second, sent = (opened(title=f"路灯{n}") for n in "甲乙丙")
    take(sent, "accept", people.operator)
    people.sign_in(client, people.operator)
    page = client.get("/orders").text
    strict(page)
    assert re.search(rf'value="{first.id}:\d+" data-steps="accept"', page)
    assert re.search(rf'value="{sent.id}:\d+" data-steps="dispatch"', page)
    mixed = client.post("/orders/bulk", data={"chosen": chosen(first, sent)}).text
    strict(mixed)
    assert "没有您可以对所选各项一并办理的步骤" in mixed
    asked = {"chosen": chosen(first, second), "action": "accept", "back": "/orders?q=路灯"}
    answer = client.post("/orders/bulk", data=asked)
    assert answer.location.startswith("/orders?q=")
    assert {reload(one).state for one in (first, second)} == {S.ACCEPTED}
    stale = client.post("/orders/bulk", data={"chosen": chosen(first), "action": "accept"})
    assert stale.status_code == 422
    assert "不能再这样办理" in stale.text


def test_a_step_that_must_be_told_more_asks_first(client, people):
    first, second = (opened(title=f"路灯{n}") for n in "甲乙")
    for one in (first, second):
        take(one, "accept", people.operator)
    people.sign_in(client, people.operator)
    asked = {"chosen": chosen(reload(first), reload(second)), "action": "dispatch"}
    page = client.post("/orders/bulk", data=asked).text
    strict(page)
    assert "主办单位" in page
    lead = {"lead": unit().id, "decided": "1", "back": "//elsewhere"}
    nobody = client.post("/orders/bulk", data=asked | {"decided": "1"})
    assert nobody.status_code == 409
    assert "状态不变" in nobody.text
    assert client.post("/orders/bulk", data=asked | lead).location == "/orders"
    assert {reload(one).state for one in (first, second)} == {S.DISPATCHED}
    people.sign_in(client, people.supervisor)
    asked = {"chosen": chosen(reload(first)), "action": "supervise", "decided": "1"}
    assert client.post("/orders/bulk", data=asked).status_code == 422
    people.sign_in(client, liaison(unit("swj", "市水务局")))
    assert "还没有选择" in client.post("/orders/bulk", data=asked).text
