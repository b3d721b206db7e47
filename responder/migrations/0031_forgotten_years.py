"""years of the calendar that the office took back."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "forgotten_year",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_forgotten_year")),
    )


def downgrade() -> None:
    lost = sa.text("SELECT count(*) FROM forgotten_year")
    if count := op.get_bind().execute(lost).scalar():
        raise RuntimeError(
            f"{count} 个年度的放假安排曾由本单位撤下，以前的版本会把它们装回来："
            "不能退回 0031 之前的版本，请改用升级前的备份"
        )
    op.drop_table("forgotten_year")
