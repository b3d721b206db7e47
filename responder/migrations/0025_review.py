"""the secrecy check, returns to any step, deputies, proofs of signers, comments on passages."""

import sqlalchemy as sa
from alembic import op

from responder.core.closed_lists import set_list

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_STATES = (
    "draft", "first_review", "second_review", "third_review", "secrecy_review", "signing",
    "signed", "scheduled", "published", "archived",
)  # fmt: skip
_ROLES = (
    "operator", "monitor", "analyst", "liaison", "editor", "first_reviewer", "second_reviewer",
    "third_reviewer", "secrecy_reviewer", "signer", "press_officer", "spokesperson", "supervisor",
    "administrator", "auditor",
)  # fmt: skip

# Table, column, its closed list, and the one that is new in it.
_LISTS = (
    ("response_item", "state", _STATES, "secrecy_review"),
    ("response_review", "step", _STATES, "secrecy_review"),
    ("user_role", "role", _ROLES, "secrecy_reviewer"),
)


def upgrade() -> None:
    for table, column, values, new in _LISTS:
        set_list(table, column, tuple(one for one in values if one != new), values)
    _extend_reviews()
    _create_proof()
    _create_comment()


def downgrade() -> None:
    _refuse_to_lose()
    op.drop_table("passage_comment")
    op.drop_table("signing_proof")
    for column in ("proof", "secrecy", "on_behalf_of_name", "on_behalf_of_id", "returned_to"):
        op.drop_column("response_review", column)
    op.execute("DELETE FROM user_role WHERE role = 'secrecy_reviewer'")
    for table, column, values, new in _LISTS:
        set_list(table, column, values, tuple(one for one in values if one != new))


def _refuse_to_lose() -> None:
    lost = sa.text(
        "SELECT (SELECT count(*) FROM response_review WHERE step = 'secrecy_review'"
        " OR returned_to <> 'draft' OR on_behalf_of_name <> '')"
        " + (SELECT count(*) FROM response_item WHERE state = 'secrecy_review')"
        " + (SELECT count(*) FROM passage_comment)"
    )
    if count := op.get_bind().execute(lost).scalar():
        raise RuntimeError(
            f"{count} 条保密审查、逐级退回、代办或批注的记录会丢失："
            "不能退回 0025 之前的版本，请改用升级前的备份"
        )


def _extend_reviews() -> None:
    # SQLite knows no ADD CONSTRAINT; a column may bring its own along on both.
    op.execute(
        "ALTER TABLE response_review ADD COLUMN returned_to VARCHAR(32)"
        f" CONSTRAINT ck_response_review_returned_to CHECK (returned_to IN ({_quoted(_STATES)}))"
    )
    op.execute("UPDATE response_review SET returned_to = 'draft' WHERE NOT approved")
    op.execute(
        "ALTER TABLE response_review ADD COLUMN on_behalf_of_id INTEGER"
        " REFERENCES user_account (id)"
    )
    op.add_column("response_review", sa.Column("secrecy", sa.JSON(), nullable=True))
    for name, type_, default in (
        ("on_behalf_of_name", sa.String(64), "''"),
        ("proof", sa.String(16), "''"),
    ):
        column = sa.Column(name, type_, nullable=False, server_default=sa.text(default))
        op.add_column("response_review", column)


def _create_proof() -> None:
    op.create_table(
        "signing_proof",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("pending", sa.Text(), nullable=False),
        sa.Column("pending_at", _MOMENT, nullable=True),
        sa.Column("enrolled_at", _MOMENT, nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("locked_until", _MOMENT, nullable=True),
        _reference("signing_proof", "user_id", "user_account", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_proof")),
        sa.UniqueConstraint("user_id", name=op.f("uq_signing_proof_user_id")),
    )


def _create_comment() -> None:
    op.create_table(
        "passage_comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("draft_number", sa.Integer(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("author_name", sa.String(64), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("settled_at", _MOMENT, nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.Column("settled_by_name", sa.String(64), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        _reference("passage_comment", "item_id", "response_item", "CASCADE"),
        _reference("passage_comment", "author_id", "user_account"),
        _reference("passage_comment", "settled_by_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passage_comment")),
    )
    op.create_index(op.f("ix_passage_comment_item_id"), "passage_comment", ["item_id"])


def _quoted(values: tuple[str, ...]) -> str:
    return ", ".join(f"'{one}'" for one in values)


def _reference(
    table: str, column: str, other: str, ondelete: str | None = None
) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete=ondelete)
