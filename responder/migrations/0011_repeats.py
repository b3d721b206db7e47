"""repeats grouped on arrival."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "message_repeat",
        sa.Column("message_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        *(_reference("message_repeat", column) for column in ("message_id", "first_id")),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_message_repeat")),
    )
    op.create_index(op.f("ix_message_repeat_first_id"), "message_repeat", ["first_id"])
    op.create_table(
        "message_sketch",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("message_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("key", "message_id", name=op.f("pk_message_sketch")),
        sqlite_with_rowid=False,
    )
    # A membership told of repeats within its topic; now the message does, of all messages.
    with op.batch_alter_table("topic_message") as batch:
        batch.drop_column("repeats_id")


def downgrade() -> None:
    op.execute("ALTER TABLE topic_message ADD COLUMN repeats_id INTEGER REFERENCES message (id)")
    op.drop_table("message_sketch")
    op.drop_table("message_repeat")


def _reference(table: str, column: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_message")
    return sa.ForeignKeyConstraint([column], ["message.id"], name=name, ondelete="CASCADE")
