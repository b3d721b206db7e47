"""The gate before 40 answers that must not go out and 40 that must, at signing and publishing."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from responder.core import privacy
from responder.core.database import transaction
from responder.core.errors import GuardRefused
from responder.core.lifecycle import Attempt
from responder.core.permissions import Role
from responder.publishing import service as publishing
from responder.responses import service
from responder.responses.drafting.formats import TextFormat
from responder.responses.models import ItemState, ResponseItem
from tests.factories import NOW
from tests.responses.factories import brought_to, facts_of, reload, take

DRAFTS = tomllib.loads(Path(__file__).with_name("gate_drafts.toml").read_text("utf-8"))
STEPS = {
    "sign": (ItemState.SIGNING, Role.SIGNER, ItemState.SIGNED),
    "publish": (ItemState.SIGNED, Role.PRESS_OFFICER, ItemState.PUBLISHED),
}


class EnoughError(Exception):
    """The step was taken; all of it is undone."""


@pytest.fixture(autouse=True)
def office_lines(app, monkeypatch):
    """Lines that the office makes public itself."""
    lines = "12345、0553-3832145、jianglan@example.com"
    settings = app.extensions["settings"].model_copy(update={"public_lines": lines})
    monkeypatch.setitem(app.extensions, "settings", settings)
    return settings


def put(item: ResponseItem, draft: dict[str, str]) -> None:
    with transaction():
        item.answer, item.answer_format = draft["text"], TextFormat(draft["format"])


def test_there_are_forty_of_each_in_every_kind_and_format():
    assert (len(DRAFTS["stop"]), len(DRAFTS["pass"])) == (40, 40)
    assert {draft["kind"] for draft in DRAFTS["stop"]} == {kind.kind for kind in privacy.KINDS}
    for drafts in DRAFTS.values():
        assert len({draft["text"] for draft in drafts}) == 40
        assert {draft["format"] for draft in drafts} == {"plain", "markdown"}


@pytest.mark.parametrize("action", STEPS)
def test_the_gate_stops_forty_and_lets_forty_pass(people, office_lines, action):
    state, role, target = STEPS[action]
    item, person = brought_to(state), people.holding(role)
    for draft in DRAFTS["stop"]:
        put(item, draft)
        assert draft["kind"] in {one.finding.kind for one in publishing.gate(item)}, draft
        with pytest.raises(GuardRefused, match="含有个人信息：回应内容中的"):
            take(item, action, person)
        assert reload(item).state is state
    for draft in DRAFTS["pass"]:
        put(item, draft)
        attempt = Attempt(person.actor, NOW)
        with pytest.raises(EnoughError), transaction(person.actor, NOW) as session:
            found = service.find_item(session, item.id)
            if action == "sign":
                service.advance(session, found, action, attempt, facts_of(action, attempt))
            else:
                entry = publishing.publish(session, found, attempt, office_lines)
                assert entry.answer == draft["text"]
            assert found.state is target, draft
            raise EnoughError
        assert reload(item).state is state
