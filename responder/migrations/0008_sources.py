"""streams: feeds, folders, mailboxes, hot-search lists."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

CHANNELS = ("hotline", "mailbox", "weibo", "wechat", "forum")


def upgrade() -> None:
    _create_source()
    _create_run()
    _create_item()
    _create_hot()


def downgrade() -> None:
    for table in ("hot_point", "hot_entry", "source_item", "source_run", "source"):
        op.drop_table(table)


def _create_source() -> None:
    counts = ("errors", "fetched", "created", "repeated", "refused", "version_id")
    kinds = ("feed", "folder", "mailbox", "hot_list")
    op.create_table(
        "source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", _choice("source_kind", kinds), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("channel", _choice("channel", CHANNELS), nullable=False),
        sa.Column("district", sa.String(64), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("interval_minutes", sa.Integer(), nullable=False),
        sa.Column(
            "state", _choice("source_state", ("active", "failing", "paused")), nullable=False
        ),
        sa.Column("cursor", sa.JSON(), nullable=False),
        sa.Column("last_run_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_success_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_run_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_error", sa.String(300), nullable=False),
        sa.Column("claim", sa.String(32), nullable=True),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in counts),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source")),
    )
    op.create_index(op.f("ix_source_next_run_at"), "source", ["next_run_at"])


def _create_run() -> None:
    op.create_table(
        "source_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fetched", sa.Integer(), nullable=False),
        sa.Column("created", sa.Integer(), nullable=False),
        sa.Column("repeated", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(300), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        _reference("source_run", "source_id", "source"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_run")),
    )
    op.create_index(op.f("ix_source_run_source_id"), "source_run", ["source_id"])


def _create_item() -> None:
    op.create_table(
        "source_item",
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        _reference("source_item", "source_id", "source"),
        _reference("source_item", "message_id", "message", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("source_id", "key", name=op.f("pk_source_item")),
    )
    op.create_index(op.f("ix_source_item_message_id"), "source_item", ["message_id"])


def _create_hot() -> None:
    op.create_table(
        "hot_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("url", sa.String(500), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        _reference("hot_entry", "source_id", "source"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hot_entry")),
        sa.UniqueConstraint("source_id", "title", name=op.f("uq_hot_entry_source_id_title")),
    )
    op.create_index(op.f("ix_hot_entry_last_seen_at"), "hot_entry", ["last_seen_at"])
    op.create_table(
        "hot_point",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("heat", sa.BigInteger(), nullable=True),
        _reference("hot_point", "entry_id", "hot_entry"),
        sa.PrimaryKeyConstraint("entry_id", "at", name=op.f("pk_hot_point")),
    )
    op.create_index(op.f("ix_hot_point_at"), "hot_point", ["at"])


def _choice(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _reference(
    table: str, column: str, other: str, ondelete: str = "CASCADE"
) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete=ondelete)
