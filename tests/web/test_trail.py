"""Whoever reads the trail reads words: of every record and every field that it can hold."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import inspect

from responder.core.audit import Audited
from responder.web import trail

NEVER_TOLD = {"id", "version_id"}


def audited(model: type = Audited) -> Iterator[type]:
    for one in model.__subclasses__():
        if hasattr(one, "__tablename__"):
            yield one
        yield from audited(one)


def test_every_field_of_the_trail_has_a_name(app) -> None:
    models = [one for one in audited() if one.__module__.startswith("responder.")]
    assert len(models) > 50
    unnamed = []
    with app.app_context():
        for model in models:
            kind = trail.kinds().get(model.__tablename__)
            names = {**trail.COMMON_FIELDS, **(kind.fields if kind else {})}
            told = {column.key for column in inspect(model).column_attrs}
            told -= model.__audit_skip__ | NEVER_TOLD
            unnamed += [f"{model.__tablename__}.{name}" for name in told - set(names)]
            unnamed += [] if kind else [model.__tablename__]
    assert unnamed == []
