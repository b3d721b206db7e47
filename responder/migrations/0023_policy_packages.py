"""policy packages: document, plan, materials, gates, slips, and what went out"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
TABLES = (
    "policy_withdrawal", "policy_interpretation", "policy_attachment", "policy_document",
    "return_slip", "package_gate", "package_file", "package_material", "package_plan_line",
    "package_writer", "policy_package", "interpretation_column",
)  # fmt: skip


def upgrade() -> None:
    _create_columns_and_packages()
    _create_parts()
    _create_gates_and_slips()
    _create_released()


def downgrade() -> None:
    released = sa.text("SELECT count(*) FROM policy_document")
    if count := op.get_bind().execute(released).scalar():
        raise RuntimeError(
            f"{count} 份已公开的政策文件及其解读会丢失：不能退回 0023 之前的版本，请改用升级前的备份"
        )
    for table in TABLES:
        op.drop_table(table)


def _create_columns_and_packages() -> None:
    _create(
        "interpretation_column",
        sa.Column("code", sa.String(32), nullable=False),
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        _unique("interpretation_column", "code"),
        _unique("interpretation_column", "name"),
    )
    _create(
        "policy_package",
        sa.Column(
            "state",
            _choice(
                "state", "collecting", "returned", "organised", "reviewed", "signed", "scheduled",
                "released", "withdrawn",
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("document_number", sa.String(64), nullable=False),
        sa.Column("issuer", sa.String(100), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("level", _choice("level", "city", "office", "department"), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("duty", _choice("duty", "together", "later", "none"), nullable=False),
        sa.Column("duty_reason", sa.String(300), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("interprets_id", sa.Integer(), nullable=True),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("edits", sa.Integer(), nullable=False),
        sa.Column("publish_at", _MOMENT, nullable=True),
        sa.Column("released_at", _MOMENT, nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        _reference("policy_package", "unit_id", "unit"),
        _reference("policy_package", "interprets_id", "policy_package"),
        indexed=("state", "unit_id", "planned_on", "interprets_id", "publish_at", "released_at"),
    )  # fmt: skip


def _create_parts() -> None:
    op.create_table(
        "package_writer",
        sa.Column("package_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        _reference("package_writer", "package_id", "policy_package"),
        _reference("package_writer", "user_id", "user_account"),
        sa.PrimaryKeyConstraint("package_id", "user_id", name=op.f("pk_package_writer")),
    )
    _create(
        "package_plan_line",
        sa.Column("package_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("column_id", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(50), nullable=False),
        sa.Column("writer", sa.String(100), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("channel", sa.String(100), nullable=False),
        _reference("package_plan_line", "package_id", "policy_package"),
        _reference("package_plan_line", "column_id", "interpretation_column"),
        indexed=("package_id",),
    )
    _create(
        "package_material",
        sa.Column("package_id", sa.Integer(), nullable=False),
        sa.Column("column_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("author", sa.String(100), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        _reference("package_material", "package_id", "policy_package"),
        _reference("package_material", "column_id", "interpretation_column"),
        indexed=("package_id", "column_id"),
    )
    _create(
        "package_file",
        sa.Column("package_id", sa.Integer(), nullable=False),
        *_file_columns(),
        sa.Column("added_at", _MOMENT, nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.Column("added_by_name", sa.String(64), nullable=False),
        sa.Column("cleared_at", _MOMENT, nullable=True),
        sa.Column("cleared_by_name", sa.String(64), nullable=False),
        _reference("package_file", "package_id", "policy_package"),
        _reference("package_file", "added_by_id", "user_account"),
        indexed=("package_id", "digest"),
    )


def _create_gates_and_slips() -> None:
    _create(
        "package_gate",
        sa.Column("package_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column(
            "gate", _choice("gate", "organised", "reviewed", "signed", "released"), nullable=False
        ),
        sa.Column("at", _MOMENT, nullable=False),
        *_by("package_gate"),
        _reference("package_gate", "package_id", "policy_package"),
        _unique("package_gate", "package_id", "round", "gate"),
    )
    _create(
        "return_slip",
        sa.Column("package_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("addressee", sa.String(100), nullable=False),
        sa.Column("missing", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("issued_at", _MOMENT, nullable=False),
        sa.Column("issued_by_id", sa.Integer(), nullable=True),
        sa.Column("issued_by_name", sa.String(64), nullable=False),
        _reference("return_slip", "package_id", "policy_package"),
        _reference("return_slip", "issued_by_id", "user_account"),
        indexed=("package_id",),
    )


def _create_released() -> None:
    _create(
        "policy_document",
        sa.Column("package_id", sa.Integer(), nullable=False),
        sa.Column("index_number", sa.String(48), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("document_number", sa.String(64), nullable=False),
        sa.Column("issuer", sa.String(100), nullable=False),
        sa.Column("unit_name", sa.String(100), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("publisher", sa.String(100), nullable=False),
        sa.Column("published_at", _MOMENT, nullable=False),
        _reference("policy_document", "package_id", "policy_package"),
        _unique("policy_document", "index_number"),
        _unique("policy_document", "package_id"),
        indexed=("published_at",),
    )
    _create(
        "policy_attachment",
        sa.Column("document_id", sa.Integer(), nullable=False),
        *_file_columns(),
        _reference("policy_attachment", "document_id", "policy_document"),
        indexed=("document_id", "digest"),
    )
    _create(
        "policy_interpretation",
        sa.Column("package_id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("column_id", sa.Integer(), nullable=False),
        sa.Column("column_name", sa.String(32), nullable=False),
        sa.Column("index_number", sa.String(48), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("author", sa.String(100), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("publisher", sa.String(100), nullable=False),
        sa.Column("published_at", _MOMENT, nullable=False),
        _reference("policy_interpretation", "package_id", "policy_package"),
        _reference("policy_interpretation", "document_id", "policy_document"),
        _reference("policy_interpretation", "column_id", "interpretation_column"),
        _unique("policy_interpretation", "index_number"),
        indexed=("package_id", "document_id", "column_id", "published_at"),
    )
    _create(
        "policy_withdrawal",
        sa.Column("package_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        *_by("policy_withdrawal"),
        _reference("policy_withdrawal", "package_id", "policy_package"),
        _unique("policy_withdrawal", "package_id"),
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


def _file_columns() -> tuple[sa.Column, ...]:
    return (
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("media_type", sa.String(100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
    )


def _by(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("by_name", sa.String(64), nullable=False),
        _reference(table, "by_id", "user_account"),
    )


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _reference(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name)


def _unique(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=op.f(f"uq_{table}_{'_'.join(columns)}"))
