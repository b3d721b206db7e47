"""The mechanism: permission, state, guard, reason, trail. Tables are tested where they live."""

from __future__ import annotations

import pytest

from responder.accounts.models import Unit
from responder.core import audit
from responder.core.database import transaction
from responder.core.errors import Forbidden, GuardRefused, Invalid, WrongState
from responder.core.lifecycle import Attempt, Lifecycle, Transition
from responder.core.permissions import CONSOLE, Actor, Permission
from tests.factories import NOW, unit

DOOR = Lifecycle(
    name="door",
    states={"open": "开着", "shut": "关着"},
    initial="open",
    transitions=(
        Transition(
            "shut",
            "关门",
            ("open",),
            "shut",
            Permission.ARCHIVE,
            guards=(lambda door, _attempt: "有人站在门口" if door.matters == "busy" else None,),
            needs_note=True,
        ),
        Transition("open", "开门", ("shut",), "open", Permission.PUBLISH),
    ),
)
KEEPER = Actor(7, "门卫", frozenset({Permission.ARCHIVE}))


@pytest.fixture
def door(session) -> Unit:
    made = unit("door", "一扇门")
    made.state = "open"
    return made


def test_advancing_writes_state_and_trail(session, door) -> None:
    with transaction(CONSOLE, NOW):
        DOOR.advance(session, door, "shut", Attempt(KEEPER, NOW, "下班"))
    event = audit.history(session, door)[-1]
    assert door.state == "shut"
    assert (event.action, event.actor_name, event.note) == ("shut", "门卫", "下班")
    assert event.changes == {"state": ["open", "shut"]}


@pytest.mark.parametrize(
    ("action", "actor", "note", "refusal"),
    [
        ("shut", Actor(8, "路人", frozenset()), "下班", Forbidden),
        ("shut", KEEPER, "  ", GuardRefused),
        ("open", CONSOLE, "", WrongState),
        ("paint", CONSOLE, "", Invalid),
    ],
)
def test_refusals_leave_the_state_alone(session, door, action, actor, note, refusal) -> None:
    with pytest.raises(refusal), transaction(CONSOLE, NOW):
        DOOR.advance(session, door, action, Attempt(actor, NOW, note))
    assert door.state == "open"


def test_a_guard_says_why(session, door) -> None:
    door.matters = "busy"
    attempt = Attempt(KEEPER, NOW, "下班")
    assert [choice.obstacles for choice in DOOR.choices(door, attempt)] == [("有人站在门口",)]
    with pytest.raises(GuardRefused, match="有人站在门口"):
        DOOR.advance(session, door, "shut", attempt)


def test_choices_offer_only_what_the_person_may_do_now(door) -> None:
    assert [c.transition.action for c in DOOR.choices(door, Attempt(KEEPER, NOW))] == ["shut"]
    assert DOOR.choices(door, Attempt(Actor(8, "路人", frozenset()), NOW)) == []


def test_a_table_with_an_unknown_state_is_refused() -> None:
    with pytest.raises(ValueError, match="ajar"):
        Lifecycle("x", {"open": ""}, "open", (Transition("a", "", ("open",), "ajar", CONSOLE),))
