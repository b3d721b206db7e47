"""topics that people trust: corrections, separations, lineage."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Each column by itself: a batch would rebuild the parent table, and dropping the old one
    # would take the memberships with it.
    for column in _new_columns():
        op.add_column("topic", column)
    # SQLite knows no ADD CONSTRAINT; a column may bring its reference along on both.
    op.execute("ALTER TABLE topic ADD COLUMN merged_into_id INTEGER REFERENCES topic (id)")
    op.create_index(op.f("ix_topic_merged_into_id"), "topic", ["merged_into_id"])
    op.add_column(
        "topic_message",
        sa.Column("held", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    _create_correction()
    _create_separation()
    _create_event()


def downgrade() -> None:
    for table in ("topic_event", "topic_separation", "topic_correction"):
        op.drop_table(table)
    op.drop_column("topic_message", "held")
    op.drop_index(op.f("ix_topic_merged_into_id"), "topic")
    op.drop_column("topic", "merged_into_id")
    for column in _new_columns():
        op.drop_column("topic", column.name)


def _new_columns() -> list[sa.Column]:
    return [
        sa.Column("place", sa.String(60), nullable=False, server_default=sa.text("''")),
        sa.Column("representatives", _json(), nullable=False, server_default="[]"),
        sa.Column("confusions", _json(), nullable=False, server_default="[]"),
        sa.Column("tones", _json(), nullable=False, server_default="{}"),
        sa.Column("level", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("renamed", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("pinned", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("dismissed", sa.Boolean(), nullable=False, server_default=sa.false()),
    ]


def _json() -> sa.types.TypeEngine[object]:
    return sa.JSON().with_variant(JSONB(), "postgresql")


def _create_correction() -> None:
    kinds = ("merge", "split", "move", "rename", "pin", "dismiss", "never_same")
    op.create_table(
        "topic_correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", _choice("topic_correction_kind", kinds), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_name", sa.String(64), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_name", sa.String(64), nullable=False),
        _to_topic("topic_correction", "topic_id"),
        _to_topic("topic_correction", "other_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topic_correction")),
    )
    op.create_index(op.f("ix_topic_correction_topic_id"), "topic_correction", ["topic_id"])
    op.create_index(op.f("ix_topic_correction_other_id"), "topic_correction", ["other_id"])


def _create_separation() -> None:
    op.create_table(
        "topic_separation",
        sa.Column("low_id", sa.Integer(), nullable=False),
        sa.Column("high_id", sa.Integer(), nullable=False),
        sa.Column("correction_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("low_id < high_id", name=op.f("ck_topic_separation_low_before_high")),
        _to_topic("topic_separation", "low_id"),
        _to_topic("topic_separation", "high_id"),
        _to_correction("topic_separation"),
        sa.PrimaryKeyConstraint(
            "low_id", "high_id", "correction_id", name=op.f("pk_topic_separation")
        ),
    )


def _create_event() -> None:
    kinds = ("born", "merged", "split", "asleep", "woken")
    op.create_table(
        "topic_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", _choice("topic_event_kind", kinds), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("message_count", sa.Integer(), nullable=False),
        sa.Column("correction_id", sa.Integer(), nullable=True),
        sa.Column("undone", sa.Boolean(), nullable=False),
        _to_topic("topic_event", "topic_id"),
        _to_topic("topic_event", "other_id"),
        _to_correction("topic_event"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topic_event")),
    )
    op.create_index(op.f("ix_topic_event_topic_id"), "topic_event", ["topic_id"])
    op.create_index(op.f("ix_topic_event_other_id"), "topic_event", ["other_id"])


def _choice(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _to_topic(table: str, column: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_topic")
    return sa.ForeignKeyConstraint([column], ["topic.id"], name=name, ondelete="CASCADE")


def _to_correction(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_correction_id_topic_correction")
    return sa.ForeignKeyConstraint(
        ["correction_id"], ["topic_correction.id"], name=name, ondelete="CASCADE"
    )
