"""proofs of who signs packages and corrections, deputies who do; webhooks of policy documents"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_NOTHING = sa.text("''")
_TEXTS = (
    ("entry_change", "on_behalf_of_name", 64),
    ("entry_change", "proof", 16),
    ("package_gate", "proof", 16),
)
_UNIQUE = "uq_webhook_delivery_receiver_id_document_id_occasion"
_FOREIGN = "fk_webhook_delivery_document_id_policy_document"
_SUBJECT = "ck_webhook_delivery_subject"
_INDEX = "ix_webhook_delivery_document_id"


def upgrade() -> None:
    # SQLite knows no ADD CONSTRAINT; a column may bring its own along on both.
    op.execute(
        "ALTER TABLE entry_change ADD COLUMN on_behalf_of_id INTEGER"
        " CONSTRAINT fk_entry_change_on_behalf_of_id_user_account REFERENCES user_account (id)"
    )
    for table, name, length in _TEXTS:
        column = sa.Column(name, sa.String(length), nullable=False, server_default=_NOTHING)
        op.add_column(table, column)
    with op.batch_alter_table("webhook_delivery") as batch:
        batch.alter_column("entry_id", existing_type=sa.Integer(), nullable=True)
        batch.add_column(sa.Column("document_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f(_FOREIGN), "policy_document", ["document_id"], ["id"])
        batch.create_unique_constraint(op.f(_UNIQUE), ["receiver_id", "document_id", "occasion"])
        batch.create_check_constraint(op.f(_SUBJECT), "(entry_id IS NULL) <> (document_id IS NULL)")
        batch.create_index(op.f(_INDEX), ["document_id"])


def downgrade() -> None:
    _refuse_to_lose()
    with op.batch_alter_table("webhook_delivery") as batch:
        batch.drop_index(op.f(_INDEX))
        batch.drop_constraint(op.f(_SUBJECT), type_="check")
        batch.drop_constraint(op.f(_UNIQUE), type_="unique")
        batch.drop_constraint(op.f(_FOREIGN), type_="foreignkey")
        batch.drop_column("document_id")
        batch.alter_column("entry_id", existing_type=sa.Integer(), nullable=False)
    for table, name, _length in _TEXTS:
        op.drop_column(table, name)
    op.drop_column("entry_change", "on_behalf_of_id")


def _refuse_to_lose() -> None:
    lost = sa.text(
        "SELECT (SELECT count(*) FROM entry_change"
        " WHERE on_behalf_of_name <> '' OR proof <> '')"
        " + (SELECT count(*) FROM package_gate WHERE proof <> '')"
        " + (SELECT count(*) FROM webhook_delivery WHERE document_id IS NOT NULL)"
    )
    if count := op.get_bind().execute(lost).scalar():
        raise RuntimeError(
            f"{count} 条签发验证、代办签发或政策文件推送的记录会丢失："
            "不能退回 0029 之前的版本，请改用升级前的备份"
        )
