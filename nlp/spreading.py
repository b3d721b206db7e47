"""Work that depends on its own part alone, done here, in other processes or on other machines.

The seam is the standard library's: any `concurrent.futures.Executor`. What a part gives is the
same wherever it is worked out, and can be kept in a file, so that a run that was stopped goes on
where it was.
"""

import json
import logging
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from functools import lru_cache
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, TypeVar

Part = TypeVar("Part")
Work = Callable[[Any], Any]

_log = logging.getLogger(__name__)

_SOURCES = Path(__file__).parent
_DEPENDED_ON = ("rjieba", "opencc", "numpy", "numba")
_ENDING, _HALF = ".json", ".part"
_LEFT_AFTER = 3600  # seconds; no part takes so long to write


class Spread:
    """Do the same work to many parts, in their order.

    A part and what it gives are plain JSON values (lists, texts, numbers, None) and travel as
    such; the work is a function of a module that knows nothing but its part.

    `executor`: who works; None: this process, part by part. `at_once`: how many parts are on
    their way at a time, so that ten million messages never stand in memory. `folder`: where
    what a part gives is kept until `forget`; None: nowhere. `told` is called after each part,
    with True where the folder had it.
    """

    def __init__(
        self,
        executor: Executor | None = None,
        at_once: int = 8,
        folder: Path | None = None,
        told: Callable[[bool], None] = lambda kept: None,
    ) -> None:
        self.executor = executor
        self.at_once = at_once
        self.folder = folder
        self._told = told

    def map(self, work: Work, parts: Iterable[Part]) -> Iterator[tuple[Part, Any]]:
        """Yield each part with what it gives.

        Raises what the work or the executor raises (`BrokenExecutor`: a worker is lost), and
        `OtherProgram`; what was finished before is kept.
        """
        waiting: deque[tuple[Part, Path | None, Future[Any] | None]] = deque()
        try:
            for part in parts:
                kept = self._place(work, part)
                waiting.append((part, kept, self._begun(work, part, kept)))
                if len(waiting) >= (self.at_once if self.executor else 1):
                    yield self._finished(work, *waiting.popleft())
            while waiting:
                yield self._finished(work, *waiting.popleft())
        finally:
            for _, _, future in waiting:
                if future is not None:
                    future.cancel()

    def forget(self) -> None:
        """Drop what was kept, once all that was made of it is stored."""
        if self.folder is not None:
            forget(self.folder)

    def _begun(self, work: Work, part: Part, kept: Path | None) -> Future[Any] | None:
        if self.executor is None or (kept is not None and os.path.exists(kept)):
            return None
        return self.executor.submit(checked, program(), work, json.dumps(part))

    def _finished(
        self, work: Work, part: Part, kept: Path | None, future: Future[Any] | None
    ) -> tuple[Part, Any]:
        held = _read(kept) if future is None and kept is not None else None
        if held is not None:
            self._told(True)
            return part, held
        given = work(part) if future is None else json.loads(future.result())
        if kept is not None:
            _write(kept, given)
        self._told(False)
        return part, given

    def _place(self, work: Work, part: Part) -> Path | None:
        """The file of a part: named by all that what it gives depends on."""
        if self.folder is None:
            return None
        asked = json.dumps([program(), f"{work.__module__}.{work.__qualname__}", part])
        return self.folder / f"{blake2b(asked.encode(), digest_size=16).hexdigest()}{_ENDING}"


class OtherProgram(Exception):
    """Whoever was asked has another version: what it finds may differ."""


def checked(asked: str, work: Work, part: str) -> str:
    """Do the work, where the program is the one that is `asked` for; else raise `OtherProgram`.

    One text of JSON goes and comes, because Dask walks through each list that it carries.
    """
    if program() != asked:
        raise OtherProgram
    return json.dumps(work(json.loads(part)))


def forget(folder: Path) -> None:
    """Drop what any run has kept in a folder; not what another may be writing just now.

    A folder that another user left behind costs space, not the run.
    """
    try:
        for path in folder.iterdir():
            if path.suffix == _ENDING or (path.suffix == _HALF and _is_left(path)):
                path.unlink(missing_ok=True)
    except FileNotFoundError:
        return
    except OSError as error:
        _log.warning("what was read could not be dropped: %s", error.strerror)


HERE = Spread()
"""In this process, nothing kept."""


@lru_cache(maxsize=1)
def program() -> str:
    """A digest of this package and of what it cuts and counts with: others may find otherwise."""
    digest = blake2b(digest_size=16)
    for path in sorted(_SOURCES.rglob("*")):
        if path.suffix in (".py", ".toml", ".txt"):
            digest.update(path.read_bytes())
    python = ".".join(map(str, sys.version_info[:2]))
    digest.update(" ".join([python, *map(version, _DEPENDED_ON)]).encode())
    return digest.hexdigest()


def leave_stopping_to_others() -> None:
    """In a worker: Ctrl+C is for who sent the work."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _is_left(path: Path) -> bool:
    """Tell whether nobody writes a half file any more."""
    try:
        return time.time() - path.stat().st_mtime > _LEFT_AFTER
    except FileNotFoundError:
        return False


def _write(path: Path, given: Any) -> None:
    """Whole or not at all. A full disk costs the file, not the run."""
    try:
        _written(path, given)
    except OSError as error:
        _log.warning("what was read could not be kept: %s", error.strerror)


def _written(path: Path, given: Any) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with NamedTemporaryFile("w", dir=path.parent, suffix=_HALF, delete=False) as file:
        try:
            json.dump(given, file)
        except BaseException:
            os.unlink(file.name)
            raise
    os.replace(file.name, path)


def _read(path: Path) -> Any:
    """What a file holds; None where there is none, or a spoilt one."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
