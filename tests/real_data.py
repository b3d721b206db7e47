"""Real data, for whoever has it; it never enters the repository."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def real_data() -> Path:
    """The folder of real data; the test skips, visibly, where there is none."""
    folder = Path(os.environ.get("RESPONDER_REAL_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder} (set RESPONDER_REAL_DATA)")
    return folder
