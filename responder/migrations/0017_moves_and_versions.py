"""what a move took an event from; versions and series of imported events; lapsed approvals."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_STATES = (
    "proposed", "approved", "preparing", "confirmed", "held", "evaluated", "postponed",
    "cancelled",
)  # fmt: skip

# How the importer has named an occurrence of a series since the first version.
_OCCURRENCE = re.compile(r"(?P<series>.+)/\d{8}(?:T\d{6}Z)?", re.DOTALL)

_event = sa.table(
    "press_event", sa.column("id", sa.Integer), sa.column("uid", sa.String),
    sa.column("series_uid", sa.String),
)  # fmt: skip


def upgrade() -> None:
    for column in (
        sa.Column("imported_sequence", sa.Integer(), nullable=True),
        sa.Column("series_uid", sa.String(255), nullable=True),
        sa.Column("changed_since_approval", sa.Boolean(), nullable=False,
                  server_default=sa.false()),
    ):  # fmt: skip
        op.add_column("press_event", column)
    op.create_index(op.f("ix_press_event_series_uid"), "press_event", ["series_uid"])
    _name_series()
    for column in (
        sa.Column("from_ends_at", _MOMENT, nullable=True),
        sa.Column("from_all_day", sa.Boolean(), nullable=True),
        sa.Column("from_approvals", sa.JSON(), nullable=True),
        sa.Column("left_sequence", sa.Integer(), nullable=True),
    ):
        op.add_column("event_move", column)
    states = ", ".join(f"'{state}'" for state in _STATES)
    # SQLite knows no ADD CONSTRAINT; a column may bring its own along on both.
    op.execute(
        "ALTER TABLE event_move ADD COLUMN from_state VARCHAR(32)"
        f" CONSTRAINT ck_event_move_from_state CHECK (from_state IN ({states}))"
    )
    for name, other in (
        ("from_proposed_by_id", "user_account"), ("undoes_id", "event_move"),
        ("together_id", "event_move"),
    ):  # fmt: skip
        op.execute(f"ALTER TABLE event_move ADD COLUMN {name} INTEGER REFERENCES {other} (id)")
    op.create_index(op.f("ix_event_move_together_id"), "event_move", ["together_id"])


def downgrade() -> None:
    op.drop_index("ix_event_move_together_id", "event_move")
    for name in (
        "together_id", "undoes_id", "from_proposed_by_id", "from_state", "left_sequence",
        "from_approvals", "from_all_day", "from_ends_at",
    ):  # fmt: skip
        op.drop_column("event_move", name)
    op.drop_index("ix_press_event_series_uid", "press_event")
    for name in ("changed_since_approval", "series_uid", "imported_sequence"):
        op.drop_column("press_event", name)


def _name_series() -> None:
    connection = op.get_bind()
    query = sa.select(_event.c.id, _event.c.uid).where(_event.c.uid.contains("/"))
    for event_id, uid in connection.execute(query).all():
        if occurrence := _OCCURRENCE.fullmatch(uid):
            connection.execute(
                sa.update(_event)
                .where(_event.c.id == event_id)
                .values(series_uid=occurrence["series"])
            )
