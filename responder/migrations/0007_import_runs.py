"""imports in the browser: uploaded files, saved mappings, batches that were undone."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

CHANNELS = ("hotline", "mailbox", "weibo", "wechat", "forum")
STATES = (
    "reading", "mapping", "checking", "checked", "queued", "running", "stopping", "stopped",
    "done", "failed", "discarded",
)  # fmt: skip


def upgrade() -> None:
    for column in _batch_columns():
        op.add_column("import_batch", column)
    op.create_index(op.f("ix_import_batch_undo_asked_at"), "import_batch", ["undo_asked_at"])
    op.create_index(op.f("ix_message_batch_id"), "message", ["batch_id"])
    _create_run()
    op.create_table(
        "saved_mapping",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("signature", sa.String(64), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("channel", _choice("saved_mapping_channel", CHANNELS), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_mapping")),
        sa.UniqueConstraint("name", name=op.f("uq_saved_mapping_name")),
    )
    op.create_index(op.f("ix_saved_mapping_signature"), "saved_mapping", ["signature"])


def downgrade() -> None:
    op.drop_table("saved_mapping")
    op.drop_table("import_run")
    op.drop_index(op.f("ix_message_batch_id"), "message")
    op.drop_index(op.f("ix_import_batch_undo_asked_at"), "import_batch")
    for column in _batch_columns():
        op.drop_column("import_batch", column.name)


def _batch_columns() -> list[sa.Column]:
    return [
        sa.Column("bad_bytes", sa.Integer(), nullable=True),
        sa.Column("undo_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_name", sa.String(64), nullable=False, server_default=sa.text("''")),
        sa.Column("undo_problem", sa.Text(), nullable=False, server_default=sa.text("''")),
        sa.Column("removed", sa.Integer(), nullable=False, server_default="0"),
    ]


def _create_run() -> None:
    op.create_table(
        "import_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("state", _choice("import_run_state", STATES), nullable=False),
        sa.Column("file_name", sa.String(255), nullable=False),
        sa.Column("folder", sa.String(32), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("member", sa.Text(), nullable=True),
        sa.Column("sheet", sa.Text(), nullable=True),
        sa.Column("heading_row", sa.Integer(), nullable=True),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("mapping", sa.String(32), nullable=False),
        sa.Column("channel", _choice("import_run_channel", CHANNELS), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("bad_bytes", sa.Integer(), nullable=True),
        sa.Column("rows_done", sa.Integer(), nullable=False),
        sa.Column("rows_expected", sa.Integer(), nullable=False),
        sa.Column("rows_before", sa.Integer(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("runner", sa.String(32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("heartbeat_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        _reference("import_run", "created_by_id", "user_account"),
        _reference("import_run", "batch_id", "import_batch"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run")),
        sa.UniqueConstraint("folder", name=op.f("uq_import_run_folder")),
    )
    op.create_index(op.f("ix_import_run_state"), "import_run", ["state"])
    op.create_index(op.f("ix_import_run_batch_id"), "import_run", ["batch_id"])


def _choice(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _reference(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name)
