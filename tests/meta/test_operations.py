"""The operations guide names what there is, and its two languages name the same."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from responder.cli import _create_app, cli
from responder.jobs import JOBS, WATCHES
from responder.scheduling.labels import JOB_LABELS
from responder.settings import FOREIGN_NAMES, PREFIX, Settings

DOCS = Path(__file__).parents[2] / "docs"
ENGLISH, CHINESE = DOCS / "operations.md", DOCS / "operations.zh-CN.md"
GUIDES = (ENGLISH, CHINESE)
KNOWN = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields} | FOREIGN_NAMES
GONE = {"RESPONDER_TOPIC_HOT_HEAT"}  # named to say that it is no more
BLOCK = re.compile(r"^```\n(.*?)^```$", re.M | re.S)
ROW_OF_JOB = re.compile(r"^\| `([a-z-]+)` \|", re.M)
FREE_WORDS = re.compile(r"FILE|FOLDER|…")  # for the reader to fill in


def read(guide: Path) -> str:
    return guide.read_text("utf-8")


def lines_typed(text: str) -> list[str]:
    """Each line of a block, without what is said of it."""
    blocks = BLOCK.findall(text)
    return [re.sub(r"\s{2,}#.*", "", line) for block in blocks for line in block.splitlines()]


def spans(text: str) -> set[str]:
    """What stands between single backticks: names, commands, files."""
    told = re.findall(r"`([^`\n]+)`", BLOCK.sub("", text))
    return {span for span in told if not re.search(r"[\u4e00-\u9fff]", span)}


def commands() -> list[list[str]]:
    """Each whole call of ``responder`` in a block or in a line of its own."""
    inline = {span for span in spans(read(ENGLISH)) if re.match(r"responder [a-z]", span)}
    called = {line for line in lines_typed(read(ENGLISH)) if line.startswith("responder ")}
    return [shlex.split(one)[1:] for one in sorted(inline | called) if not FREE_WORDS.search(one)]


@pytest.fixture(scope="module")
def groups(tmp_path_factory: pytest.TempPathFactory) -> dict[str, click.Command]:
    state = tmp_path_factory.mktemp("state")
    app = _create_app(Settings(state_dir=state, secret_key="s" * 40))
    return {**cli.commands, **app.cli.commands}


@pytest.mark.parametrize("arguments", commands(), ids=" ".join)
def test_every_command_is_one(groups: dict[str, click.Command], arguments: list[str]) -> None:
    """Names are looked up; options of the innermost are looked for among its own."""
    command, rest = groups[arguments[0]], arguments[1:]
    while isinstance(command, click.Group) and rest:
        command, rest = command.commands[rest[0]], rest[1:]
    options = {name for parameter in command.params for name in parameter.opts}
    assert {one for one in rest if one.startswith("--")} <= options


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.name)
def test_every_setting_is_one(guide: Path) -> None:
    named = set(re.findall(rf"\b{PREFIX}[A-Z_]+[A-Z]\b", read(guide)))
    assert named - GONE <= KNOWN


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.name)
def test_every_job_is_told_of_once(guide: Path) -> None:
    assert ROW_OF_JOB.findall(read(guide)) == list(JOBS) == list(JOB_LABELS)
    assert set(WATCHES) <= spans(read(guide))


def test_both_languages_have_the_same_blocks_names_and_tables() -> None:
    english, chinese = read(ENGLISH), read(CHINESE)
    assert lines_typed(english) == lines_typed(chinese)
    assert spans(english) ^ spans(chinese) == set()
    for start in ("## ", "### ", "|", "1. ", "2. ", "3. ", "4. ", "- "):
        count = [
            len(re.findall(rf"^{re.escape(start)}", text, re.M)) for text in (english, chinese)
        ]
        assert count[0] == count[1], start
