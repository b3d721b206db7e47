"""A user who owns nothing, for what the files of one user do to another."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

NOBODY = 65534


def require_root() -> None:
    if os.geteuid() != 0:
        pytest.skip("only root gives files away, and becomes another user")


@contextmanager
def another_user() -> Iterator[None]:
    """What is done in here is done as :data:`NOBODY`."""
    require_root()
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
