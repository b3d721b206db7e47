"""The key that signs sessions is whole, the office's alone, and the first that was written."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from responder.core import session_key


def no_links(_beside: Path, _path: Path) -> None:
    raise PermissionError("no second names here")


@pytest.mark.parametrize("link", [os.link, no_links], ids=["links", "no links"])
def test_the_first_key_stays_and_nobody_else_may_read_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, link: object
) -> None:
    monkeypatch.setattr(os, "link", link)
    path = tmp_path / "secret_key"
    session_key.write_once(path)
    first = session_key.read(path)
    session_key.write_once(path)
    assert session_key.read(path) == first
    assert len(first) >= 48
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(tmp_path) == ["secret_key"]
