"""Filters of lists by what this room keeps."""

from __future__ import annotations

from sqlalchemy.orm import Session

from responder.accounts import service
from responder.web.listing.rules import Choice, Option


def unit_choice(session: Session, label: str) -> Choice:
    """One of the units that answer (责任单位)."""
    return Choice("unit", label, [Option(unit.id, unit.name) for unit in service.units(session)])
