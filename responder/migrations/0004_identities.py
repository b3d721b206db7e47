"""identities are encrypted; retention."""

from collections.abc import Callable
from datetime import UTC

import sqlalchemy as sa
from alembic import op

from responder.core import privacy
from responder.core.identity import KeyRing, ring_of
from responder.intake import rules

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ROWS_A_STEP = 2000
SEALED = {"author": 100, "phone": 32}

Change = Callable[[sa.Row], dict[str, object]]


def upgrade() -> None:
    ring = ring_of(op.get_bind())
    ring.make()
    rule = op.create_table(
        "identity_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("keep_days", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(32), nullable=False),
        sa.Column("ran_on", sa.Date(), nullable=True),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_rule")),
    )
    op.add_column(
        "message", sa.Column("private_kinds", sa.String(120), nullable=False, server_default="")
    )
    op.bulk_insert(rule, [{"id": 1, "keep_days": 730, "mark": ring.mark, "version_id": 1}])
    _retype(lambda _limit: sa.Text(), lambda row: _sealed(ring, row))


def downgrade() -> None:
    ring = ring_of(op.get_bind())
    _retype(sa.String, lambda row: _opened(ring, row))
    op.drop_column("message", "private_kinds")
    op.drop_table("identity_rule")


def _retype(type_of: Callable[[int], sa.types.TypeEngine[str]], change: Change) -> None:
    """New columns in the place of the old ones, filled from them.

    SQLite cannot widen a column without rebuilding its table, which others refer to. What the
    old columns held is overwritten, and not merely let go.
    """
    if op.get_bind().dialect.name == "sqlite":
        op.execute("PRAGMA secure_delete = ON")
    for name, limit in SEALED.items():
        column = sa.Column(f"{name}_new", type_of(limit), nullable=False, server_default="")
        op.add_column("message", column)
    _fill(change)
    for name in SEALED:
        op.drop_column("message", name)
        op.execute(f"ALTER TABLE message RENAME COLUMN {name}_new TO {name}")


def _fill(change: Change) -> None:
    connection = op.get_bind()
    message = sa.table(
        "message",
        *(
            sa.column(name)
            for name in (
                "id", "channel", "external_id", "title", "body", "author", "phone",
                "place", "reply", "author_key", "fingerprint", "author_new", "phone_new",
                "private_kinds",
            )
        ),
        sa.column("occurred_at", sa.DateTime(timezone=True)),
    )  # fmt: skip
    last = 0
    query = sa.select(message).order_by(message.c.id).limit(ROWS_A_STEP)
    while rows := connection.execute(query.where(message.c.id > last)).all():
        last = rows[-1].id
        changes = [change(row) | {"row": row.id} for row in rows]
        columns = {name: sa.bindparam(f"new_{name}") for name in changes[0] if name != "row"}
        statement = message.update().where(message.c.id == sa.bindparam("row")).values(columns)
        connection.execute(
            statement,
            [{n if n == "row" else f"new_{n}": v for n, v in one.items()} for one in changes],
        )


def _sealed(ring: KeyRing, row: sa.Row) -> dict[str, object]:
    # A number is the same person however it was written.
    by_phone = rules.author_key(row.channel, row.author, row.phone, row.fingerprint)
    author_key = by_phone if row.phone else row.author_key
    return {
        "author_new": row.author and ring.seal(row.author, b"message.author"),
        "phone_new": row.phone and ring.seal(row.phone, b"message.phone"),
        "author_key": ring.keyed(author_key)[:32],
        "fingerprint": ring.keyed(row.fingerprint),
        "private_kinds": privacy.kinds_in(row.title, row.body, row.place, row.reply),
    }


def _opened(ring: KeyRing, row: sa.Row) -> dict[str, object]:
    """As before, but for what nobody can compute again: a call's form, an erased identity."""
    author = row.author and ring.open(row.author, b"message.author")
    phone = row.phone and ring.open(row.phone, b"message.phone")
    moment = row.occurred_at.replace(tzinfo=row.occurred_at.tzinfo or UTC)
    fingerprint = rules.fingerprint(
        row.channel, row.external_id, author, moment, row.title, row.body
    )
    if ring.keyed(fingerprint) != row.fingerprint:
        fingerprint = row.fingerprint
    author_key = rules.author_key(row.channel, author, phone, fingerprint)
    if ring.keyed(author_key)[:32] != row.author_key:
        author_key = row.author_key
    return {
        "author_new": author,
        "phone_new": phone,
        "author_key": author_key,
        "fingerprint": fingerprint,
    }
