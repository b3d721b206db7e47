"""The database, the base of all models, and the one ``transaction()``."""

from __future__ import annotations

import fcntl
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from alembic.util import CommandError
from flask import Flask
from flask_alembic import Alembic
from flask_sqlalchemy_lite import SQLAlchemy
from sqlalchemy import (
    Connection,
    DateTime,
    Dialect,
    Engine,
    Enum,
    MetaData,
    Text,
    TypeDecorator,
    event,
    func,
    select,
)
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.orm.exc import StaleDataError

from responder.core import disk
from responder.core.errors import Invalid, SettingsError, Stale
from responder.core.permissions import SYSTEM, Actor
from responder.core.times import utc_now

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

BUSY_TIMEOUT_MS = 10_000
CACHE_KIB = 16 * 1024  # of each connection; the indexes that an import writes all over fit in
NO_DATABASE_FILE = (
    "数据库文件打不开：请核对 RESPONDER_STATE_DIR（不设则为当前目录下的 var）、"
    "RESPONDER_DATABASE_URL 和目录的权限，新安装请先运行 responder init"
)
PREPARING = 7_014_500_261_100  # the lock of whoever brings a database up to date

Ending = TypeVar("Ending", bound=Callable[[Session], None])
_endings: list[Callable[[Session], None]] = []
_writing: ContextVar[bool] = ContextVar("writing", default=False)


