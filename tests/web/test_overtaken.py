"""The second of two savers of what no page shows: told what is lost, and that it is to be saved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from responder.core.database import transaction
from responder.core.permissions import CONSOLE
from responder.responses.judging import kinds
from responder.responses.judging.forms import PriorityKindForm
from responder.sources.models import Kind
from tests.factories import People, unit
from tests.openness.applications.factories import registered
from tests.openness.people import liaison_of
from tests.openness.tasks.factories import task
from tests.planning import factories as planned
from tests.planning.events.test_media import invite
from tests.sources.factories import source
from tests.warnings.factories import channel
from tools.forms import Press, presses

MAILBOX = {"host": "imap.test", "port": 993, "security": "tls", "username": "u@imap.test"}
SAVE_ANEW = "核对后再点“保存”，即以您填写的为准"


@dataclass(frozen=True)
class Unseen:
    """A field of which no page shows what is stored.

    :ivar address: of the page, for a record that is made for it.
    :ivar lost: what the page says that has to be filled in again; empty where it is given back.
    """

    who: str
    address: Callable[[People], str]
    field: str
    values: tuple[str, str]
    lost: str = ""


CASES = {
    "a person's password": Unseen(
        "administrator", lambda people: f"/people/{people.editor.id}", "password",
        ("a long word to begin", "another long word"), "密码",
    ),
    "a mailbox's password": Unseen(
        "analyst",
        lambda _people: f"/sources/{source(Kind.MAILBOX, MAILBOX, secret='s3cret').id}/edit",
        "password", ("first secret", "second secret"), "密码或授权码",
    ),
    "a channel's address": Unseen(
        "administrator",
        lambda _people: f"/warnings/channels/{channel('json://127.0.0.1:8080/x', 8080).id}",
        "url", ("json://127.0.0.1:8080/y", "json://127.0.0.1:8080/z"),
    ),
    "a journalist's number": Unseen(
        "press_officer",
        lambda _people: f"/planning/media/{invite(planned.event(), '市日报').id}/edit",
        "phone", ("13812345678", "13912345678"),
    ),
    "an applicant's number": Unseen(
        "openness_officer",
        lambda _people: f"/openness/applications/{registered().id}/edit",
        "applicant_phone", ("13812345678", "13912345678"),
    ),
}  # fmt: skip


@pytest.fixture(autouse=True)
def _robots(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """An administrator has listed this machine, so that an address on it may be stored."""
    listed = {"source_private_hosts": "127.0.0.1:8080"}
    settings = app.extensions["settings"].model_copy(update=listed)
    monkeypatch.setitem(app.extensions, "settings", settings)


def to_save(page: str, address: str, field: str) -> Press:
    return next(
        one
        for one in presses(page, address)
        if one.address == address and field in dict(one.fields) and "保存" in one.label
    )


def save(client: FlaskClient, press: Press, **filled: str) -> TestResponse:
    return client.post(press.address, data=dict(press.sent(**filled)))


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_nothing_is_said_of_what_is_not_shown_and_it_is_saved_anew(
    client: FlaskClient, people: People, case: Unseen
) -> None:
    address = case.address(people)
    people.sign_in(client, getattr(people, case.who))
    opened = to_save(client.get(address).text, address, case.field)
    first, second = case.values
    assert save(client, opened, **{case.field: first}).status_code == 302
    answer = save(client, opened, **{case.field: second})
    assert answer.status_code == 409
    assert "不必再保存" not in answer.text
    assert "已保存为" not in answer.text
    assert SAVE_ANEW in answer.text
    again = to_save(answer.text, address, case.field)
    assert dict(again.fields)[case.field] == ("" if case.lost else second)
    assert ("请重新填写或选择：" in answer.text) == bool(case.lost)
    assert f"请重新填写或选择：{case.lost}" in answer.text or not case.lost
    assert save(client, again, **{case.field: second}).status_code == 302


def test_who_sends_no_password_hears_nothing_of_one(client: FlaskClient, people: People) -> None:
    address = f"/people/{people.editor.id}"
    people.sign_in(client, people.administrator)
    opened = to_save(client.get(address).text, address, "password")
    assert save(client, opened, display_name="甲").status_code == 302
    answer = save(client, opened, display_name="甲")
    assert (answer.status_code, "不必再保存" in answer.text) == (409, True)
    assert "请重新填写或选择" not in answer.text


def test_a_file_that_came_with_an_overtaken_report_is_asked_for_again(
    client: FlaskClient, people: People
) -> None:
    address = f"/openness/tasks/{task().id}/report"
    people.sign_in(client, liaison_of(unit()))
    assert client.post(address, data={"percent": "10", "save": "1"}).status_code == 302
    sent = {"percent": "20", "save": "1", "file": (BytesIO(b"%PDF-1.7 x"), "佐证.pdf")}
    answer = client.post(address, data=sent)
    assert answer.status_code == 409
    assert "文件没有随这次提交保存：请重新选择" in answer.text


def test_who_is_overtaken_while_saving_decides_over_what_the_page_names(
    client: FlaskClient, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction(CONSOLE) as session:
        kind_id = kinds.add_kind(session, "原来的", "某某文件").id
    address, validate = f"/responses/priority-kinds/{kind_id}", PriorityKindForm.validate_on_submit
    people.sign_in(client, people.supervisor)

    def meanwhile(form: PriorityKindForm) -> bool:
        valid: bool = validate(form)
        if valid:
            monkeypatch.undo()
            with transaction(CONSOLE) as session:
                kind = kinds.get_kind(session, kind_id)
                kinds.edit_kind(session, kind, "甲改的", "某某文件", True, kind.version_id)
        return valid

    opened = to_save(client.get(address).text, address, "name")
    monkeypatch.setattr(PriorityKindForm, "validate_on_submit", meanwhile)
    early = save(client, opened, name="乙改的")
    assert (early.status_code, "甲改的" in early.text) == (409, False)
    told = save(client, to_save(early.text, address, "name"))
    assert (told.status_code, "已保存为“甲改的”" in told.text) == (409, True)
    assert save(client, to_save(told.text, address, "name")).status_code == 302
