"""Policy documents of the demo: one that went out with its interpretations, one in work."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from importlib.resources import files
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.accounts.models import Unit
from responder.accounts.proofs import PASSWORD, Proven
from responder.core.database import db, transaction
from responder.core.lifecycle import Attempt
from responder.core.permissions import CONSOLE
from responder.core.times import local
from responder.demo import lookup
from responder.publishing.packages import columns, entering, steps
from responder.publishing.packages.entering import MaterialFacts, PackageFacts
from responder.publishing.packages.models import Duty, Level, PolicyPackage
from responder.settings import Settings

Table = Mapping[str, Any]

# Who takes which step of a package that goes out, and how many hours before it does.
STEPS = (("press", "organise", 30), ("second", "review", 26), ("signer", "sign", 6),
         ("press", "release", 0))  # fmt: skip
WRITTEN_HOURS = 54


def load_packages(now: datetime, settings: Settings) -> None:
    """Both packages, written by the unit's liaison."""
    with transaction(CONSOLE, now) as session:
        columns.seed_columns(session)
    text = files("responder").joinpath("data/demo/packages.toml").read_text(encoding="utf-8")
    for table in tomllib.loads(text)["package"]:
        day = local(now, settings.zone).date() + timedelta(days=table["days"])
        out = now + timedelta(days=min(table["days"], 0), hours=1)
        package_id = _write(table, day, out - timedelta(hours=WRITTEN_HOURS))
        if table["released"]:
            _release(package_id, out, settings)


def _write(table: Table, day: date, at: datetime) -> int:
    liaison = lookup.actor("liaison")
    attempt = Attempt(liaison, at)
    with transaction(liaison, at) as session:
        package = entering.propose(session, _facts(session, table, day), attempt)
        codes = {column.code: column.id for column in columns.columns(session)}
        rows = [
            {
                "column": str(codes[code]), "form": form, "writer": writer,
                "due_on": day.isoformat(), "channel": channel,
            }
            for code, form, writer, channel in table["plan"]
        ]  # fmt: skip
        entering.save_plan(session, package, rows, attempt)
        for one in table["material"]:
            facts = MaterialFacts(codes[one["column"]], one["title"], one["author"], one["body"])
            entering.save_material(session, package, None, facts, attempt)
        return package.id


def _facts(session: Session, table: Table, day: date) -> PackageFacts:
    return PackageFacts(
        title=table["title"],
        document_number=table["document_number"],
        issuer=table["issuer"],
        unit=session.scalars(select(Unit).where(Unit.code == table["unit"])).one(),
        level=Level(table["level"]),
        planned_on=day,
        duty=Duty.TOGETHER,
        duty_reason="",
        body=table["body"],
    )


def _release(package_id: int, out: datetime, settings: Settings) -> None:
    for username, action, hours in STEPS:
        attempt = Attempt(lookup.actor(username), out - timedelta(hours=hours))
        with transaction(attempt.actor, attempt.now) as session:
            package = db.session.get_one(PolicyPackage, package_id)
            proven = Proven(attempt.actor.id or 0, PASSWORD)
            steps.advance(session, package, action, attempt, settings, proven)
