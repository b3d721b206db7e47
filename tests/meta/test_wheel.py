"""A wheel built from the tree, run from another folder, serves the same pages."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

ASK = """
import json, sys, responder
from pathlib import Path
from responder.core.database import alembic
from responder.settings import Settings
settings = Settings(state_dir=Path("state"))
settings.keep_secret_key()
app = responder.create_app(settings)
with app.app_context():
    alembic.upgrade()
client = app.test_client()
pages = {path: client.get(path).status_code for path in sys.argv[1:]}
print(json.dumps({"from": responder.__file__, "pages": pages}))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT],
        check=True,
        capture_output=True,
    )
    return next(folder.glob("*.whl"))


def test_the_wheel_carries_all_that_is_not_code(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    for package in ("responder", "nlp"):
        for path in (ROOT / package).rglob("*"):
            if path.is_file() and path.suffix in {".html", ".css", ".svg", ".toml", ".txt", ".mo"}:
                assert path.relative_to(ROOT).as_posix() in held


def test_the_wheel_serves_pages_from_another_folder(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    pages = ["/sign-in", "/concerns", "/concerns/feed.xml", "/static/responder.css"]
    answer = subprocess.run(
        [sys.executable, "-c", ASK, *pages],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    assert str(site) in answer.stdout
    assert answer.stdout.count("200") == len(pages), answer.stdout
