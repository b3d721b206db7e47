"""The trail writes itself, in the same transaction, and hides what must be hidden."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from responder.accounts.models import Unit
from responder.core import audit
from responder.core.audit import AuditEvent
from responder.core.database import transaction
from responder.core.permissions import CONSOLE
from tests.factories import NOW, unit


def events(session) -> list[tuple[str, dict]]:
    query = select(AuditEvent).where(AuditEvent.object_type == "unit").order_by(AuditEvent.id)
    return [(event.action, event.changes) for event in session.scalars(query)]


def test_insert_update_and_delete_are_written_with_old_and_new(session) -> None:
    with transaction(CONSOLE, NOW):
        kept = Unit(code="jyj", name="市教育局")
        session.add(kept)
    with transaction(CONSOLE, NOW):
        session.get(Unit, kept.id).name = "市教育体育局"
    with transaction(CONSOLE, NOW):
        session.delete(session.get(Unit, kept.id))
    assert events(session) == [
        ("create", {"code": [None, "jyj"], "name": [None, "市教育局"]}),
        ("update", {"name": ["市教育局", "市教育体育局"]}),
        ("delete", {"code": ["jyj", None], "name": ["市教育体育局", None]}),
    ]


def test_the_actor_and_the_moment_are_written(session, people) -> None:
    editor = people.editor
    with transaction(editor.actor, NOW):
        session.add(Unit(code="jyj", name="市教育局"))
    event = session.scalar(select(AuditEvent).order_by(AuditEvent.id.desc()))
    assert (event.actor_id, event.actor_name, event.at) == (editor.id, editor.display_name, NOW)


def test_saving_without_a_change_writes_nothing(session) -> None:
    kept = unit()
    before = len(events(session))
    with transaction(CONSOLE, NOW):
        session.get(Unit, kept.id).name = kept.name
    assert len(events(session)) == before


def test_what_is_rolled_back_leaves_no_trace(session) -> None:
    with pytest.raises(RuntimeError, match="half-way"), transaction(CONSOLE, NOW):
        session.add(Unit(code="jyj", name="市教育局"))
        session.flush()
        raise RuntimeError("half-way")
    assert events(session) == []


def test_a_password_hash_never_enters_the_trail(session, people) -> None:
    user = people.editor
    created = session.scalar(select(AuditEvent).where(AuditEvent.object_type == "user_account"))
    assert created.changes["password_hash"] == [audit.MASK, audit.MASK]
    assert user.password_hash not in str(created.changes)


def test_history_tells_one_record_alone(session) -> None:
    first, second = unit("a", "甲局"), unit("b", "乙局")
    assert [event.object_id for event in audit.history(session, first)] == [first.id]
    assert second.id != first.id


def test_the_old_value_is_told_even_when_nobody_had_looked_at_it(session) -> None:
    kept = unit("jyj", "市教育局")
    with transaction(CONSOLE, NOW):
        session.expire(kept)
        kept.name = "市教育体育局"
    assert events(session)[-1] == ("update", {"name": ["市教育局", "市教育体育局"]})
