"""Whoever reads the trail reads words: of every record and every field that it can hold."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Enum, inspect

from responder.core.audit import Audited, AuditEvent
from responder.web import trail

NEVER_TOLD = {"id", "version_id"}


def models() -> list[type]:
    return [one for one in audited() if one.__module__.startswith("responder.")]


def audited(model: type = Audited) -> Iterator[type]:
    for one in model.__subclasses__():
        if hasattr(one, "__tablename__"):
            yield one
        yield from audited(one)


def test_every_field_of_the_trail_has_a_name(app) -> None:
    assert len(models()) > 50
    unnamed = []
    with app.app_context():
        for model in models():
            kind = trail.kinds().get(model.__tablename__)
            names = {**trail.COMMON_FIELDS, **(kind.fields if kind else {})}
            told = {column.key for column in inspect(model).column_attrs}
            told -= model.__audit_skip__ | NEVER_TOLD
            unnamed += [f"{model.__tablename__}.{name}" for name in told - set(names)]
            unnamed += [] if kind else [model.__tablename__]
    assert unnamed == []


def test_every_code_of_the_trail_has_a_name(app) -> None:
    unnamed = []
    with app.app_context():
        for model in models():
            for column in inspect(model).columns:
                if isinstance(column.type, Enum) and column.key not in model.__audit_skip__:
                    field = (model.__tablename__, column.key)
                    unnamed += [
                        f"{field} {code}" for code in column.type.enums if raw(*field, code)
                    ]
    assert unnamed == []


def raw(table: str, field: str, code: str) -> bool:
    """Whether a code is shown as it is stored."""
    event = AuditEvent(object_type=table, action="create", changes={field: [None, code]})
    (change,) = trail.changes(event)
    return change.new == code
