"""the trail is a chain, and the database itself refuses to change it"""

import json
from datetime import UTC
from hashlib import sha256

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

FINAL = ("audit_event", "audit_link")
SAID = "the audit trail is append-only"
STEP = 2_000

EVENT = sa.table(
    "audit_event",
    sa.column("id", sa.Integer()),
    sa.column("at", sa.DateTime(timezone=True)),
    sa.column("actor_id", sa.Integer()),
    sa.column("actor_name", sa.String()),
    sa.column("action", sa.String()),
    sa.column("object_type", sa.String()),
    sa.column("object_id", sa.Integer()),
    sa.column("changes", sa.JSON()),
    sa.column("note", sa.Text()),
)


def upgrade() -> None:
    link = op.create_table(
        "audit_link",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["audit_event.id"], name=op.f("fk_audit_link_event_id_audit_event")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_link")),
        sa.UniqueConstraint("event_id", name=op.f("uq_audit_link_event_id")),
    )
    _link_all(link)
    if op.get_bind().dialect.name == "postgresql":
        _refuse_on_postgresql()
    else:
        _refuse_on_sqlite()


def _link_all(link) -> None:
    """What is there is chained in the order of its numbers."""
    connection, number, digest, last = op.get_bind(), 0, "0" * 64, None
    while True:
        query = sa.select(EVENT).order_by(EVENT.c.id).limit(STEP)
        if last is not None:
            query = query.where(EVENT.c.id > last)
        rows = connection.execute(query).mappings().all()
        if not rows:
            return
        links = []
        for row in rows:
            number, digest, last = number + 1, _digest_after(digest, row), row["id"]
            links.append({"number": number, "event_id": last, "digest": digest})
        connection.execute(link.insert(), links)


def _digest_after(previous, row) -> str:
    at = row["at"]
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    plain = json.dumps(dict(row) | {"at": at.isoformat()}, sort_keys=True, separators=(",", ":"))
    return sha256(f"{previous}\n{plain}".encode("ascii")).hexdigest()


# A BEFORE trigger sees a number that SQLite has yet to give as one below 1.
TAKEN = {
    "audit_event": "NEW.id > 0 AND EXISTS (SELECT 1 FROM audit_event WHERE id = NEW.id)",
    "audit_link": "EXISTS (SELECT 1 FROM audit_link WHERE number = NEW.number)"
    " OR EXISTS (SELECT 1 FROM audit_link WHERE event_id = NEW.event_id)",
}


def _refuse_on_sqlite() -> None:
    for table in FINAL:
        for deed in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{deed.lower()} BEFORE {deed} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{SAID}'); END"
            )
        # REPLACE deletes without its trigger, unless a connection asks for recursive ones.
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {TAKEN[table]}"
            f" BEGIN SELECT RAISE(ABORT, '{SAID}'); END"
        )


def _refuse_on_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION refuse_to_change_the_trail() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN RAISE EXCEPTION '{SAID}'; END $$"
    )
    for table in FINAL:
        op.execute(
            f"CREATE TRIGGER {table}_is_final BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_to_change_the_trail()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_is_not_emptied BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_the_trail()"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_table("audit_link")
        for trigger in ("audit_event_is_final", "audit_event_is_not_emptied"):
            op.execute(f"DROP TRIGGER {trigger} ON audit_event")
        op.execute("DROP FUNCTION refuse_to_change_the_trail()")
        return
    for deed in ("update", "delete", "replace"):
        op.execute(f"DROP TRIGGER IF EXISTS audit_event_no_{deed}")
    op.drop_table("audit_link")
