"""What is public is put right in the open: by two people, with a date, and never in place."""

from __future__ import annotations

import json
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from sqlalchemy import delete, select, update

from responder.accounts import service as accounts
from responder.accounts.absence_views import today
from responder.accounts.proof_models import SigningProof
from responder.accounts.proofs import CODE, Proven
from responder.core import audit
from responder.core.database import db, transaction
from responder.core.errors import Forbidden, GuardRefused, Invalid, Stale, WrongState
from responder.core.lifecycle import Attempt
from responder.core.permissions import CONSOLE, Role
from responder.publishing import service
from responder.publishing.changing import service as changing
from responder.publishing.final import PublishedIsFinal
from responder.publishing.models import (
    ChangeKind,
    ChangeState,
    Entry,
    EntryChange,
)
from responder.responses.drafting import lists
from responder.responses.drafting.models import Severity
from tests.factories import NOW, PASSWORD
from tests.publishing.factories import (
    ANSWER,
    CORRECTED,
    LATER,
    changed,
    corrected_texts,
    propose,
    published,
    settle,
)
from tests.responses.pages import HTML, strict
from tests.responses.test_lifecycle import give
from tests.responses.test_reviewing import away

ATOM = "{http://www.w3.org/2005/Atom}"
K = ChangeKind


def test_a_correction_shows_both_wordings_with_its_date(client):
    entry = published()
    changed(entry, texts=corrected_texts(entry, title="关于车位租售的回应"))
    assert (entry.answer, entry.texts.answer, entry.changed_at) == (ANSWER, CORRECTED, LATER)
    page = strict(client.get(f"/concerns/{entry.id}").text)
    assert "".join(page.find(f".//{HTML}h1").itertext()) == "关于车位租售的回应"
    text = "".join(page.itertext())
    for said in (CORRECTED, ANSWER, "公布期限有误，现予更正。", "2026-11-21", "更正前的内容"):
        assert said in text
    assert "更正 2026-11-21" in "".join(strict(client.get("/concerns").text).itertext())


def test_a_correction_waits_for_its_signature(client, people):
    entry = published()
    change = propose(entry)
    assert CORRECTED not in client.get(f"/concerns/{entry.id}").text
    assert entry.updated_at == NOW
    settle(change, "decline", note="期限没有错")
    assert CORRECTED not in client.get(f"/concerns/{entry.id}").text
    assert (change.state, change.decision_note) == (ChangeState.DECLINED, "期限没有错")


def test_nobody_releases_what_they_proposed_and_only_signers_release(people):
    change = propose(published())
    with pytest.raises(Forbidden):
        settle(change, person=people.press_officer)
    with transaction(CONSOLE) as session:
        both = [Role.PRESS_OFFICER, Role.SIGNER]
        deputy = accounts.create_user(session, "deputy", "副职 某", PASSWORD, both)
    settle(change, "take_back", person=deputy)
    actor = deputy.actor
    with transaction(actor, LATER) as session:
        attempt = Attempt(actor, LATER, "所涉事项另行处理。")
        own = changing.propose(session, change.entry, K.WITHDRAW, attempt, base=None)
    with pytest.raises(GuardRefused, match="不能由您签发"):
        settle(own, person=deputy)
    settle(own)
    with pytest.raises(WrongState):
        settle(own)


def test_an_editor_proposes_nothing(people):
    entry, actor = published(), people.editor.actor
    with pytest.raises(Forbidden), transaction(actor, LATER) as session:
        changing.propose(session, entry, K.WITHDRAW, Attempt(actor, LATER, "撤回"), base=None)


@pytest.mark.parametrize("field", ["title", "concern", "answer", "note"])
def test_a_correction_passes_the_gate(session, field):
    entry = published()
    facts = {"note": "请拨13812345678"} if field == "note" else {}
    if field != "note":
        facts["texts"] = corrected_texts(entry, **{field: "请拨13812345678，核实后回复。"})
    with pytest.raises(GuardRefused, match="手机号码") as refused:
        propose(entry, **facts)
    assert "13812345678" not in refused.value.message
    assert session.get(Entry, entry.id).changes == []


def test_a_correction_that_changes_nothing_or_says_nothing_is_refused(session):
    entry = published()
    with pytest.raises(Invalid, match="相同"):
        propose(entry, texts=entry.texts)
    with pytest.raises(Invalid, match="公开说明"):
        propose(entry, note=" ")
    with pytest.raises(Invalid, match="更正后的回应内容"):
        propose(entry, texts=corrected_texts(entry, answer=""))


