"""evaluation rounds with scores, and the yearly assessment with its points"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_POINTS = sa.Integer()  # whole hundredths
TABLES = (
    "assessment_settled_score", "assessment_adjustment", "assessment_hand_score",
    "assessment_criterion", "assessed_unit", "assessment_scheme", "circular_template",
    "evaluation_correction", "evaluation_score", "evaluation_participant",
    "evaluation_indicator", "evaluation_round",
)  # fmt: skip


def upgrade() -> None:
    _create_rounds()
    _create_scores()
    _create_schemes()
    _create_points()


def downgrade() -> None:
    for table, what in (
        ("evaluation_round", "轮测评"),
        ("assessment_scheme", "份考核方案"),
    ):
        kept = sa.select(sa.func.count()).select_from(sa.table(table))
        if count := op.get_bind().execute(kept).scalar():
            raise RuntimeError(
                f"{count} {what}的记录会丢失：不能退回 0036 之前的版本，请改用升级前的备份"
            )
    for table in TABLES:
        op.drop_table(table)


def _create_rounds() -> None:
    _create(
        "evaluation_round",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column(
            "kind", _choice("round_kind", "internal", "third_party", "province"), nullable=False
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("evaluator", sa.String(100), nullable=False),
        sa.Column("evaluated_on", sa.Date(), nullable=False),
        sa.Column(
            "state", _choice("round_state", "preparing", "scored", "circulated"), nullable=False
        ),
        sa.Column("bottom", sa.Integer(), nullable=False),
        sa.Column("explain_by", sa.Date(), nullable=True),
        sa.Column("circulated_at", _MOMENT, nullable=True),
        sa.Column("circular", sa.JSON(), nullable=True),
        sa.Column("edits", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        _unique("evaluation_round", "year", "kind", "number"),
        indexed=("year",),
    )
    _create(
        "evaluation_indicator",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("group", sa.String(50), nullable=False),
        sa.Column("name", sa.String(50), nullable=False),
        sa.Column("weight", _POINTS, nullable=False),
        sa.Column("full", _POINTS, nullable=False),
        _reference("evaluation_indicator", "round_id", "evaluation_round", "CASCADE"),
        indexed=("round_id",),
    )
    _create(
        "evaluation_participant",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("group", sa.String(32), nullable=False),
        sa.Column("given", _POINTS, nullable=True),
        sa.Column("circulated_total", _POINTS, nullable=True),
        sa.Column("circulated_rank", sa.Integer(), nullable=True),
        sa.Column("asked_at", _MOMENT, nullable=True),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("received_at", _MOMENT, nullable=True),
        sa.Column("received_by_name", sa.String(64), nullable=False),
        sa.Column("edits", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        _reference("evaluation_participant", "round_id", "evaluation_round", "CASCADE"),
        _reference("evaluation_participant", "unit_id", "unit"),
        _unique("evaluation_participant", "round_id", "unit_id"),
        indexed=("unit_id",),
    )


def _create_scores() -> None:
    _create(
        "evaluation_score",
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("indicator_id", sa.Integer(), nullable=False),
        sa.Column("score", _POINTS, nullable=True),
        _reference("evaluation_score", "participant_id", "evaluation_participant", "CASCADE"),
        _reference("evaluation_score", "indicator_id", "evaluation_indicator"),
        _unique("evaluation_score", "participant_id", "indicator_id"),
        indexed=("indicator_id",),
    )
    _create(
        "evaluation_correction",
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("indicator_name", sa.String(50), nullable=False),
        sa.Column("old", _POINTS, nullable=True),
        sa.Column("new", _POINTS, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("by_name", sa.String(64), nullable=False),
        _reference("evaluation_correction", "participant_id", "evaluation_participant", "CASCADE"),
        indexed=("participant_id",),
    )
    _create(
        "circular_template",
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("sender", sa.String(100), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
    )


def _create_schemes() -> None:
    _create(
        "assessment_scheme",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("total", _POINTS, nullable=False),
        sa.Column("share", _POINTS, nullable=False),
        sa.Column("allowance", _POINTS, nullable=False),
        sa.Column("source", sa.String(300), nullable=False),
        sa.Column("all_units", sa.Boolean(), nullable=False),
        sa.Column("state", _choice("scheme_state", "draft", "in_force", "settled"), nullable=False),
        sa.Column("settled_at", _MOMENT, nullable=True),
        sa.Column("edits", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        _unique("assessment_scheme", "year"),
    )
    op.create_table(
        "assessed_unit",
        sa.Column("scheme_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        _reference("assessed_unit", "scheme_id", "assessment_scheme", "CASCADE"),
        _reference("assessed_unit", "unit_id", "unit"),
        sa.PrimaryKeyConstraint("scheme_id", "unit_id", name=op.f("pk_assessed_unit")),
    )
    _create(
        "assessment_criterion",
        sa.Column("scheme_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("group", sa.String(32), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("points", _POINTS, nullable=False),
        sa.Column("deduction", sa.Boolean(), nullable=False),
        sa.Column("measure", sa.String(48), nullable=False),
        sa.Column("scoring", _choice("scoring", "target", "each", "share", "hand"), nullable=False),
        sa.Column("target", _POINTS, nullable=True),
        sa.Column("each", _POINTS, nullable=True),
        sa.Column("idle_full", sa.Boolean(), nullable=False),
        _reference("assessment_criterion", "scheme_id", "assessment_scheme", "CASCADE"),
    )


def _create_points() -> None:
    _create(
        "assessment_hand_score",
        *_of_criterion("assessment_hand_score"),
        sa.Column("points", _POINTS, nullable=False),
        *_reasoned(),
        sa.Column("version_id", sa.Integer(), nullable=False),
        _unique("assessment_hand_score", "criterion_id", "unit_id"),
    )
    _create(
        "assessment_adjustment",
        *_of_criterion("assessment_adjustment"),
        sa.Column("points", _POINTS, nullable=False),
        *_reasoned(),
        sa.Column("withdrawn_at", _MOMENT, nullable=True),
        sa.Column("withdrawn_by_name", sa.String(64), nullable=False),
        sa.Column("withdrawn_reason", sa.Text(), nullable=False),
        indexed=("criterion_id", "unit_id"),
    )
    _create(
        "assessment_settled_score",
        *_of_criterion("assessment_settled_score"),
        sa.Column("count", _POINTS, nullable=True),
        sa.Column("evidence", sa.Integer(), nullable=False),
        sa.Column("adjusted", _POINTS, nullable=False),
        sa.Column("points", _POINTS, nullable=False),
        _unique("assessment_settled_score", "criterion_id", "unit_id"),
        indexed=("unit_id",),
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
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _of_criterion(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("criterion_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        _reference(table, "criterion_id", "assessment_criterion", "CASCADE"),
        _reference(table, "unit_id", "unit"),
    )


def _reasoned() -> tuple[sa.Column, ...]:
    return (
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("by_name", sa.String(64), nullable=False),
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
