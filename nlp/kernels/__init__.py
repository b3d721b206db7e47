"""The inner loops, compiled by numba at their first use and kept on disk.

numba keeps what it compiled beside the source, by the name of each file alone: it neither
notices that a file changed from which another took a function, nor finds a place where the
package and the home are read-only. So the folder is chosen here, by what all files say.
"""

import os
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from numba import config

_HERE = Path(__file__).parent


def _folders() -> Iterator[Path]:
    """Where compiled loops may be kept, the best first."""
    if given := os.environ.get("NUMBA_CACHE_DIR"):
        yield Path(given)
    yield _HERE / "__pycache__"
    yield Path(os.path.expanduser("~")) / ".cache" / "responder"


def _cache_folder() -> str:
    sources = b"".join(path.read_bytes() for path in sorted(_HERE.glob("*.py")))
    name = f"loops-{zlib.crc32(sources):08x}"
    for folder in _folders():
        try:
            (folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder / name, os.W_OK):
            return str(folder / name)
    return tempfile.mkdtemp(prefix="responder-loops-")  # compiled anew by each process


config.CACHE_DIR = _cache_folder()  # type: ignore[attr-defined]
