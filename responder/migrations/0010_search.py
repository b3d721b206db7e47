"""the search index and saved filters."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# Tokens are pairs of characters parted by blanks; the text holds nothing else that is ASCII
# but letters, digits and blanks, so that `ascii` keeps them whole.
SQLITE_INDEX = """
CREATE VIRTUAL TABLE message_search_index USING fts5(
    pairs, content = '', columnsize = 0, detail = none, tokenize = 'ascii'
)"""

# A contentless table forgets a row only when it is told the very tokens again.
SQLITE_TRIGGER = """
CREATE TRIGGER message_search_gone AFTER DELETE ON message_search BEGIN
    INSERT INTO message_search_index (message_search_index, rowid, pairs)
    VALUES ('delete', old.message_id, (
        WITH RECURSIVE place (at) AS (
            SELECT 1 UNION ALL SELECT at + 1 FROM place WHERE at < length(old.text)
        )
        SELECT group_concat(substr(old.text, at, 2), ' ') FROM place
    ));
END"""


def upgrade() -> None:
    _create_index()
    _create_names()
    _create_saved_filter()


def _create_index() -> None:
    op.create_table(
        "message_search",
        sa.Column("message_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        _reference("message_search", "message_id", "message"),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_message_search")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE message_search ADD COLUMN terms tsvector NOT NULL")
        op.execute("CREATE INDEX ix_message_search_terms ON message_search USING gin (terms)")
    else:
        op.execute(SQLITE_INDEX)
        op.execute(SQLITE_TRIGGER)


def _create_names() -> None:
    op.create_table(
        "search_name",
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("initials", sa.String(32), nullable=False),
        sa.Column("pinyin", sa.String(200), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_search_name")),
    )
    op.create_index(op.f("ix_search_name_initials"), "search_name", ["initials"])
    op.create_index(op.f("ix_search_name_pinyin"), "search_name", ["pinyin"])
    op.create_table(
        "search_mark",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_mark")),
    )


def _create_saved_filter() -> None:
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


def downgrade() -> None:
    for table in ("saved_filter", "search_mark", "search_name", "message_search"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "sqlite":
        op.drop_table("message_search_index")


def _reference(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete="CASCADE")
