"""Contents of files that no document has any more."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.planning.events.files import sweep_folder
from responder.publishing.packages.models import PackageFile
from responder.publishing.packages.released import Attachment


def sweep(session: Session, root: Path) -> int:
    """Remove them from the disk, once they are old enough; how many."""
    return sweep_folder(
        root,
        lambda: {
            *session.scalars(select(PackageFile.digest)),
            *session.scalars(select(Attachment.digest)),
        },
    )
