"""words of new messages wait until a flush of them is worth its way through the index"""

from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

# Four times the usual: a message brings some 130 pairs, each to a page of its own in an index of
# millions; some five thousand messages share the way. What waits is read by each search.
_KIB = 16_384


def upgrade() -> None:
    _alter(f"SET (gin_pending_list_limit = {_KIB})")


def downgrade() -> None:
    _alter("RESET (gin_pending_list_limit)")


def _alter(setting: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER INDEX ix_message_search_terms {setting}")
