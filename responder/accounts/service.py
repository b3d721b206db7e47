"""Verbs on people and units."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, joinedload

from nlp.pinyin import spelt
from responder.accounts.models import Unit, User, UserRole
from responder.accounts.password_rules import USUAL, PasswordRules
from responder.core import audit
from responder.core.errors import Forbidden, Invalid, NotFound
from responder.core.permissions import Role
from responder.core.texts import tidy


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
    rules: PasswordRules = USUAL,
    must_change_password: bool = False,
) -> User:
    """Add somebody who may sign in.

    :param must_change_password: it is known to somebody else, and they change it first.
    :raises Invalid: the name is taken, or the password does not do.
    """
    password_hash = _hash(password, rules, (username, display_name))
    if find_user(session, username):
        raise Invalid(f"用户名 {username} 已被使用，请换一个", {"username": "已被使用"})
    user = User(
        username=username,
        display_name=display_name,
        password_hash=password_hash,
        must_change_password=must_change_password,
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
    rules: PasswordRules = USUAL,
) -> None:
    """Change an account; an empty password keeps the old one.

    :raises Invalid: the password does not do, or nobody would be left to manage accounts.
    """
    wanted = set(roles)
    keeps_managing = active and Role.ADMINISTRATOR in wanted
    if not keeps_managing and _is_last_administrator(session, user):
        raise Invalid("至少要保留一位能登录的系统管理员：请先指定另一位", {"roles": "最后一位"})
    user.display_name, user.unit, user.active = display_name, unit, active
    user.version_id += 1
    user.posts = [post for post in user.posts if post.role in wanted]
    user.posts += [UserRole(role=role) for role in wanted - set(user.roles)]
    if password:
        set_password(session, user, password, rules)
    session.flush()


def set_password(session: Session, user: User, password: str, rules: PasswordRules = USUAL) -> None:
    """Give somebody a password that whoever gives it knows: they change it first.

    :raises Invalid: it does not do.
    """
    user.password_hash = _hash(password, rules, (user.username, user.display_name))
    user.must_change_password = True
    session.flush()


def change_own_password(
    session: Session, user: User, old: str, new: str, rules: PasswordRules
) -> None:
    """Change one's own password; that the old one is right was looked at before.

    :raises Invalid: it is the old one, or does not do.
    """
    if new == old:
        raise Invalid("新密码和现在的一样：请换一个", {"new": "没有变"})
    try:
        user.password_hash = _hash(new, rules, (user.username, user.display_name))
    except Invalid as error:
        raise Invalid(error.message, {"new": "不合要求"}) from error
    user.must_change_password = False
    audit.record(session, "password_changed", user)


def _is_last_administrator(session: Session, user: User) -> bool:
    """Of two who take each other's post at the same moment, one waits here for the other.

    Counted by a statement after the one that waits: it sees what the other has stored.
    """
    if Role.ADMINISTRATOR not in user.roles:
        return False
    administrators = (
        select(User.id).join(UserRole).where(UserRole.role == Role.ADMINISTRATOR, User.active)
    )
    session.execute(administrators.order_by(User.id).with_for_update(of=User))
    return session.scalar(administrators.where(User.id != user.id).limit(1)) is None


def _hash(password: str, rules: PasswordRules, names: Sequence[str]) -> str:
    typed = (spelt(name).syllables for name in names)
    if problem := rules.problem(password, {*names, *typed}):
        raise Invalid(problem, {"password": "不合要求"})
    return _hasher().hash(password)


def people(
    text: str = "",
    role: Role | None = None,
    unit_id: int | None = None,
    active: bool | None = None,
) -> Select[User]:
    """People in the order of their user names.

    :param text: in the name or the user name.
    """
    query = select(User).options(joinedload(User.unit)).order_by(User.username)
    if text:
        names = (User.display_name, User.username)
        query = query.where(or_(*(one.icontains(text, autoescape=True) for one in names)))
    if role is not None:
        query = query.where(User.posts.any(UserRole.role == role))
    if unit_id is not None:
        query = query.where(User.unit_id == unit_id)
    return query if active is None else query.where(User.active == active)


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


def record_attempt(session: Session, username: str, deed: str, told: Mapping[str, object]) -> bool:
    """Note an attempt to sign in; an unknown name is nobody's and leaves no line.

    :param told: where it came from, as far as the trail may know.
    :return: whether there is a line.
    """
    user = find_user(session, username)
    if user is not None:
        audit.record(session, deed, user, told, actor=user.actor)
    return user is not None


def units(session: Session) -> list[Unit]:
    """All units, in the order of their codes."""
    return list(session.scalars(select(Unit).order_by(Unit.code)))
