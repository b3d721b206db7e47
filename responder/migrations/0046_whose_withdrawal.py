"""who withdrew that a topic needs no answer"""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

KEY = "fk_topic_verdict_withdrawn_by_id_user_account"


def upgrade() -> None:
    with op.batch_alter_table("topic_verdict") as table:
        table.add_column(sa.Column("withdrawn_by_id", sa.Integer(), nullable=True))
        table.create_foreign_key(KEY, "user_account", ["withdrawn_by_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("topic_verdict") as table:
        table.drop_constraint(KEY, type_="foreignkey")
        table.drop_column("withdrawn_by_id")
