"""A full disk is known by whoever meets it, and a file is whole or not there."""

from __future__ import annotations

import errno
import json
import os
import resource
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from prometheus_client import generate_latest
from psycopg.errors import ConnectionTimeout, DiskFull
from sqlalchemy.exc import OperationalError

from responder.core import disk, measuring
from responder.core.console import write_file
from responder.core.errors import Invalid
from responder.core.logs import logger
from responder.scheduling.service import problem_of
from tests.kept_logs import kept_logs


def test_a_full_disk_is_known_from_other_failures() -> None:
    assert disk.is_full(OSError(errno.ENOSPC, "No space left on device"))
    assert disk.is_full(OSError(errno.EDQUOT, "Disk quota exceeded"))
    assert not disk.is_full(PermissionError(errno.EACCES, "Permission denied"))
    assert disk.is_full(OperationalError("INSERT", {}, DiskFull()))
    assert not disk.is_full(OperationalError("INSERT", {}, ConnectionTimeout()))


def test_a_failed_write_is_said_to_be_one_with_both_its_causes() -> None:
    failed = sqlite3.OperationalError("disk I/O error")
    failed.sqlite_errorcode = sqlite3.SQLITE_IOERR_WRITE
    error = OperationalError("INSERT", {}, failed)
    assert disk.not_done(error) == (
        "写不进磁盘（已满、超出配额或磁盘有故障），没有办成："
        "请联系系统管理员检查磁盘的空间、配额和状况，然后重新办理"
    )
    full = OSError(errno.ENOSPC, "No space left on device")
    assert disk.not_done(full).startswith("磁盘已满，没有办成：请联系系统管理员腾出磁盘空间")


def test_sqlite_says_that_it_is_full_and_a_job_says_so_in_a_word(tmp_path: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'small.db'}")
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 3")
        connection.exec_driver_sql("CREATE TABLE t (x)")
        with pytest.raises(OperationalError) as full:
            connection.exec_driver_sql("INSERT INTO t VALUES (zeroblob(100000))")
        with pytest.raises(OperationalError) as other:
            connection.exec_driver_sql("SELECT * FROM nowhere")
    engine.dispose()
    assert problem_of(full.value) == "磁盘已满"
    assert (disk.code_of(full.value), disk.code_of(other.value)) == ("SQLITE_FULL", "SQLITE_ERROR")
    assert not disk.is_full(other.value)


def test_what_cannot_be_written_whole_leaves_what_was_there(tmp_path: Path) -> None:
    def breaks_off(part: Path) -> None:
        part.write_text("half")
        raise OSError(errno.ENOSPC, "No space left on device")

    kept = tmp_path / "kept"
    disk.write_whole(kept, lambda part: part.write_text("before"))
    with pytest.raises(OSError, match="No space"):
        disk.write_whole(kept, breaks_off)
    assert [path.read_text() for path in tmp_path.iterdir()] == ["before"]


@contextmanager
def _room_for(more: int, path: Path) -> Iterator[None]:
    """A file may grow by so many bytes and no further, as on a disk that fills up."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + more, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_half_a_line_of_the_log_spoils_no_other(tmp_path: Path) -> None:
    log = logger("responder.x")
    with kept_logs(tmp_path / "logs") as folder:
        log.info("before")
        [path] = folder.iterdir()
        with _room_for(10, path):
            log.info("lost")
        log.info("after")
    lines = path.read_text("utf-8").splitlines()
    assert [json.loads(line)["event"] for line in lines] == ["before", "after"]


def test_a_file_of_a_command_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    write_file(out, b"before")
    with _room_for(10, out), pytest.raises(Invalid, match=r"无法写入 .*out\.xlsx"):
        write_file(out, b"x" * 100)
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"before"]
    link = tmp_path / "link"
    link.symlink_to(out)
    out.chmod(0o640)
    write_file(link, b"after")
    assert (link.is_symlink(), out.read_bytes(), out.stat().st_mode & 0o777) == (
        True,
        b"after",
        0o640,
    )
    write_file(Path(os.devnull), b"x")
    assert not Path(os.devnull).is_file()


def test_counts_have_their_space_before_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(measuring.FOLDER, str(tmp_path))
    monkeypatch.setattr(measuring, "_ready", set())
    assert measuring._can_count()
    taken = {path.name: path.stat().st_blocks * 512 for path in tmp_path.iterdir()}
    assert taken == {f"{kind}_{os.getpid()}.db": size for kind, size in measuring.FILES.items()}
    monkeypatch.setenv(measuring.FOLDER, str(tmp_path / "nowhere"))
    monkeypatch.setattr(measuring, "_ready", set())
    assert not measuring._can_count()


def test_the_sum_is_told_while_a_process_gets_no_space_for_its_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given, told = os.posix_fallocate, list[bytes]()

    def meanwhile(file: int, offset: int, size: int) -> None:
        told.append(generate_latest(measuring.counted()))
        given(file, offset, size)

    monkeypatch.setenv(measuring.FOLDER, str(tmp_path))
    monkeypatch.setattr(measuring, "_ready", set())
    monkeypatch.setattr(os, "posix_fallocate", meanwhile)
    (first, size), *_others = measuring.FILES.items()
    with _room_for(size, Path(os.devnull)):
        assert not measuring._can_count()
    assert (told, [path.name for path in tmp_path.iterdir()]) == (
        [b"", b""], [f"{first}_{os.getpid()}.db"],
    )  # fmt: skip
    assert measuring._can_count()


def test_of_several_answers_one_makes_the_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given, at_work, most = os.posix_fallocate, list[int](), list[int]()
    crowded = threading.Event()

    def slowly(file: int, offset: int, size: int) -> None:
        at_work.append(file)
        most.append(len(at_work))
        if len(at_work) > 1:
            crowded.set()
        crowded.wait(0.2)
        given(file, offset, size)
        at_work.remove(file)

    monkeypatch.setenv(measuring.FOLDER, str(tmp_path))
    monkeypatch.setattr(measuring, "_ready", set())
    monkeypatch.setattr(os, "posix_fallocate", slowly)
    with ThreadPoolExecutor(4) as answers:
        counting = [answers.submit(measuring._can_count) for _answer in range(4)]
        assert all(one.result() for one in counting)
    assert most == [1] * len(measuring.FILES)
