"""the taxonomy and its classifier."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_category()
    _create_version()
    _create_confirmation()


def downgrade() -> None:
    for table in ("category_confirmation", "taxonomy_version", "category"):
        op.drop_table(table)


def _create_category() -> None:
    op.create_table(
        "category",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(48), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("lead", sa.String(60), nullable=False),
        sa.Column("cue_words", sa.String(1000), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("valid", sa.Boolean(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        _reference("category", "parent_id", "category"),
        _reference("category", "unit_id", "unit"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_category")),
        sa.UniqueConstraint("code", name=op.f("uq_category_code")),
    )
    op.create_index(op.f("ix_category_parent_id"), "category", ["parent_id"])


def _create_version() -> None:
    op.create_table(
        "taxonomy_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(64), nullable=False),
        sa.Column("stamp", sa.String(32), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        _reference("taxonomy_version", "actor_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_taxonomy_version")),
    )


def _create_confirmation() -> None:
    table = "category_confirmation"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("suggested_id", sa.Integer(), nullable=True),
        sa.Column("suggested_score", sa.Double(), nullable=True),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(64), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taxonomy_version", sa.Integer(), nullable=True),
        _reference(table, "message_id", "message", ondelete="CASCADE"),
        _reference(table, "category_id", "category"),
        _reference(table, "suggested_id", "category"),
        _reference(table, "actor_id", "user_account"),
        _reference(table, "taxonomy_version", "taxonomy_version"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    for column in ("message_id", "category_id"):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _reference(
    table: str, column: str, other: str, ondelete: str | None = None
) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete=ondelete)
