"""One file that holds an installation as it was at one moment, while everybody goes on working.

The database is read in one snapshot, table by table; the files beside it follow. Contents lie
under their digest and stay for a day when nothing refers to them any more, so that those which
the snapshot names are still there. What went in is counted and summed in the manifest, the last
member: a file without it is no backup.
"""

from __future__ import annotations

import io
import json
import os
import tarfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from gzip import GzipFile
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, Table

from responder.core import disk
from responder.core.audit import AuditLink, chain
from responder.core.errors import Invalid
from responder.operating import kept, portable
from responder.operating.sealing import PIECE, Sealer
from responder.settings import Settings

FORMAT = 1
BEGINNING, MANIFEST = "begin.json", "manifest.json"
TABLES, FILES, KEYS = "tables", "files", "keys"
LINES_A_PART, BYTES_A_PART = 20_000, 8 << 20
COMPRESSION = 3

Tell = Callable[[str], None]


@dataclass
class Written:
    """What is in a backup so far.

    :ivar tables: name → its columns and how many rows.
    :ivar members: path → size and SHA-256.
    :ivar lacking: contents that the records name and that are not on the disk.
    :ivar trail: where the chain of the audit trail ends, as ``NUMBER:DIGEST``.
    """

    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    members: dict[str, dict[str, Any]] = field(default_factory=dict)
    lacking: list[str] = field(default_factory=list)
    trail: str = ""

    @property
    def rows(self) -> int:
        return sum(table["rows"] for table in self.tables.values())

    @property
    def files(self) -> int:
        return sum(path.startswith(f"{FILES}/") for path in self.members)


class Archive:
    """A backup that is being written."""

    def __init__(self, tar: tarfile.TarFile, made_at: datetime) -> None:
        self.written = Written()
        self._tar = tar
        self._seconds = int(made_at.timestamp())

    def add(self, path: str, content: bytes) -> None:
        self.stream(path, io.BytesIO(content), len(content))

    def stream(self, path: str, source: IO[bytes], size: int) -> None:
        info = tarfile.TarInfo(path)
        info.size, info.mtime, info.mode = size, self._seconds, 0o600
        summed = Summed(source)
        self._tar.addfile(info, summed)
        self.written.members[path] = {"size": size, "sha256": summed.digest}


class Summed:
    """A stream that is summed while somebody reads it."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self._sum = sha256()

    def read(self, size: int = -1) -> bytes:
        block = self._source.read(size)
        self._sum.update(block)
        return block

    @property
    def digest(self) -> str:
        return self._sum.hexdigest()


def back_up(
    target: Path,
    passphrase: bytes,
    engine: Engine,
    settings: Settings,
    made_at: datetime,
    with_keys: bool = False,
    tell: Tell = lambda _sentence: None,
) -> Written:
    """Write a backup: whole under its name, or not at all.

    :raises Invalid: there is such a file, or the disk does not take it.
    """
    if target.exists():
        raise Invalid(f"{target} 已存在：备份不覆盖原有文件，请换一个文件名")
    part = target.with_name(f"{target.name}.part")
    try:
        with whole_or_nothing(part, target) as file, one_moment(engine) as connection:
            return _write(file, passphrase, connection, settings, made_at, with_keys, tell)
    except OSError as error:
        raise Invalid(
            f"备份没有写成（{disk.reason(error)}）：请检查 {target.parent} 的磁盘空间和权限，"
            "然后重新备份"
        ) from error


@contextmanager
def whole_or_nothing(part: Path, target: Path) -> Iterator[IO[bytes]]:
    """A new file, written as ``part``, that has its name once it is whole on the disk."""
    part.unlink(missing_ok=True)
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb", buffering=PIECE) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.rename(target)
    finally:
        part.unlink(missing_ok=True)
    folder = os.open(target.parent, os.O_RDONLY)
    with suppress(OSError):  # some file systems cannot
        os.fsync(folder)
    os.close(folder)


@contextmanager
def one_moment(engine: Engine) -> Iterator[Connection]:
    """A connection that sees the database as it is now, whatever is stored meanwhile."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        revision_of(connection)  # the first read fixes the moment
        yield connection


