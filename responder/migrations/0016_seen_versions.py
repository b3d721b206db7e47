"""versions of what belongs to an event; tasks that come before a day is certain."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_VERSIONED = (
    "preparation_item", "preparation_task", "media_invitation", "avoided_period",
    "topic_event_link",
)  # fmt: skip
_CHECKLISTS = ("preparation_item", "preparation_task")
# Until now the guard went by these words in a task's name.
_CLEARING = ("审批", "保密审查")


def upgrade() -> None:
    for table in _VERSIONED:
        version = sa.Column("version_id", sa.Integer(), nullable=False, server_default="1")
        op.add_column(table, version)
    for table in _CHECKLISTS:
        flag = sa.Column(
            "before_confirmation", sa.Boolean(), nullable=False, server_default=sa.false()
        )
        op.add_column(table, flag)
        rows = sa.table(table, sa.column("name", sa.String), sa.column(flag.name, sa.Boolean))
        named = sa.or_(*(rows.c.name.contains(word) for word in _CLEARING))
        op.execute(rows.update().where(named).values(before_confirmation=True))


def downgrade() -> None:
    for table in _CHECKLISTS:
        op.drop_column(table, "before_confirmation")
    for table in _VERSIONED:
        op.drop_column(table, "version_id")
