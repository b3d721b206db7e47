"""A long list as a file: offered, made behind the page, and in the trail."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from html import unescape
from io import StringIO

import pytest
from sqlalchemy import select

from responder.core.audit import AuditEvent
from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE, Role
from responder.core.times import utc_now
from responder.errands.running import Runner
from responder.intake import service
from responder.web.access import declared_access
from responder.web.listing import exporting
from responder.web.listing.exporting import LargeFile
from responder.web.listing.large import make_large_file
from responder.web.listing.views import LISTS
from tests.databases import DATABASES
from tests.factories import NOW, People
from tests.installations import installation
from tests.intake.factories import new_message
from tests.planning import factories as make
from tests.responses.pages import strict


@pytest.mark.parametrize("kind", DATABASES)
def test_a_long_file_is_made_behind_the_page(kind, tmp_path, monkeypatch) -> None:
    """Telling how far it is commits: on a database of its own, where that is real."""
    monkeypatch.setattr(exporting, "MOST_AT_ONCE", 5)
    monkeypatch.setattr(exporting, "PORTION", 2)
    with installation(kind, tmp_path) as app, app.app_context():
        app.config["WTF_CSRF_ENABLED"] = False
        rows = [new_message(n, title=f"公交{n}", body="公交太少") for n in range(6)]
        with transaction(CONSOLE) as session:
            service.store_messages(session, [*rows, new_message(7, title="路灯")], NOW)
        people, client = People(), app.test_client()
        people.sign_in(client, people.editor)
        offered = client.get("/messages/list.csv?q=公交").text
        strict(offered)
        assert 'href="/messages?q=' in offered
        arguments = unescape(re.search(r'name="arguments" value="([^"]*)"', offered)[1])
        asked = client.post("/errands", data={"kind": "lists.export", "arguments": arguments})
        assert Runner(app.extensions["settings"].errand_files, utc_now).run_once()
        assert "共 6 条" in client.get(asked.location).text
        with client.get(f"{asked.location}/result") as answer:
            assert len(list(csv.reader(StringIO(answer.data.decode("utf-8-sig"))))) == 1 + 6
        (told,) = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "export"))
        assert (told.changes["rows"], told.changes["conditions"]) == (6, ["关键词：公交"])


def test_who_may_not_open_the_list_gets_no_file_of_it(client, people) -> None:
    people.sign_in(client, people.liaison)
    arguments = '{"code": "messages", "format": "csv", "address": {}}'
    asked = client.post("/errands", data={"kind": "lists.export", "arguments": arguments})
    Runner(client.application.extensions["settings"].errand_files, utc_now).run_once()
    assert "您已没有打开这个列表的权限" in client.get(asked.location).text


def test_every_list_is_made_into_a_file_where_no_request_is(app, people) -> None:
    """The scheduler has none: what a column asks of the reader, it asks of the asker."""
    lists = app.extensions[LISTS]
    store = people.holding(Role.ADMINISTRATOR)
    make.event("供水管网")
    for code, one in lists.items():
        access = declared_access(app, one.endpoint)
        needed = access if isinstance(access, frozenset) else frozenset()
        actor = replace(store.actor, permissions=store.actor.permissions | needed)
        large = LargeFile(code, "csv", {})
        with make_large_file(large, store, actor, NOW, lambda _done, _total: None).data as file:
            assert file.read(3) == b"\xef\xbb\xbf", code
