"""Every lifecycle, completely: state × action × role, in one's own name and as a deputy.

What is expected is read off the rows of the tables, each by itself, not by the code that looks
a step up. The tables themselves stand in docs/lifecycles.md, where every change of them shows.
"""

from __future__ import annotations

import ast
from dataclasses import replace
from types import SimpleNamespace

import pytest

from responder.core.database import transaction
from responder.core.errors import DomainError, Forbidden, GuardRefused, WrongState
from responder.core.lifecycle import Attempt, Lifecycle
from responder.core.permissions import CONSOLE, DELEGABLE, ROLE_PERMISSIONS, Actor, Role
from tests.factories import NOW, unit
from tests.meta.test_source import SOURCES
from tools.lifecycles import PAGE, lifecycles, page

TABLES = {table.name: table for table in lifecycles()}
NOBODY = Actor(1, "某人", frozenset())


def unguarded(table: Lifecycle) -> Lifecycle:
    """The same table without its rules on texts and persons, which have tests of their own."""
    return replace(table, transitions=tuple(replace(one, guards=()) for one in table.transitions))


def expected(table: Lifecycle, state: str, action: str, rights: frozenset[str]) -> object:
    """What the rows say: the target, or the refusal."""
    rows = [one for one in table.transitions if one.action == action and state in one.sources]
    if not rows:
        return WrongState
    return (rows[0].target,) if rows[0].permission in rights else Forbidden


def outcome(table: Lifecycle, state: str, action: str, attempt: Attempt) -> object:
    try:
        return (table.allow(SimpleNamespace(state=state), action, attempt).target,)
    except DomainError as refusal:
        return type(refusal)


def names_of(role: Role) -> list[tuple[Attempt, frozenset[str]]]:
    """Somebody of a role, and the deputy of somebody of it, each with the rights that count."""
    actor = Actor(2, role.value, ROLE_PERMISSIONS[role])
    deputy = Attempt(NOBODY, NOW, "理由", on_behalf_of=actor)
    rights = frozenset(ROLE_PERMISSIONS[role])
    return [(Attempt(actor, NOW, "理由"), rights), (deputy, rights & DELEGABLE)]


@pytest.mark.parametrize("name", TABLES)
def test_each_state_action_and_role_is_as_the_table_says(name, record_property) -> None:
    table = unguarded(TABLES[name])
    actions = dict.fromkeys(one.action for one in table.transitions)
    cells = [
        (state, action, attempt, rights)
        for state in table.states
        for action in actions
        for role in Role
        for attempt, rights in names_of(role)
    ]
    wrong = [
        (state, action, attempt.actor.name)
        for state, action, attempt, rights in cells
        if outcome(table, state, action, attempt) != expected(table, state, action, rights)
    ]
    assert wrong == []
    offered = {
        (state, role, choice.transition.action)
        for state in table.states
        for role in Role
        for choice in table.choices(SimpleNamespace(state=state), names_of(role)[0][0])
    }
    allowed = {
        (state, role, action)
        for state in table.states
        for action in actions
        for role in Role
        if isinstance(expected(table, state, action, ROLE_PERMISSIONS[role]), tuple)
    }
    assert offered == allowed
    assert len(cells) == len(table.states) * len(actions) * len(Role) * 2
    record_property("lifecycle_cells", len(cells))


@pytest.mark.parametrize("name", TABLES)
def test_each_arrow_leads_where_the_table_says_unless_a_rule_or_a_reason_stands_in_the_way(
    session, name
) -> None:
    table = unguarded(TABLES[name])
    thing = unit("thing", "一件东西")
    for step in table.transitions:
        for source in map(str, step.sources):
            for guards, note, refused in (
                ((lambda _item, _attempt: "有规则不允许",), "理由", True),
                ((), " ", step.needs_note),
                ((), "理由", False),
            ):
                one = replace(table, transitions=(replace(step, guards=guards),))
                thing.state = source
                attempt = Attempt(CONSOLE, NOW, note)
                with transaction(CONSOLE, NOW) as session:
                    if refused:
                        with pytest.raises(GuardRefused):
                            one.advance(session, thing, step.action, attempt)
                    else:
                        one.advance(session, thing, step.action, attempt)
                moved = not refused and step.target is not None
                assert thing.state == (str(step.target) if moved else source)


@pytest.mark.parametrize("name", TABLES)
def test_a_table_has_one_row_for_a_state_and_action_and_no_state_without_a_way_in(name) -> None:
    table = TABLES[name]
    pairs = [(one.action, source) for one in table.transitions for source in one.sources]
    assert len(pairs) == len(set(pairs))
    reached = {table.initial, *(one.target for one in table.transitions)}
    assert set(table.states) - reached <= {"stopped"}  # clocks are stopped by publication


def test_no_table_is_overlooked() -> None:
    made = [
        node
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Lifecycle"
    ]
    assert len(made) == len(TABLES) >= 9


def test_the_page_of_lifecycles_is_current() -> None:
    assert PAGE.read_text("utf-8") == page(), "run: python -m tools.lifecycles"
