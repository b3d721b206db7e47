"""what came in since yesterday is counted from an index"""

from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

INDEX = "ix_message_received_at_channel"


def upgrade() -> None:
    op.create_index(INDEX, "message", ["received_at", "channel"])


def downgrade() -> None:
    op.drop_index(INDEX, "message")
