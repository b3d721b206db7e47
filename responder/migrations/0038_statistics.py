"""the year's figures: frozen, and entered by the office itself."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_AMOUNT = sa.Numeric(14, 2)


def upgrade() -> None:
    op.create_table(
        "frozen_year",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("frozen_at", _MOMENT, nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("by_name", sa.String(64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user_account.id"], name=op.f("fk_frozen_year_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_frozen_year")),
        sa.UniqueConstraint("year", "number", name=op.f("uq_frozen_year_year_number")),
    )
    op.create_table(
        "frozen_figure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("frozen_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("measure", sa.String(16), nullable=False),
        sa.Column("meaning", sa.Text(), nullable=False),
        sa.Column("value", _AMOUNT, nullable=True),
        sa.Column("last_value", _AMOUNT, nullable=True),
        sa.Column("names", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["frozen_id"], ["frozen_year.id"], name=op.f("fk_frozen_figure_frozen_id_frozen_year")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_frozen_figure")),
        sa.UniqueConstraint("frozen_id", "code", name=op.f("uq_frozen_figure_frozen_id_code")),
    )
    op.create_table(
        "entered_figure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("measure", sa.String(16), nullable=False),
        sa.Column("value", _AMOUNT, nullable=False),
        sa.Column("meaning", sa.Text(), nullable=False),
        sa.Column("basis", sa.String(300), nullable=False),
        sa.Column("entered_at", _MOMENT, nullable=False),
        sa.Column("entered_by", sa.String(64), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entered_figure")),
        sa.UniqueConstraint("year", "name", name=op.f("uq_entered_figure_year_name")),
    )
    op.create_index(op.f("ix_entered_figure_year"), "entered_figure", ["year"])
    op.create_table(
        "summary_template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("changed_at", _MOMENT, nullable=False),
        sa.Column("changed_by", sa.String(64), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_summary_template")),
    )


def downgrade() -> None:
    for table, what in (
        ("frozen_year", "次年度定稿"),
        ("entered_figure", "个自填数据"),
    ):
        kept = sa.select(sa.func.count()).select_from(sa.table(table))
        if count := op.get_bind().execute(kept).scalar():
            raise RuntimeError(
                f"{count} {what}的记录会丢失：不能退回 0038 之前的版本，请改用升级前的备份"
            )
    op.drop_table("summary_template")
    op.drop_table("entered_figure")
    op.drop_table("frozen_figure")
    op.drop_table("frozen_year")
