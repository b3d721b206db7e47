"""Contents of files that no record of the registers has any more."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.openness.applications.models import ApplicationFile
from responder.openness.findings.models import FindingFile
from responder.openness.tasks.models import TaskFile
from responder.openness.trainings.models import OccasionFile
from responder.planning.events.files import sweep_folder
from responder.settings import Settings

# The setting that names a folder → the records that point into it.
FOLDERS: dict[str, Any] = {
    "task_files": TaskFile,
    "training_files": OccasionFile,
    "finding_files": FindingFile,
    "application_files": ApplicationFile,
}


def sweep(session: Session, settings: Settings) -> int:
    """Remove them from the disk, once they are old enough; how many."""
    return sum(
        sweep_folder(
            getattr(settings, folder),
            lambda record=record: set(session.scalars(select(record.digest))),  # type: ignore[misc]
        )
        for folder, record in FOLDERS.items()
    )
