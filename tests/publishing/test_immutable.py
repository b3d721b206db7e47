"""A published text is the same after every route, job and command, or says that it is not."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import click
import pytest
from flask import Flask

from responder import jobs
from responder.accounts import service as accounts
from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE, Role
from responder.core.times import local, utc_now
from responder.publishing.changing.lifecycle import ENTRY_CHANGE
from responder.publishing.models import Entry
from responder.responses.lifecycle import RESPONSE_ITEM
from responder.responses.models import ItemState
from tests.console import run
from tests.factories import PASSWORD, People
from tests.installations import installation
from tests.publishing.factories import CORRECTED, propose, published
from tests.responses.factories import brought_to

# A month from now, as a form sends it.
SOON = f"{local(utc_now() + timedelta(days=30)):%Y-%m-%dT%H:%M}"

TEXTS = ("index_number", "title", "concern", "concern_source", "unit_name", "answer",
         "publisher", "published_at", "item_id")  # fmt: skip
CYCLES = (RESPONSE_ITEM, ENTRY_CHANGE)
ACTIONS = sorted(
    {t.action for cycle in CYCLES for t in cycle.transitions},
    key=lambda action: (action != "release", action),  # what is declined can no more be released
)
# These stay; what the scheduler runs is tried job by job. `db` makes and unmakes the tables.
LEFT_OUT = {"serve", "scheduler", "db"}


def words(entry_id: int) -> tuple[object, ...]:
    db.session.expire_all()
    entry = db.session.get(Entry, entry_id)
    return tuple(getattr(entry, name) for name in TEXTS)


def everybody() -> object:
    """One person with every post."""
    with transaction(CONSOLE) as session:
        return accounts.create_user(session, "everybody", "全权 某", PASSWORD, list(Role))


def addresses(rule, ids: dict[str, int]) -> Iterator[str]:
    """Each address of a rule that may reach the entry, or its item."""

    def filled(match: re.Match[str]) -> str:
        return str(ids.get(match[2], ids["entry_id"])) if match[1] else match[0]

    plain = re.sub(r"<(int)(?:\([^)]*\))?:(\w+)>", filled, rule.rule)
    if "<string:action>" in plain:
        yield from (plain.replace("<string:action>", action) for action in ACTIONS)
        return
    yield re.sub(r"<[^>]+>", "correct", plain)


def test_no_route_changes_a_published_text_without_saying_so(client, app, people):
    entry = published()
    withdrawn_later = propose(entry)  # by somebody else: everybody may release it
    before, user = words(entry.id), everybody()
    shown = entry.texts, entry.updated_at
    item = brought_to(ItemState.SIGNED)
    ids = {"entry_id": entry.id, "item_id": entry.item_id, "change_id": withdrawn_later.id}
    tried = 0
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        for method in sorted(rule.methods & {"POST", "PUT", "PATCH", "DELETE"}):
            for address in addresses(rule, ids):
                people.sign_in(client, user)
                data = {
                    **dict.fromkeys(
                        ("title", "concern", "concern_source", "text", "body", "summary", "name"),
                        "悄悄改动的内容，不应公开。",
                    ),
                    "note": "经核实有误。", "kind": "correct", "answer": CORRECTED,
                    "proof": PASSWORD,
                    "version": db.session.get(Entry, entry.id).item.version_id,
                    "publish_at": SOON, "items": [item.id, entry.item_id],
                    "file": (io.BytesIO(b"x"), "x.csv"),
                }  # fmt: skip
                if "/changes/" in address:
                    data["version"] = 1
                client.open(f"{address}?kind=correct", method=method, data=data)
                tried += 1
                assert words(entry.id) == before, address
                if (entry.texts, entry.updated_at) != shown:
                    page = app.test_client().get(f"/concerns/{entry.id}").text
                    assert "更正前的内容" in page, address
                    assert "悄悄" not in page, address
                    shown = entry.texts, entry.updated_at
    assert tried > 150
    # The one way there is was among them.
    assert CORRECTED in app.test_client().get(f"/concerns/{entry.id}").text


def test_no_job_changes_a_published_text(app):
    entry = published()
    before = words(entry.id)
    for name in jobs.JOBS:
        jobs.run(app, name)
        assert words(entry.id) == before, name


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple, object]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if name in LEFT_OUT:
            continue
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


def arguments(command: click.Command, item_id: int, folder: Path) -> list[str]:
    """Something for whatever the command must be told."""
    said: list[str] = []
    for parameter in command.params:
        kind = parameter.type
        value = str(item_id) if isinstance(kind, click.types.IntParamType) else "x"
        if isinstance(kind, click.Choice):
            value = str(kind.choices[0])
        elif isinstance(kind, click.Path):
            value = str(folder / "some.csv")
        if isinstance(parameter, click.Argument):
            said.append(value)
        elif parameter.required:
            said += [parameter.opts[-1], value]
        elif parameter.name == "yes":
            said.append(parameter.opts[-1])
    return said


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Flask]:
    with installation("sqlite", tmp_path) as app:
        yield app


def test_no_command_changes_a_published_text(office, tmp_path):
    with office.app_context():
        People()
        entry = published()
        entry_id, item_id, before = entry.id, entry.item_id, words(entry.id)
        (tmp_path / "some.csv").write_text("标题,内容\n一,二\n", "utf-8")
        tried = list(commands(office.cli))
        for path, command in tried:
            db.session.rollback()
            run(*path, *arguments(command, item_id, tmp_path), state=tmp_path,
                RESPONDER_ADMIN_PASSWORD="correct horse")  # fmt: skip
            assert words(entry_id) == before, path
    assert len(tried) > 30
