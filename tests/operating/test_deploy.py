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


OF_THE_OFFICE = ["deploy/.env", "deploy/backup-key", "deploy/responder.env"]


def test_what_the_builder_is_handed_is_what_is_copied() -> None:
    """Everything is left out first, so keys and data that lie about are no part of an image."""
    lines = (DEPLOY.parent / ".dockerignore").read_text("utf-8").splitlines()
    first, *rest = [line for line in lines if not line.startswith("#")]
    text = (DEPLOY / "Containerfile").read_text("utf-8")
    copied = {name for line in re.findall(r"^COPY (.*) \S+$", text, re.M) for name in line.split()}
    assert first == "*"
    assert {line.removeprefix("!") for line in rest if line.startswith("!")} == copied


def test_secrets_of_an_office_are_not_kept_with_the_source() -> None:
    ignored = (DEPLOY.parent / ".gitignore").read_text("utf-8").splitlines()
    assert {f"/{name}" for name in OF_THE_OFFICE} <= set(ignored)


def test_the_bundle_takes_what_is_shipped_by_its_name() -> None:
    text = (DEPLOY.parent / "Makefile").read_text("utf-8")
    [named] = re.findall(r"^DEPLOYED := (.*)$", text, re.M)
    there = {f"deploy/{path.name}" for path in DEPLOY.iterdir()} - set(OF_THE_OFFICE)
    assert {f"deploy/{name}" for name in named.split()} == there
    bundle = text.partition("\nbundle:")[2].partition("\n\n")[0]
    assert re.findall(r"cp .*deploy.*", bundle) == [
        "cp -R $(addprefix deploy/,$(DEPLOYED)) dist/responder-bundle/deploy"
    ]


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
  ; another, RESPONDER_NOTICE='not this
RESPONDER_CITY_NAME="江澜 市"
RESPONDER_PUBLIC_FOOTER=主办：$HOME|备案号：`id`
PGPASSWORD='a@b/c'\r
\tRESPONDER_DESK_URL = https://desk.intra \t\r
RESPONDER_PUBLIC_URL=" of blanks "
RESPONDER_PUBLIC_NAME=
RESPONDER_OIDC_LABEL="it's"
\r
not a setting
RESPONDER_NOTICE=the last, without an end of line"""


SHELLS = [shell for shell in ("sh", "dash", "bash") if shutil.which(shell)]


def wrapper(folder: Path, user: str, given: str = GIVEN) -> Path:
    """The shipped command, of a program that shows what it is given."""
    text = (DEPLOY / "responder").read_text("utf-8")
    program, settings = folder / "program", folder / "responder.env"
    program.write_text(SHOWS, "utf-8")
    program.chmod(0o755)
    settings.write_text(given, "utf-8", newline="")
    for name, value in (("program", program), ("settings", settings), ("user", user)):
        text = re.sub(rf"^{name}=.*$", f"{name}={value}", text, flags=re.M)
    place = folder / "responder"
    place.write_text(text, "utf-8")
    place.chmod(0o755)
    return place


@pytest.mark.parametrize("shell", SHELLS)
def test_the_command_of_the_guide_runs_as_the_units_do(shell: str, tmp_path: Path) -> None:
    user = getpass.getuser()
    told = subprocess.run(
        [shell, wrapper(tmp_path, user), "import", "a file.xlsx"],
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C"},  # or names are sorted by dictionary
    )
    unit = (DEPLOY / "systemd" / "responder-web.service").read_text("utf-8")
    assert "Environment=RESPONDER_STATE_DIR=/var/lib/responder" in unit
    assert "EnvironmentFile=/etc/responder/responder.env" in unit
    assert told.stdout.splitlines() == [
        "HOME=/var/lib/responder",
        "PGPASSWORD=a@b/c",
        "RESPONDER_CITY_NAME=江澜 市",
        "RESPONDER_DESK_URL=https://desk.intra",
        "RESPONDER_NOTICE=the last, without an end of line",
        "RESPONDER_OIDC_LABEL=it's",
        "RESPONDER_PUBLIC_FOOTER=主办：$HOME|备案号：`id`",
        "RESPONDER_PUBLIC_NAME=",
        "RESPONDER_PUBLIC_URL= of blanks ",
        "RESPONDER_STATE_DIR=/var/lib/responder",
        "argument import",
        "argument a file.xlsx",
    ]


READ_IN_TWO_WAYS = {
    "a backslash": ("PGPASSWORD=s3cret\\$", "PGPASSWORD：值里不能有反斜杠"),
    "a value that goes on": ('PGPASSWORD="s3cret\nmore"', "PGPASSWORD：引号没有成对"),
    "a quote alone": ("PGPASSWORD='", "PGPASSWORD：引号没有成对"),
    "a quote within": ("PGPASSWORD='s3'cret'", "PGPASSWORD：引号里又有同样的引号"),
    "words behind quotes": ('PGPASSWORD="s3cret" # ours', "PGPASSWORD：引号没有成对"),
    "a word of shells": ("export PGPASSWORD=s3cret", "“export PGPASSWORD”不是设置的名称"),
    "a dash": ("RESPONDER-NOTICE=s3cret", "“RESPONDER-NOTICE”不是设置的名称"),
    "a number": ("1RESPONDER=s3cret", "“1RESPONDER”不是设置的名称"),
    "no name": ("=s3cret", "“”不是设置的名称"),
    "a comment that goes on": ("# by hand \\\nPGPASSWORD=s3cret", "以反斜杠结尾"),
}


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("case", READ_IN_TWO_WAYS)
def test_what_units_would_read_otherwise_is_refused(shell: str, case: str, tmp_path: Path) -> None:
    line, said = READ_IN_TWO_WAYS[case]
    place = wrapper(tmp_path, getpass.getuser(), f"RESPONDER_CITY_NAME=本市\n{line}\n")
    told = subprocess.run([shell, place, "doctor"], capture_output=True, text=True)
    assert (told.returncode, told.stdout) == (2, "")
    assert said in told.stderr
    assert str(tmp_path / "responder.env") in told.stderr
    assert "s3cret" not in told.stderr


def test_the_example_of_settings_is_read_as_it_stands(tmp_path: Path) -> None:
    given = (DEPLOY / "responder.env.example").read_text("utf-8")
    place = wrapper(tmp_path, getpass.getuser(), given)
    told = subprocess.run([place, "doctor"], capture_output=True, text=True, check=True)
    lines = [line for line in given.splitlines() if line and not line.startswith("#")]
    assert set(lines) <= set(told.stdout.splitlines())


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
