"""the year's tasks with their milestones and reports; trainings and meetings"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
TABLES = (
    "openness_occasion_file", "openness_occasion", "task_file", "task_report_milestone",
    "task_report_writer", "task_milestone", "task_report", "task_parent", "task_assistant",
    "openness_task",
)  # fmt: skip


def upgrade() -> None:
    _create_tasks()
    _create_reports()
    _create_milestones()
    _create_occasions()


def downgrade() -> None:
    for table, what in (("openness_task", "项任务"), ("openness_occasion", "次培训和会议")):
        kept = sa.select(sa.func.count()).select_from(sa.table(table))
        if count := op.get_bind().execute(kept).scalar():
            raise RuntimeError(
                f"{count} {what}的记录会丢失：不能退回 0032 之前的版本，请改用升级前的备份"
            )
    for table in TABLES:
        op.drop_table(table)


def _create_tasks() -> None:
    _create(
        "openness_task",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("level", _choice("level", "province", "city"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            _choice("state", "open", "reported", "returned", "completed", "cancelled"),
            nullable=False,
        ),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("requirement", sa.Text(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("basis", sa.String(300), nullable=False),
        sa.Column("remark", sa.String(300), nullable=False),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("completed_on", sa.Date(), nullable=True),
        sa.Column("edits", sa.Integer(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("progress BETWEEN 0 AND 100", name=op.f("ck_openness_task_progress")),
        _reference("openness_task", "lead_id", "unit"),
        _unique("openness_task", "year", "level", "number"),
        indexed=("state", "lead_id", "due_on"),
    )
    _join("task_assistant", "unit_id", "unit")
    _join("task_parent", "parent_id", "openness_task")


def _create_reports() -> None:
    _create(
        "task_report",
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column(
            "state", _choice("state", "draft", "submitted", "accepted", "returned"), nullable=False
        ),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("link", sa.String(500), nullable=False),
        sa.Column("reported_by_id", sa.Integer(), nullable=True),
        sa.Column("reported_by_name", sa.String(64), nullable=False),
        sa.Column("reported_at", _MOMENT, nullable=True),
        sa.Column("decided_by_name", sa.String(64), nullable=False),
        sa.Column("decided_at", _MOMENT, nullable=True),
        sa.Column("outcome", sa.String(1000), nullable=False),
        sa.Column("edits", sa.Integer(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("percent BETWEEN 0 AND 100", name=op.f("ck_task_report_percent")),
        _reference("task_report", "task_id", "openness_task"),
        _reference("task_report", "unit_id", "unit"),
        _reference("task_report", "reported_by_id", "user_account"),
        indexed=("task_id", "unit_id", "state"),
    )
    unsettled = sa.text("state IN ('draft', 'submitted')")
    op.create_index(
        "uq_task_report_unsettled", "task_report", ["task_id", "unit_id"], unique=True,
        sqlite_where=unsettled, postgresql_where=unsettled,
    )  # fmt: skip
    op.create_table(
        "task_report_writer",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        _reference("task_report_writer", "report_id", "task_report"),
        _reference("task_report_writer", "user_id", "user_account"),
        sa.PrimaryKeyConstraint("report_id", "user_id", name=op.f("pk_task_report_writer")),
    )
    _create(
        "task_file",
        sa.Column("report_id", sa.Integer(), nullable=False),
        *_file_columns(),
        _reference("task_file", "report_id", "task_report"),
        indexed=("report_id", "digest"),
    )


def _create_milestones() -> None:
    _create(
        "task_milestone",
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(200), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("evidence", sa.String(500), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=True),
        _reference("task_milestone", "task_id", "openness_task"),
        _reference("task_milestone", "report_id", "task_report"),
        indexed=("task_id", "due_on"),
    )
    op.create_table(
        "task_report_milestone",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("milestone_id", sa.Integer(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        _reference("task_report_milestone", "report_id", "task_report"),
        _reference("task_report_milestone", "milestone_id", "task_milestone", "CASCADE"),
        sa.PrimaryKeyConstraint("report_id", "milestone_id", name=op.f("pk_task_report_milestone")),
    )
    _index("task_report_milestone", "milestone_id")


def _create_occasions() -> None:
    _create(
        "openness_occasion",
        sa.Column("kind", _choice("kind", "training", "leading_group", "meeting"), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("place", sa.String(100), nullable=False),
        sa.Column("organiser_id", sa.Integer(), nullable=True),
        sa.Column("lecturers", sa.String(200), nullable=False),
        sa.Column("attendance", sa.Integer(), nullable=True),
        sa.Column("units", sa.Integer(), nullable=True),
        sa.Column("contents", sa.Text(), nullable=False),
        sa.Column("minutes_number", sa.String(64), nullable=False),
        sa.Column("remark", sa.String(300), nullable=False),
        sa.Column("edits", sa.Integer(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("attendance >= 0", name=op.f("ck_openness_occasion_attendance")),
        sa.CheckConstraint("units >= 0", name=op.f("ck_openness_occasion_units")),
        _reference("openness_occasion", "organiser_id", "unit"),
        indexed=("kind", "held_on", "organiser_id"),
    )
    _create(
        "openness_occasion_file",
        sa.Column("occasion_id", sa.Integer(), nullable=False),
        *_file_columns(),
        _reference("openness_occasion_file", "occasion_id", "openness_occasion"),
        indexed=("occasion_id", "digest"),
    )


def _create(table: str, *parts: sa.schema.SchemaItem, indexed: tuple[str, ...] = ()) -> None:
    """A table with its own number, and an index on each of these columns."""
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        *parts,
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    for column in indexed:
        _index(table, column)


def _join(table: str, column: str, other: str) -> None:
    """What belongs to a task, several to several."""
    op.create_table(
        table,
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column(column, sa.Integer(), nullable=False),
        _reference(table, "task_id", "openness_task"),
        _reference(table, column, other),
        sa.PrimaryKeyConstraint("task_id", column, name=op.f(f"pk_{table}")),
    )
    _index(table, column)


def _index(table: str, column: str) -> None:
    op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _file_columns() -> tuple[sa.Column, ...]:
    return (
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("media_type", sa.String(100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("added_at", _MOMENT, nullable=False),
        sa.Column("added_by_name", sa.String(64), nullable=False),
    )


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _reference(
    table: str, column: str, other: str, ondelete: str | None = None
) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete=ondelete)


def _unique(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=op.f(f"uq_{table}_{'_'.join(columns)}"))
