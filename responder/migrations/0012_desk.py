"""drafts of calls, spent forms, calls said to be the same."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_draft()
    _create_slip()
    _create_attachment()


def downgrade() -> None:
    for table in ("call_attachment", "call_slip", "call_draft"):
        op.drop_table(table)


def _create_draft() -> None:
    op.create_table(
        "call_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(32), nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=False),
        sa.Column("contents", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        _reference("call_draft", "operator_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_draft")),
        sa.UniqueConstraint("token", name=op.f("uq_call_draft_token")),
    )
    for column in ("operator_id", "saved_at"):
        op.create_index(op.f(f"ix_call_draft_{column}"), "call_draft", [column])


def _create_slip() -> None:
    op.create_table(
        "call_slip",
        sa.Column("token", sa.String(32), nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("spent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=True),
        _reference("call_slip", "operator_id", "user_account"),
        _reference("call_slip", "message_id", "message"),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_call_slip")),
    )
    op.create_index("ix_call_slip_operator_id_spent_at", "call_slip", ["operator_id", "spent_at"])
    for column in ("message_id", "spent_at"):
        op.create_index(op.f(f"ix_call_slip_{column}"), "call_slip", [column])


def _create_attachment() -> None:
    op.create_table(
        "call_attachment",
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("same_as_id", sa.Integer(), nullable=False),
        sa.Column("attached_by_id", sa.Integer(), nullable=True),
        sa.Column("attached_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        _reference("call_attachment", "message_id", "message"),
        _reference("call_attachment", "same_as_id", "message"),
        _reference("call_attachment", "attached_by_id", "user_account", "SET NULL"),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_call_attachment")),
    )
    for column in ("same_as_id", "settled_at"):
        op.create_index(op.f(f"ix_call_attachment_{column}"), "call_attachment", [column])


def _reference(
    table: str, column: str, other: str, ondelete: str = "CASCADE"
) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete=ondelete)
