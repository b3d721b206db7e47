"""judgements and priority kinds, units' parts, consultations, wordings, references, messages"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _create_judging()
    _create_units()
    _create_consulting()
    op.create_table(
        "response_message",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        _foreign("response_message", "item_id", "response_item", "CASCADE"),
        _foreign("response_message", "message_id", "message", "CASCADE"),
        sa.PrimaryKeyConstraint("item_id", "message_id", name=op.f("pk_response_message")),
    )
    op.create_index(op.f("ix_response_message_message_id"), "response_message", ["message_id"])


def downgrade() -> None:
    _refuse_to_lose()
    for table in (
        "response_message", "response_reference", "response_wording", "response_consultation",
        "response_material", "response_part", "response_judgement", "priority_kind",
    ):  # fmt: skip
        op.drop_table(table)


def _refuse_to_lose() -> None:
    lost = sa.text(
        "SELECT (SELECT count(*) FROM response_judgement)"
        " + (SELECT count(*) FROM response_part)"
        " + (SELECT count(*) FROM response_material)"
        " + (SELECT count(*) FROM response_consultation)"
        " + (SELECT count(*) FROM response_wording)"
        " + (SELECT count(*) FROM response_reference)"
    )
    if count := op.get_bind().execute(lost).scalar():
        raise RuntimeError(
            f"{count} 条研判、承办单位及其材料、会商、口径或依据的记录会丢失："
            "不能退回 0027 之前的版本，请改用升级前的备份"
        )


def _create_judging() -> None:
    op.create_table(
        "priority_kind",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(32), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_priority_kind")),
        sa.UniqueConstraint("code", name=op.f("uq_priority_kind_code")),
    )
    op.create_table(
        "response_judgement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column(
            "grade", _choice("grade", "none", "general", "larger", "major", "grave"), nullable=False
        ),
        sa.Column(
            "colour", _choice("colour", "none", "blue", "yellow", "orange", "red"), nullable=False
        ),
        sa.Column("level", _choice("level", "ordinary", "major_emergency"), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("must_answer", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("clocks", sa.JSON(), nullable=False),
        sa.Column("judged_by_id", sa.Integer(), nullable=True),
        sa.Column("judged_by_name", sa.String(64), nullable=False),
        sa.Column("judged_at", _MOMENT, nullable=False),
        _foreign("response_judgement", "item_id", "response_item", "CASCADE"),
        _foreign("response_judgement", "judged_by_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response_judgement")),
    )
    op.create_index(op.f("ix_response_judgement_item_id"), "response_judgement", ["item_id"])


def _create_units() -> None:
    op.create_table(
        "response_part",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("due_at", _MOMENT, nullable=False),
        sa.Column("assigned_at", _MOMENT, nullable=False),
        sa.Column("assigned_by_id", sa.Integer(), nullable=True),
        sa.Column("assigned_by_name", sa.String(64), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        _foreign("response_part", "item_id", "response_item", "CASCADE"),
        _foreign("response_part", "unit_id", "unit"),
        _foreign("response_part", "assigned_by_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response_part")),
        sa.UniqueConstraint("item_id", "unit_id", name=op.f("uq_response_part_item_id_unit_id")),
    )
    op.create_index(op.f("ix_response_part_unit_id"), "response_part", ["unit_id"])
    op.create_table(
        "response_material",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("part_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("author_name", sa.String(64), nullable=False),
        sa.Column("sent_at", _MOMENT, nullable=False),
        _foreign("response_material", "part_id", "response_part", "CASCADE"),
        _foreign("response_material", "author_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response_material")),
        sa.UniqueConstraint("part_id", "number", name=op.f("uq_response_material_part_id_number")),
    )


def _create_consulting() -> None:
    op.create_table(
        "response_consultation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("held_at", _MOMENT, nullable=False),
        sa.Column("units", sa.String(500), nullable=False),
        sa.Column("people", sa.String(500), nullable=False),
        sa.Column("conclusion", sa.Text(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("recorded_by_name", sa.String(64), nullable=False),
        sa.Column("recorded_at", _MOMENT, nullable=False),
        _foreign("response_consultation", "item_id", "response_item", "CASCADE"),
        _foreign("response_consultation", "recorded_by_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response_consultation")),
    )
    op.create_index(op.f("ix_response_consultation_item_id"), "response_consultation", ["item_id"])
    op.create_table(
        "response_wording",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("agreed_by", sa.String(300), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("recorded_by_name", sa.String(64), nullable=False),
        sa.Column("recorded_at", _MOMENT, nullable=False),
        _foreign("response_wording", "item_id", "response_item", "CASCADE"),
        _foreign("response_wording", "consultation_id", "response_consultation"),
        _foreign("response_wording", "recorded_by_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response_wording")),
        sa.UniqueConstraint("item_id", "number", name=op.f("uq_response_wording_item_id_number")),
    )
    op.create_table(
        "response_reference",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("number", sa.String(100), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("url", sa.String(500), nullable=False),
        sa.Column("passage", sa.Text(), nullable=False),
        sa.Column("added_by_name", sa.String(64), nullable=False),
        sa.Column("added_at", _MOMENT, nullable=False),
        _foreign("response_reference", "item_id", "response_item", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response_reference")),
    )
    op.create_index(op.f("ix_response_reference_item_id"), "response_reference", ["item_id"])


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _foreign(
    table: str, column: str, other: str, ondelete: str | None = None
) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete=ondelete)