def revision_of(connection: Connection) -> str | None:
    """The version of the schema; None where there is none."""
    return MigrationContext.configure(connection).get_current_revision()


def _write(
    file: IO[bytes],
    passphrase: bytes,
    connection: Connection,
    settings: Settings,
    made_at: datetime,
    with_keys: bool,
    tell: Tell,
) -> Written:
    revision = revision_of(connection)
    if revision is None:
        raise Invalid("数据库尚未初始化，没有可备份的内容：请先运行 responder init")
    sealer = Sealer(file, passphrase)
    with (
        GzipFile("", "wb", COMPRESSION, sealer, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w|") as tar,
    ):
        archive = Archive(tar, made_at)
        facts = {
            "format": FORMAT,
            "software": version("responder"),
            "revision": revision,
            "database": connection.dialect.name,
            "made_at": made_at.isoformat(),
            "with_keys": with_keys,
        }
        archive.add(BEGINNING, portable.as_line(facts))
        if with_keys:
            for name, path in kept.keys(settings):
                archive.add(f"{KEYS}/{name}", path.read_bytes())
        tables = portable.stored_tables(connection)
        named = named_contents(connection, tables, settings)
        archive.written.trail = _trail_head(connection, tables)
        _add_files(archive, settings, named, tell)
        for table in tables:
            _add_table(archive, connection, table, tell)
        archive.add(MANIFEST, _manifest(archive.written, facts, connection, tables))
    sealer.finish()
    return archive.written


def _manifest(
    written: Written, facts: dict[str, Any], connection: Connection, tables: list[Table]
) -> bytes:
    numbers = portable.next_numbers(connection, tables)
    return json.dumps({**facts, **vars(written), "numbers": numbers}).encode()


def _trail_head(connection: Connection, tables: list[Table]) -> str:
    """Where the chain of the trail ends: noted where nobody who reaches the database alone is."""
    there = any(table.name == AuditLink.__tablename__ for table in tables)
    return str(chain.head(connection)) if there else ""


def _add_table(archive: Archive, connection: Connection, table: Table, tell: Tell) -> None:
    head = portable.as_line([column.name for column in table.columns])
    rows, parts = 0, 0
    lines, size = [head], 0
    with closing(portable.rows_of(connection, table)) as found:
        for row in found:
            line = portable.as_line(row)
            lines.append(line)
            rows, size = rows + 1, size + len(line)
            if len(lines) > LINES_A_PART or size > BYTES_A_PART:
                archive.add(f"{TABLES}/{table.name}/{parts:06}", b"".join(lines))
                tell(f"{table.name}：已写入 {rows} 行")
                lines, size, parts = [head], 0, parts + 1
    if len(lines) > 1 or not parts:
        archive.add(f"{TABLES}/{table.name}/{parts:06}", b"".join(lines))
    archive.written.tables[table.name] = {"rows": rows}
    if rows:
        tell(f"{table.name}：{rows} 行")


def _add_files(archive: Archive, settings: Settings, named: set[str], tell: Tell) -> None:
    for name, path in kept.files(settings):
        # What ends its life at this moment is no loss: the snapshot may still name it, and says so.
        with suppress(FileNotFoundError), path.open("rb") as source:
            archive.stream(f"{FILES}/{name}", source, os.fstat(source.fileno()).st_size)
    there = archive.written.members
    archive.written.lacking = sorted(name for name in named if f"{FILES}/{name}" not in there)
    tell(f"文件：{archive.written.files} 个")


def named_contents(connection: Connection, tables: list[Table], settings: Settings) -> set[str]:
    """The contents that records name, as paths below the state folder."""
    by_name = {table.name: table for table in tables}
    return {
        kept.place(settings, folder, digest)
        for folder, names in kept.BY_DIGEST.items()
        for name in names
        for digest in connection.scalars(sa.select(by_name[name].c.digest).distinct())
    }
