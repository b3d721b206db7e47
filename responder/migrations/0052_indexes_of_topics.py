"""what was merged away has an index of its own, lists of topics are counted by theirs, and what is grave is noted"""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

_MERGED = sa.text("merged_into_id IS NOT NULL")
_ORDER = ["pinned", "heat", "message_count", "level", "merged_into_id", "dismissed"]
_LAST_SEEN = ["last_seen", "message_count", "heat", "merged_into_id", "dismissed"]


def upgrade() -> None:
    for table in ("topic", "work_order"):
        name = f"ix_{table}_merged_into_id"
        op.drop_index(name, table_name=table)
        op.create_index(
            name, table, ["merged_into_id"], sqlite_where=_MERGED, postgresql_where=_MERGED
        )
    _replace("ix_topic_order", _ORDER)
    _replace("ix_topic_last_seen", _LAST_SEEN)
    op.add_column("topic_message", sa.Column("gravity", sa.String(200), nullable=True))
    op.create_index(
        "ix_topic_ranked_as_of", "topic", ["ranked_as_of", "message_count", "last_seen"]
    )


def downgrade() -> None:
    op.drop_column("topic_message", "gravity")
    op.drop_index("ix_topic_ranked_as_of", table_name="topic")
    _replace("ix_topic_last_seen", _LAST_SEEN[:1])
    _replace("ix_topic_order", _ORDER[:2])
    for table in ("topic", "work_order"):
        name = f"ix_{table}_merged_into_id"
        op.drop_index(name, table_name=table)
        op.create_index(name, table, ["merged_into_id"])


def _replace(name: str, columns: list[str]) -> None:
    op.drop_index(name, table_name="topic")
    op.create_index(name, "topic", columns)
