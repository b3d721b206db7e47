"""formats of answers, what was typed and not saved, templates, words to mind, right names"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
# Table → its column that says how a text is written.
_FORMATS = {
    "response_item": "answer_format",
    "response_draft": "format",
    "entry": "answer_format",
    "entry_change": "answer_format",
}


def upgrade() -> None:
    for table, column in _FORMATS.items():
        # A table made anew would drop, on SQLite, whatever hangs on its rows.
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN {column} VARCHAR(32) NOT NULL DEFAULT 'plain'"
            f" CONSTRAINT ck_{table}_{column} CHECK ({column} IN ('plain', 'markdown'))"
        )
    op.create_table(
        "draft_slip",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("format", _format("format"), nullable=False),
        sa.Column("based_on", sa.Integer(), nullable=False),
        sa.Column("saved_at", _MOMENT, nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        _reference("draft_slip", "item_id", "response_item", "CASCADE"),
        _reference("draft_slip", "author_id", "user_account", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_slip")),
        sa.UniqueConstraint("item_id", "author_id", name=op.f("uq_draft_slip_item_id_author_id")),
    )
    op.create_index(op.f("ix_draft_slip_saved_at"), "draft_slip", ["saved_at"])
    op.create_table(
        "answer_template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column(
            "nature",
            _choice(
                "nature", "inquiry", "help", "complaint", "report", "suggestion", "praise", "other"
            ),
            nullable=True,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("format", _format("format"), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        _reference("answer_template", "category_id", "category"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_template")),
        sa.UniqueConstraint("name", name=op.f("uq_answer_template_name")),
    )
    op.create_table(
        "sensitive_word",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("word", sa.String(60), nullable=False),
        sa.Column("advice", sa.String(200), nullable=False),
        sa.Column("severity", _choice("severity", "block", "remind"), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sensitive_word")),
        sa.UniqueConstraint("word", name=op.f("uq_sensitive_word_word")),
    )
    op.create_table(
        "proper_name",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("wrong", sa.Text(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proper_name")),
        sa.UniqueConstraint("name", name=op.f("uq_proper_name_name")),
    )


def downgrade() -> None:
    written = sa.text("SELECT count(*) FROM entry WHERE answer_format = 'markdown'")
    if count := op.get_bind().execute(written).scalar():
        raise RuntimeError(
            f"{count} 条已公开的回应是 Markdown 格式，退回后会以源码示人："
            "不能退回 0022 之前的版本，请改用升级前的备份"
        )
    for table in ("proper_name", "sensitive_word", "answer_template", "draft_slip"):
        op.drop_table(table)
    for table, column in _FORMATS.items():
        op.drop_column(table, column)


def _format(name: str) -> sa.Enum:
    return _choice(name, "plain", "markdown")


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _reference(
    table: str, column: str, other: str, ondelete: str | None = None
) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete=ondelete)
