"""What lies in ``deploy/`` says commands and settings that there are."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import click
import pytest
import yaml

from responder.cli import _create_app, cli
from responder.settings import FOREIGN_NAMES, PREFIX, Settings

DEPLOY = Path(__file__).parents[2] / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
SETTING = re.compile(rf"\b{PREFIX}[A-Z_]+")


def compose() -> dict[str, dict[str, object]]:
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))["services"]


def commands() -> list[list[str]]:
    """Each call of ``responder``, without its own name."""
    found = []
    for unit in UNITS:
        for line in re.findall(r"^ExecStart=(.*)$", unit.read_text("utf-8"), re.M):
            said = line.replace("%%", "%").replace("$(", "").partition("responder/bin/responder ")
            found.append(shlex.split(said[2].rstrip("'")))
    found += [list(one["command"]) for one in compose().values() if "command" in one]  # type: ignore[call-overload]
    last = re.findall(r"^CMD (.*)$", (DEPLOY / "Containerfile").read_text("utf-8"), re.M)
    return [*found, *map(yaml.safe_load, last)]


@pytest.mark.parametrize("arguments", commands(), ids=" ".join)
def test_every_command_is_one(arguments: list[str], tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("RESPONDER_STATE_DIR", str(tmp_path))
    app = _create_app(Settings(state_dir=tmp_path, secret_key="s" * 40))
    command = app.cli.commands.get(arguments[0]) or cli.commands[arguments[0]]
    with click.Context(cli):
        command.make_context(arguments[0], arguments[1:])


def test_every_setting_is_one() -> None:
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields} | FOREIGN_NAMES
    for path in (*UNITS, DEPLOY / "compose.yaml", DEPLOY / "responder.env.example"):
        assert set(SETTING.findall(path.read_text("utf-8"))) <= known, path.name


def test_what_the_container_copies_is_there() -> None:
    text = (DEPLOY / "Containerfile").read_text("utf-8")
    for line in re.findall(r"^COPY (.*) \S+$", text, re.M):
        for name in line.split():
            assert (DEPLOY.parent / name).exists(), name


def test_web_and_scheduler_share_one_state_and_one_database() -> None:
    services = compose()
    for name in ("init", "web", "scheduler"):
        assert services[name]["volumes"] == ["state:/var/lib/responder"]
        assert services[name]["environment"]["RESPONDER_DATABASE_URL"]  # type: ignore[index]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
def test_the_units_are_units() -> None:
    told = subprocess.run(
        ["systemd-analyze", "verify", *map(str, UNITS)], capture_output=True, text=True
    )
    wrong = [line for line in told.stderr.splitlines() if "is not executable" not in line]
    assert wrong == []
