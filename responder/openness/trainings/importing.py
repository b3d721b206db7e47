"""A table of trainings and meetings comes in."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.accounts.models import Unit
from responder.core import audit
from responder.core.lifecycle import Attempt
from responder.core.turns import one_at_a_time
from responder.intake.registers.columns import UnitNames, plain
from responder.intake.registers.importing import TableImport, sifted
from responder.intake.registers.reading import TableFile, Values, read_table
from responder.openness.trainings.models import Occasion, OccasionKind
from responder.openness.trainings.occasion_rows import occasion_columns, whole_row
from responder.openness.trainings.service import OccasionFacts, create_occasion, require_office

MOST_ROWS = 2_000
IMPORT_LOCK = 20_260_133  # nothing else in this database locks by it

Key = tuple[OccasionKind, date, str]


def read_file(session: Session, path: Path, today: date, year: int | None = None) -> TableFile:
    """Read a table of trainings and meetings (.xlsx, .xls, CSV). Holds and stores nothing.

    :param year: rows of another are refused; None takes all.
    :raises Invalid: the file cannot be read as such a table.
    """
    units = UnitNames(session.scalars(select(Unit).order_by(Unit.code)))
    return read_table(path, occasion_columns(units), whole_row(year, today), MOST_ROWS)


def rehearse(session: Session, file: TableFile) -> TableImport:
    """Count what :func:`store` would do, and store nothing."""
    return sifted(file, _key, _known(session))[1]


def store(session: Session, file: TableFile, attempt: Attempt) -> TableImport:
    """Put a file's rows into the register. What has the same kind, day and title is known.

    :raises Forbidden: somebody who does not keep the register.
    """
    require_office(attempt)
    one_at_a_time(session, IMPORT_LOCK)
    new, found = sifted(file, _key, _known(session))
    units = {unit.id: unit for unit in session.scalars(select(Unit))}
    made = None
    for one in new:
        organiser = one.values["organiser"]
        values = one.values | {"organiser": units[organiser.id] if organiser else None}
        made = create_occasion(session, OccasionFacts(**values), attempt)
    if made is not None:
        counts = {name: found.counts[name] for name in ("rows", "created", "errors")}
        audit.record(session, "import", made, {"file_name": file.name, **counts})
    return found


def _key(values: Values) -> Key:
    return values["kind"], values["held_on"], plain(values["title"])


def _known(session: Session) -> set[Key]:
    found = session.execute(select(Occasion.kind, Occasion.held_on, Occasion.title))
    return {(kind, held_on, plain(title)) for kind, held_on, title in found}
