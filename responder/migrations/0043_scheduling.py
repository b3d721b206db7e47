"""one scheduler acts, and each job says how its last run went"""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    turn = op.create_table(
        "scheduler_turn",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("holder", sa.String(120), nullable=False),
        sa.Column("renewed_at", _MOMENT, nullable=True),
        sa.Column("until", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheduler_turn")),
    )
    op.bulk_insert(turn, [{"id": 1, "holder": ""}])
    op.create_table(
        "scheduled_job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("begun_at", _MOMENT, nullable=True),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.Column("seconds", sa.Double(), nullable=True),
        sa.Column("problem", sa.String(300), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("runs", sa.Integer(), nullable=False),
        sa.Column("wanted_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheduled_job")),
        sa.UniqueConstraint("name", name=op.f("uq_scheduled_job_name")),
    )


def downgrade() -> None:
    op.drop_table("scheduled_job")
    op.drop_table("scheduler_turn")
