"""saved filters of messages become saved views of any list."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

_AUDIENCES = ("own", "all", "role", "unit")
_ROLES = (
    "operator", "monitor", "analyst", "liaison", "editor", "first_reviewer", "second_reviewer",
    "third_reviewer", "secrecy_reviewer", "signer", "press_officer", "openness_officer",
    "spokesperson", "supervisor", "administrator", "auditor",
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("list_code", sa.String(32), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(30), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("audience", _one_of("audience", _AUDIENCES), nullable=False),
        sa.Column("role", _one_of("role", _ROLES), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        _reference("saved_view", "owner_id", "user_account"),
        _reference("saved_view", "unit_id", "unit"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint(
            "owner_id", "list_code", "name", name=op.f("uq_saved_view_owner_id_list_code_name")
        ),
    )
    op.create_index(op.f("ix_saved_view_list_code"), "saved_view", ["list_code"])
    op.execute(
        "INSERT INTO saved_view (list_code, owner_id, name, address, audience, saved_at) "
        "SELECT 'messages', owner_id, name, address, "
        "CASE WHEN shared THEN 'all' ELSE 'own' END, saved_at FROM saved_filter ORDER BY id"
    )
    op.drop_table("saved_filter")


def downgrade() -> None:
    others = sa.text("SELECT count(*) FROM saved_view WHERE list_code <> 'messages'")
    if count := op.get_bind().execute(others).scalar():
        raise RuntimeError(
            f"{count} 个常用视图会丢失：不能退回 0040 之前的版本，请先删除，或改用升级前的备份"
        )
    op.create_table(
        "saved_filter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(30), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        _reference("saved_filter", "owner_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filter")),
        sa.UniqueConstraint("owner_id", "name", name=op.f("uq_saved_filter_owner_id_name")),
    )
    # What was kept for a role or a unit is its owner's alone again.
    op.execute(
        "INSERT INTO saved_filter (owner_id, name, address, shared, saved_at) "
        "SELECT owner_id, name, address, audience = 'all', saved_at FROM saved_view "
        "WHERE list_code = 'messages' ORDER BY id"
    )
    op.drop_table("saved_view")


def _one_of(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _reference(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete="CASCADE")
