"""Contents of files that no record of the registers has any more."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.openness.tasks.models import TaskFile
from responder.openness.trainings.models import OccasionFile
from responder.planning.events.files import sweep_folder
from responder.settings import Settings


def sweep(session: Session, settings: Settings) -> int:
    """Remove them from the disk, once they are old enough; how many."""
    tasks = sweep_folder(settings.task_files, lambda: set(session.scalars(select(TaskFile.digest))))
    return tasks + sweep_folder(
        settings.training_files, lambda: set(session.scalars(select(OccasionFile.digest)))
    )