def test_one_proposal_at_a_time_and_none_on_older_words(session):
    entry = published()
    first = propose(entry)
    with pytest.raises(GuardRefused, match="待签发"):
        propose(entry, K.WITHDRAW, "撤回")
    settle(first)
    second = propose(
        entry, note="再次更正", texts=corrected_texts(entry, answer="第三种说法，已核实。")
    )
    assert [version.texts.answer for version in entry.versions] == [ANSWER, CORRECTED]
    settle(second)
    assert entry.texts.answer == "第三种说法，已核实。"
    assert len(entry.versions) == 3


def test_a_correction_does_not_undo_another(client, people):
    entry = published()
    people.sign_in(client, people.press_officer)
    address = f"/publishing/entries/{entry.id}/changes/new?kind=correct"
    page = strict(client.get(address).text)
    base = page.find(f".//{HTML}input[@name='base']").get("value")
    changed(entry)  # by a colleague, while the form is open
    sent = {"base": base, "note": "更正标题", "title": "车位租售的回应", "concern": entry.concern,
            "concern_source": entry.concern_source, "answer": ANSWER}  # fmt: skip
    for unknown in (sent, {**sent, "base": "x"}, {**sent, "base": ""}):
        refused = client.post(address, data=unknown)
        assert refused.status_code == 409
        assert "又有更改" in refused.text
        assert "车位租售的回应" in refused.text  # nothing typed is lost
    assert len(db.session.get(Entry, entry.id).changes) == 1


def test_what_was_proposed_on_older_words_is_not_released(session):
    entry = published()
    first = propose(entry)
    with transaction(CONSOLE) as writing:
        facts = {"title": "", "concern": "", "concern_source": "", "answer": ""}
        other = EntryChange(entry=entry, kind=K.WITHDRAW, note="撤回", proposed_at=LATER,
                            proposed_by_name="同事", **facts)  # fmt: skip
        writing.add(other)
    settle(first)  # in the same second
    with pytest.raises(GuardRefused, match="又有更改"):
        settle(other)


def test_a_replaced_entry_says_so_and_links_and_the_new_one_links_back(client):
    old, new = published(), published(title="关于车位的最新回应")
    changed(old, K.REPLACE, note="情况有新进展。", replacement=new.index_number)
    page = strict(client.get(f"/concerns/{old.id}").text)
    assert f"/concerns/{new.id}" in {link.get("href") for link in page.iter(f"{HTML}a")}
    assert ANSWER in "".join(page.itertext())
    page = strict(client.get(f"/concerns/{new.id}").text)
    assert f"/concerns/{old.id}" in {link.get("href") for link in page.iter(f"{HTML}a")}
    with pytest.raises(GuardRefused, match="只能撤回"):
        propose(old)
    with pytest.raises(Invalid, match="没有被替换"):
        propose(new, K.REPLACE, replacement=old.index_number)
    with pytest.raises(Invalid, match="没有索引号"):
        propose(new, K.REPLACE, replacement="HY-1999-0001")


def test_a_withdrawn_entry_keeps_its_address_and_nothing_of_its_text(client, people):
    entry = published()
    changed(entry)
    changed(entry, K.WITHDRAW, note="所涉事项已另行处理，本条撤回。")
    people.sign_in(client, people.press_officer)
    for path in (f"/concerns/{entry.id}", "/concerns", "/concerns/feed.xml", "/concerns/feed.json"):
        with client.application.test_client() as stranger:
            text = stranger.get(path).text
        assert "本条撤回" in text, path
        assert "2026-11-21" in text, path
        for gone in (ANSWER, CORRECTED, entry.title, entry.concern, "公布期限有误"):
            assert gone not in text, path
    assert db.session.scalars(service.entries("车位")).all() == []
    with pytest.raises(GuardRefused, match="已撤回"):
        propose(entry)
    assert service.answers_published(db.session, []) == []


def test_the_feeds_say_what_changed_and_put_it_first(client):
    entry = published()
    newer = published(title="后来的回应")
    changed(entry)
    feed = ElementTree.fromstring(client.get("/concerns/feed.xml").data)
    first = feed.find(f"{ATOM}entry")
    assert first.findtext(f"{ATOM}title") == entry.title
    assert first.findtext(f"{ATOM}updated").startswith("2026-11-21")
    content = first.findtext(f"{ATOM}content")
    assert content.index("更正 2026-11-21") < content.index(CORRECTED)
    items = json.loads(client.get("/concerns/feed.json").data)["items"]
    assert [item["title"] for item in items] == [entry.title, newer.title]
    assert items[0]["date_modified"] == LATER.isoformat()


