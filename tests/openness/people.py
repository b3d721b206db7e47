"""People of units, beside those of the office."""

from __future__ import annotations

from responder.accounts.models import Unit, User
from responder.core.database import transaction
from responder.core.permissions import CONSOLE, Role
from tests.factories import People, unit


def liaison_of(home: Unit, role: Role = Role.LIAISON, username: str = "") -> User:
    """Somebody of a unit."""
    user = People().holding(role, username or f"{role.value}_{home.code}")
    with transaction(CONSOLE):
        user.unit_id = home.id
    return user


def other_unit() -> Unit:
    return unit("YJJ", "市应急管理局")