class UtcDateTime(TypeDecorator[datetime]):
    """Aware datetimes only; stored in UTC on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a datetime without a time zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def choice(enumeration: type[StrEnum], name: str) -> Enum:
    """A column type for a closed list: text with a CHECK constraint, values not names."""
    return Enum(
        enumeration,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=32,
        values_callable=lambda members: [member.value for member in members],
    )


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: UtcDateTime()}


db = SQLAlchemy()
alembic = Alembic(run_mkdir=False, metadatas=Base.metadata)


def init_database(app: Flask, url: str) -> None:
    """Bind the application to its database and its migrations."""
    # Parameters are people's words: they do not belong into a log.
    # A connection that was cut meanwhile is found out before somebody's work meets it.
    options = {"url": url, "hide_parameters": True, "pool_pre_ping": True}
    app.config["SQLALCHEMY_ENGINES"] = {"default": options}
    app.config["ALEMBIC"] = {"script_location": "migrations"}
    app.config["ALEMBIC_CONTEXT"] = {
        "compare_type": True,
        "render_as_batch": True,
        "render_item": _render_column_type,
        "include_name": _is_modelled,
    }
    try:
        db.init_app(app)
    except (ArgumentError, ImportError) as error:
        raise SettingsError(
            "RESPONDER_DATABASE_URL 不是可用的数据库地址：请填 sqlite:///… 或 postgresql+psycopg://…"
        ) from error
    # Before the library's own end of a request, which would fail with a connection that was cut
    # and so lose an answer that is complete.
    app.teardown_appcontext(lambda _error: let_go())
    alembic.init_app(app)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            _tune_sqlite(db.engine)


def let_go() -> None:
    """End what this request asked of the database, also where that no longer answers."""
    try:
        db.session.close()
    except DBAPIError:
        db.session.invalidate()


class Schema(StrEnum):
    """How the database stands to this version of the program."""

    CURRENT = ""
    MISSING = "数据库尚未初始化"
    OLDER = "数据库的版本比程序旧"
    NEWER = "数据库是由更新版本的回应台建立或升级的"


SCHEMA_REMEDIES = {
    Schema.MISSING: "请先运行 responder init",
    Schema.OLDER: "请先备份（responder backup），再运行 responder init 升级",
    Schema.NEWER: "请安装那个版本或更新的安装包（wheel），不要用这个版本运行",
}


def schema() -> Schema:
    """Of which version the database is; a revision that nobody here knows is of a newer one."""
    try:
        if not alembic.needs_upgrade():
            return Schema.CURRENT
    except CommandError:
        return Schema.NEWER
    return Schema.OLDER if alembic.current() else Schema.MISSING


def schema_problem(found: Schema) -> str:
    """What is wrong with a schema and what to do, in one sentence."""
    return f"{found.value}：{SCHEMA_REMEDIES[found]}"


def require_known_schema() -> None:
    """:raises Invalid: a newer version made the database, and none here can bring it up to date."""
    if schema() is Schema.NEWER:
        raise Invalid(schema_problem(Schema.NEWER))


def require_current_schema() -> None:
    """:raises Invalid: the database is not of this version."""
    found = schema()
    if found is not Schema.CURRENT:
        raise Invalid(schema_problem(found))


@contextmanager
def alone() -> Iterator[None]:
    """Until the block ends, whoever else asks this of the database waits, on whichever host."""
    held = _held_by_server if db.engine.dialect.name == "postgresql" else _held_by_file
    with held(db.engine):
        yield


@contextmanager
def _held_by_server(engine: Engine) -> Iterator[None]:
    with engine.connect() as connection:
        holding = connection.execution_options(isolation_level="AUTOCOMMIT")
        holding.execute(select(func.pg_advisory_lock(PREPARING)))
        try:
            yield
        finally:
            holding.execute(select(func.pg_advisory_unlock(PREPARING)))


@contextmanager
def _held_by_file(engine: Engine) -> Iterator[None]:
    with _opened(Path(engine.url.database or "").with_suffix(".lock")) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _opened(lock: Path) -> BinaryIO:
    try:
        return lock.open("ab")
    except OSError as error:
        if disk.is_full(error):
            raise
        raise Invalid(NO_DATABASE_FILE) from error


def _render_column_type(kind: str, obj: object, _context: object) -> str | bool:
    """Migrations name plain column types, so that they outlive this module."""
    if kind == "type" and isinstance(obj, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(obj, TypeDecorator) and isinstance(obj.impl_instance, Text):
        return "sa.Text()"
    return False


# The search index is each database's own kind of table: its migration makes it, no model says it.
_OWN_KIND = re.compile(r"message_search_index.*|terms|ix_message_search_terms")


def _is_modelled(name: str | None, kind: str, _parents: object) -> bool:
    """Whether the comparison of migrations and models is to look at this."""
    return kind == "schema" or name is None or not _OWN_KIND.fullmatch(name)


def _tune_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy emits BEGIN, see below
        for pragma in (
            "journal_mode=WAL",
            "foreign_keys=ON",
            "recursive_triggers=ON",  # or REPLACE would delete what a trigger guards
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            "synchronous=NORMAL",
            f"cache_size=-{CACHE_KIB}",
            "temp_store=MEMORY",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A reader that turns writer half-way fails at once instead of waiting, so
        # whoever means to write takes the write lock first.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _writing.get() else "BEGIN")


def before_commit(ending: Ending) -> Ending:
    """Have this done at the end of each :func:`transaction`, when all else is written.

    What was put into ``session.info["noted"]`` meanwhile is there for it.
    """
    _endings.append(ending)
    return ending


def said_by(error: DBAPIError) -> str:
    """What a database says of an error, without the values that it may go on to name."""
    lines = str(error.orig).strip().splitlines()
    return lines[0] if lines else type(error.orig).__name__


def end_read() -> None:
    """Give back the connection and its view of the data, so that a long wait holds neither.

    Stores nothing and loses nothing: whoever writes does it in :func:`transaction`.
    """
    db.session.rollback()


@contextmanager
def transaction(actor: Actor = SYSTEM, now: datetime | None = None) -> Iterator[Session]:
    """The only commit of the product: all of the block is stored, or none of it.

    :param actor: whoever the audit trail will name.
    :param now: the moment the audit trail will name; the present by default.
    :raises Stale: somebody else saved one of the records first.
    """
    session = db.session
    if _writing.get():
        raise RuntimeError("transaction() does not nest: pass the session instead")
    session.rollback()  # end the read that may be open, so that the write sees the newest state
    session.info.update(actor=actor, now=now or utc_now(), noted=set())
    token = _writing.set(True)
    try:
        session.connection()  # begins, and so takes the write lock where there is one
        yield session
        session.flush()
        for ending in _endings:
            ending(session)
        session.commit()
    except StaleDataError as error:
        session.rollback()
        raise Stale("这条记录刚被别人修改过，请刷新页面后再试") from error
    except BaseException:
        session.rollback()
        raise
    finally:
        _writing.reset(token)
