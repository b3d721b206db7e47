"""leave, and who stands in meanwhile."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "absence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("deputy_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("made_by_name", sa.String(64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_absence_days")),
        sa.CheckConstraint("user_id <> deputy_id", name=op.f("ck_absence_deputy")),
        _person("user_id", "CASCADE"),
        _person("deputy_id", "CASCADE"),
        _person("made_by_id", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    for column in ("user_id", "deputy_id"):
        op.create_index(op.f(f"ix_absence_{column}"), "absence", [column])


def downgrade() -> None:
    kept = sa.text("SELECT count(*) FROM absence")
    if count := op.get_bind().execute(kept).scalar():
        raise RuntimeError(
            f"{count} 条请假和代办的记录会丢失：不能退回 0024 之前的版本，请改用升级前的备份"
        )
    op.drop_table("absence")


def _person(column: str, ondelete: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_absence_{column}_user_account")
    return sa.ForeignKeyConstraint([column], ["user_account.id"], name=name, ondelete=ondelete)
