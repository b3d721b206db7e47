"""What of the state folder goes into a backup, beside the database."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from responder.routing import model_store
from responder.settings import Settings
from responder.sources.folders import OWN_FOLDER

# The setting that names a folder → the tables whose records have their contents in it, each
# under its digest (column ``digest``).
BY_DIGEST: Mapping[str, tuple[str, ...]] = {
    "event_files": ("event_file",),
    "application_files": ("application_file",),
    "package_files": ("package_file", "policy_attachment"),
    "task_files": ("task_file",),
    "training_files": ("openness_occasion_file",),
    "finding_files": ("finding_file",),
}
# Other folders whose contents nothing else holds.
OTHER_FOLDERS = ("uploads",)
# What is made anew, or forgotten within a day.
CACHES = ("topic_memory", "errand_files")
# What this machine noted of itself: it is no part of the data, and noted heads of the trail that
# stood in the same file as the trail would prove nothing.
NOTES = ("logs",)

# Kept apart from the data, or whoever has one has both: only on request, in a folder of their own.
IDENTITY_KEYS, SECRET_KEY = "identity_keys", "secret_key"

# The file system's own, where the state folder is a disk of its own: nobody else may look into it.
LOST_AND_FOUND = "lost+found"

_DIGEST = re.compile(r"[0-9a-f]{64}")
_UNFINISHED = ".part"


def files(settings: Settings) -> Iterator[tuple[str, Path]]:
    """Path below the state folder → where it lies; what is still being written is left out."""
    root = settings.state_dir
    folders = [getattr(settings, name) for name in (*BY_DIGEST, *OTHER_FOLDERS)]
    for folder in (*folders, root / OWN_FOLDER):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink() and path.suffix != _UNFINISHED:
                yield path.relative_to(root).as_posix(), path
    for name in filter(None, (model_store.FILE, settings.public_logo)):
        if (root / name).is_file():
            yield name, root / name


def place(settings: Settings, folder: str, digest: str) -> str:
    """The path of a content below the state folder.

    :param folder: the setting that names its folder.
    """
    root: Path = getattr(settings, folder)
    return (root / digest).relative_to(settings.state_dir).as_posix()


def keys(settings: Settings) -> Iterator[tuple[str, Path]]:
    """The keys that lie in files, by the name that they have in a state folder."""
    for name, path in (
        (IDENTITY_KEYS, settings.resolved_identity_keys),
        (SECRET_KEY, settings.state_dir / SECRET_KEY),
    ):
        if path.is_file():
            yield name, path


def is_digest(name: str) -> bool:
    return _DIGEST.fullmatch(name) is not None
