"""warnings of clocks: steps, quiet hours, channels, and what was said to whom"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _create_steps()
    _create_channels()
    _create_warnings()
    _create_deliveries()


def downgrade() -> None:
    # Warnings and their deliveries are no records of what was decided: they are raised anew from
    # the clocks, which stay. So nothing is refused here.
    for table in (
        "warning_delivery", "warning", "warning_address", "warning_channel", "warning_setting", "warning_step",
    ):  # fmt: skip
        op.drop_table(table)


def _create_steps() -> None:
    op.create_table(
        "warning_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(48), nullable=True),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("unit", _choice("unit", "hours", "working_days"), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=True),
        sa.Column("timing", _choice("timing", "before", "share", "due", "after"), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("repeats", sa.Integer(), nullable=False),
        sa.Column("severity", _severity(), nullable=False),
        sa.Column("may_wait", sa.Boolean(), nullable=False),
        sa.Column("escalates", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        _reference("warning_step", "rule_id", "clock_rule"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warning_step")),
        sa.UniqueConstraint("code", name=op.f("uq_warning_step_code")),
    )
    op.create_table(
        "warning_setting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("night_from", sa.Time(), nullable=False),
        sa.Column("night_to", sa.Time(), nullable=False),
        sa.Column("rest_days", sa.Boolean(), nullable=False),
        sa.Column("digest_over", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warning_setting")),
    )


def _create_channels() -> None:
    op.create_table(
        "warning_channel",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("scheme", sa.String(16), nullable=False),
        sa.Column("host", sa.String(253), nullable=False),
        sa.Column("port", sa.Integer(), nullable=False),
        sa.Column("by_mail", sa.Boolean(), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        _reference("warning_channel", "unit_id", "unit"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warning_channel")),
    )
    op.create_table(
        "warning_address",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        _reference("warning_address", "user_id", "user_account", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warning_address")),
        sa.UniqueConstraint("user_id", name=op.f("uq_warning_address_user_id")),
    )


def _create_warnings() -> None:
    key = ("subject", "clock_id", "step_id", "due_at", "number")
    op.create_table(
        "warning",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", _choice("subject", "response_item", "work_order"), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("clock_id", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("step_id", sa.Integer(), nullable=False),
        sa.Column("due_at", _MOMENT, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("planned_at", _MOMENT, nullable=False),
        sa.Column("severity", _severity(), nullable=False),
        sa.Column("raised_at", _MOMENT, nullable=False),
        sa.Column("ended_at", _MOMENT, nullable=True),
        _reference("warning", "rule_id", "clock_rule"),
        _reference("warning", "step_id", "warning_step"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warning")),
        sa.UniqueConstraint(*key, name=op.f(f"uq_warning_{'_'.join(key)}")),
    )
    op.create_index("ix_warning_open", "warning", ["subject", "clock_id", "ended_at"])


def _create_deliveries() -> None:
    states = ("pending", "sending", "sent", "failed", "unknown", "withdrawn")
    op.create_table(
        "warning_delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("warning_id", sa.Integer(), nullable=False),
        sa.Column("receiver", sa.String(40), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("channel_id", sa.Integer(), nullable=True),
        sa.Column("stands_in_for", sa.String(64), nullable=False),
        sa.Column("state", _choice("delivery_state", *states), nullable=False),
        sa.Column("send_from", _MOMENT, nullable=False),
        sa.Column("claimed_until", _MOMENT, nullable=True),
        sa.Column("parcel", sa.String(36), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("tried_at", _MOMENT, nullable=True),
        sa.Column("sent_at", _MOMENT, nullable=True),
        sa.Column("read_at", _MOMENT, nullable=True),
        sa.Column("last_answer", sa.String(300), nullable=False),
        _reference("warning_delivery", "warning_id", "warning", "CASCADE"),
        _reference("warning_delivery", "user_id", "user_account", "CASCADE"),
        _reference("warning_delivery", "channel_id", "warning_channel"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warning_delivery")),
        sa.UniqueConstraint(
            "warning_id", "receiver", name=op.f("uq_warning_delivery_warning_id_receiver")
        ),
    )
    op.create_index("ix_warning_delivery_queue", "warning_delivery", ["state", "send_from"])
    page = ["user_id", "channel_id", "state", "read_at"]
    op.create_index("ix_warning_delivery_page", "warning_delivery", page)
    op.create_index(op.f("ix_warning_delivery_parcel"), "warning_delivery", ["parcel"])


def _severity() -> sa.Enum:
    return _choice("severity", "notice", "urgent", "severe")


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _reference(
    table: str, column: str, target: str, ondelete: str | None = None
) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete=ondelete)
