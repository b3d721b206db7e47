"""What the demo's office of government openness has kept, register by register."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from responder.demo.openness.catalogue import load_catalogue
from responder.demo.openness.findings import load_findings
from responder.settings import Settings

# A register adds its loader.
LOADERS: tuple[Callable[[datetime, Settings], None], ...] = (load_findings, load_catalogue)


def load_openness(now: datetime, settings: Settings) -> None:
    for load in LOADERS:
        load(now, settings)
