"""what waits for a topic is a queue, and topics have an index in the order of their list"""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "message_arrival",
        sa.Column("message_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["message.id"],
            name=op.f("fk_message_arrival_message_id_message"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_message_arrival")),
    )
    op.execute(
        "INSERT INTO message_arrival (message_id, occurred_at)"
        " SELECT message.id, message.occurred_at FROM message WHERE NOT EXISTS"
        " (SELECT 1 FROM topic_message WHERE topic_message.message_id = message.id)"
    )
    op.create_index(op.f("ix_message_arrival_occurred_at"), "message_arrival", ["occurred_at"])
    op.create_index("ix_topic_order", "topic", ["pinned", "heat"])


def downgrade() -> None:
    op.drop_index("ix_topic_order", table_name="topic")
    op.drop_table("message_arrival")
