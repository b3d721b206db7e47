"""people count their changes"""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "user_account", sa.Column("version_id", sa.Integer(), nullable=False, server_default="1")
    )


def downgrade() -> None:
    # Not in batches: SQLite would drop the table, and with it whatever points to people.
    op.drop_column("user_account", "version_id")
