"""when a row of the plan was typed; who speaks at an event, and who must for a rule to count it."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_BEFORE = ("quarter", "year")
_NOW = ("quarter", "half_year", "year")
_FLAGS = {"press_event": "head_speaks", "release_rule": "by_head"}


def upgrade() -> None:
    op.add_column("plan_entry", sa.Column("entered_at", sa.DateTime(timezone=True), nullable=True))
    _allow_periods(_NOW, _BEFORE)  # first: SQLite's new table would make the next checks its own
    for table, flag in _FLAGS.items():
        # SQLite knows no ADD CONSTRAINT; a column may bring its own along on both.
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN speaker_rank VARCHAR(32) NOT NULL DEFAULT 'other'"
            f" CONSTRAINT ck_{table}_speaker_rank"
            " CHECK (speaker_rank IN ('other', 'leader', 'head'))"
        )
        known = sa.table(table, sa.column("speaker_rank"), sa.column(flag, sa.Boolean))
        op.execute(known.update().where(known.c[flag].is_(sa.true())).values(speaker_rank="head"))
        op.drop_column(table, flag)


def downgrade() -> None:
    # Twice as many in a year is the nearest that can be said of a half.
    op.execute(
        "UPDATE release_rule SET period = 'year', least = least * 2 WHERE period = 'half_year'"
    )
    for table, flag in _FLAGS.items():
        column = sa.Column(flag, sa.Boolean(), nullable=False, server_default=sa.false())
        op.add_column(table, column)
        known = sa.table(table, sa.column("speaker_rank"), sa.column(flag, sa.Boolean))
        by_head = known.c.speaker_rank == "head"
        op.execute(known.update().where(by_head).values({flag: sa.true()}))
        op.drop_column(table, "speaker_rank")
    _allow_periods(_BEFORE, _NOW)
    op.drop_column("plan_entry", "entered_at")


def _allow_periods(periods: tuple[str, ...], former: tuple[str, ...]) -> None:
    """Let a rule count over these. SQLite makes the table anew, and so would drop whom it binds."""
    bound = sa.table("release_rule_unit", sa.column("rule_id"), sa.column("unit_id"))
    connection = op.get_bind()
    kept = [row._asdict() for row in connection.execute(sa.select(bound))]
    with op.batch_alter_table("release_rule") as batch:
        batch.alter_column("period", type_=_period(periods), existing_type=_period(former))
    if kept and connection.dialect.name == "sqlite":
        connection.execute(bound.delete())
        connection.execute(bound.insert(), kept)


def _period(values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name="period", native_enum=False, create_constraint=True, length=32)
