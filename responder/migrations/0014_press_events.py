"""moves, preparation, media and files of press events; days to avoid."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_FORMS = (
    "conference", "briefing", "policy_briefing", "reception", "media_forum", "online_release",
    "online_interview",
)  # fmt: skip


def upgrade() -> None:
    _create_move()
    _create_preparation()
    _create_invitation()
    _create_file()
    _create_avoided()


def downgrade() -> None:
    for table in (
        "avoided_period", "event_file", "media_invitation", "preparation_task",
        "preparation_item", "event_move",
    ):  # fmt: skip
        op.drop_table(table)


def _create_move() -> None:
    op.create_table(
        "event_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("from_at", _MOMENT, nullable=False),
        sa.Column("to_at", _MOMENT, nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("by_name", sa.String(64), nullable=False),
        _reference("event_move", "event_id", "press_event", "CASCADE"),
        _reference("event_move", "by_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_move")),
    )
    op.create_index(op.f("ix_event_move_event_id"), "event_move", ["event_id"])


def _create_preparation() -> None:
    op.create_table(
        "preparation_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("form", _choice("form", *_FORMS), nullable=True),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preparation_item")),
    )
    op.create_table(
        "preparation_task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("responsible", sa.String(64), nullable=False),
        sa.Column("note", sa.String(300), nullable=False),
        sa.Column("done_at", _MOMENT, nullable=True),
        sa.Column("done_by_id", sa.Integer(), nullable=True),
        sa.Column("done_by_name", sa.String(64), nullable=False),
        _reference("preparation_task", "event_id", "press_event", "CASCADE"),
        _reference("preparation_task", "done_by_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preparation_task")),
    )
    for column in ("event_id", "due_on"):
        op.create_index(op.f(f"ix_preparation_task_{column}"), "preparation_task", [column])


def _create_invitation() -> None:
    replies = ("invited", "accepted", "declined", "attended", "absent")
    op.create_table(
        "media_invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("outlet", sa.String(100), nullable=False),
        sa.Column("journalist", sa.String(64), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("accreditation", sa.String(64), nullable=False),
        sa.Column("reply", _choice("reply", *replies), nullable=False),
        sa.Column("note", sa.String(200), nullable=False),
        _reference("media_invitation", "event_id", "press_event", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media_invitation")),
    )
    op.create_index(op.f("ix_media_invitation_event_id"), "media_invitation", ["event_id"])


def _create_file() -> None:
    kinds = ("material", "transcript", "picture", "graphic", "evaluation", "other")
    op.create_table(
        "event_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("kind", _choice("kind", *kinds), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("media_type", sa.String(100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("added_at", _MOMENT, nullable=False),
        sa.Column("added_by_name", sa.String(64), nullable=False),
        sa.CheckConstraint("size >= 0", name=op.f("ck_event_file_size")),
        _reference("event_file", "event_id", "press_event", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_file")),
    )
    for column in ("event_id", "digest"):
        op.create_index(op.f(f"ix_event_file_{column}"), "event_file", [column])


def _create_avoided() -> None:
    op.create_table(
        "avoided_period",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_avoided_period_days")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_avoided_period")),
    )
    op.create_index(op.f("ix_avoided_period_first_day"), "avoided_period", ["first_day"])


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _reference(
    table: str, column: str, other: str, ondelete: str | None = None
) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete=ondelete)
