"""What breaks, one thing after another, and when each was away."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from tools.soak.office import Office

SETTLES_SECONDS = 2.0  # what was at it when it came back still hears of it
# What may go wrong for a request while a thing is away: nobody answers, or it says "try again".
SILENT, AGAIN = "nobody answers", "try again"

BREAKS = {
    "a web process": (Office.kill_a_worker, SILENT),
    "connections to the database": (Office.cut_connections, AGAIN),
    "the scheduler": (Office.kill_the_scheduler, ""),
    "a web host": (Office.kill_a_host, SILENT),
    "the database": (Office.stop_the_database, AGAIN),
}


@dataclass(frozen=True)
class Absence:
    """A thing that was away.

    :param excuses: what a request may meet with meanwhile.
    """

    what: str
    excuses: str
    since: float
    until: float

    def covers(self, at: float, until: float) -> bool:
        """Whether a request of that time met it."""
        return at <= self.until and until >= self.since


def shake(office: Office, every: float, over: threading.Event, absences: list[Absence]) -> None:
    """Break one thing after another until it is over; each has mended before the next."""
    while True:
        for what, (act, excuses) in BREAKS.items():
            if over.wait(every):
                return
            since = time.time()
            act(office)
            absences.append(Absence(what, excuses, since, time.time() + SETTLES_SECONDS))


def not_broken(absences: list[Absence]) -> list[str]:
    """What was never away: then the soak has shown nothing of it."""
    return [what for what in BREAKS if what not in {one.what for one in absences}]
