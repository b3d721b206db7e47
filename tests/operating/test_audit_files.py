"""``responder audit``: the trail is verified, taken along, and verified from the file alone."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import IO, Any

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskCliRunner

from responder import create_app
from responder.accounts.models import Unit
from responder.core.audit import chain
from responder.core.audit.verifying import read_head
from responder.core.audit.verifying import verify as verify_chain
from responder.core.database import db, transaction
from responder.core.errors import Invalid
from responder.core.permissions import CONSOLE
from responder.core.soundness import checks
from responder.operating import audit_files
from responder.operating.opening import examine
from responder.operating.restoring import restore_into
from responder.operating.verifying import verify
from responder.settings import Settings
from tests.factories import NOW
from tests.installations import installation
from tests.operating.filled import PASSPHRASE


class Within(FlaskCliRunner):
    """Each command in a context of this installation: another test's may still be open."""

    def invoke(self, *given: Any, **more: Any) -> Result:
        with self.app.app_context():
            return super().invoke(*given, **more)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    """An installation whose trail ends with three units."""
    with installation("sqlite", tmp_path / "state") as made:
        with made.app_context():
            _add_units("a", "b", "c")
        yield made


@pytest.fixture
def run(app: Flask) -> FlaskCliRunner:
    return Within(app)


def _add_units(*codes: str) -> None:
    for code in codes:
        with transaction(CONSOLE, NOW) as session:
            session.add(Unit(code=code, name=f"{code}局"))


def _tamper(app: Flask, *statements: str) -> None:
    with closing(sqlite3.connect(app.extensions["settings"].state_dir / "responder.db")) as file:
        for table in ("audit_event", "audit_link"):
            for deed in ("update", "delete", "replace"):
                file.execute(f"DROP TRIGGER IF EXISTS {table}_no_{deed}")
        for statement in statements:
            file.execute(statement)
        file.commit()


def test_a_whole_trail_is_verified_and_its_head_told(app: Flask, run: FlaskCliRunner) -> None:
    done = run.invoke(args=["audit", "verify", "--json"])
    with app.app_context():
        head = chain.head(db.session)
    assert done.exit_code == 0
    assert json.loads(done.stdout) == {"events": head.number, "head": str(head), "problem": None}


def test_a_changed_event_ends_in_code_one_here_and_in_verify(
    app: Flask, run: FlaskCliRunner
) -> None:
    _tamper(app, "UPDATE audit_event SET actor_name = '别人' WHERE id = 3")
    done = run.invoke(args=["audit", "verify"])
    assert done.exit_code == 1
    assert "第 3 条，审计记录 3（" in done.stderr
    with app.app_context():
        [found] = [
            one for one in verify(db.session, app.extensions["settings"]) if one.label == "审计链"
        ]
        assert "第 3 条，审计记录 3（" in found.problems[0]
        assert "审计链" in checks()


def test_an_export_is_verified_by_itself_and_is_an_anchor_afterwards(
    app: Flask, run: FlaskCliRunner, tmp_path: Path
) -> None:
    file = tmp_path / "a.jsonl"
    done = run.invoke(args=["audit", "export", str(file), "--json"])
    assert done.exit_code == 0
    told = json.loads(done.stdout)
    assert file.stat().st_mode & 0o077 == 0
    assert json.loads(file.read_text().splitlines()[-1]) == {"head": told["head"]}
    alone = run.invoke(args=["audit", "verify", str(file), "--json"])
    assert (alone.exit_code, json.loads(alone.stdout)["head"]) == (0, told["head"])
    with app.app_context():
        assert chain.head(db.session).number == told["events"] + 1  # the export itself
    assert run.invoke(args=["audit", "verify", "--since", str(file)]).exit_code == 0
    last = told["events"] - 1
    _tamper(
        app,
        f"DELETE FROM audit_link WHERE number > {last}",
        f"DELETE FROM audit_event WHERE id > {last}",
    )
    assert run.invoke(args=["audit", "verify"]).exit_code == 0
    for anchor in (str(file), told["head"]):
        cut = run.invoke(args=["audit", "verify", "--since", anchor])
        assert (cut.exit_code, "尾部被删除" in cut.stderr) == (1, True)


