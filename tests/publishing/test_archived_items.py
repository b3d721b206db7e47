"""A whole item as one .zip: what is in it, whom it names, who gets it and how."""

from __future__ import annotations

import json
from io import BytesIO
from zipfile import ZipFile

import pytest

from responder.core.console import DONE_WITH_REFUSALS
from responder.core.database import db, transaction
from responder.core.errors import WrongState
from responder.core.lifecycle import Attempt
from responder.core.permissions import Role, permissions_of
from responder.intake.models import Nature
from responder.publishing.archiving import service
from responder.publishing.archiving.contents import PARTS
from responder.publishing.service import entry_of
from responder.responses import service as responses
from responder.responses.consulting import service as consulting
from responder.responses.judging import service as judging
from responder.responses.judging.rules import Colour, Grade
from responder.responses.models import ItemState
from responder.responses.sourcing.service import attach
from tests.factories import NOW
from tests.orders.factories import CALLER, PHONE, message
from tests.publishing.factories import CORRECTED, changed
from tests.responses.factories import ANSWER, WAY, brought_to, drafted, reload, save, take
from tests.responses.test_commenting import QUOTE, say, settle
from tests.responses.test_reviewing import away, step


def read(session, item) -> tuple[bytes, dict[str, bytes]]:
    target = BytesIO()
    service.write_archive(session, reload(item), target)
    with ZipFile(target) as archive:
        return target.getvalue(), {name: archive.read(name) for name in archive.namelist()}


def well_kept(people):
    """A published item with something of everything."""
    item = drafted("第一稿，联系人13987654321。")
    save(item, ANSWER, people.editor)
    editor, analyst = (
        Attempt(one.actor, NOW, "影响面大") for one in (people.editor, people.analyst)
    )
    call, report = message(), message(2, title="举报某局", body="某科长收礼", nature=Nature.REPORT)
    with transaction(analyst.actor, NOW) as session:
        found = responses.find_item(session, item.id)
        judging.judge(session, found, judging.Opinion(Grade.NONE, Colour.NONE, (), True), analyst)
        for one in (call, report):
            attach(session, found, one)
    with transaction(editor.actor, NOW) as session:
        found = responses.find_item(session, item.id)
        consulting.consult(
            session, found, editor, held_at=NOW, units="市住建局", people="",
            conclusion=f"请回电{PHONE}说明",
        )  # fmt: skip
    item = reload(item)
    for role, action in WAY[:-1]:
        take(item, action, people.holding(role))
    return item


def told(members: dict[str, bytes], name: str):
    return json.loads(members[f"{name}.json"])


def test_everything_of_an_item_is_in_it(people):
    item = well_kept(people)
    _whole, members = read(db.session, item)
    assert {f"{name}.json" for name in PARTS} <= members.keys()
    assert members["texts/answer.txt"].decode() == ANSWER
    assert members["drafts/0001.txt"].decode().startswith("第一稿")
    assert [one["step"] for one in told(members, "reviews")] == [
        "first_review", "second_review", "third_review", "secrecy_review", "signing",
    ]  # fmt: skip
    assert told(members, "judgements")[0]["reason"] == "影响面大"
    assert told(members, "trail")[0]["action"] == "open"


def test_each_public_version_is_in_it_and_what_changed_it(people):
    item = well_kept(people)
    changed(entry_of(db.session, item.id))
    _whole, members = read(db.session, item)
    assert members["texts/published-01.txt"].decode() == ANSWER
    assert members["texts/published-02.txt"].decode() == CORRECTED
    assert told(members, "published")["changes"][0]["kind"] == "correct"


def test_each_text_says_its_format(people):
    item = well_kept(people)
    changed(entry_of(db.session, item.id))
    _whole, members = read(db.session, item)
    published = told(members, "published")
    assert told(members, "item")["answer_format"] == published["answer_format"] == "plain"
    assert {one["format"] for one in told(members, "drafts")} == {"plain"}
    assert published["changes"][0]["answer_format"] == "plain"


def test_the_sources_name_nobody_and_of_a_report_the_number_is_all(people):
    _whole, members = read(db.session, well_kept(people))
    call, report = sorted(told(members, "sources"), key=lambda one: one["id"])
    assert "还在打桩" in call["body"]
    assert report["withheld"]
    assert not {"title", "body"} & report.keys()
    beside = b"".join(content for name, content in members.items() if "drafts/0" not in name)
    for hidden in (PHONE, CALLER, "13987654321", "收礼"):
        assert hidden not in beside.decode()


