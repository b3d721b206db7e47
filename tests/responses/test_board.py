"""The board by state, signing with a proof, and one step for many."""

from __future__ import annotations

from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import select

from responder.accounts import proofs
from responder.accounts.absence_views import today
from responder.core.audit import AuditEvent
from responder.core.database import db
from responder.core.permissions import Role
from responder.core.times import utc_now
from responder.responses.board import service as board
from responder.responses.models import ItemState
from tests.accounts.test_proofs import enrolled
from tests.factories import NOW, PASSWORD, unit
from tests.planning.queries import count_queries
from tests.responses.factories import brought_to, drafted, opened, reload, take
from tests.responses.pages import HTML, strict
from tests.responses.test_lifecycle import give
from tests.responses.test_reviewing import away

S = ItemState


def seen(*items) -> list[str]:
    return [f"{item.id}:{item.version_id}" for item in items]


def offered(client, *items) -> list[str]:
    """What the page offers for all of these."""
    page = client.get("/responses/bulk", query_string={"chosen": [one.id for one in items]}).text
    tree = strict(page)
    buttons = [one for one in tree.iter(f"{HTML}button") if one.get("name") == "action"]
    return [button.get("value", "") for button in buttons]


def test_signing_needs_a_proof_and_a_wrong_one_changes_nothing(client, people) -> None:
    item = brought_to(S.SIGNING)
    people.sign_in(client, people.signer)
    address, form = f"/responses/{item.id}/sign", {"version": item.version_id, "note": "独特意见"}
    for proof in ({}, {"proof": "wrong"}, {"proof": " "}):
        answer = client.post(address, data={**form, **proof})
        assert answer.status_code == 403
        strict(answer.text)
        assert "密码不正确，没有办理" in answer.text
        assert "独特意见" in answer.text
        assert reload(item).state is S.SIGNING
    assert client.post(address, data={**form, "proof": PASSWORD}).status_code == 302
    review = reload(item).reviews[-1]
    assert (item.state, review.proof) == (S.SIGNED, proofs.PASSWORD)
    assert "已用密码验证" in client.get(f"/responses/{item.id}").text
    # With a telephone: the code, once, and never the password; nor for somebody else's step.
    totp = enrolled(people.signer.actor, utc_now())
    item, other = brought_to(S.SIGNING), brought_to(S.SIGNING)
    code = totp.at(utc_now() + timedelta(seconds=30))
    for one, proof, status in ((item, PASSWORD, 403), (item, code, 302), (other, code, 403)):
        data = {"version": one.version_id, "proof": proof}
        assert client.post(f"/responses/{one.id}/sign", data=data).status_code == status
    assert (reload(item).reviews[-1].proof, reload(other).state) == (proofs.CODE, S.SIGNING)
    stored = db.session.scalars(select(AuditEvent)).all()
    assert not any(
        word in str((line.changes, line.note)) for line in stored for word in (code, PASSWORD)
    )


def test_a_code_is_not_used_up_by_a_step_that_cannot_be_taken(client, people) -> None:
    item = brought_to(S.SIGNING, "请联系13812345678，尽快办理。")
    people.sign_in(client, people.signer)
    data = {"version": item.version_id, "proof": "wrong"}
    for _number in range(proofs.MOST_TRIES + 1):
        assert client.post(f"/responses/{item.id}/sign", data=data).status_code == 422


def test_the_board_shows_each_state_its_most_urgent_first_and_what_waits_for_me(client, people):
    people.sign_in(client, people.first_reviewer)
    assert "没有在办的回应事项" in client.get("/responses/board").text
    late = brought_to(S.FIRST_REVIEW, title="晚到期")
    soon = brought_to(S.FIRST_REVIEW, title="早到期", found_at=NOW - timedelta(hours=40))
    elsewhere = opened(title="别的单位", unit=unit("swj", "市水务局"))
    brought_to(S.ARCHIVED, title="已归档的")
    page = client.get("/responses/board").text
    strict(page)
    assert page.index("早到期") < page.index("晚到期")
    assert page.count("待我办理") == 2
    assert "已归档的" not in page
    other = client.get(f"/responses/board?unit={elsewhere.unit_id}").text
    assert "别的单位" in other
    assert "早到期" not in other
    assert "晚到期" not in client.get("/responses/board?state=draft").text
    assert client.get("/responses/board?state=x&unit=y").status_code == 200
    columns = {one.state: one for one in board.columns(db.session, [])}
    assert [card.item for card in columns[S.FIRST_REVIEW].cards] == [soon, late]
    assert (columns[S.DRAFT].count, columns[S.SIGNED].count) == (1, 0)

    def cost() -> int:
        db.session.expunge_all()
        return count_queries(lambda: client.get("/responses/board"))

    cost()
    few = cost()
    for number in range(board.CARDS):
        drafted(title=f"第{number}件")
    assert cost() == few
    assert f"全部 {board.CARDS + 1} 件" in client.get("/responses/board").text


