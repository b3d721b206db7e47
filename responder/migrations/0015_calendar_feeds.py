"""calendars subscribed to, topics that need no answer, the office's briefing template."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _create_feed()
    _create_verdict()
    _create_template()


def downgrade() -> None:
    for table in ("briefing_template", "topic_verdict", "calendar_feed"):
        op.drop_table(table)


def _create_feed() -> None:
    op.create_table(
        "calendar_feed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("revoked_at", _MOMENT, nullable=True),
        sa.Column("read_at", _MOMENT, nullable=True),
        _reference("calendar_feed", "user_id", "user_account", "CASCADE"),
        _reference("calendar_feed", "unit_id", "unit"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("digest", name=op.f("uq_calendar_feed_digest")),
    )
    op.create_index(op.f("ix_calendar_feed_user_id"), "calendar_feed", ["user_id"])


def _create_verdict() -> None:
    op.create_table(
        "topic_verdict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("heat", sa.Double(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("by_name", sa.String(64), nullable=False),
        sa.Column("withdrawn_at", _MOMENT, nullable=True),
        _reference("topic_verdict", "topic_id", "topic", "CASCADE"),
        _reference("topic_verdict", "by_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topic_verdict")),
    )
    op.create_index(op.f("ix_topic_verdict_topic_id"), "topic_verdict", ["topic_id"])


def _create_template() -> None:
    op.create_table(
        "briefing_template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", _MOMENT, nullable=False),
        sa.Column("added_by_name", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_briefing_template")),
    )


def _reference(
    table: str, column: str, other: str, ondelete: str | None = None
) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete=ondelete)
