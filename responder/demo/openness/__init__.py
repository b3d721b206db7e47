"""What the demo's office of government openness has kept, register by register."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from responder.demo.openness.tasks import load_tasks
from responder.demo.openness.trainings import load_trainings
from responder.settings import Settings

# A register adds its loader.
LOADERS: tuple[Callable[[datetime, Settings], None], ...] = (
    load_tasks,
    load_trainings,
)


def load_openness(now: datetime, settings: Settings) -> None:
    for load in LOADERS:
        load(now, settings)
