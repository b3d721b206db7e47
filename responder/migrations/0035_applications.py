"""applications for disclosure: register, clocks, outcomes, materials, files, proceedings"""

import sqlalchemy as sa
from alembic import op

from responder.core.closed_lists import set_list

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_WARNED_BEFORE = ("response_item", "work_order")
_WARNED = (*_WARNED_BEFORE, "disclosure_application")
TABLES = (
    "application_proceeding", "application_file", "application_material", "application_extension",
    "application_pause", "application_clock", "disclosure_application", "application_outcome",
)  # fmt: skip


def upgrade() -> None:
    _create_outcomes()
    _create_applications()
    _create_clocks()
    _create_belongings()
    _create_proceedings()
    set_list("warning", "subject", _WARNED_BEFORE, _WARNED)


def downgrade() -> None:
    kept = sa.text("SELECT count(*) FROM disclosure_application")
    if count := op.get_bind().execute(kept).scalar():
        raise RuntimeError(
            f"{count} 件依申请公开的记录会丢失：不能退回 0035 之前的版本，请改用升级前的备份"
        )
    # Warnings are raised anew from the clocks; of what is gone there are none.
    op.execute("DELETE FROM warning WHERE subject = 'disclosure_application'")
    set_list("warning", "subject", _WARNED, _WARNED_BEFORE)
    for table in TABLES:
        op.drop_table(table)
    op.execute(
        "DELETE FROM warning_step WHERE rule_id IN (SELECT id FROM clock_rule WHERE level = 'application')"
    )
    op.execute("DELETE FROM clock_rule WHERE level = 'application'")


def _create_outcomes() -> None:
    _create(
        "application_outcome",
        sa.Column("code", sa.String(48), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("label", sa.String(100), nullable=False),
        sa.Column("remark", sa.String(200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("closes", sa.String(32), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        _reference("application_outcome", "parent_id", "application_outcome"),
        sa.UniqueConstraint("code", name=op.f("uq_application_outcome_code")),
    )


def _create_applications() -> None:
    _create(
        "disclosure_application",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("old_number", sa.String(48), nullable=False),
        sa.Column(
            "state",
            _choice(
                "state", "registered", "accepted", "awaiting_correction", "awaiting_fee",
                "consulting", "replied", "abandoned", "withdrawn", "archived", "void",
            ),
            nullable=False,
        ),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("way", _choice("way", "in_person", "mail", "internet", "fax", "other"), nullable=False),
        sa.Column("basis", _choice("basis", "submitted", "signed_for", "confirmed"), nullable=False),
        sa.Column(
            "applicant_kind",
            _choice(
                "applicant_kind", "person", "business", "research", "welfare", "legal_service",
                "other_body",
            ),
            nullable=False,
        ),
        sa.Column("applicant_name", sa.Text(), nullable=False),
        sa.Column("applicant_code", sa.Text(), nullable=False),
        sa.Column("applicant_phone", sa.Text(), nullable=False),
        sa.Column("applicant_contact", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("form_wanted", sa.String(100), nullable=False),
        sa.Column("purpose", sa.String(500), nullable=False),
        sa.Column("remark", sa.String(500), nullable=False),
        sa.Column("correction_asked_on", sa.Date(), nullable=True),
        sa.Column("correction_due_on", sa.Date(), nullable=True),
        sa.Column("correction_matter", sa.Text(), nullable=False),
        sa.Column("corrected_on", sa.Date(), nullable=True),
        sa.Column("fee_asked_on", sa.Date(), nullable=True),
        sa.Column("fee_paid_on", sa.Date(), nullable=True),
        sa.Column("outcome_id", sa.Integer(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("reply_number", sa.String(64), nullable=False),
        sa.Column("reply_text", sa.Text(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("registered_at", _MOMENT, nullable=False),
        sa.Column("registered_by_name", sa.String(64), nullable=False),
        sa.Column("changed_at", _MOMENT, nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        _reference("disclosure_application", "outcome_id", "application_outcome"),
        sa.UniqueConstraint("year", "serial", name=op.f("uq_disclosure_application_year_serial")),
        indexed=("state", "received_on", "outcome_id", "closed_on"),
    )  # fmt: skip


def _create_clocks() -> None:
    _create(
        "application_clock",
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("started_at", _MOMENT, nullable=False),
        sa.Column("due_at", _MOMENT, nullable=False),
        sa.Column("stopped_at", _MOMENT, nullable=True),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("kind", _choice("kind", "reply", "correction", "opinion", "fee"), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("start_note", sa.String(100), nullable=False),
        _reference("application_clock", "rule_id", "clock_rule"),
        _reference("application_clock", "application_id", "disclosure_application", "CASCADE"),
        sa.UniqueConstraint(
            "application_id", "kind", "round",
            name=op.f("uq_application_clock_application_id_kind_round"),
        ),
        indexed=("due_at",),
    )  # fmt: skip
    _create(
        "application_pause",
        sa.Column("since", _MOMENT, nullable=False),
        sa.Column("until", _MOMENT, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("paused_by_name", sa.String(64), nullable=False),
        sa.Column("clock_id", sa.Integer(), nullable=False),
        sa.Column("consulted", _choice("consulted", "third_party", "authority"), nullable=False),
        sa.Column("delivered_on", sa.Date(), nullable=True),
        _reference("application_pause", "clock_id", "application_clock", "CASCADE"),
        indexed=("clock_id",),
    )
    _create(
        "application_extension",
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_by_name", sa.String(64), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.Column("decided_at", _MOMENT, nullable=True),
        sa.Column("decided_by_name", sa.String(64), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("clock_id", sa.Integer(), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=False),
        _reference("application_extension", "asked_by_id", "user_account"),
        _reference("application_extension", "clock_id", "application_clock", "CASCADE"),
        indexed=("clock_id",),
    )


def _create_belongings() -> None:
    _create(
        "application_material",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("matter", sa.String(500), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("received_note", sa.String(500), nullable=False),
        _reference("application_material", "application_id", "disclosure_application", "CASCADE"),
        _reference("application_material", "unit_id", "unit"),
        indexed=("application_id",),
    )
    _create(
        "application_file",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("media_type", sa.String(100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("added_at", _MOMENT, nullable=False),
        sa.Column("added_by_name", sa.String(64), nullable=False),
        _reference("application_file", "application_id", "disclosure_application", "CASCADE"),
        indexed=("application_id", "digest"),
    )


def _create_proceedings() -> None:
    _create(
        "application_proceeding",
        sa.Column("application_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            _choice("kind", "reconsideration", "direct_lawsuit", "later_lawsuit"),
            nullable=False,
        ),
        sa.Column("matter", sa.String(300), nullable=False),
        sa.Column("body", sa.String(100), nullable=False),
        sa.Column("case_number", sa.String(100), nullable=False),
        sa.Column("begun_on", sa.Date(), nullable=False),
        sa.Column("result", _choice("result", "upheld", "corrected", "other"), nullable=True),
        sa.Column("concluded_on", sa.Date(), nullable=True),
        sa.Column("remark", sa.String(500), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        _reference("application_proceeding", "application_id", "disclosure_application"),
        indexed=("application_id",),
    )
    op.create_index(
        "ix_application_proceeding_days", "application_proceeding", ["begun_on", "concluded_on"]
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


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _reference(
    table: str, column: str, other: str, on_delete: str | None = None
) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete=on_delete)