def test_an_export_is_recorded_before_its_first_byte_leaves(
    app: Flask, run: FlaskCliRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever fills the disk, or pulls the plug half-way, has taken it under his name."""
    stored: list[dict[str, Any]] = []

    def torn(*_paths: Path) -> AbstractContextManager[IO[bytes]]:
        stored.extend(_exports(app))
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(audit_files, "whole_or_nothing", torn)
    with app.app_context():
        head = chain.head(db.session)
    done = run.invoke(args=["audit", "export", str(tmp_path / "a.jsonl"), "--after", "2"])
    assert "No space left on device" in done.exception.message
    what = {"rows": head.number - 2, "head": str(head)}
    assert stored == [{"object_id": head.number, "changes": what}]
    refused = run.invoke(args=["audit", "export", str(tmp_path / "a.jsonl"), "--after", "9999"])
    assert "没有第 9999 条" in refused.exception.message
    assert len(_exports(app)) == 1


def _exports(app: Flask) -> list[dict[str, Any]]:
    """What the database holds of exports, as somebody else sees it."""
    query = "SELECT object_id, changes FROM audit_event WHERE action = 'export'"
    with closing(sqlite3.connect(app.extensions["settings"].state_dir / "responder.db")) as file:
        rows = file.execute(query).fetchall()
    return [{"object_id": number, "changes": json.loads(text)} for number, text in rows]


@pytest.mark.parametrize(
    "behind",
    ['{"head":"1:HEAD"}\n', '{"number":99,"digest":"","event":null}\n', "x", "\n", "\0"],
)
def test_nothing_stands_behind_the_head_of_an_export(
    run: FlaskCliRunner, tmp_path: Path, behind: str
) -> None:
    file, longer = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    assert run.invoke(args=["audit", "export", str(file)]).exit_code == 0
    text = file.read_text("utf-8")
    longer.write_text(text + behind.replace("HEAD", "0" * 64), "utf-8")
    line = text.count("\n") + 1
    done = run.invoke(args=["audit", "verify", str(longer)])
    assert (done.exit_code, done.exception.__class__) == (1, SystemExit)
    assert f"文件在链头之后还有内容（第 {line} 行起）" in done.stderr
    since = run.invoke(args=["audit", "verify", "--since", str(longer)])
    assert f"不能用来对照：文件在链头之后还有内容（第 {line} 行起）" in since.exception.message


def test_a_head_in_the_middle_ends_an_export(run: FlaskCliRunner, tmp_path: Path) -> None:
    file, cut = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    assert run.invoke(args=["audit", "export", str(file)]).exit_code == 0
    lines = file.read_text("utf-8").splitlines(keepends=True)
    last = json.loads(lines[3])
    head = json.dumps({"head": f"{last['number']}:{last['digest']}"})
    cut.write_text("".join([*lines[:4], f"{head}\n", *lines[4:]]), "utf-8")
    done = run.invoke(args=["audit", "verify", str(cut)])
    assert (done.exit_code, "（第 6 行起）" in done.stderr) == (1, True)


def _without(line: str, name: str) -> str:
    link = json.loads(line)
    del link["event"][name]
    return f"{json.dumps(link)}\n"


def test_what_is_done_to_an_export_is_seen(app: Flask, run: FlaskCliRunner, tmp_path: Path) -> None:
    file, torn = tmp_path / "a.jsonl", tmp_path / "torn.jsonl"
    assert run.invoke(args=["audit", "export", str(file)]).exit_code == 0
    lines = file.read_text("utf-8").splitlines(keepends=True)
    for kept, code, said in (
        ([*lines[:5], *lines[6:]], 1, "第 5 条不见了"),
        ([*lines[:5], lines[5].replace('"create"', '"update"'), *lines[6:]], 1, "第 5 条，"),
        ([*lines[:-2], lines[-1]], 1, "尾部被改动"),
        (lines[:-1], 2, "没有写完"),
        (["x"], 2, "不是回应台导出的"),
        (lines[1:], 2, "不是回应台导出的"),
        ([*lines[:5], _without(lines[5], "note"), *lines[6:]], 1, "第 5 条，"),
        ([*lines[:5], _without(lines[5], "at"), *lines[6:]], 1, "时间不可读"),
        ([lines[0], '{"number":1,"digest":"","event":{"x":1}}\n'], 1, "第 1 条，"),
        ([lines[0], '{"number":1,"digest":"","event":7}\n'], 2, "不是回应台导出的"),
        ([*lines[:5], lines[5].replace("{", '{"x":1,', 1), *lines[6:]], 2, "不是回应台导出的"),
        ([lines[0], '{"number":"1","digest":"","event":{}}\n'], 2, "不是回应台导出的"),
        ([lines[0], "[" * 100_000], 2, "不是回应台导出的"),
    ):
        torn.write_text("".join(kept), "utf-8")
        done = run.invoke(args=["audit", "verify", str(torn)])
        said_by = done.stderr or str(getattr(done.exception, "message", ""))
        assert said in said_by
        assert (done.exit_code, isinstance(done.exception, Invalid)) == (1, code == 2)


def test_a_part_of_the_trail_is_exported_and_verified(run: FlaskCliRunner, tmp_path: Path) -> None:
    file = tmp_path / "part.jsonl"
    done = run.invoke(args=["audit", "export", str(file), "--after", "10", "--json"])
    assert done.exit_code == 0
    assert json.loads(file.read_text().splitlines()[1])["number"] == 11
    alone = run.invoke(args=["audit", "verify", str(file), "--json"])
    assert (alone.exit_code, json.loads(alone.stdout)["events"]) == (
        0,
        json.loads(done.stdout)["events"],
    )
    early = run.invoke(args=["audit", "verify", str(file), "--since", f"9:{'0' * 64}"])
    assert "第 9 条在文件开头（第 10 条之后）之前" in early.exception.message
    again = run.invoke(args=["audit", "export", str(file)])
    assert "已存在" in again.exception.message
    beyond = run.invoke(args=["audit", "export", str(tmp_path / "b"), "--after", "9999"])
    assert "没有第 9999 条" in beyond.exception.message


def test_a_backup_notes_the_head_and_what_is_restored_of_it_goes_through(
    app: Flask, run: FlaskCliRunner, tmp_path: Path
) -> None:
    file, new = tmp_path / "a.backup", tmp_path / "new"
    environment = {"RESPONDER_BACKUP_PASSPHRASE": PASSPHRASE.decode()}
    with app.app_context():
        head = str(chain.head(db.session))
    done = run.invoke(args=["backup", str(file), "--with-keys", "--json"], env=environment)
    assert json.loads(done.stdout)["trail"] == head
    assert examine(file, PASSPHRASE).trail == head
    target = Settings(state_dir=new, secret_key="only-for-tests")
    restore_into(target, create_app, file, PASSPHRASE, lambda _sentence: None)
    with create_app(target).app_context():
        assert verify_chain(db.session, [read_head(head)]).problem == ""
        _add_units("d")
        assert verify_chain(db.session).problem == ""
        db.engine.dispose()
