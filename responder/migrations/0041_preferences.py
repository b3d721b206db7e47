"""how a person likes the interface"""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "preference",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("scheme", _choice("scheme", "system", "light", "dark"), nullable=False),
        sa.Column("density", _choice("density", "comfortable", "compact"), nullable=False),
        sa.Column("language", sa.String(16), nullable=False),
        sa.Column("keys", sa.Boolean(), nullable=False),
        sa.Column("tour_seen", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"],
            name=op.f("fk_preference_user_id_user_account"), ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_preference")),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("preference")


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)
