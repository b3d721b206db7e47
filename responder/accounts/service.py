"""Verbs on people and units."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.accounts.models import Unit, User, UserRole
from responder.core.errors import Forbidden, Invalid
from responder.core.permissions import Role

MIN_PASSWORD_LENGTH = 8


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _decoy() -> str:
    return _hasher().hash("nobody has this password")


def create_user(
    session: Session,
    username: str,
    display_name: str,
    password: str,
    roles: Iterable[Role],
    unit: Unit | None = None,
) -> User:
    """Add somebody who may sign in.

    :raises Invalid: the name is taken, or the password too short.
    """
    if len(password) < MIN_PASSWORD_LENGTH:
        raise Invalid(f"密码至少 {MIN_PASSWORD_LENGTH} 位", {"password": "太短"})
    if find_user(session, username):
        raise Invalid(f"用户名 {username} 已被使用，请换一个", {"username": "已被使用"})
    user = User(
        username=username,
        display_name=display_name,
        password_hash=_hasher().hash(password),
        unit=unit,
        posts=[UserRole(role=role) for role in roles],
    )
    session.add(user)
    session.flush()
    return user


def find_user(session: Session, username: str) -> User | None:
    return session.scalar(select(User).where(User.username == username))


def authenticate(session: Session, username: str, password: str, now: datetime) -> User:
    """The person with this name and password.

    A wrong name takes as long as a wrong password, so that names cannot be guessed.

    :raises Forbidden: wrong, or the account is closed; deliberately not saying which.
    """
    user = find_user(session, username)
    try:
        _hasher().verify(user.password_hash if user else _decoy(), password)
    except VerificationError:
        user = None
    if user is None or not user.active:
        raise Forbidden("用户名或密码不正确，请重新输入")
    user.last_signed_in_at = now
    return user


def units(session: Session) -> list[Unit]:
    """All units, in the order of their codes."""
    return list(session.scalars(select(Unit).order_by(Unit.code)))