def test_a_correction_is_found_by_its_words(session):
    entry = published()
    changed(entry)
    for word in ("进一步核实", "約談", "约谈"):
        assert [e.id for e in session.scalars(service.entries(word))] == [entry.id], word


def test_the_trail_tells_all_of_it(session):
    entry = published()
    change = changed(entry)
    assert [line.action for line in audit.history(session, change)] == ["create", "release"]
    last = audit.history(session, entry)[-1]
    assert (last.action, last.note) == ("correct", "公布期限有误，现予更正。")
    created = audit.history(session, change)[0].changes
    assert created["answer"] == [None, CORRECTED]


def test_two_who_settle_at_once_settle_once(session):
    change = propose(published())
    seen = change.version_id
    settle(change)
    with pytest.raises(Stale):
        changing.find_change(session, change.id, seen)


def test_a_published_text_cannot_be_changed_in_place(session):
    entry = published()
    change = changed(entry)
    for record, name in ((entry, "title"), (entry, "published_at"), (change, "note")):
        value = NOW - timedelta(days=9) if name == "published_at" else "改过的"
        with pytest.raises(PublishedIsFinal), transaction(CONSOLE, LATER):
            setattr(record, name, value)
    for statement in (update(Entry).values(title="改过的"), delete(Entry)):
        with pytest.raises(PublishedIsFinal), transaction(CONSOLE, LATER) as writing:
            writing.execute(statement)
    with pytest.raises(PublishedIsFinal), transaction(CONSOLE, LATER) as writing:
        writing.delete(entry)
    session.expire_all()
    assert session.get(Entry, entry.id).title != "改过的"


def test_the_pages_of_a_correction(client, people):
    entry = published()
    people.sign_in(client, people.press_officer)
    item_page = client.get(f"/responses/{entry.item_id}").text
    strict(item_page)
    assert f"/publishing/entries/{entry.id}/changes/new?kind=correct" in item_page
    assert client.get(f"/publishing/entries/{entry.id}/changes/new?kind=x").status_code == 404
    for kind in ChangeKind:
        strict(client.get(f"/publishing/entries/{entry.id}/changes/new?kind={kind}").text)
    address = f"/publishing/entries/{entry.id}/changes/new?kind=correct"
    sent = {"base": "0", "note": "更正期限", "title": entry.title, "concern": entry.concern,
            "concern_source": "市长热线", "answer": "请拨13812345678，核实后回复。"}  # fmt: skip
    refused = client.post(address, data=sent)
    assert refused.status_code == 422
    assert "请拨13812345678" in refused.text  # nothing typed is lost
    shown = client.post(address, data={**sent, "answer": CORRECTED})
    page = client.get(shown.location).text
    strict(page)
    assert CORRECTED in page
    assert "签发并公布" not in page
    people.sign_in(client, people.signer)
    assert shown.location in client.get("/publishing/changes").text
    strict(client.get(shown.location).text)
    client.post(f"{shown.location}/release", data={"version": 1, "proof": PASSWORD})
    assert CORRECTED in client.get(f"/concerns/{entry.id}").text


def test_a_change_is_signed_with_a_proof_alone(client, people):
    entry = published()
    change, signer = propose(entry), people.signer
    for proven in (None, Proven(people.editor.id, CODE)):
        with (
            pytest.raises(GuardRefused, match="先验证"),
            transaction(signer.actor, LATER) as session,
        ):
            changing.settle(session, change, "release", Attempt(signer.actor, LATER), proven)
    people.sign_in(client, signer)
    address = f"/publishing/changes/{change.id}"
    assert 'name="proof"' in client.get(address).text
    for given in ({}, {"proof": "错误"}):
        refused = client.post(f"{address}/release", data={"version": change.version_id, **given})
        assert (refused.status_code, "密码不正确" in refused.text) == (403, True)
        strict(refused.text)
    # What could not be taken anyway asks for nothing, and counts no try.
    stale = client.post(f"{address}/release", data={"version": 99, "proof": "错误"})
    assert stale.status_code == 409
    assert db.session.scalars(select(SigningProof.tries)).one() == 2
    db.session.expire_all()
    assert change.state is ChangeState.PROPOSED
    sent = {"version": change.version_id, "proof": PASSWORD}
    assert client.post(f"{address}/release", data=sent).status_code == 302
    db.session.expire_all()
    assert (change.state, change.proof) == (ChangeState.RELEASED, "password")
    assert audit.history(db.session, change)[-1].changes["proof"] == "password"
    assert "已用密码验证" in client.get(address).text


