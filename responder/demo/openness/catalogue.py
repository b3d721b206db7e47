"""The demo's catalogue: columns that are fresh, late and retired, and what stands in them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from importlib.resources import files
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.accounts.models import Unit
from responder.core.database import transaction
from responder.core.lifecycle import Attempt
from responder.core.times import local
from responder.demo import lookup
from responder.openness.catalogue import columns, reference, registering, syncing
from responder.openness.catalogue.columns import ColumnFacts
from responder.openness.catalogue.models import CatalogueColumn, OwnKind, Way
from responder.openness.catalogue.registering import Item
from responder.openness.catalogue.rules import Cadence
from responder.settings import Settings

Table = Mapping[str, Any]

SITE = "https://www.jianglan.example"
# What the demo publishes itself → code of the column that it goes into.
OWN = {
    OwnKind.CONCERN: "D01", OwnKind.DOCUMENT: "B01", OwnKind.INTERPRETATION: "B02",
}  # fmt: skip


def load_catalogue(now: datetime, settings: Settings) -> None:
    """The catalogue has stood for years; this year it was adjusted."""
    text = files("responder").joinpath("data/demo/catalogue.toml").read_text(encoding="utf-8")
    today, actor = local(now, settings.zone).date(), lookup.actor("openness")
    tables, attempt = tomllib.loads(text)["column"], Attempt(actor, now)
    with transaction(actor, now) as session:
        reference.seed_catalogue(session)
        made: dict[str, CatalogueColumn] = {}
        items: list[Item] = []
        for table in tables:
            facts = _facts(session, table, made, today)
            made[table["code"]] = columns.add(session, facts, table.get("reason", ""), attempt)
            items += _items(table, made[table["code"]], today)
        new = registering.store(session, items, Way.IMPORT, now)
        counts = {"rows": len(items), "created": len(new), "duplicates": 0, "errors": 0}
        registering.note_batch(session, Way.IMPORT, "门户网站导出.xlsx", counts, attempt)
        mapping: dict[tuple[OwnKind, str], int | None] = {
            (kind, syncing.EVERYTHING): made[code].id for kind, code in OWN.items()
        }
        syncing.save_mapping(session, mapping, attempt)
        syncing.sync(session, attempt, settings.zone, settings.public_url)


def _facts(
    session: Session, table: Table, made: Mapping[str, CatalogueColumn], today: date
) -> ColumnFacts:
    kinds = {one.name: one for one in reference.check_kinds(session)}
    areas = {one.name: one for one in reference.key_areas(session)}
    began = today + timedelta(days=table["from"]) if "from" in table else date(today.year - 3, 1, 1)
    return ColumnFacts(
        code=table["code"],
        name=table["name"],
        unit=session.scalars(select(Unit).where(Unit.code == table["unit"])).one(),
        valid_from=began,
        valid_to=today + timedelta(days=table["to"]) if "to" in table else None,
        parent=made.get(table.get("parent", "")),
        cadence=Cadence(table["cadence"]),
        check_kind=kinds.get(table.get("kind", "")),
        key_area=areas.get(table.get("area", "")),
    )


def _items(table: Table, column: CatalogueColumn, today: date) -> list[Item]:
    """What stands in a column, the last one at its day and the others before it."""
    count = table.get("items", 0)
    return [
        Item(
            column.id,
            table["title"].format(n=count - place),
            today + timedelta(days=table["last"] - place * table["gap"]),
            f"{SITE}/{table['code'].lower()}/{count - place}.html",
        )
        for place in range(count)
    ]
