"""the office of government openness (政务公开办) as a post."""

from alembic import op

from responder.core.closed_lists import set_list

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

_NEW = "openness_officer"
_ROLES = (
    "operator", "monitor", "analyst", "liaison", "editor", "first_reviewer", "second_reviewer",
    "third_reviewer", "secrecy_reviewer", "signer", "press_officer", _NEW, "spokesperson",
    "supervisor", "administrator", "auditor",
)  # fmt: skip
_BEFORE = tuple(one for one in _ROLES if one != _NEW)


def upgrade() -> None:
    set_list("user_role", "role", _BEFORE, _ROLES)


def downgrade() -> None:
    op.execute(f"DELETE FROM user_role WHERE role = '{_NEW}'")  # noqa: S608 - a constant
    set_list("user_role", "role", _ROLES, _BEFORE)
