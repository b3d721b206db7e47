"""The office's lists of words, names and templates: kept in the browser by whoever may."""

from __future__ import annotations

import pytest

from responder.core.database import db, transaction
from responder.core.errors import Forbidden
from responder.responses.drafting import lists, templates
from responder.responses.drafting.models import Severity
from tests.responses.factories import opened
from tests.responses.pages import strict

TEMPLATE = {
    "name": "甲", "text": "{{单位}}", "format": "markdown", "category_id": 0, "nature": "help",
}  # fmt: skip


@pytest.fixture
def keeper(client, people):
    """The browser of whoever keeps the lists."""
    people.sign_in(client, people.press_officer)
    return client


def add_word(browser, word="刁民", **facts):
    sent = {"word": word, "advice": "群众", "severity": "block", **facts}
    return browser.post("/responses/words", data=sent)


def word_of(text):
    return next(row for row in lists.words(db.session) if row.word == text)


def test_a_word_is_added_once(keeper):
    assert "还没有敏感词" in keeper.get("/responses/words").text
    assert add_word(keeper).status_code == 302
    twin = add_word(keeper)
    assert (twin.status_code, "已在表里" in twin.text) == (422, True)


def test_words_are_imported_one_a_line_with_their_advice(keeper):
    add_word(keeper)
    sent = {
        "words": "\ufeff刁民\n严厉打击，依法查处\n\n严厉打击\n零容忍\t坚决",
        "import_severity": "remind",
    }
    told = keeper.post("/responses/words/import", data=sent, follow_redirects=True).text
    strict(told)
    assert "已导入 2 个词，1 个原来就有" in told
    assert word_of("刁民").severity is Severity.BLOCK
    assert (word_of("严厉打击").advice, word_of("零容忍").advice) == ("依法查处", "坚决")


def test_a_word_is_changed_and_removed_only_as_it_was_seen(keeper):
    add_word(keeper, "零容忍")
    address = f"/responses/words/{word_of('零容忍').id}"
    changed = {"word": "零容忍", "advice": "慎用", "severity": "block", "version": 1}
    strict(keeper.get(address).text)
    assert keeper.post(address, data=changed).status_code == 302
    assert word_of("零容忍").advice == "慎用"
    assert keeper.post(address, data={**changed, "advice": "旧页面"}).status_code == 409
    assert keeper.post(f"{address}/remove", data={"version": 1}).status_code == 409
    assert keeper.post(f"{address}/remove", data={"version": 2}).status_code == 302
    assert lists.words(db.session) == []


def test_a_name_has_its_wrong_forms_and_none_that_is_right(keeper):
    strict(keeper.get("/responses/names").text)
    name = {"name": "市长王明", "wrong": "王明市长\n王明市长\n"}
    assert keeper.post("/responses/names", data=name).status_code == 302
    assert lists.names(db.session)[0].wrong_forms == ["王明市长"]
    bad = keeper.post("/responses/names", data={"name": "市长王明", "wrong": "市长王明"})
    assert bad.status_code == 422


def test_a_name_is_changed_and_removed(keeper):
    name = {"name": "市长王明", "wrong": "王明市长"}
    keeper.post("/responses/names", data=name)
    address = f"/responses/names/{lists.names(db.session)[0].id}"
    strict(keeper.get(address).text)
    changed = {**name, "wrong": "王明同志", "version": 1}
    assert keeper.post(address, data=changed).status_code == 302
    assert lists.names(db.session)[0].wrong_forms == ["王明同志"]
    assert keeper.post(f"{address}/remove", data={"version": 2}).status_code == 302
    assert lists.names(db.session) == []


def test_a_template_is_offered_until_it_is_put_out_of_use(keeper):
    strict(keeper.get("/responses/templates").text)
    strict(keeper.get("/responses/templates/new").text)
    made = keeper.post("/responses/templates/new", data={**TEMPLATE, "nature": "", "active": "y"})
    assert made.status_code == 302
    assert [one.name for one in templates.offered(db.session, opened())] == ["甲"]
    address = f"/responses/templates/{templates.templates(db.session)[0].id}"
    strict(keeper.get(address).text)
    put_out = {**TEMPLATE, "nature": "", "version": 1}
    assert keeper.post(address, data=put_out).status_code == 302
    assert templates.offered(db.session, opened()) == []
    assert "停用" in keeper.get("/responses/templates").text


def test_an_editor_reads_the_lists_and_changes_none(keeper, people):
    add_word(keeper)
    people.sign_in(keeper, people.editor)
    page = keeper.get("/responses/words").text
    strict(page)
    assert "刁民" in page
    assert add_word(keeper, "甲").status_code == 403
    with pytest.raises(Forbidden), transaction(people.editor.actor) as session:
        lists.import_words(session, "甲", Severity.BLOCK, people.editor.actor)
