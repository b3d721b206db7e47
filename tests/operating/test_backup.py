"""A backup is of one moment, is refused when anything of it was touched, and comes back whole."""

from __future__ import annotations

import gzip
import io
import os
import signal
import sqlite3
import subprocess
import sys
import tarfile
import threading
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from responder import create_app
from responder.core.database import alembic, db
from responder.core.errors import Invalid
from responder.operating import backing_up, kept, verifying
from responder.operating.backing_up import MANIFEST, back_up
from responder.operating.opening import examine
from responder.operating.restoring import restore_into
from responder.operating.sealing import PIECE, Sealer
from responder.settings import Settings
from tests.conftest import DATABASES
from tests.console import run
from tests.databases import empty_database
from tests.operating.filled import CONTENT, DIGEST, NOW, PASSPHRASE, everything, installed


def backed_up(app: Flask, target: Path, **options: bool) -> backing_up.Written:
    with app.app_context():
        settings = app.extensions["settings"]
        return back_up(target, PASSPHRASE, db.engine, settings, NOW, **options)


def restored(target: Settings, file: Path) -> Flask:
    restore_into(target, create_app, file, PASSPHRASE, lambda _sentence: None)
    return create_app(target)


def problems(app: Flask) -> list[str]:
    with app.app_context():
        found = verifying.verify(db.session, app.extensions["settings"])
        told = [problem for finding in found for problem in finding.problems]
        db.engine.dispose()
        return told


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of SQLite, with its keys."""
    folder = tmp_path_factory.mktemp("made")
    with installed("sqlite", folder) as app:
        backed_up(app, folder / "a.backup", with_keys=True)
    return folder / "a.backup"


@pytest.mark.parametrize("to", DATABASES)
@pytest.mark.parametrize("kind", DATABASES)
def test_all_that_was_there_is_there_again(kind: str, to: str, tmp_path: Path) -> None:
    made, new = tmp_path / "a.backup", tmp_path / "new"
    with installed(kind, tmp_path / "old") as app:
        written = backed_up(app, made, with_keys=True)
        before = everything(app)
    assert min(len(rows) for rows in before.values()) == 1
    assert written.rows == sum(len(rows) for rows in before.values())
    with empty_database(to, tmp_path) as url:
        target = Settings(state_dir=new, database_url="" if to == "sqlite" else url)
        again = restored(target, made)
        assert everything(again) == before
        with again.app_context():
            assert alembic.compare_metadata() == []
            _new_rows_get_new_numbers()
            db.engine.dispose()
    for name in kept.BY_DIGEST:
        assert (getattr(target, name) / DIGEST).read_bytes() == CONTENT
    assert (target.uploads / "a1b2" / "来信.xlsx").read_bytes() == b"PK"
    assert (new / "identity_keys").stat().st_mode & 0o077 == 0
    assert not (new / ".restoring").exists()


def _new_rows_get_new_numbers() -> None:
    unit = sa.table("unit", sa.column("id"))
    statement = sa.text(
        "INSERT INTO unit (code, name, short_name, matters) VALUES ('x', '甲', '甲', '')"
    )
    with db.engine.begin() as connection:
        connection.execute(statement)
        assert connection.scalar(sa.select(sa.func.max(unit.c.id))) > 1


@pytest.mark.parametrize("kind", DATABASES)
def test_a_backup_is_of_one_moment_while_others_write(kind: str, tmp_path: Path) -> None:
    """Whoever writes is never kept waiting, and no half of what they wrote is in the backup."""
    with installed(kind, tmp_path / "old") as app:
        begun, stop, written = threading.Event(), threading.Event(), []

        def write() -> None:
            with app.app_context():
                while not stop.is_set():
                    number = len(written) + 10
                    with db.engine.begin() as connection:
                        _pair(connection, number)
                    written.append(number)
                    begun.set()

        writer = threading.Thread(target=write)
        writer.start()
        begun.wait(30)
        before = len(written)

        def tell(_sentence: str) -> None:
            """After each table somebody has written at least once more."""
            seen = len(written)
            while len(written) == seen and writer.is_alive():
                stop.wait(0.001)

        with app.app_context():
            settings = app.extensions["settings"]
            back_up(tmp_path / "a.backup", PASSPHRASE, db.engine, settings, NOW, True, tell)
        stop.set()
        writer.join()
        assert len(written) > before + 10
    rows = examine(tmp_path / "a.backup", PASSPHRASE).rows  # as its lines were counted
    assert before <= rows["forgotten_year"] - 1 == rows["search_mark"] - 1 < len(written)


def _pair(connection: sa.Connection, number: int) -> None:
    """Two rows in one transaction, in two tables that lie far apart in a backup."""
    for statement in (
        "INSERT INTO forgotten_year (year) VALUES (:number)",
        "INSERT INTO search_mark (id, message_id) VALUES (:number, 0)",
    ):
        connection.execute(sa.text(statement), {"number": number})


def test_what_verify_finds(tmp_path: Path, file: Path) -> None:
    target = Settings(state_dir=tmp_path / "new")
    app = restored(target, file)
    clean = problems(app)
    (target.event_files / DIGEST).write_bytes(b"changed")
    (target.task_files / DIGEST).unlink()
    with closing(sqlite3.connect(target.state_dir / "responder.db")) as connection:
        connection.execute("DELETE FROM press_event WHERE id = 1")  # nobody asks for references
        connection.commit()
    found = set(problems(app)) - set(clean)
    assert any(f"event-files/{DIGEST} 的内容与其摘要不符" in one for one in found)
    assert any(f"task-files/{DIGEST} 不在磁盘上" in one for one in found)
    assert any("event_file 有 1 行的 event_id 指向 press_event" in one for one in found)
    (target.resolved_identity_keys).unlink()
    assert any("找不到身份信息的密钥文件" in one for one in problems(app))


def test_one_flipped_byte_is_refused_wherever_it_is(file: Path, tmp_path: Path) -> None:
    whole = file.read_bytes()
    torn = tmp_path / "torn.backup"
    for place in range(0, len(whole), len(whole) // 40):
        torn.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(Invalid, match="损坏"):
            examine(torn, PASSPHRASE)


def test_a_cut_or_longer_file_is_refused(tmp_path: Path) -> None:
    with installed("sqlite", tmp_path / "old") as app:
        noise = app.extensions["settings"].uploads / "a1b2" / "noise"
        noise.write_bytes(os.urandom(3 * PIECE))
        backed_up(app, tmp_path / "a.backup")
    whole = (tmp_path / "a.backup").read_bytes()
    torn = tmp_path / "torn.backup"
    pieces = [whole[i : i + PIECE + 16] for i in range(51, len(whole), PIECE + 16)]
    assert len(pieces) > 3
    for wrong in (
        b"",
        whole[:30],
        whole[:51],
        whole[:-1],
        whole + b"\0",
        whole[:51] + b"".join(pieces[:-1]),
        whole[:51] + b"".join(pieces[1:]),
        whole[:51] + b"".join([pieces[1], pieces[0], *pieces[2:]]),
        whole + pieces[-1],
    ):
        torn.write_bytes(wrong)
        with pytest.raises(Invalid, match="损坏"):
            examine(torn, PASSPHRASE)
    assert examine(tmp_path / "a.backup", PASSPHRASE).lacking == ()


def test_another_passphrase_is_refused_and_nothing_is_left(file: Path, tmp_path: Path) -> None:
    target = Settings(state_dir=tmp_path / "new")
    with pytest.raises(Invalid, match="口令或密钥文件不对"):
        restore_into(target, create_app, file, b"another passphrase", lambda _sentence: None)
    assert not target.state_dir.exists()


def test_nothing_of_what_people_said_stands_in_the_file(file: Path) -> None:
    content = file.read_bytes()
    assert "槐荫巷".encode() not in content
    assert CONTENT not in content


@pytest.mark.parametrize("kind", DATABASES)
def test_only_an_empty_place_is_restored_into(kind: str, file: Path, tmp_path: Path) -> None:
    with installed(kind, tmp_path / "other", filled=False) as app:
        own = app.extensions["settings"]
        before = everything(app)
        for target in (own, Settings(state_dir=tmp_path / "new", database_url=own.database_url)):
            if target is not own and kind == "sqlite":
                continue
            with pytest.raises(Invalid, match="不是空"):
                restored(target, file)
        assert everything(app) == before
    assert not (tmp_path / "new").exists()


def test_a_disk_of_its_own_is_an_empty_place(file: Path, tmp_path: Path) -> None:
    """The file system keeps a folder in it, which cannot be moved away."""
    (tmp_path / "new" / "lost+found").mkdir(parents=True)
    again = restored(Settings(state_dir=tmp_path / "new"), file)
    assert everything(again)
    with again.app_context():
        db.engine.dispose()


@pytest.mark.parametrize("kind", DATABASES)
def test_a_restore_that_fails_leaves_nothing(
    kind: str, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with empty_database(kind, tmp_path) as url:
        target = Settings(state_dir=tmp_path / "new", database_url="" if kind == "sqlite" else url)

        def tell(sentence: str) -> None:
            if sentence.startswith("entry"):
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            restore_into(target, create_app, file, PASSPHRASE, tell)
        assert not target.state_dir.exists()
        again = restored(target, file)
        assert everything(again)
        with again.app_context():
            db.engine.dispose()


def test_a_refused_restore_takes_its_folders_along_and_no_other(file: Path, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    url = f"sqlite:///{tmp_path / 'taken.db'}"
    with closing(sqlite3.connect(tmp_path / "taken.db")) as taken, taken:
        taken.execute("CREATE TABLE theirs (id INTEGER)")
    for into in (tmp_path / "a" / "b", tmp_path / "there" / "b", tmp_path / "there"):
        with pytest.raises(Invalid, match="不是空的"):
            restored(Settings(state_dir=into, database_url=url), file)
    assert not (tmp_path / "a").exists()
    assert list((tmp_path / "there").iterdir()) == []


def test_the_commands_end_with_the_result_and_what_is_lacking(file: Path, tmp_path: Path) -> None:
    secret = {"RESPONDER_BACKUP_PASSPHRASE": PASSPHRASE.decode()}
    without = tmp_path / "without.backup"
    with installed("sqlite", tmp_path / "old") as app:
        backed_up(app, without, with_keys=False)
    into = tmp_path / "new"
    told = run("restore", str(without), "--into", str(into), state=tmp_path / "none", **secret)
    last = told.stderr.strip().splitlines()[-1]
    assert told.returncode == 1
    assert "核验有问题：" in last
    assert "身份信息的密钥" in last
    assert f"请把与备份同期的 identity_keys 放到 {into / 'identity_keys'}" in last
    assert "（Asia/Shanghai）" in told.stderr
    assert "+00:00" not in told.stderr


def test_a_key_file_that_is_not_there_is_said_not_to_be(file: Path, tmp_path: Path) -> None:
    mistyped = str(tmp_path / "kee")
    refused = run("restore", str(file), "--key-file", mistyped, state=tmp_path / "none")
    assert (refused.returncode, f"密钥文件 {mistyped} 不存在" in refused.stderr) == (2, True)
    assert "urandom" not in refused.stderr
    with installed("sqlite", tmp_path / "old", filled=False) as app:
        state = app.extensions["settings"].state_dir
        made = run("backup", str(tmp_path / "b"), "--key-file", mistyped, state=state)
    assert "(umask 077; mkdir -p" in made.stderr


def test_a_backup_never_writes_over_another(file: Path, tmp_path: Path) -> None:
    bare = installed("sqlite", tmp_path / "old", filled=False)
    with bare as app, pytest.raises(Invalid, match="已存在"):
        backed_up(app, file)


def test_a_missing_content_is_told(tmp_path: Path) -> None:
    with installed("sqlite", tmp_path / "old") as app:
        (app.extensions["settings"].task_files / DIGEST).unlink()
        assert backed_up(app, tmp_path / "a.backup").lacking == [f"task-files/{DIGEST}"]


def test_a_signal_leaves_nothing_half_written(tmp_path: Path) -> None:
    with installed("sqlite", tmp_path / "old") as app:
        state = app.extensions["settings"].state_dir
        with (state / "uploads" / "a1b2" / "long").open("wb") as long:
            for _ in range(64):
                long.write(os.urandom(PIECE))
    target = tmp_path / "a.backup"
    process = subprocess.Popen(
        [sys.executable, "-m", "responder", "backup", str(target)],
        env={
            **os.environ,
            "RESPONDER_STATE_DIR": str(state),
            "RESPONDER_BACKUP_PASSPHRASE": PASSPHRASE.decode(),
        },
        stderr=subprocess.PIPE,
        text=True,
    )
    part = tmp_path / "a.backup.part"
    while process.poll() is None and not part.exists():
        pass
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=60)
    assert (process.returncode, "已停止" in said) == (2, True), said
    assert not part.exists()
    assert not target.exists()


def test_every_folder_of_the_state_is_kept_or_a_cache() -> None:
    settings = Settings(state_dir=Path("state"))
    folders = {
        name
        for name, value in vars(Settings).items()
        if isinstance(value, property)
        and isinstance(found := getattr(settings, name), Path)
        and found.is_relative_to(settings.state_dir)
    }
    named = (*kept.BY_DIGEST, *kept.OTHER_FOLDERS, *kept.CACHES, *kept.NOTES)
    known = {*named, "resolved_identity_keys", "secret_key_file"}
    assert folders == known


@pytest.mark.parametrize("head", [b"[1]", b"7", b"not JSON", b'{"format": "responder-backup/1"}'])
def test_a_manifest_of_another_shape_is_refused_as_damage(tmp_path: Path, head: bytes) -> None:
    packed, target = io.BytesIO(), io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        info = tarfile.TarInfo(MANIFEST)
        info.size = len(head)
        tar.addfile(info, io.BytesIO(head))
    sealer = Sealer(target, PASSPHRASE)
    sealer.write(gzip.compress(packed.getvalue()))
    sealer.finish()
    path = tmp_path / "a.backup"
    path.write_bytes(target.getvalue())
    with pytest.raises(Invalid):
        examine(path, PASSPHRASE)
