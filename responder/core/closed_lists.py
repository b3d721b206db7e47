"""A column's closed list in a migration: other values, on both databases, and no row touched."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


def set_list(table: str, column: str, old: tuple[str, ...], new: tuple[str, ...]) -> None:
    """Have a column take other values."""
    name = f"ck_{table}_{column}"
    if op.get_bind().dialect.name == "sqlite":
        _rewrite(table, _quoted(old), _quoted(new))
        return
    op.drop_constraint(op.f(name), table, type_="check")
    op.create_check_constraint(op.f(name), table, f"{column} IN ({_quoted(new)})")


def _rewrite(table: str, old: str, new: str) -> None:
    """SQLite cannot alter a constraint, and to copy a table that others point to would delete
    what they hold. Its manual's own way leaves the rows where they are: only the text of the
    table's definition is changed (lang_altertable.html, section 7).
    """
    connection = op.get_bind()
    named = {"table": table}
    text = "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :table"
    definition = str(connection.execute(sa.text(text), named).scalar_one())
    if definition.count(old) != 1:
        raise RuntimeError(f"{table} 的定义与预期不同：请改用未改动过的数据库升级")
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema=ON")
    connection.execute(
        sa.text("UPDATE sqlite_master SET sql = :sql WHERE type = 'table' AND name = :table"),
        {**named, "sql": definition.replace(old, new)},
    )
    connection.exec_driver_sql(f"PRAGMA schema_version={version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema=RESET")


def _quoted(values: tuple[str, ...]) -> str:
    return ", ".join(f"'{one}'" for one in values)
