"""What the chain over the audit trail costs: writing with it beside writing without it.

Both write the same records in the same way, turn by turn; without means that the end of the
transaction links nothing. Verifying is told beside reading the same rows and doing nothing.
"""

from __future__ import annotations

import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import select

from benchmarks.postgresql import postgresql
from responder import create_app
from responder.accounts.models import Unit
from responder.core import database
from responder.core.audit import AuditEvent, AuditLink, chain, verifying
from responder.core.database import alembic, db, transaction
from responder.core.permissions import CONSOLE
from responder.settings import Settings

ROUNDS = 3
BULK = 500
SINGLE = 30

_numbers = count()


def measure() -> dict[str, Any]:
    """Ratios and events a second, on both databases."""
    with tempfile.TemporaryDirectory() as folder:
        found = {"sqlite": _of(Path(folder, "state"), "", time.process_time)}
        with postgresql(Path(folder, "server")) as url:
            found["postgresql"] = _of(Path(folder, "other"), url, time.perf_counter)
    return found


def _of(state: Path, url: str, clock: Callable[[], float]) -> dict[str, Any]:
    app = create_app(Settings(state_dir=state, database_url=url))
    with app.app_context():
        alembic.upgrade()
        with _unchained():
            _write(BULK, BULK)  # once, so that no round is the first
        _link_the_rest()
        figures = _writing(clock) | _reading(clock)
        db.session.rollback()
        db.engine.dispose()
    return figures


def _writing(clock: Callable[[], float]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for name, events, a_time in (("bulk", BULK, BULK), ("single", SINGLE, 1)):
        ratios, rates = [], []
        for _ in range(ROUNDS):
            chained = _seconds(clock, events, a_time)
            with _unchained():
                plain = _seconds(clock, events, a_time)
            _link_the_rest()
            ratios.append(chained / plain)
            rates.append(events / chained)
        told[f"{name}_ratio"] = round(median(ratios), 2)
        told[f"{name}_events_a_second"] = round(median(rates))
    return told


def _reading(clock: Callable[[], float]) -> dict[str, Any]:
    begun = clock()
    outcome = verifying.verify(db.session)
    verified = clock() - begun
    if outcome.problem:
        raise RuntimeError(outcome.problem)
    begun = clock()
    with closing(verifying.links_of(db.session)) as links:
        for _ in links:
            pass
    read = clock() - begun
    return {
        "verify_beside_reading": round(verified / read, 2),
        "verify_events_a_second": round(outcome.head.number / verified),
        "verify_peak_kib_of_a_part_and_of_all": [_peak(500), _peak(None)],
        "events": outcome.head.number,
    }


def _peak(most: int | None) -> int:
    """The most memory of Python's that walking the first so many links holds at once, in KiB."""
    tracemalloc.start()
    with closing(verifying.links_of(db.session)) as links:
        verifying.walk(one for number, one in enumerate(links) if most is None or number < most)
    peak = tracemalloc.get_traced_memory()[1] // 1024
    tracemalloc.stop()
    return peak


def _seconds(clock: Callable[[], float], events: int, a_time: int) -> float:
    begun = clock()
    _write(events, a_time)
    return clock() - begun


def _write(events: int, a_time: int) -> None:
    for _ in range(events // a_time):
        with transaction(CONSOLE) as session:
            names = [f"单位{next(_numbers)}" for _ in range(a_time)]
            session.add_all([Unit(code=name, name=name, matters="供水、排水") for name in names])


def _link_the_rest() -> None:
    """Link what was written without, so that the trail is whole and grows alike."""
    linked = select(AuditLink.event_id)
    with transaction(CONSOLE) as session:
        for event_id in session.scalars(select(AuditEvent.id).where(AuditEvent.id.not_in(linked))):
            chain.note(session, event_id)


@contextmanager
def _unchained() -> Iterator[None]:
    endings, database._endings[:] = list(database._endings), []
    try:
        yield
    finally:
        database._endings[:] = endings
