"""evaluations of published answers"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "response_evaluation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("effect", _choice("effect", "settled", "partly", "not_settled"), nullable=False),
        sa.Column("asked_again", sa.Boolean(), nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.Column("lessons", sa.Text(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("evaluated_by_id", sa.Integer(), nullable=True),
        sa.Column("evaluated_by_name", sa.String(64), nullable=False),
        sa.Column("evaluated_at", sa.DateTime(timezone=True), nullable=False),
        _foreign("item_id", "response_item", "CASCADE"),
        _foreign("evaluated_by_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response_evaluation")),
        sa.UniqueConstraint(
            "item_id", "number", name=op.f("uq_response_evaluation_item_id_number")
        ),
    )


def downgrade() -> None:
    kept = sa.text("SELECT count(*) FROM response_evaluation")
    if count := op.get_bind().execute(kept).scalar():
        raise RuntimeError(
            f"{count} 条效果评估的记录会丢失：不能退回 0028 之前的版本，请改用升级前的备份"
        )
    op.drop_table("response_evaluation")


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _foreign(column: str, other: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_response_evaluation_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete=ondelete)
