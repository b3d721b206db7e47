"""Identity columns: encrypted in the database, plain to whoever reads them through a model.

Each engine has the key ring of its own application, found by its dialect, which is the one
thing that SQLAlchemy hands to a column type; two applications in one process never share.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from flask import Flask
from sqlalchemy import Connection, Dialect, MetaData, Table, Text, TypeDecorator
from sqlalchemy.orm import Session

from responder.core.database import db
from responder.core.identity_keys import KeyRing, KeysUnusable

__all__ = ["KeyRing", "KeysUnusable", "Sealed", "init_identities", "ring_of", "sealed_tables"]

_rings: WeakKeyDictionary[Dialect, KeyRing] = WeakKeyDictionary()


class Sealed(TypeDecorator[str]):
    """Text that the database never sees in the plain (see ``docs/decisions/0009-identity.md``).

    Empty stays empty, so that rows with and without can be told apart. Two equal texts are
    stored differently: nothing but "is it empty" can be asked of such a column.

    :param context: ``table.column``; what is sealed as one cannot be opened as another.
    :param max_characters: of the plain text, for forms and files.
    """

    impl = Text
    cache_ok = True

    def __init__(self, context: str, max_characters: int) -> None:
        super().__init__()
        self.context = context
        self.max_characters = max_characters
        self._context = context.encode()

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return _ring(dialect).seal(value, self._context) if value else value

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return _ring(dialect).open(value, self._context) if value else value

    def coerce_compared_value(self, op: Any, value: Any) -> Any:
        if value not in ("", None):
            raise TypeError(f"{self.context} is encrypted: it can only be compared with ''")
        return self


def init_identities(app: Flask, key_file: Path) -> None:
    """Have what passes through the application's database sealed by the keys of a file.

    The file need not be there yet: the migration that seals the first rows makes it.
    """
    with app.app_context():
        _rings[db.engine.dialect] = KeyRing(key_file)


def ring_of(bind: Session | Connection) -> KeyRing:
    """The key ring of the application whose database this is."""
    return _ring(bind.get_bind().dialect if isinstance(bind, Session) else bind.dialect)


def sealed_tables(metadata: MetaData) -> dict[Table, list[str]]:
    """Each table with identity columns, and their names."""
    found = {
        table: [column.name for column in table.columns if isinstance(column.type, Sealed)]
        for table in metadata.sorted_tables
    }
    return {table: names for table, names in found.items() if names}


def _ring(dialect: Dialect) -> KeyRing:
    ring = _rings.get(dialect)
    if ring is None:
        raise KeysUnusable("这个数据库连接没有身份信息的密钥：请通过 create_app() 使用数据库")
    return ring
