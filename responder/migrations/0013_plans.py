"""the plan's baselines and change table, how often units must appear; what an event needs."""

from collections.abc import Sequence
from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_EMPTY = sa.text("''")

_HELD = ("series_id", "proposed_by_id", "state")
_PLAN = {"submitted_at": _MOMENT, "minutes_number": sa.String(64)}
_EVENT = {
    "ends_at": _MOMENT,
    "all_day": sa.Boolean(),
    "head_speaks": sa.Boolean(),
    "host": sa.String(64),
    "attendees": sa.Text(),
    "wording": sa.Text(),
    "spokesperson_opinion": sa.String(500),
    "leader_opinion": sa.String(500),
    "transcript": sa.Text(),
    "evaluation": sa.Text(),
    "series_at": _MOMENT,
    "uid": sa.String(255),
    "sequence": sa.Integer(),
    "changed_at": _MOMENT,
}


def upgrade() -> None:
    _add_columns("release_plan", _PLAN)
    # SQLite knows no ADD CONSTRAINT; a column may bring its own along on both.
    op.execute(
        "ALTER TABLE plan_entry ADD COLUMN state VARCHAR(32) NOT NULL DEFAULT 'listed'"
        " CONSTRAINT ck_plan_entry_entry_state"
        " CHECK (state IN ('proposed', 'listed', 'declined', 'dropped'))"
    )
    op.execute(
        "ALTER TABLE plan_entry ADD COLUMN proposed_by_id INTEGER REFERENCES user_account (id)"
    )
    _add_columns("plan_entry", {"version_id": sa.Integer()}, number="1")
    _create_series()
    _add_columns("press_event", _EVENT)
    op.execute("ALTER TABLE press_event ADD COLUMN series_id INTEGER REFERENCES event_series (id)")
    op.create_index(op.f("ix_press_event_series_id"), "press_event", ["series_id"])
    _give_uids()
    op.create_index(op.f("ix_press_event_uid"), "press_event", ["uid"], unique=True)
    _add_columns("topic_event_link", {"statement": sa.Text()})
    _create_baseline()
    _create_change()
    _create_rule()


def downgrade() -> None:
    for table in ("release_rule_unit", "release_rule", "plan_change", "plan_baseline"):
        op.drop_table(table)
    op.drop_column("topic_event_link", "statement")
    for index in ("ix_press_event_uid", "ix_press_event_series_id"):
        op.drop_index(index, "press_event")
    _drop_columns("press_event", ["series_id", *_EVENT])
    op.drop_table("event_series")
    _drop_columns("plan_entry", ["version_id", "proposed_by_id", "state"])
    _drop_columns("release_plan", list(_PLAN))


def _add_columns(
    table: str, columns: dict[str, sa.types.TypeEngine[object]], number: str = "0"
) -> None:
    for name, type_ in columns.items():
        default = {
            sa.Boolean: sa.false(), sa.Integer: sa.text(number), sa.DateTime: None,
        }.get(type(type_), _EMPTY)  # fmt: skip
        column = sa.Column(name, type_, nullable=default is None, server_default=default)
        op.add_column(table, column)


def _drop_columns(table: str, names: Sequence[str]) -> None:
    for name in names:
        if op.get_bind().dialect.name == "sqlite" and name in _HELD:
            # Its constraint makes SQLite refuse the plain way.
            with op.batch_alter_table(table) as batch:
                if name == "state":
                    batch.drop_constraint(op.f("ck_plan_entry_entry_state"), type_="check")
                batch.drop_column(name)
        else:
            op.drop_column(table, name)


def _give_uids() -> None:
    event = sa.table("press_event", sa.column("id", sa.Integer), sa.column("uid", sa.String))
    connection = op.get_bind()
    for event_id in connection.scalars(sa.select(event.c.id)).all():
        connection.execute(event.update().where(event.c.id == event_id).values(uid=str(uuid4())))


def _create_series() -> None:
    op.create_table(
        "event_series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(200), nullable=False),
        sa.Column("starts_at", _MOMENT, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_series")),
    )


def _create_baseline() -> None:
    op.create_table(
        "plan_baseline",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("adopted_on", sa.Date(), nullable=False),
        sa.Column("adopted_by", sa.String(100), nullable=False),
        sa.Column("minutes_number", sa.String(64), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("frozen_at", _MOMENT, nullable=False),
        _reference("plan_baseline", "plan_id", "release_plan", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_baseline")),
        sa.UniqueConstraint("plan_id", "number", name=op.f("uq_plan_baseline_plan_id_number")),
    )


def _create_change() -> None:
    op.create_table(
        "plan_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", _choice("kind", "added", "changed", "dropped"), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("approval", sa.String(200), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("by_name", sa.String(64), nullable=False),
        _reference("plan_change", "plan_id", "release_plan", "CASCADE"),
        _reference("plan_change", "entry_id", "plan_entry", "CASCADE"),
        _reference("plan_change", "by_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_change")),
        sa.UniqueConstraint("plan_id", "number", name=op.f("uq_plan_change_plan_id_number")),
    )
    op.create_index(op.f("ix_plan_change_entry_id"), "plan_change", ["entry_id"])


def _create_rule() -> None:
    op.create_table(
        "release_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("period", _choice("period", "quarter", "year"), nullable=False),
        sa.Column("least", sa.Integer(), nullable=False),
        sa.Column("forms", sa.JSON(), nullable=False),
        sa.Column("by_head", sa.Boolean(), nullable=False),
        sa.Column("all_units", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("least >= 1", name=op.f("ck_release_rule_least")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_rule")),
    )
    op.create_table(
        "release_rule_unit",
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        _reference("release_rule_unit", "rule_id", "release_rule", "CASCADE"),
        _reference("release_rule_unit", "unit_id", "unit", "CASCADE"),
        sa.PrimaryKeyConstraint("rule_id", "unit_id", name=op.f("pk_release_rule_unit")),
    )


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _reference(
    table: str, column: str, other: str, ondelete: str | None = None
) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete=ondelete)
