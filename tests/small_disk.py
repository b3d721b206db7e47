"""A disk of a few megabytes that can be filled, and gets its space back."""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

NO_MOUNT = "neither root nor a user namespace may mount a disk here"
FILLER = "filler"
BLOCK = 4096


@dataclass(frozen=True)
class SmallDisk:
    """A disk that only the processes see that are started in it; it goes with its keeper.

    :ivar inside: where it lies for the processes that are started in it.
    :ivar outside: where the test sees the same.
    """

    inside: Path
    outside: Path
    keeper: int

    def start(
        self, *command: str, environment: Mapping[str, str], output: Path
    ) -> subprocess.Popen[bytes]:
        """A process that sees the disk; what it writes goes to ``output``, which lies elsewhere."""
        enter = ("nsenter", "-t", str(self.keeper), "-U", "-m", "--preserve-credentials")
        with output.open("ab") as lines:
            return subprocess.Popen(
                (*enter, *command),
                env={**os.environ, **environment},
                stdin=subprocess.DEVNULL,
                stdout=lines,
                stderr=lines,
            )

    def fill(self) -> None:
        """Take all the space that is left."""
        with (
            (self.outside / FILLER).open("ab", buffering=0) as file,
            pytest.raises(OSError, match=os.strerror(errno.ENOSPC)),
        ):
            while True:
                file.write(b"\0" * BLOCK)

    def give_back(self) -> None:
        (self.outside / FILLER).unlink()


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[SmallDisk]:
    """A disk in a mount namespace of its own. Skips, visibly, where none can be had."""
    folder.mkdir(exist_ok=True)
    mount = f'mount -t tmpfs -o size={megabytes}m,mode=700 tmpfs "$1" && echo ready && exec cat'
    keeper = subprocess.Popen(
        ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", mount, "sh", str(folder)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert keeper.stdout is not None
        if keeper.stdout.readline() != b"ready\n":
            pytest.skip(NO_MOUNT)
        outside = Path(f"/proc/{keeper.pid}/root{folder.resolve()}")
        yield SmallDisk(folder.resolve(), outside, keeper.pid)
    finally:
        keeper.communicate()
