"""Columns and publications, made by the product's own services."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from responder.accounts.models import User
from responder.core.database import db, transaction
from responder.core.lifecycle import Attempt
from responder.core.permissions import CONSOLE
from responder.openness.catalogue import columns, reference, registering
from responder.openness.catalogue.columns import ColumnFacts
from responder.openness.catalogue.models import CatalogueColumn, CheckKind, KeyArea, Publication
from responder.openness.catalogue.registering import PublicationFacts
from tests.factories import NOW, unit

TODAY = date(2026, 11, 20)
BEGAN = date(2025, 1, 1)


def seeded() -> None:
    with transaction(CONSOLE, NOW) as session:
        reference.seed_catalogue(session)


def kind(name: str = "动态要闻类") -> CheckKind:
    seeded()
    return next(one for one in reference.check_kinds(db.session) if one.name == name)


def area(name: str = "公共监管") -> KeyArea:
    seeded()
    return next(one for one in reference.key_areas(db.session) if one.name == name)


def facts(**changed: Any) -> ColumnFacts:
    known: dict[str, Any] = {
        "code": "A01", "name": "政策文件", "unit": unit(), "valid_from": BEGAN,
    }  # fmt: skip
    return ColumnFacts(**{**known, **changed})


def column(reason: str = "", at: datetime = NOW, **changed: Any) -> CatalogueColumn:
    wanted = facts(**changed)
    with transaction(CONSOLE, at) as session:
        return columns.add(session, wanted, reason, Attempt(CONSOLE, at))


def changed(
    one: CatalogueColumn, on: date = TODAY, reason: str = "调整", **facts_: Any
) -> CatalogueColumn:
    kept: dict[str, Any] = {
        name: getattr(one, name)
        for name in (
            "code", "name", "unit", "valid_from", "valid_to", "parent", "cadence", "check_kind",
            "key_area",
        )
    }  # fmt: skip
    wanted = ColumnFacts(**{**kept, **facts_})
    with transaction(CONSOLE, NOW) as session:
        columns.change(session, one, wanted, on, reason, Attempt(CONSOLE, NOW))
    return one


def published(
    one: CatalogueColumn, title: str = "一条信息", day: date = TODAY, by: User | None = None,
    **more: str,
) -> Publication:  # fmt: skip
    attempt = Attempt(by.actor if by else CONSOLE, NOW)
    with transaction(attempt.actor, NOW) as session:
        wanted = PublicationFacts(one, title, day, **more)
        return registering.register(session, wanted, attempt)
