"""work orders."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

STATES = (
    "received", "refused", "accepted", "dispatched", "handling", "answered", "checked",
    "called_back", "closed", "archived",
)  # fmt: skip
NATURES = ("inquiry", "help", "complaint", "report", "suggestion", "praise", "other")
REFUSALS = ("litigation", "arbitration", "discipline", "petition", "disclosure", "emergency")
SATISFACTIONS = ("satisfied", "mostly", "dissatisfied", "unreached")
MOMENTS = (
    "accepted_at", "dispatched_at", "signed_at", "answered_at", "checked_at", "called_back_at",
    "closed_at", "archived_at", "supervised_at",
)  # fmt: skip


def upgrade() -> None:
    _create_order()
    _create_part()
    _create_message()
    _create_clock()
    _create_pause()
    _create_extension()


def downgrade() -> None:
    for table in (
        "order_extension", "order_pause", "order_clock", "order_message", "order_part",
        "work_order",
    ):  # fmt: skip
        op.drop_table(table)


def _create_order() -> None:
    op.create_table(
        "work_order",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("state", _choice("order_state", STATES), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("brief", sa.Text(), nullable=False),
        sa.Column("nature", _choice("order_nature", NATURES), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=True),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column("lead_unit_id", sa.Integer(), nullable=True),
        sa.Column("reported_unit_id", sa.Integer(), nullable=True),
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.Column("refusal", _choice("refusal", REFUSALS), nullable=True),
        sa.Column("satisfaction", _choice("satisfaction", SATISFACTIONS), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("public_answer", sa.Text(), nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=True),
        sa.Column("answerer_ids", sa.JSON(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=True) for name in MOMENTS),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        _reference("work_order", "topic_id", "topic", "SET NULL"),
        _reference("work_order", "category_id", "category"),
        _reference("work_order", "lead_unit_id", "unit"),
        _reference("work_order", "reported_unit_id", "unit"),
        _reference("work_order", "merged_into_id", "work_order"),
        _reference("work_order", "opened_by_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_order")),
        sa.UniqueConstraint("year", "serial", name=op.f("uq_work_order_year_serial")),
    )
    for column in ("state", "topic_id", "lead_unit_id", "merged_into_id", "dispatched_at"):
        op.create_index(op.f(f"ix_work_order_{column}"), "work_order", [column])


def _create_part() -> None:
    op.create_table(
        "order_part",
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column(
            "state", _choice("part_state", ("waiting", "signed", "returned")), nullable=False
        ),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by_name", sa.String(64), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        _reference("order_part", "order_id", "work_order", "CASCADE"),
        _reference("order_part", "unit_id", "unit"),
        sa.PrimaryKeyConstraint("order_id", "unit_id", name=op.f("pk_order_part")),
    )
    op.create_index(op.f("ix_order_part_unit_id"), "order_part", ["unit_id"])


def _create_message() -> None:
    op.create_table(
        "order_message",
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("first", sa.Boolean(), nullable=False),
        sa.Column("attached_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attached_by_name", sa.String(64), nullable=False),
        _reference("order_message", "message_id", "message", "CASCADE"),
        _reference("order_message", "order_id", "work_order", "CASCADE"),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_order_message")),
    )
    op.create_index(op.f("ix_order_message_order_id"), "order_message", ["order_id"])


def _create_clock() -> None:
    op.create_table(
        "order_clock",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("kind", _choice("clock_kind", ("sign", "handle")), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        _reference("order_clock", "order_id", "work_order", "CASCADE"),
        _reference("order_clock", "rule_id", "clock_rule"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_clock")),
        sa.UniqueConstraint(
            "order_id", "kind", "round", name=op.f("uq_order_clock_order_id_kind_round")
        ),
    )
    op.create_index(op.f("ix_order_clock_due_at"), "order_clock", ["due_at"])


def _create_pause() -> None:
    op.create_table(
        "order_pause",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clock_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("paused_by_name", sa.String(64), nullable=False),
        _reference("order_pause", "clock_id", "order_clock", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_pause")),
    )
    op.create_index(op.f("ix_order_pause_clock_id"), "order_pause", ["clock_id"])


def _create_extension() -> None:
    op.create_table(
        "order_extension",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clock_id", sa.Integer(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_by_name", sa.String(64), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_name", sa.String(64), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        _reference("order_extension", "clock_id", "order_clock", "CASCADE"),
        _reference("order_extension", "asked_by_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_extension")),
    )
    op.create_index(op.f("ix_order_extension_clock_id"), "order_extension", ["clock_id"])


def _choice(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _reference(
    table: str, column: str, other: str, ondelete: str | None = None
) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete=ondelete)
