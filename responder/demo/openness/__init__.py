"""What the demo's office of government openness has kept, register by register."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from responder.demo.openness.applications import load_applications
from responder.demo.openness.assessment import load_assessment
from responder.demo.openness.catalogue import load_catalogue
from responder.demo.openness.evaluations import load_evaluations
from responder.demo.openness.findings import load_findings
from responder.demo.openness.tasks import load_tasks
from responder.demo.openness.trainings import load_trainings
from responder.settings import Settings

# A register adds its loader. The assessment counts what the others have.
LOADERS: tuple[Callable[[datetime, Settings], None], ...] = (
    load_tasks,
    load_findings,
    load_catalogue,
    load_applications,
    load_evaluations,
    load_trainings,
    load_assessment,
)


def load_openness(now: datetime, settings: Settings) -> None:
    for load in LOADERS:
        load(now, settings)
