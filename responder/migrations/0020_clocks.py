"""holidays that the law dates; clocks of items suspended, extended and started anew."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0018"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "fixed_holiday",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("source", sa.String(300), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fixed_holiday")),
        sa.UniqueConstraint("month", "day", name=op.f("uq_fixed_holiday_month_day")),
    )
    _create_item_pause()
    _create_item_extension()
    op.add_column("item_clock", sa.Column("start_set_at", _MOMENT, nullable=True))
    for name, type_ in (("start_set_by", sa.String(64)), ("start_reason", sa.Text())):
        column = sa.Column(name, type_, nullable=False, server_default=sa.text("''"))
        op.add_column("item_clock", column)
    for table in ("item_clock", "clock_rule"):
        column = sa.Column("version_id", sa.Integer(), nullable=False, server_default="1")
        op.add_column(table, column)


def downgrade() -> None:
    op.drop_column("clock_rule", "version_id")
    for column in ("version_id", "start_reason", "start_set_by", "start_set_at"):
        op.drop_column("item_clock", column)
    for table in ("item_extension", "item_pause", "fixed_holiday"):
        op.drop_table(table)


def _create_item_pause() -> None:
    op.create_table(
        "item_pause",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clock_id", sa.Integer(), nullable=False),
        sa.Column("since", _MOMENT, nullable=False),
        sa.Column("until", _MOMENT, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("paused_by_name", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(
            ["clock_id"],
            ["item_clock.id"],
            name=op.f("fk_item_pause_clock_id_item_clock"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_pause")),
    )
    op.create_index(op.f("ix_item_pause_clock_id"), "item_pause", ["clock_id"])


def _create_item_extension() -> None:
    op.create_table(
        "item_extension",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clock_id", sa.Integer(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_by_name", sa.String(64), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.Column("decided_at", _MOMENT, nullable=True),
        sa.Column("decided_by_name", sa.String(64), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clock_id"],
            ["item_clock.id"],
            name=op.f("fk_item_extension_clock_id_item_clock"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"],
            ["user_account.id"],
            name=op.f("fk_item_extension_asked_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_extension")),
    )
    op.create_index(op.f("ix_item_extension_clock_id"), "item_extension", ["clock_id"])
