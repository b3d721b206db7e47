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


def blocks() -> list[list[str]]:
    """Both guides have the same ones."""
    return [block.splitlines() for block in BLOCK.findall(read(ENGLISH))]


def block_with(words: str) -> list[str]:
    [found] = [block for block in blocks() if any(words in line for line in block)]
    return found


def test_what_is_installed_is_what_the_bundle_holds_whatever_was_there_before() -> None:
    """By itself pip keeps what has the same version, and goes back nowhere."""
    lines = [line for line in lines_typed(read(ENGLISH)) if "pip install" in line]
    pip = "/opt/responder/bin/pip install --no-index --no-deps"
    assert lines == [f"{pip} wheels/*.whl", f"{pip} --force-reinstall wheels/*.whl"]
    assert not [span for span in spans(read(ENGLISH)) if "pip install" in span]


def test_nothing_works_on_the_database_that_a_restore_puts_aside() -> None:
    """A database that somebody is connected to is not renamed."""
    units = {
        path.name.removesuffix(".service") for path in (DOCS.parent / "deploy/systemd").iterdir()
    }
    first, *rest = block_with("RENAME TO")
    assert set(first.split()) == {"systemctl", "stop", *units}
    assert "ALTER DATABASE" in " ".join(rest)


def test_keys_are_copied_by_the_image_that_has_their_folder() -> None:
    lines = block_with("--entrypoint cp console")
    told = [next(word for word in line.split()[4:] if word.isalpha()) for line in lines]
    assert (told[0], told[-1]) == ("build", "up")
    assert "entrypoint" in lines[2]


def test_keys_of_containers_are_made_for_their_owner_alone() -> None:
    lines = block_with("> deploy/backup-key")
    made = [
        place for place, line in enumerate(lines) if "deploy/" in line and "compose" not in line
    ]
    assert lines.index("umask 077") < made[0]
    assert lines.index("umask 022") > made[-1]
    assert "chown 10001 deploy/backup-key" in lines
