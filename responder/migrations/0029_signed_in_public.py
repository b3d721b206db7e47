"""proofs of who signs packages and corrections, deputies who sign corrections"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_NOTHING = sa.text("''")


def upgrade() -> None:
    # SQLite knows no ADD CONSTRAINT; a column may bring its own along on both.
    op.execute(
        "ALTER TABLE entry_change ADD COLUMN on_behalf_of_id INTEGER REFERENCES user_account (id)"
    )
    for table, name, length in _TEXTS:
        column = sa.Column(name, sa.String(length), nullable=False, server_default=_NOTHING)
        op.add_column(table, column)


def downgrade() -> None:
    _refuse_to_lose()
    for table, name, _length in _TEXTS:
        op.drop_column(table, name)
    op.drop_column("entry_change", "on_behalf_of_id")


_TEXTS = (
    ("entry_change", "on_behalf_of_name", 64),
    ("entry_change", "proof", 16),
    ("package_gate", "proof", 16),
)


def _refuse_to_lose() -> None:
    lost = sa.text("SELECT count(*) FROM entry_change WHERE on_behalf_of_name <> ''")
    if count := op.get_bind().execute(lost).scalar():
        raise RuntimeError(
            f"{count} 条代办签发的记录会丢失：不能退回 0029 之前的版本，请改用升级前的备份"
        )
