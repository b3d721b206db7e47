"""An installation is made of a backup: in an empty place, wholly or not at all.

Everything is put together in a folder within the new state folder and moved out of it at the
end; the database is filled in one transaction. The file was read to its last byte before that.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from flask import Flask
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from responder.core.database import Base, alembic, db
from responder.core.errors import Invalid
from responder.intake.searching.index import index_missing
from responder.operating import portable
from responder.operating.backing_up import FILES, KEYS, TABLES, Summed, Tell
from responder.operating.kept import LOST_AND_FOUND
from responder.operating.opening import Manifest, examine, members
from responder.operating.sealing import PIECE
from responder.settings import Settings

NewApp = Callable[[Settings], Flask]

BUILDING = ".restoring"
# The last to be moved: where it is, everything is.
DATABASE = "responder.db"
MESSAGES_A_STEP = 500


def restore_into(
    target: Settings, new_app: NewApp, path: Path, passphrase: bytes, tell: Tell
) -> Manifest:
    """Make the installation that some settings name.

    :param new_app: makes an application of settings.
    :raises Invalid: the backup is not whole, or the place is not empty; nothing was restored.
    """
    tell("正在核验备份")
    manifest = examine(path, passphrase)
    new = _not_yet_there(target.state_dir)
    try:
        building = _empty_folder(target.state_dir)
        _put_keys(building, path, passphrase)
        app = new_app(target.model_copy(update={"state_dir": building}))
        _fill_in(app, building, path, passphrase, manifest, tell)
        _settle(target.state_dir)
    except BaseException:
        _abandon(target.state_dir, new)
        raise
    return manifest


def _not_yet_there(state_dir: Path) -> list[Path]:
    """The folders that a restore makes, innermost first."""
    return [path for path in (state_dir, *state_dir.parents) if not os.path.lexists(path)]


def _empty_folder(state_dir: Path) -> Path:
    """Where to put things together; what an earlier attempt left there is gone.

    :raises Invalid: something is in the folder, or it cannot be written.
    """
    building = state_dir / BUILDING
    try:
        shutil.rmtree(building, ignore_errors=True)
        state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        building.mkdir(mode=0o700)
        found = sorted({path.name for path in state_dir.iterdir()} - {BUILDING, LOST_AND_FOUND})
    except OSError as error:
        raise Invalid(
            f"无法写入 {state_dir}（{error.strerror}）：请检查目录权限，或换一个目录"
        ) from error
    if found:
        raise Invalid(
            f"{state_dir} 不是空目录（有 {found[0]} 等 {len(found)} 项）："
            "备份只恢复到空的地方，请换一个新目录，或先移走原有内容"
        )
    return building


def _abandon(state_dir: Path, new: list[Path]) -> None:
    """Leave the place as empty as it was, and none of the folders that were made for it."""
    shutil.rmtree(state_dir / BUILDING, ignore_errors=True)
    with suppress(OSError):  # others may have put something there meanwhile
        for folder in new:
            folder.rmdir()


def _put_keys(building: Path, path: Path, passphrase: bytes) -> None:
    """The keys that the backup brings, before anything asks for them."""
    for name, stream in members(path, passphrase):
        if name.startswith(f"{KEYS}/"):
            _write(_below(building, name.removeprefix(f"{KEYS}/")), stream)
        elif name.startswith((f"{TABLES}/", f"{FILES}/")):
            return


def _fill_in(
    app: Flask, building: Path, path: Path, passphrase: bytes, manifest: Manifest, tell: Tell
) -> None:
    """The database and the files, of an application whose state folder is ``building``.

    :raises Invalid: the database is not empty, or does not take what the backup holds.
    """
    own_keys = app.extensions["settings"].resolved_identity_keys
    had_keys = own_keys.exists()
    with app.app_context():
        try:
            with db.engine.begin() as connection:
                _require_empty_database(connection)
                _migrate(app, connection, manifest.revision)
                if not had_keys:  # a migration made some, which open nothing that comes now
                    own_keys.unlink(missing_ok=True)
                _load(connection, building, path, passphrase, manifest, tell)
                _migrate(app, connection, "head")
                _index(connection, tell)
        except DBAPIError as error:
            detail = str(error.orig).strip().splitlines()[0]
            raise Invalid(f"数据库没有接受备份的内容（{detail}）：没有恢复任何内容") from error
        finally:
            db.engine.dispose()


def _settle(state_dir: Path) -> None:
    """Move what was put together to where it belongs."""
    building = state_dir / BUILDING
    for path in sorted(building.iterdir(), key=lambda one: one.name == DATABASE):
        path.rename(state_dir / path.name)
    building.rmdir()


def _require_empty_database(connection: Connection) -> None:
    found = sa.inspect(connection).get_table_names()
    if found:
        raise Invalid(
            f"目标数据库不是空的（有 {len(found)} 张表）：备份只恢复到空的地方，请新建一个数据库"
        )


def _migrate(app: Flask, connection: Connection, revision: str) -> None:
    """Bring the schema to a version, within the transaction that is open."""
    scripts = alembic.script_directory
    if revision != "head" and revision not in {one.revision for one in scripts.walk_revisions()}:
        raise Invalid("这份备份是更新版本的回应台做的：请先升级，再恢复")

    def steps(current: Any, _context: MigrationContext) -> Any:
        return scripts._upgrade_revs(revision, current)

    with EnvironmentContext(alembic.config, scripts, fn=steps) as environment:
        environment.configure(
            connection=connection, target_metadata=Base.metadata, **app.config["ALEMBIC_CONTEXT"]
        )
        environment.run_migrations()


def _load(
    connection: Connection,
    building: Path,
    path: Path,
    passphrase: bytes,
    manifest: Manifest,
    tell: Tell,
) -> None:
    tables = portable.stored_tables(connection)
    by_name = {table.name: table for table in tables}
    if unknown := manifest.rows.keys() ^ by_name.keys():
        raise Invalid(f"备份与其版本的数据库结构不符（{min(unknown)}）：请改用另一份备份")
    portable.empty(connection, tables)
    portable.let_rows_refer_to_later_ones(connection, tables)
    for name, stream in members(path, passphrase):
        kind, _, rest = name.partition("/")
        if kind == FILES:
            _write(_below(building, rest), stream)
        elif kind == TABLES:
            table = by_name[rest.partition("/")[0]]
            columns, rows = _rows(stream)
            if portable.store(connection, table, columns, rows):
                tell(f"{table.name}：已恢复")
    portable.refer_strictly_again(connection, tables)
    portable.go_on_numbering(connection, tables, manifest.numbers)
    found = {table.name: portable.count(connection, table) for table in tables}
    if found != manifest.rows:
        raise Invalid("恢复出的行数与备份不符：没有恢复任何内容，请改用另一份备份")


def _index(connection: Connection, tell: Tell) -> None:
    """The index of words, which no backup holds."""
    tell("正在重建检索索引")
    with Session(connection, join_transaction_mode="create_savepoint") as session, session.begin():
        while index_missing(session, MESSAGES_A_STEP):
            pass


def _rows(stream: Summed) -> tuple[list[str], Iterator[list[Any]]]:
    lines = _lines(stream)
    return next(lines), lines


def _lines(stream: Summed) -> Iterator[list[Any]]:
    rest = b""
    for block in chain(iter(lambda: stream.read(PIECE), b"")):
        *whole, rest = (rest + block).split(b"\n")
        for line in whole:
            yield json.loads(line)


def _below(root: Path, name: str) -> Path:
    path = (root / name).resolve()
    if not path.is_relative_to(root.resolve()):
        raise Invalid("备份里有指向目录之外的文件：没有恢复任何内容")
    return path


def _write(path: Path, stream: Summed) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        while block := stream.read(PIECE):
            file.write(block)
