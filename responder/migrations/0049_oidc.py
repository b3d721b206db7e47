"""who is who at the identity provider, and signing in by it"""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
OWN = ("password", "code", "recovery")
BY_PROVIDER = ("oidc", "oidc_code", "oidc_recovery", "oidc_strong")
_METHOD = "ck_sign_in_session_method"


def upgrade() -> None:
    _allow_methods(*OWN, *BY_PROVIDER)
    op.create_table(
        "oidc_identity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.String(255), nullable=False),
        sa.Column("subject", sa.String(255), nullable=True),
        sa.Column("awaited", sa.String(255), nullable=True),
        sa.Column("awaited_claim", sa.String(255), nullable=True),
        sa.Column("bound_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"],
            name=op.f("fk_oidc_identity_user_id_user_account"), ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oidc_identity")),
        sa.UniqueConstraint("user_id", name=op.f("uq_oidc_identity_user_id")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_oidc_identity_issuer_subject")),
        sa.UniqueConstraint(
            "issuer", "awaited_claim", "awaited",
            name=op.f("uq_oidc_identity_issuer_awaited_claim_awaited"),
        ),
    )  # fmt: skip
    op.create_table(
        "oidc_visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("identity_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=True),
        sa.Column("id_token", sa.Text(), nullable=False),
        sa.Column("begun_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["identity_id"], ["oidc_identity.id"],
            name=op.f("fk_oidc_visit_identity_id_oidc_identity"), ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sign_in_session.id"],
            name=op.f("fk_oidc_visit_session_id_sign_in_session"), ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oidc_visit")),
        sa.UniqueConstraint("session_id", name=op.f("uq_oidc_visit_session_id")),
    )  # fmt: skip
    for column in ("identity_id", "begun_at"):
        op.create_index(op.f(f"ix_oidc_visit_{column}"), "oidc_visit", [column])
    op.create_table(
        "oidc_stranger",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.String(255), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("last_at", _MOMENT, nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oidc_stranger")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_oidc_stranger_issuer_subject")),
    )
    op.create_index(op.f("ix_oidc_stranger_last_at"), "oidc_stranger", ["last_at"])


def downgrade() -> None:
    _refuse_to_lose()
    for table in ("oidc_stranger", "oidc_visit", "oidc_identity"):
        op.drop_table(table)
    _allow_methods(*OWN)


def _allow_methods(*methods: str) -> None:
    """Say anew by what somebody may have signed in."""
    listed = ", ".join(f"'{method}'" for method in methods)
    with op.batch_alter_table("sign_in_session") as batch:
        batch.drop_constraint(op.f(_METHOD), type_="check")
        batch.create_check_constraint(op.f(_METHOD), f"method IN ({listed})")


def _refuse_to_lose() -> None:
    lost = sa.text(
        "SELECT (SELECT count(*) FROM oidc_identity)"
        " + (SELECT count(*) FROM sign_in_session WHERE method LIKE 'oidc%')"
    )
    if count := op.get_bind().execute(lost).scalar():
        raise RuntimeError(
            f"{count} 条统一身份绑定和经它登录的记录会丢失："
            "不能退回 0049 之前的版本，请改用升级前的备份"
        )
