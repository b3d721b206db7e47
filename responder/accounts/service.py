"""Verbs on people and units."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from responder.accounts.models import Unit, User, UserRole
from responder.core import audit
from responder.core.errors import Forbidden, Invalid, NotFound
from responder.core.permissions import Role
from responder.core.texts import tidy

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
    password_hash = _hash(password)
    if find_user(session, username):
        raise Invalid(f"用户名 {username} 已被使用，请换一个", {"username": "已被使用"})
    user = User(
        username=username,
        display_name=display_name,
        password_hash=password_hash,
        unit=unit,
        posts=[UserRole(role=role) for role in roles],
    )
    session.add(user)
    session.flush()
    return user


def change_user(
    session: Session,
    user: User,
    *,
    display_name: str,
    roles: Iterable[Role],
    unit: Unit | None,
    active: bool,
    password: str = "",
) -> None:
    """Change an account; an empty password keeps the old one.

    :raises Invalid: the password is too short, or nobody would be left to manage accounts.
    """
    wanted = set(roles)
    keeps_managing = active and Role.ADMINISTRATOR in wanted
    if not keeps_managing and _is_last_administrator(session, user):
        raise Invalid("至少要保留一位能登录的系统管理员：请先指定另一位", {"roles": "最后一位"})
    user.display_name, user.unit, user.active = display_name, unit, active
    user.posts = [post for post in user.posts if post.role in wanted]
    user.posts += [UserRole(role=role) for role in wanted - set(user.roles)]
    if password:
        user.password_hash = _hash(password)
    session.flush()


def _is_last_administrator(session: Session, user: User) -> bool:
    others = (
        select(User.id)
        .join(UserRole)
        .where(UserRole.role == Role.ADMINISTRATOR, User.active, User.id != user.id)
    )
    return Role.ADMINISTRATOR in user.roles and session.scalar(others.limit(1)) is None


def _hash(password: str) -> str:
    if len(password) < MIN_PASSWORD_LENGTH:
        raise Invalid(f"密码至少 {MIN_PASSWORD_LENGTH} 位", {"password": "太短"})
    return _hasher().hash(password)


def people() -> Select[User]:
    """Everybody, in the order of their names."""
    return select(User).options(joinedload(User.unit)).order_by(User.username)


def get_user(session: Session, user_id: int) -> User:
    """:raises NotFound: no such account."""
    user = session.get(User, user_id)
    if user is None:
        raise NotFound("没有这个人员：请从人员列表重新进入")
    return user


def add_unit(session: Session, code: str, name: str, short_name: str, matters: str) -> Unit:
    """:raises Invalid: the code or the name is taken."""
    name, short_name, matters = tidy(name), tidy(short_name), tidy(matters)
    taken = select(Unit).where((Unit.code == code) | (Unit.name == name))
    if session.scalar(taken.limit(1)):
        raise Invalid("代码或名称已被使用，请换一个", {"code": "代码或名称已被使用"})
    unit = Unit(code=code, name=name, short_name=short_name, matters=matters)
    session.add(unit)
    session.flush()
    return unit


def find_user(session: Session, username: str) -> User | None:
    return session.scalar(select(User).where(User.username == username))


def has_administrator(session: Session) -> bool:
    """Whether somebody can manage accounts."""
    query = select(User.id).join(UserRole).where(UserRole.role == Role.ADMINISTRATOR, User.active)
    return session.scalar(query.limit(1)) is not None


def authenticate(session: Session, username: str, password: str) -> User:
    """The person with this name and password. Only reads: hashing takes its time.

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
    return user


def record_attempt(session: Session, username: str, deed: str, told: Mapping[str, object]) -> None:
    """Note an attempt to sign in; an unknown name is nobody's and leaves no line.

    :param told: where it came from, as far as the trail may know.
    """
    user = find_user(session, username)
    if user is not None:
        audit.record(session, deed, user, told, actor=user.actor)


def units(session: Session) -> list[Unit]:
    """All units, in the order of their codes."""
    return list(session.scalars(select(Unit).order_by(Unit.code)))
