"""reports as documents, each with its number"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("standing_key", sa.String(64), nullable=True),
        sa.Column("topic_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft", "submitted", "returned", "signed", "void",
                name="report_state", native_enum=False, create_constraint=True, length=32,
            ),
            nullable=False,
        ),
        sa.Column("composed_at", _MOMENT, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("author_name", sa.String(64), nullable=False),
        sa.Column("writer_ids", sa.JSON(), nullable=False),
        sa.Column("signer_id", sa.Integer(), nullable=True),
        sa.Column("signer_name", sa.String(64), nullable=False),
        sa.Column("signed_at", _MOMENT, nullable=True),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["topic.id"], name=op.f("fk_report_topic_id_topic"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user_account.id"], name=op.f("fk_report_author_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["signer_id"], ["user_account.id"], name=op.f("fk_report_signer_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("kind", "year", "sequence", name=op.f("uq_report_kind_year_sequence")),
        sa.UniqueConstraint("standing_key", name=op.f("uq_report_standing_key")),
    )  # fmt: skip
    op.create_index(op.f("ix_report_state"), "report", ["state"])
    op.create_index(op.f("ix_report_topic_id"), "report", ["topic_id"])
    op.create_index("ix_report_kind_period_end", "report", ["kind", "period_end"])


def downgrade() -> None:
    signed = sa.text("SELECT count(*) FROM report WHERE state = 'signed'")
    if count := op.get_bind().execute(signed).scalar():
        raise RuntimeError(
            f"{count} 份已签发的报告会丢失：不能退回 0037 之前的版本，请改用升级前的备份"
        )
    op.drop_table("report")
