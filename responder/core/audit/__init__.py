"""The audit trail: every change of an audited record, with who, when and what.

A model joins by the :class:`Audited` mixin; its inserts, updates and deletes are
then written by the session itself, in the same transaction. What a person *did*
(advanced an item, revealed an identity, imported a file) is said by :func:`record`.
All of it is chained (:mod:`responder.core.audit.chain`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any, ClassVar

from sqlalchemy import Connection, event, insert, inspect, select
from sqlalchemy.orm import Mapped, Mapper, QueryableAttribute, Session, object_session

from responder.core.audit import chain
from responder.core.audit.models import AuditEvent, AuditLink
from responder.core.permissions import Actor

__all__ = [
    "MASK", "AuditEvent", "AuditLink", "Audited", "first_told", "history", "is_as_told",
    "last_actor_id", "record", "record_of_trail",
]  # fmt: skip

MASK = "（已隐去）"


class Audited:
    """Mixin: the session writes this model's changes to the trail.

    ``__audit_skip__`` names columns that machines recompute or that a lifecycle
    event tells better; ``__audit_masked__`` columns whose values must not be
    copied; ``__audit_creation__`` is off where a batch says it for thousands.
    """

    __audit_skip__: ClassVar[frozenset[str]] = frozenset()
    __audit_masked__: ClassVar[frozenset[str]] = frozenset()
    __audit_creation__: ClassVar[bool] = True

    id: Mapped[int]


def record(
    session: Session,
    action: str,
    obj: Audited,
    changes: Mapping[str, Any] | None = None,
    note: str = "",
    actor: Actor | None = None,
) -> None:
    """Write what a person did to a record. Flushes, so that the record has its id."""
    session.flush()
    _insert(session, session.connection(), _row(session, action, obj, changes or {}, note, actor))


def record_of_trail(
    session: Session, action: str, event_id: int, changes: Mapping[str, Any]
) -> None:
    """Write what a person did with the trail itself.

    :param event_id: the last event of it that this concerned.
    """
    who = {"object_type": AuditEvent.__tablename__, "object_id": event_id}
    line = _line(session, action, changes, "", session.info["actor"])
    _insert(session, session.connection(), line | who)


def history(session: Session, obj: Audited) -> list[AuditEvent]:
    """All that happened to one record, oldest first."""
    query = select(AuditEvent).where(
        AuditEvent.object_type == _type_name(obj), AuditEvent.object_id == obj.id
    )
    return list(session.scalars(query.order_by(AuditEvent.id)))


def last_actor_id(session: Session, obj: Audited) -> int | None:
    """Who did to a record what was done last; None for a program, or where nothing was done."""
    query = select(AuditEvent.actor_id).where(
        AuditEvent.object_type == _type_name(obj), AuditEvent.object_id == obj.id
    )
    return session.scalar(query.order_by(AuditEvent.id.desc()).limit(1))


def first_told(session: Session, record: type[Any], ids: Sequence[int]) -> dict[int, Any]:
    """Id → what the trail tells of the making of some records: column → [nothing, value]."""
    query = select(AuditEvent.object_id, AuditEvent.changes).where(
        AuditEvent.object_type == record.__tablename__,
        AuditEvent.object_id.in_(ids),
        AuditEvent.action == "create",
    )
    return dict(session.execute(query).all())


def is_as_told(value: Any, told: Any) -> bool:
    """Whether a column holds what the trail tells of it."""
    if isinstance(value, datetime) and isinstance(told, str):
        return value == datetime.fromisoformat(told)
    return bool(_plain(value) == told)


def _row(
    session: Session,
    action: str,
    obj: Audited,
    changes: Mapping[str, Any],
    note: str = "",
    actor: Actor | None = None,
) -> dict[str, Any]:
    line = _line(session, action, changes, note, actor or session.info["actor"])
    return line | {"object_type": _type_name(obj), "object_id": obj.id}


def _line(
    session: Session, action: str, changes: Mapping[str, Any], note: str, actor: Actor
) -> dict[str, Any]:
    return {
        "at": session.info["now"],
        "actor_id": actor.id,
        "actor_name": actor.name,
        "action": action,
        "changes": dict(changes),
        "note": note,
    }


def _insert(session: Session, connection: Connection, row: Mapping[str, Any]) -> None:
    written = connection.execute(insert(AuditEvent).values(row)).inserted_primary_key
    assert written is not None, "one row was inserted"
    chain.note(session, written[0])


def _type_name(obj: object) -> str:
    return str(type(obj).__tablename__)  # type: ignore[attr-defined]


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else value


def _changes(obj: Audited) -> dict[str, list[Any]]:
    """Column → [old, new] for each column that a person changed."""
    found: dict[str, list[Any]] = {}
    state = inspect(obj)
    for column in state.mapper.column_attrs:
        name = column.key
        changed = state.attrs[name].history
        if name in obj.__audit_skip__ or name == "version_id" or not changed.has_changes():
            continue
        old, new = (_plain(part[0]) if part else None for part in (changed.deleted, changed.added))
        if old == new:
            continue
        found[name] = [MASK, MASK] if name in obj.__audit_masked__ else [old, new]
    return found


@event.listens_for(Audited, "attribute_instrument", propagate=True)
def _remember_the_old(_class: type, _name: str, attribute: QueryableAttribute[Any]) -> None:
    """Load the old value before a new one is set: the trail owes both."""
    event.listen(attribute, "set", lambda *_arguments: None, active_history=True)


@event.listens_for(Audited, "after_insert", propagate=True)
def _inserted(_mapper: Mapper[Any], connection: Connection, obj: Audited) -> None:
    if obj.__audit_creation__:
        new = {name: pair for name, pair in _changes(obj).items() if pair[1] not in (None, "", [])}
        _write(connection, obj, "create", new)


@event.listens_for(Audited, "after_update", propagate=True)
def _updated(_mapper: Mapper[Any], connection: Connection, obj: Audited) -> None:
    if changes := _changes(obj):
        _write(connection, obj, "update", changes)


@event.listens_for(Audited, "after_delete", propagate=True)
def _deleted(_mapper: Mapper[Any], connection: Connection, obj: Audited) -> None:
    columns = [column.key for column in inspect(obj).mapper.column_attrs]
    hidden = obj.__audit_masked__
    old = {name: MASK if name in hidden else _plain(getattr(obj, name)) for name in columns}
    gone = {name: [value, None] for name, value in old.items() if value not in (None, "", [])}
    _write(connection, obj, "delete", {n: p for n, p in gone.items() if n != "id"})


def _write(connection: Connection, obj: Audited, action: str, changes: Mapping[str, Any]) -> None:
    session = object_session(obj)
    assert session is not None, "an audited record is written through a session"
    _insert(session, connection, _row(session, action, obj, changes))
