"""the three lists of findings, and the catalogue with what was published in it"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
TABLES = (
    "column_feed", "own_mapping", "publication_batch", "publication", "column_adjustment",
    "catalogue_column", "site_check_kind", "key_area", "finding_extension", "finding_verdict",
    "finding_file", "finding_evidence", "finding",
)  # fmt: skip


def upgrade() -> None:
    _create_findings()
    _create_what_became_of_findings()
    _create_columns()
    _create_publications()
    _create_mapping_and_feeds()


def downgrade() -> None:
    for table, what in (
        ("finding", "个问题"),
        ("publication", "条公开信息"),
        ("catalogue_column", "个栏目"),
    ):
        kept = sa.select(sa.func.count()).select_from(sa.table(table))
        if count := op.get_bind().execute(kept).scalar():
            raise RuntimeError(
                f"{count} {what}的记录会丢失：不能退回 0034 之前的版本，请改用升级前的备份"
            )
    for table in TABLES:
        op.drop_table(table)


def _create_findings() -> None:
    _create(
        "finding",
        sa.Column(
            "state", _choice("state", "listed", "assigned", "rectified", "closed", "withdrawn"),
            nullable=False,
        ),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column(
            "source", _choice("source", "province", "third_party", "nation", "self", "public"),
            nullable=False,
        ),
        sa.Column("inspection", sa.String(100), nullable=False),
        sa.Column("inspected_on", sa.Date(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("category", sa.String(50), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(32), nullable=False),
        sa.Column("post", sa.String(64), nullable=False),
        sa.Column("measures", sa.Text(), nullable=False),
        sa.Column("basis", sa.String(300), nullable=False),
        sa.Column("deadline", sa.Date(), nullable=True),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("assigned_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("listed_at", _MOMENT, nullable=False),
        sa.Column("listed_by_id", sa.Integer(), nullable=True),
        sa.Column("listed_by_name", sa.String(64), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        _reference("finding", "unit_id", "unit"),
        _reference("finding", "listed_by_id", "user_account"),
        indexed=("state", "year", "unit_id", "deadline"),
    )  # fmt: skip


def _create_what_became_of_findings() -> None:
    _create(
        "finding_evidence",
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("link", sa.String(500), nullable=False),
        sa.Column("sent_at", _MOMENT, nullable=False),
        sa.Column("sent_by_id", sa.Integer(), nullable=True),
        sa.Column("sent_by_name", sa.String(64), nullable=False),
        _reference("finding_evidence", "finding_id", "finding"),
        _reference("finding_evidence", "sent_by_id", "user_account"),
        indexed=("finding_id",),
    )
    _create(
        "finding_file",
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("media_type", sa.String(100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        _reference("finding_file", "evidence_id", "finding_evidence"),
        indexed=("evidence_id", "digest"),
    )
    _create(
        "finding_verdict",
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("outcome", _choice("outcome", "closed", "returned", "reopened"), nullable=False),
        sa.Column("seen", sa.Text(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("by_name", sa.String(64), nullable=False),
        _reference("finding_verdict", "finding_id", "finding"),
        _reference("finding_verdict", "by_id", "user_account"),
        indexed=("finding_id",),
    )
    _create(
        "finding_extension",
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.Column("old_deadline", sa.Date(), nullable=True),
        sa.Column("new_deadline", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.String(64), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("approved_by_name", sa.String(64), nullable=False),
        _reference("finding_extension", "finding_id", "finding"),
        _reference("finding_extension", "approved_by_id", "user_account"),
        indexed=("finding_id",),
    )


def _create_columns() -> None:
    _create(
        "key_area",
        sa.Column("name", sa.String(50), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        _unique("key_area", "name"),
    )
    _create(
        "site_check_kind",
        sa.Column("name", sa.String(50), nullable=False),
        sa.Column("limit", sa.Integer(), nullable=False),
        sa.Column("limit_unit", _choice("limit_unit", "days", "months"), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.CheckConstraint('"limit" >= 1', name=op.f("ck_site_check_kind_limit")),
        _unique("site_check_kind", "name"),
    )
    _create(
        "catalogue_column",
        sa.Column("code", sa.String(32), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column(
            "cadence",
            _choice("cadence", "daily", "weekly", "monthly", "quarterly", "yearly", "irregular"),
            nullable=False,
        ),
        sa.Column("check_kind_id", sa.Integer(), nullable=True),
        sa.Column("key_area_id", sa.Integer(), nullable=True),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("valid_to >= valid_from", name=op.f("ck_catalogue_column_valid")),
        _reference("catalogue_column", "parent_id", "catalogue_column"),
        _reference("catalogue_column", "unit_id", "unit"),
        _reference("catalogue_column", "check_kind_id", "site_check_kind"),
        _reference("catalogue_column", "key_area_id", "key_area"),
        _unique("catalogue_column", "code"),
        indexed=("parent_id", "unit_id", "valid_from", "key_area_id"),
    )
    _create(
        "column_adjustment",
        sa.Column("column_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind", _choice("kind", "added", "changed", "retired", "restored"), nullable=False
        ),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("by_name", sa.String(64), nullable=False),
        _reference("column_adjustment", "column_id", "catalogue_column"),
        _reference("column_adjustment", "by_id", "user_account"),
        indexed=("column_id", "on"),
    )


def _create_publications() -> None:
    _create(
        "publication",
        sa.Column("column_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(300), nullable=False),
        sa.Column("url", sa.String(500), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("index_number", sa.String(64), nullable=True),
        sa.Column("way", _choice("way", "manual", "import", "own", "feed"), nullable=False),
        sa.Column("own_key", sa.String(48), nullable=True),
        sa.Column("registered_at", _MOMENT, nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False, server_default="1"),
        _reference("publication", "column_id", "catalogue_column"),
        sa.UniqueConstraint("column_id", "url", name=op.f("uq_publication_column_id_url")),
        sa.UniqueConstraint(
            "column_id", "published_on", "title",
            name=op.f("uq_publication_column_id_published_on_title"),
        ),
        _unique("publication", "index_number"),
        _unique("publication", "own_key"),
        indexed=("published_on",),
    )  # fmt: skip
    _create(
        "publication_batch",
        sa.Column("way", _choice("way", "manual", "import", "own", "feed"), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("created", sa.Integer(), nullable=False),
        sa.Column("duplicates", sa.Integer(), nullable=False),
        sa.Column("errors", sa.Integer(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("by_name", sa.String(64), nullable=False),
    )


def _create_mapping_and_feeds() -> None:
    _create(
        "own_mapping",
        sa.Column("kind", _choice("kind", "concern", "document", "interpretation"), nullable=False),
        sa.Column("detail", sa.String(64), nullable=False),
        sa.Column("column_id", sa.Integer(), nullable=False),
        _reference("own_mapping", "column_id", "catalogue_column"),
        sa.UniqueConstraint("kind", "detail", name=op.f("uq_own_mapping_kind_detail")),
    )
    _create(
        "column_feed",
        sa.Column("column_id", sa.Integer(), nullable=False),
        sa.Column("url", sa.String(500), nullable=False),
        sa.Column("interval_minutes", sa.Integer(), nullable=False),
        sa.Column("state", _choice("state", "active", "failing", "paused"), nullable=False),
        sa.Column("cursor", sa.JSON(), nullable=False),
        sa.Column("last_run_at", _MOMENT, nullable=True),
        sa.Column("last_success_at", _MOMENT, nullable=True),
        sa.Column("next_run_at", _MOMENT, nullable=False),
        sa.Column("errors", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("fetched", sa.Integer(), nullable=False),
        sa.Column("created", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("claim", sa.String(32), nullable=True),
        sa.Column("claimed_until", _MOMENT, nullable=True),
        sa.Column("version_id", sa.Integer(), nullable=False),
        _reference("column_feed", "column_id", "catalogue_column"),
        _unique("column_feed", "column_id"),
        indexed=("next_run_at",),
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


def _reference(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name)


def _unique(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=op.f(f"uq_{table}_{'_'.join(columns)}"))
