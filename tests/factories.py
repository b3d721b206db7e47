"""Records with sane defaults, made by the product's own services."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import g
from flask.testing import FlaskClient
from sqlalchemy import select

from responder.accounts import service as accounts
from responder.accounts.models import Unit, User
from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE, Role
from tools import pages

NOW = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)  # Friday, 09:00 in Shanghai
PASSWORD = "correct horse"


class People:
    """One person for each role, made when first asked for: ``people.editor``."""

    def __getattr__(self, role_name: str) -> User:
        return self.holding(Role(role_name))

    def holding(self, role: Role, username: str = "") -> User:
        """Somebody with this role alone; a second one by another username."""
        username = username or role.value
        user = accounts.find_user(db.session, username)
        if user is None:
            with transaction(CONSOLE) as session:
                user = accounts.create_user(session, username, f"{username} 某", PASSWORD, [role])
        return user

    def sign_in(self, client: FlaskClient, user: User) -> FlaskClient:
        """``client`` with this person signed in (anybody else is signed out)."""
        pages.sign_in(client, user)
        g.pop("_login_user", None)  # kept in the application context, which a test shares
        return client


def unit(code: str = "zjj", name: str = "市住房和城乡建设局") -> Unit:
    """A unit, made once."""
    found = db.session.scalar(select(Unit).where(Unit.code == code))
    if found is None:
        with transaction(CONSOLE) as session:
            found = Unit(code=code, name=name, short_name=name[1:4])
            session.add(found)
    return found
