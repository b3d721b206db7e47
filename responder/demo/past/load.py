"""Bring a past year into an empty database. Its records are made; nobody lived them."""

from __future__ import annotations

from sqlalchemy import select

from responder.accounts.models import Unit
from responder.core.database import transaction
from responder.core.permissions import CONSOLE
from responder.demo.past import PastYear, answering, disclosing, duty, totals_of
from responder.settings import Settings

# In the order of the annual summary.
PARTS = (
    duty.add_tasks, duty.add_occasions, duty.add_findings, duty.add_rounds, duty.add_scheme,
    disclosing.add_catalogue, disclosing.add_applications, answering.add_press_events,
    answering.add_packages, answering.add_responses,
)  # fmt: skip


def load_year(year: int, settings: Settings) -> None:
    """Add the records of a year to the demo's units.

    :raises Invalid: no such year is shipped.
    """
    totals = totals_of(year)
    with transaction(CONSOLE) as session:
        units = list(session.scalars(select(Unit).order_by(Unit.id)))
        past = PastYear(session, year, totals, units, settings.zone, settings.publisher_name)
        for add in PARTS:
            add(past)
            session.flush()
