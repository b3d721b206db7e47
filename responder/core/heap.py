"""Work that makes and drops objects by the thousand, and the collector that looks for them."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def at_rest() -> Iterator[None]:
    """Meanwhile the collector passes over all that was there before.

    It would look through the whole program, again and again, for what nobody needs any more.
    """
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
