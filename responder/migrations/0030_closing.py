"""items that are closed without a public answer."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_STATES = (
    "draft", "first_review", "second_review", "third_review", "secrecy_review", "signing",
    "signed", "scheduled", "published", "archived",
)  # fmt: skip
_NEW = (*_STATES, "closed")
_LISTS = (
    ("response_item", "state"),
    ("response_review", "step"),
    ("response_review", "returned_to"),
)


def upgrade() -> None:
    for table, column in _LISTS:
        _set_list(table, column, _STATES, _NEW)


def downgrade() -> None:
    lost = sa.text("SELECT count(*) FROM response_item WHERE state = 'closed'")
    if count := op.get_bind().execute(lost).scalar():
        raise RuntimeError(
            f"{count} 件不公开办结的事项在以前的版本里没有这个状态："
            "不能退回 0030 之前的版本，请改用升级前的备份"
        )
    for table, column in _LISTS:
        _set_list(table, column, _NEW, _STATES)


def _set_list(table: str, column: str, old: tuple[str, ...], new: tuple[str, ...]) -> None:
    """Have a column take other values."""
    before, after = (f"{column} IN ({_quoted(one)})" for one in (old, new))
    if op.get_bind().dialect.name == "sqlite":
        _rewrite(table, before, after)
        return
    name = op.f(f"ck_{table}_{column}")
    op.drop_constraint(name, table, type_="check")
    op.create_check_constraint(name, table, after)


def _rewrite(table: str, old: str, new: str) -> None:
    """The way of 0025: SQLite cannot alter a constraint, and a copy would lose what points to it."""
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
