"""Comments on passages: where their words stand, who makes and settles them, what they stop."""

from __future__ import annotations

import pytest

from responder.core import audit
from responder.core.database import db, transaction
from responder.core.errors import Forbidden, GuardRefused, Invalid, WrongState
from responder.core.lifecycle import Attempt
from responder.responses.commenting import rules
from responder.responses.commenting import service as commenting
from responder.responses.models import ItemState
from tests.factories import NOW
from tests.responses.factories import ANSWER, brought_to, drafted, reload, save, take
from tests.responses.pages import strict

S = ItemState
QUOTE = "市住建局已约谈并限期整改"


@pytest.mark.parametrize(
    ("text", "quote", "found"),
    [
        ("甲乙丙丁", "乙丙", "乙丙"),
        ("**甲**乙 丙\n丁", "甲乙丙", "甲**乙 丙"),
        ("# 甲\n\n- 乙", "甲 - 乙", "甲\n\n- 乙"),
        ("甲乙", "丙", None),
        ("甲乙", "", None),
        ("甲乙", " * ", None),
        ("甲乙甲乙", "甲乙", "甲乙"),
    ],
)
def test_a_quote_is_found_whatever_marks_lie_between_its_words(text, quote, found) -> None:
    span = rules.locate(text, quote)
    assert (text[slice(*span)] if span else None) == found


def test_passages_may_overlap_and_no_letter_is_lost() -> None:
    pieces = rules.pieces("甲乙丙丁戊", [(1, (1, 3)), (2, (2, 5))])
    assert [(one.text, one.comments, one.ends) for one in pieces] == [
        ("甲", (), ()),
        ("乙", (1,), ()),
        ("丙", (1, 2), (1,)),
        ("丁戊", (2,), (2,)),
    ]
    assert rules.pieces("", []) == []


def say(item, person, quote=QUOTE, body="整改期限请写明。"):
    attempt = Attempt(person.actor, NOW)
    with transaction(attempt.actor, NOW) as session:
        return commenting.comment(session, item, quote, body, [attempt])


def settle(item, comment, person, reply=""):
    attempt = Attempt(person.actor, NOW)
    with transaction(attempt.actor, NOW) as session:
        commenting.settle(session, item, comment.id, reply, attempt)


def test_reviewers_comment_on_words_of_the_text_under_review(people) -> None:
    item = brought_to(S.SECOND_REVIEW)
    for person in (people.editor, people.press_officer):
        with pytest.raises(Forbidden):
            say(item, person)
    for quote, body in (
        (QUOTE, "  "),
        ("稿件里没有的话", "意见"),
        ("", "意见"),
        ("长" * 501, "意见"),
    ):
        with pytest.raises(Invalid):
            say(item, people.signer, quote, body)
    made = say(item, people.first_reviewer)
    assert (made.draft_number, made.quote, made.is_open) == (1, QUOTE, True)
    line = audit.history(db.session, item)[-1]
    assert (line.action, line.changes) == ("comment", {"comment": 1})
    with pytest.raises(WrongState):
        say(drafted(), people.signer)


def test_what_was_remarked_is_settled_before_the_text_is_handed_in_again(people) -> None:
    item = brought_to(S.SECOND_REVIEW)
    first, second = say(item, people.second_reviewer), say(item, people.first_reviewer, "经核实")
    take(item, "return", people.second_reviewer, note="见批注")
    with pytest.raises(GuardRefused, match="还有 2 条批注没有处理"):
        take(item, "submit", people.editor)
    with pytest.raises(Forbidden):
        settle(item, first, people.auditor, "知道了")
    with pytest.raises(Forbidden):
        settle(item, first, people.first_reviewer, "不是我的批注")
    with pytest.raises(Invalid):
        settle(item, first, people.editor)
    settle(item, first, people.editor, "已写明期限。")
    settle(item, second, people.first_reviewer)  # its author takes it back without a word
    with pytest.raises(WrongState):
        settle(item, first, people.editor, "再来一次")
    save(item, ANSWER.replace("限期整改", "要求月底前整改"), people.editor)
    shown = commenting.commented(reload(item), [Attempt(people.editor.actor, NOW)])
    assert [one.stands for one in shown.comments] == [False, True]
    assert shown.open == 0
    take(item, "submit", people.editor)
    assert item.state is S.FIRST_REVIEW


def test_comments_are_made_and_settled_at_the_page(client, people) -> None:
    item = brought_to(S.SIGNING)
    people.sign_in(client, people.signer)
    address = f"/responses/{item.id}"
    form = {"quote": QUOTE, "body": "<b>期限</b>请写明"}
    assert client.post(f"{address}/comments", data={**form, "body": ""}).status_code == 422
    assert client.post(f"{address}/comments", data=form).status_code == 302
    page = client.get(address).text
    strict(page)
    assert "1 条未处理" in page
    assert "<b>期限" not in page
    comment = reload(item).comments[0]
    people.sign_in(client, people.editor)
    assert "对批注 1 的答复" in client.get(address).text
    settle_at = f"{address}/comments/{comment.id}/settle"
    assert client.post(settle_at, data={"reply": "已写明"}).status_code == 302
    assert client.post(settle_at, data={"reply": "已写明"}).status_code == 409
    assert client.post(f"{address}/comments/4711/settle", data={"reply": "x"}).status_code == 404
    assert client.post(f"{address}/comments", data=form).status_code == 403
    page = client.get(address).text
    strict(page)
    assert "已处理" in page