def test_what_has_not_changed_is_the_same_archive(people):
    item = well_kept(people)
    assert read(db.session, item)[0] == read(db.session, item)[0]


def test_whoever_keeps_the_archive_downloads_it(client, people):
    item = well_kept(people)
    people.sign_in(client, people.press_officer)
    assert "导出归档文件" in client.get(f"/responses/{item.id}").text
    with client.get(f"/responses/{item.id}/archive.zip") as answer:
        assert answer.data == read(db.session, item)[0]
        assert answer.headers["Content-Disposition"].startswith("attachment")
    assert client.get("/responses/4711/archive.zip").status_code == 404
    for role in Role:
        if "archive" not in permissions_of([role]):
            people.sign_in(client, people.holding(role))
            assert client.get(f"/responses/{item.id}/archive.zip").status_code == 403, role


def test_the_console_writes_it_whole_or_not_at_all_and_verifies_it(client, people, tmp_path):
    item, run = well_kept(people), client.application.test_cli_runner().invoke
    path = tmp_path / "回应事项.zip"
    made = run(args=["responses", "archive", str(item.id), "--out", str(path), "--json"])
    digest = json.loads(made.stdout)["manifest_sha256"]
    assert path.read_bytes() == read(db.session, item)[0]
    again = run(args=["responses", "archive", str(item.id), "--out", str(path)])
    assert "不会覆盖" in str(again.exception)
    verified = run(args=["responses", "verify", str(path), "--digest", digest.upper(), "--json"])
    assert (verified.exit_code, json.loads(verified.stdout)["whole"]) == (0, True)
    other = run(args=["responses", "verify", str(path), "--digest", "0" * 64])
    assert (other.exit_code, "不符" in other.stdout) == (DONE_WITH_REFUSALS, True)
    assert [one.name for one in tmp_path.iterdir()] == [path.name]  # nothing half-written is left


def test_a_deputy_is_told_with_whom_they_stood_in_for_and_how_the_signer_was_proved(people):
    item, deputy = drafted(), people.holding(Role.EDITOR, "deputy")
    away(people.first_reviewer, deputy)
    take(item, "submit", people.editor)
    step(item, "approve_first", deputy)
    for role, action in WAY[2:]:
        if reload(item).state is not ItemState.PUBLISHED:
            take(item, action, people.holding(role))
    _whole, members = read(db.session, item)
    first, *_others, signed = told(members, "reviews")
    assert (first["reviewer_name"], first["on_behalf_of_name"]) == (
        deputy.display_name, people.first_reviewer.display_name,
    )  # fmt: skip
    assert signed["proof"] == "password"
    assert told(members, "reviews")[3]["secrecy"] == dict.fromkeys(
        responses.SECRECY_QUESTIONS, False
    )


def test_a_return_says_where_it_led(people):
    item = drafted()
    take(item, "submit", people.editor)
    take(item, "approve_first", people.first_reviewer)
    take(item, "return_first", people.second_reviewer, note=f"请核对{PHONE}")
    for role, action in WAY[1:-1]:
        take(item, action, people.holding(role))
    _whole, members = read(db.session, item)
    [returned] = [one for one in told(members, "reviews") if not one["approved"]]
    assert returned["returned_to"] == "first_review"
    assert "请核对" in returned["comment"]
    assert PHONE not in members["reviews.json"].decode()


def test_comments_are_kept_with_their_answers_and_name_nobody(people):
    item = brought_to(ItemState.FIRST_REVIEW)
    made = say(item, people.first_reviewer, body=f"电话{PHONE}不宜写")
    settle(item, made, people.editor, f"已删去{PHONE}")
    for role, action in WAY[1:-1]:
        take(item, action, people.holding(role))
    _whole, members = read(db.session, item)
    [comment] = told(members, "comments")
    assert (comment["draft_number"], comment["quote"]) == (1, QUOTE)
    assert comment["author_name"] == people.first_reviewer.display_name
    assert comment["settled_by_name"] == people.editor.display_name
    assert comment["reply"].startswith("已删去")
    assert PHONE not in members["comments.json"].decode()


def test_what_was_closed_without_a_public_answer_has_an_archive_too(people):
    _whole, members = read(db.session, brought_to(ItemState.CLOSED))
    assert told(members, "item")["state"] == "closed"
    assert told(members, "published") is None
    assert [one["must_answer"] for one in told(members, "judgements")] == [False]


def test_what_is_not_out_has_no_archive(session, people):
    with pytest.raises(WrongState, match="还在办理"):
        service.write_archive(session, brought_to(ItemState.SIGNED), BytesIO())
