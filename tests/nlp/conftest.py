"""The real messages, where they are at hand."""

import os
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real messages, or a skip that says where it was looked for."""
    default = PROJECT.parent / "shared" / "data"
    folder = Path(os.environ.get("RESPONDER_REAL_DATA", default)) / "taidi2020"
    if not (folder / "hot_messages.xlsx").is_file():
        pytest.skip(f"no real messages in {folder} (set RESPONDER_REAL_DATA)")
    return folder
