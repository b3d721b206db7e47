"""Trainings and meetings of the demo's office."""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta
from importlib.resources import files

from sqlalchemy import select

from responder.accounts.models import Unit
from responder.core.database import transaction
from responder.core.lifecycle import Attempt
from responder.core.times import local
from responder.demo import lookup
from responder.openness.trainings import service
from responder.openness.trainings.models import OccasionKind
from responder.openness.trainings.service import OccasionFacts
from responder.settings import Settings


def load_trainings(now: datetime, settings: Settings) -> None:
    """Each entered in the evening of its day."""
    text = files("responder").joinpath("data/demo/trainings.toml").read_text(encoding="utf-8")
    office = lookup.actor("openness")
    for table in tomllib.loads(text)["occasion"]:
        at = now - timedelta(days=table["days"])
        texts = ("title", "place", "lecturers", "contents", "minutes_number", "remark")
        with transaction(office, at) as session:
            organiser = session.scalar(select(Unit).where(Unit.code == table.get("organiser", "")))
            facts = OccasionFacts(
                kind=OccasionKind(table["kind"]),
                held_on=local(at, settings.zone).date(),
                organiser=organiser,
                attendance=table.get("attendance"),
                units=table.get("units"),
                **{name: table.get(name, "") for name in texts},
            )
            service.create_occasion(session, facts, Attempt(office, at))
