"""What lies in ``deploy/`` says commands and settings that there are."""

from __future__ import annotations

import getpass
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import click
import pytest
import yaml
from flask.testing import FlaskClient

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
    kept = ["state:/var/lib/responder", "keys:/var/lib/responder-keys"]
    for name in ("init", "web", "scheduler", "console"):
        assert services[name]["volumes"][:2] == kept  # type: ignore[index]
        assert services[name]["env_file"] == ["responder.env"]
        assert services[name]["environment"]["RESPONDER_DATABASE_URL"]  # type: ignore[index]


def test_a_password_of_containers_stands_in_no_address() -> None:
    assert not re.search(r"://[^\s]*PASSWORD", (DEPLOY / "compose.yaml").read_text("utf-8"))


SHOWS = """#!/bin/sh
env | grep -E '^(RESPONDER_|HOME=|PG)' | sort
printf 'argument %s\\n' "$@"
"""
GIVEN = """# a comment; RESPONDER_NOTICE=not this
RESPONDER_CITY_NAME="江澜 市"
RESPONDER_PUBLIC_FOOTER=主办：$HOME|备案号：`id`
PGPASSWORD='a@b/c'

not a setting
RESPONDER_NOTICE=the last, without an end of line"""


def wrapper(folder: Path, user: str) -> Path:
    """The shipped command, of a program that shows what it is given."""
    text = (DEPLOY / "responder").read_text("utf-8")
    program, settings = folder / "program", folder / "responder.env"
    program.write_text(SHOWS, "utf-8")
    program.chmod(0o755)
    settings.write_text(GIVEN, "utf-8")
    for name, value in (("program", program), ("settings", settings), ("user", user)):
        text = re.sub(rf"^{name}=.*$", f"{name}={value}", text, flags=re.M)
    place = folder / "responder"
    place.write_text(text, "utf-8")
    place.chmod(0o755)
    return place


def test_the_command_of_the_guide_runs_as_the_units_do(tmp_path: Path) -> None:
    user = getpass.getuser()
    told = subprocess.run(
        [wrapper(tmp_path, user), "import", "a file.xlsx"],
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": os.environ["PATH"]},
    )
    unit = (DEPLOY / "systemd" / "responder-web.service").read_text("utf-8")
    assert "Environment=RESPONDER_STATE_DIR=/var/lib/responder" in unit
    assert "EnvironmentFile=/etc/responder/responder.env" in unit
    assert told.stdout.splitlines() == [
        "HOME=/var/lib/responder",
        "PGPASSWORD=a@b/c",
        "RESPONDER_CITY_NAME=江澜 市",
        "RESPONDER_NOTICE=the last, without an end of line",
        "RESPONDER_PUBLIC_FOOTER=主办：$HOME|备案号：`id`",
        "RESPONDER_STATE_DIR=/var/lib/responder",
        "argument import",
        "argument a file.xlsx",
    ]


def test_the_command_of_the_guide_says_what_it_lacks(tmp_path: Path) -> None:
    place = wrapper(tmp_path, "nobody-of-that-name")
    (tmp_path / "responder.env").unlink()
    told = subprocess.run([place, "doctor"], capture_output=True, text=True)
    assert (told.returncode, "responder.env" in told.stderr) == (2, True)


def test_every_alarm_is_of_a_figure_that_there_is(client: FlaskClient) -> None:
    text = (DEPLOY / "prometheus-rules.yaml").read_text("utf-8")
    rules = yaml.safe_load(text)["groups"][0]["rules"]
    told = client.get("/metrics").text
    named = {name for rule in rules for name in re.findall(r"responder_\w+", rule["expr"])}
    assert "responder_backup_timestamp_seconds" in named
    for name in named:
        assert f"# TYPE {name} gauge" in told


def test_web_and_scheduler_start_behind_what_brings_the_database_up_to_date() -> None:
    """An init that stayed active would not run again after an upgrade."""
    text = {unit.stem: unit.read_text("utf-8") for unit in UNITS if unit.suffix == ".service"}
    assert "StopWhenUnneeded=yes" in text["responder-init"]
    for name in ("responder-web", "responder-scheduler"):
        assert "Requires=responder-init.service" in text[name]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
def test_the_units_are_units() -> None:
    told = subprocess.run(
        ["systemd-analyze", "verify", *map(str, UNITS)], capture_output=True, text=True
    )
    wrong = [line for line in told.stderr.splitlines() if "is not executable" not in line]
    assert wrong == []