def test_to_decline_asks_for_no_proof(client, people):
    change = propose(published())
    people.sign_in(client, people.signer)
    sent = {"version": change.version_id, "note": "没有错"}
    assert client.post(f"/publishing/changes/{change.id}/decline", data=sent).status_code == 302
    db.session.expire_all()
    assert (change.state, change.proof) == (ChangeState.DECLINED, "")


def test_a_deputy_signs_a_correction_by_their_own_proof_and_both_names_are_kept(client, people):
    change, deputy = propose(published()), people.spokesperson
    address = f"/publishing/changes/{change.id}"
    people.sign_in(client, deputy)
    assert client.get(address).status_code == 403
    assert change.entry.index_number not in client.get("/").text
    away(people.signer, deputy, today())
    page = client.get(address).text
    strict(page)
    assert f"代{people.signer.display_name}办理" in page
    assert change.entry.index_number in client.get("/").text
    sent = {"version": change.version_id, "proof": PASSWORD}
    assert client.post(f"{address}/release", data=sent).status_code == 302
    db.session.expire_all()
    assert (change.decided_by_name, change.on_behalf_of_name) == (
        deputy.display_name,
        people.signer.display_name,
    )
    assert f"代{people.signer.display_name}" in client.get(address).text
    assert audit.history(db.session, change)[-1].changes["on_behalf_of"] == change.on_behalf_of_name


def test_what_binds_the_deputy_or_the_absent_binds_both(client, people):
    change, deputy = propose(published()), people.spokesperson
    proposer = give(people.press_officer, Role.SIGNER)
    away(proposer, deputy, today())
    people.sign_in(client, deputy)
    page = client.get(f"/publishing/changes/{change.id}").text
    assert "您所代的同事提出的" in page
    sent = {"version": change.version_id, "proof": PASSWORD}
    answer = client.post(f"/publishing/changes/{change.id}/release", data=sent)
    assert (answer.status_code, "您所代的同事提出的" in answer.text) == (422, True)
    assert change.entry.index_number not in client.get("/").text


def test_a_change_waits_on_the_page_of_whoever_may_sign_it(client, people):
    change = propose(published())
    told = change.entry.index_number
    for role, waits in (("signer", True), ("press_officer", False), ("editor", False)):
        people.sign_in(client, getattr(people, role))
        page = client.get("/").text
        strict(page)
        assert (told in page) is waits, role
    settle(change)
    people.sign_in(client, people.signer)
    assert told not in client.get("/").text


@pytest.mark.parametrize("field", ["title", "concern", "concern_source", "answer", "note"])
def test_a_correction_with_a_barred_word_is_not_signed(people, field):
    entry, word = published(), "绝对安全"
    text = f"我们保证{word}，核实后回复。"
    facts = {"note": text} if field == "note" else {}
    if field != "note":
        facts["texts"] = corrected_texts(entry, **{field: text})
    change = propose(entry, **facts)
    keeper = people.press_officer.actor
    with transaction(keeper, LATER) as session:
        lists.put_word(session, None, word, "如实说明", Severity.BLOCK, keeper)
    with pytest.raises(GuardRefused, match=word):
        settle(change)
    db.session.expire_all()
    assert change.state is ChangeState.PROPOSED


@pytest.mark.parametrize(
    ("kind", "word"), [(K.CORRECT, "已更正"), (K.REPLACE, "已替换"), (K.WITHDRAW, "已撤回")]
)
def test_the_desk_sees_at_once_that_an_answer_stands_no_longer(client, people, kind, word):
    entry = published(title="关于车位的回应")
    other = published(title="关于停水的回应")
    facts = {"replacement": other.index_number} if kind is K.REPLACE else {}
    address = f"/responses/{entry.item_id}"
    people.sign_in(client, people.editor)
    for path in (address, "/responses", "/responses/board"):
        assert word not in client.get(path).text
    change = changed(entry, kind, **facts)
    page = client.get(address).text
    strict(page)
    assert "alert-success" not in page
    assert f"<strong>{word}</strong> 2026-11-21" in page
    assert f'href="/concerns/{(other if facts else entry).id}">查看公开页面' in page
    people.sign_in(client, people.press_officer)
    assert f'href="/publishing/changes/{change.id}"' in client.get(address).text
    for path in ("/responses", "/responses/board"):
        page = client.get(path).text
        strict(page)
        assert page.count(word) == 1
    assert "alert-success" in client.get(f"/responses/{other.item_id}").text


def test_what_was_only_proposed_changes_nothing_at_the_desk(client, people):
    entry = published()
    propose(entry)
    people.sign_in(client, people.editor)
    assert "alert-success" in client.get(f"/responses/{entry.item_id}").text
    assert "已更正" not in client.get("/responses").text
