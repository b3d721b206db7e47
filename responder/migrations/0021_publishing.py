"""changes of published entries, bundles, webhooks"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table("entry") as batch:
        batch.add_column(sa.Column("changed_at", _MOMENT, nullable=True))
        batch.create_index(op.f("ix_entry_changed_at"), ["changed_at"])
    _create_change()
    _create_bundle()
    _create_webhooks()
    _create_post()
    _create_ratings()


def downgrade() -> None:
    released = sa.text("SELECT count(*) FROM entry_change WHERE state = 'released'")
    if count := op.get_bind().execute(released).scalar():
        raise RuntimeError(
            f"{count} 条已公布的更正、替换或撤回会丢失，被撤回的内容会重新公开："
            "不能退回 0021 之前的版本，请改用升级前的备份"
        )
    for table in (
        "rating_salt", "entry_rating", "channel_post", "webhook_delivery", "webhook_receiver", "bundle_item", "bundle", "entry_change",
    ):  # fmt: skip
        op.drop_table(table)
    with op.batch_alter_table("entry") as batch:
        batch.drop_index(op.f("ix_entry_changed_at"))
        batch.drop_column("changed_at")


def _create_change() -> None:
    op.create_table(
        "entry_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("base_id", sa.Integer(), nullable=True),
        sa.Column("kind", _choice("kind", "correct", "replace", "withdraw"), nullable=False),
        sa.Column(
            "state",
            _choice("state", "proposed", "released", "declined", "taken_back"),
            nullable=False,
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("concern", sa.Text(), nullable=False),
        sa.Column("concern_source", sa.String(200), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("replacement_id", sa.Integer(), nullable=True),
        sa.Column("proposed_at", _MOMENT, nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=True),
        sa.Column("proposed_by_name", sa.String(64), nullable=False),
        sa.Column("decided_at", _MOMENT, nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_by_name", sa.String(64), nullable=False),
        sa.Column("decision_note", sa.Text(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        _reference("entry_change", "entry_id", "entry"),
        _reference("entry_change", "base_id", "entry_change"),
        _reference("entry_change", "replacement_id", "entry"),
        _reference("entry_change", "proposed_by_id", "user_account"),
        _reference("entry_change", "decided_by_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry_change")),
    )
    for column in ("entry_id", "replacement_id", "state"):
        op.create_index(op.f(f"ix_entry_change_{column}"), "entry_change", [column])


def _create_bundle() -> None:
    op.create_table(
        "bundle",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column(
            "state",
            _choice("state", "scheduled", "published", "cancelled", "refused"),
            nullable=False,
        ),
        sa.Column("publish_at", _MOMENT, nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("made_by_name", sa.String(64), nullable=False),
        sa.Column("settled_at", _MOMENT, nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bundle")),
    )
    for column in ("state", "publish_at"):
        op.create_index(op.f(f"ix_bundle_{column}"), "bundle", [column])
    op.create_table(
        "bundle_item",
        sa.Column("bundle_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        _reference("bundle_item", "bundle_id", "bundle"),
        _reference("bundle_item", "item_id", "response_item"),
        sa.PrimaryKeyConstraint("bundle_id", "item_id", name=op.f("pk_bundle_item")),
    )
    op.create_index(op.f("ix_bundle_item_item_id"), "bundle_item", ["item_id"])


def _create_webhooks() -> None:
    op.create_table(
        "webhook_receiver",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("url", sa.String(500), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_receiver")),
    )
    op.create_table(
        "webhook_delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(36), nullable=False),
        sa.Column("receiver_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("occasion", sa.String(32), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column(
            "state",
            _choice("state", "waiting", "delivered", "given_up", "superseded"),
            nullable=False,
        ),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("next_try_at", _MOMENT, nullable=False),
        sa.Column("claimed_until", _MOMENT, nullable=True),
        sa.Column("tried_at", _MOMENT, nullable=True),
        sa.Column("delivered_at", _MOMENT, nullable=True),
        sa.Column("last_answer", sa.String(300), nullable=False),
        _reference("webhook_delivery", "receiver_id", "webhook_receiver"),
        _reference("webhook_delivery", "entry_id", "entry"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_delivery")),
        sa.UniqueConstraint("number", name=op.f("uq_webhook_delivery_number")),
        sa.UniqueConstraint(
            "receiver_id",
            "entry_id",
            "occasion",
            name=op.f("uq_webhook_delivery_receiver_id_entry_id_occasion"),
        ),
    )
    for column in ("entry_id", "next_try_at"):
        op.create_index(op.f(f"ix_webhook_delivery_{column}"), "webhook_delivery", [column])


def _create_post() -> None:
    op.create_table(
        "channel_post",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("channel", _choice("channel", "weibo", "wechat"), nullable=False),
        sa.Column("url", sa.String(500), nullable=False),
        sa.Column("posted_at", _MOMENT, nullable=False),
        sa.Column("recorded_by_name", sa.String(64), nullable=False),
        _reference("channel_post", "entry_id", "entry"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel_post")),
    )
    op.create_index(op.f("ix_channel_post_entry_id"), "channel_post", ["entry_id"])


def _create_ratings() -> None:
    op.create_table(
        "entry_rating",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column(
            "verdict", _choice("verdict", "satisfied", "fair", "dissatisfied"), nullable=False
        ),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=True),
        _reference("entry_rating", "entry_id", "entry"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry_rating")),
        sa.UniqueConstraint("digest", name=op.f("uq_entry_rating_digest")),
    )
    op.create_index(op.f("ix_entry_rating_entry_id"), "entry_rating", ["entry_id"])
    marked = sa.text("digest IS NOT NULL")
    op.create_index(
        "ix_entry_rating_day_marked", "entry_rating", ["day"],
        sqlite_where=marked, postgresql_where=marked,
    )  # fmt: skip
    op.create_table(
        "rating_salt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating_salt")),
        sa.UniqueConstraint("day", name=op.f("uq_rating_salt_day")),
    )


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _reference(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name)
