"""heat by the office's weights, its series; alerts."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_setting()
    _create_day()
    _create_rule()
    _create_alert()
    _create_reading()


def downgrade() -> None:
    for table in ("alert_reading", "alert", "alert_rule", "topic_day", "heat_setting"):
        op.drop_table(table)


def _create_setting() -> None:
    numbers = (
        "volume", "speed", "burst", "reach", "spread", "gravity", "freshness",
        "level_1", "level_2", "level_3", "version_id",
    )  # fmt: skip
    op.create_table(
        "heat_setting",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in numbers),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_heat_setting")),
    )


def _create_day() -> None:
    op.create_table(
        "topic_day",
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("heat", sa.Double(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        _reference("topic_day", "topic_id", "topic"),
        sa.PrimaryKeyConstraint("topic_id", "day", name=op.f("pk_topic_day")),
    )
    op.create_index(op.f("ix_topic_day_day"), "topic_day", ["day"])


def _create_rule() -> None:
    kinds = ("new", "rising", "level", "keyword")
    op.create_table(
        "alert_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(32), nullable=True),
        sa.Column("kind", _choice("alert_kind", kinds), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("speed_points", sa.Integer(), nullable=True),
        sa.Column("heat_rise", sa.Integer(), nullable=True),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("words", sa.String(200), nullable=False),
        sa.Column("quiet_from", sa.Time(), nullable=True),
        sa.Column("quiet_to", sa.Time(), nullable=True),
        sa.Column("checked_refresh_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_rule")),
        sa.UniqueConstraint("code", name=op.f("uq_alert_rule_code")),
    )


def _create_alert() -> None:
    op.create_table(
        "alert",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("crossing", sa.String(220), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        _reference("alert", "rule_id", "alert_rule"),
        _reference("alert", "topic_id", "topic"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
        sa.UniqueConstraint(
            "rule_id", "topic_id", "crossing", name=op.f("uq_alert_rule_id_topic_id_crossing")
        ),
    )
    op.create_index(op.f("ix_alert_topic_id"), "alert", ["topic_id"])
    op.create_index(op.f("ix_alert_delivered_at"), "alert", ["delivered_at"])


def _create_reading() -> None:
    op.create_table(
        "alert_reading",
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        _reference("alert_reading", "alert_id", "alert"),
        _reference("alert_reading", "user_id", "user_account"),
        sa.PrimaryKeyConstraint("alert_id", "user_id", name=op.f("pk_alert_reading")),
    )


def _choice(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _reference(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete="CASCADE")
