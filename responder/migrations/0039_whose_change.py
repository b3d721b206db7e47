"""whose row a line of the change table is about; a constraint's own name."""

import json
from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

_change = sa.table(
    "plan_change", sa.column("id", sa.Integer), sa.column("entry_id", sa.Integer),
    sa.column("unit_id", sa.Integer), sa.column("number", sa.Integer),
    sa.column("kind", sa.String), sa.column("changes", sa.JSON),
)  # fmt: skip
_entry = sa.table("plan_entry", sa.column("id", sa.Integer), sa.column("unit_id", sa.Integer))
_unit = sa.table("unit", sa.column("id", sa.Integer), sa.column("name", sa.String))

# As 0029 left it where it ran before it named the constraint.
_UNNAMED = "entry_change_on_behalf_of_id_fkey"
_NAMED = "fk_entry_change_on_behalf_of_id_user_account"


def upgrade() -> None:
    op.execute(
        "ALTER TABLE plan_change ADD COLUMN unit_id INTEGER"
        " CONSTRAINT fk_plan_change_unit_id_unit REFERENCES unit (id)"
    )
    connection = op.get_bind()
    for change_id, unit_id in list(_whose(connection)):
        connection.execute(
            sa.update(_change).where(_change.c.id == change_id).values(unit_id=unit_id)
        )
    _name_the_constraint()


def downgrade() -> None:
    op.drop_column("plan_change", "unit_id")


def _whose(connection: sa.Connection) -> Iterator[tuple[int, int]]:
    """Id of each line → whose row it was until then, from its unit now, back over the handovers.

    Before a handover from a unit that has another name by now, nobody knows.
    """
    units: dict[str, int] = {
        name: unit_id for unit_id, name in connection.execute(sa.select(_unit.c.id, _unit.c.name))
    }
    now: dict[int, int | None] = dict(
        connection.execute(sa.select(_entry.c.id, _entry.c.unit_id)).all()
    )
    lines = sa.select(_change.c.id, _change.c.entry_id, _change.c.kind, _change.c.changes)
    for change_id, entry_id, kind, changes in connection.execute(
        lines.order_by(_change.c.number.desc(), _change.c.id.desc())
    ).all():
        told = json.loads(changes) if isinstance(changes, str) else changes
        if kind == "changed" and "unit" in told:
            now[entry_id] = units.get(told["unit"][0])
        unit_id = now.get(entry_id)
        if unit_id is not None:
            yield change_id, unit_id


def _name_the_constraint() -> None:
    """SQLite tells constraints by no name of their own."""
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    names = {one["name"] for one in sa.inspect(connection).get_foreign_keys("entry_change")}
    if _UNNAMED in names:
        op.execute(f"ALTER TABLE entry_change RENAME CONSTRAINT {_UNNAMED} TO {_NAMED}")
