"""SQLite refuses REPLACE of the trail also where the chain was made before that was thought of"""

from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

SAID = "the audit trail is append-only"
# As in 0047, which makes them now: a database that was there already may lack them.
TAKEN = {
    "audit_event": "NEW.id > 0 AND EXISTS (SELECT 1 FROM audit_event WHERE id = NEW.id)",
    "audit_link": "EXISTS (SELECT 1 FROM audit_link WHERE number = NEW.number)"
    " OR EXISTS (SELECT 1 FROM audit_link WHERE event_id = NEW.event_id)",
}


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        return
    for table, taken in TAKEN.items():
        op.execute(
            f"CREATE TRIGGER IF NOT EXISTS {table}_no_replace BEFORE INSERT ON {table} WHEN {taken}"
            f" BEGIN SELECT RAISE(ABORT, '{SAID}'); END"
        )


def downgrade() -> None:
    """They belong to 0047."""