def test_only_what_is_allowed_for_all_that_is_chosen_is_offered(client, people) -> None:
    give(people.first_reviewer, Role.SECRECY_REVIEWER)
    first, another, second = (
        brought_to(S.FIRST_REVIEW), brought_to(S.FIRST_REVIEW), brought_to(S.SECOND_REVIEW)
    )  # fmt: skip
    people.sign_in(client, people.first_reviewer)
    assert offered(client, first, another) == ["approve_first", "return"]
    assert offered(client, first, second) == []
    assert offered(client, brought_to(S.SECRECY_REVIEW)) == ["return", "return_first",
        "return_second", "return_third"]  # fmt: skip
    people.sign_in(client, people.signer)
    clean, private = brought_to(S.SIGNING), brought_to(S.SIGNING, "请联系13812345678，尽快办理。")
    assert "sign" in offered(client, clean)
    assert "sign" not in offered(client, clean, private)
    assert offered(client, brought_to(S.PUBLISHED)) == []
    assert "还没有选择事项" in client.get("/responses/bulk").text
    many = {"chosen": list(range(1, board.MOST_AT_ONCE + 2))}
    assert client.get("/responses/bulk", query_string=many).status_code == 422


def test_each_is_taken_by_itself_and_what_was_refused_is_named(client, people) -> None:
    item, moved, secret = (
        brought_to(S.FIRST_REVIEW, title="照办的"),
        brought_to(S.FIRST_REVIEW, title="已被别人办理的"),
        brought_to(S.SECRECY_REVIEW, title="在保密审查的"),
    )
    chosen = [*seen(item, moved, secret), "4711:1", "胡写", *seen(item)]
    take(moved, "approve_first", people.holding(Role.FIRST_REVIEWER, "colleague"))
    people.sign_in(client, people.first_reviewer)
    answer = client.post("/responses/bulk", data={"chosen": chosen, "action": "approve_first"})
    strict(answer.text)
    assert answer.status_code == 200
    assert "已办理 1 件" in answer.text
    assert "4 件没有办理，状态不变" in answer.text
    assert reload(item).state is S.SECOND_REVIEW
    assert [one.reviewer_id for one in reload(moved).reviews] != [people.first_reviewer.id]
    assert reload(secret).state is S.SECRECY_REVIEW
    for action, data in (("approve_secrecy", {"secrecy-state_secret": "no"}), ("publish", {})):
        form = {"chosen": seen(reload(secret)), "action": action, **data}
        people.sign_in(client, people.secrecy_reviewer)
        assert "已办理 0 件" in client.post("/responses/bulk", data=form).text
        assert reload(secret).state is S.SECRECY_REVIEW


def test_a_return_of_many_needs_its_reason_and_a_deputy_may_take_it(client, people) -> None:
    items = [brought_to(S.SECOND_REVIEW), brought_to(S.SECOND_REVIEW)]
    deputy = people.holding(Role.FIRST_REVIEWER, "deputy")
    away(people.second_reviewer, deputy, today())
    people.sign_in(client, deputy)
    form = {"chosen": seen(*items), "action": "return_first"}
    answer = client.post("/responses/bulk", data=form)
    assert answer.status_code == 422
    assert "请写明退回初审的理由" in answer.text
    assert "已办理 2 件" in client.post("/responses/bulk", data={**form, "note": "口径不一"}).text
    for item in items:
        assert reload(item).state is S.FIRST_REVIEW
        assert item.reviews[-1].on_behalf_of_id == people.second_reviewer.id


@pytest.mark.parametrize("method", [proofs.PASSWORD, proofs.CODE])
def test_many_are_signed_with_one_proof(client, people, method) -> None:
    people.sign_in(client, people.signer)
    proof = PASSWORD
    if method == proofs.CODE:
        totp: pyotp.TOTP = enrolled(people.signer.actor, utc_now())
        proof = totp.at(utc_now() + timedelta(seconds=30))
    items = [brought_to(S.SIGNING, title=f"第{number}件") for number in range(3)]
    stale = seen(*items)
    take(items[2], "return", people.signer, note="再核实")
    form = {"chosen": stale, "action": "sign"}
    assert client.post("/responses/bulk", data={**form, "proof": "wrong"}).status_code == 403
    assert {reload(one).state for one in items[:2]} == {S.SIGNING}
    page = client.post("/responses/bulk", data={**form, "proof": proof}).text
    assert "已办理 2 件" in page
    assert "1 件没有办理" in page
    assert [reload(one).reviews[-1].proof for one in items] == [method, method, ""]
    assert items[2].state is S.DRAFT
