"""Keys: one table, of which each person and each page has a part."""

from __future__ import annotations

import re

from responder.core.permissions import Role
from responder.guide import keys
from responder.guide.rules import caps, twice
from tools.keys import PAGE, page


def test_keys_are_drawn_in_the_order_in_which_they_are_pressed() -> None:
    assert caps("g t") == [["g"], ["t"]]
    assert caps("Ctrl+S") == [["Ctrl", "S"]]


def test_no_key_does_two_things_on_a_page() -> None:
    common = [group for group in keys.GROUPS if not group.endpoints]
    assert twice(common) == set()


def test_the_page_of_the_documents_is_that_of_the_table() -> None:
    assert PAGE.read_text("utf-8") == page(), "run: python -m tools.keys"


def test_people_have_the_keys_of_the_rooms_that_they_may_enter(client, people) -> None:
    people.sign_in(client, people.holding(Role.OPERATOR))
    shown = client.get("/keys").text
    assert 'data-keys="g l"' in shown
    assert 'data-keys="g p"' not in shown


def test_a_page_shows_its_own_keys_and_the_switch(client, people) -> None:
    people.sign_in(client, people.holding(Role.OPERATOR))
    desk, today = client.get("/messages/new").text, client.get("/").text
    assert "Alt" in desk.partition('<dialog class="keys-dialog"')[2]
    assert "Alt</kbd>" not in today.partition('<dialog class="keys-dialog"')[2]
    assert 'data-switched="on"' in today
    client.post("/preferences", data={"scheme": "system", "density": "comfortable"})
    assert 'data-switched="off"' in client.get("/").text


def test_public_pages_carry_no_keys(client, people) -> None:
    people.sign_in(client, people.holding(Role.OPERATOR))
    assert not re.search(r"keys\.js|hands\.js|keys-dialog", client.get("/concerns").text)
