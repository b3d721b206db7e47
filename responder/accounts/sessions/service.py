"""Verbs on sign-ins: begin, find, note, end, forget."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import Session, joinedload

from responder.accounts.models import User
from responder.accounts.sessions.models import Method, SignInSession, Why
from responder.accounts.sessions.rules import SEEN_TO, Limits
from responder.core import audit
from responder.core.errors import Forbidden, NotFound
from responder.core.permissions import Actor, Permission
from responder.web.callers import Caller

RANDOM_BYTES = 32


def begin(
    session: Session, user: User, seal: str, method: Method, caller: Caller, now: datetime
) -> str:
    """Sign somebody in; the number for their cookie, which is stored nowhere.

    :param seal: of the password that they knew.
    """
    token = secrets.token_urlsafe(RANDOM_BYTES)
    begun = SignInSession(
        user_id=user.id,
        digest=_digest(token),
        seal=seal,
        method=method,
        address=caller.shown,
        address_key=caller.key,
        browser=caller.browser[:60],
        begun_at=now,
        seen_at=now,
    )
    session.add(begun)
    session.flush()
    return token


def find(session: Session, token: str) -> SignInSession | None:
    """The sign-in of a cookie, with its person; over or not."""
    query = select(SignInSession).options(joinedload(SignInSession.user))
    return session.scalar(query.where(SignInSession.digest == _digest(token)))


def note_seen(session: Session, session_id: int, now: datetime) -> None:
    """Keep that somebody was here; of many requests at once one writes."""
    session.execute(
        update(SignInSession)
        .where(SignInSession.id == session_id, SignInSession.seen_at <= now - SEEN_TO)
        .values(seen_at=now)
        .execution_options(synchronize_session=False)
    )


def get(session: Session, session_id: int) -> SignInSession:
    """:raises NotFound: no such sign-in."""
    found = session.get(SignInSession, session_id)
    if found is None:
        raise NotFound("没有这次登录：请刷新页面后再试")
    return found


def was_at(session: Session, user_id: int, address_key: str, since: datetime) -> bool:
    """Whether somebody has signed in from an address since then."""
    query = select(SignInSession.id).where(
        SignInSession.user_id == user_id,
        SignInSession.address_key == address_key,
        SignInSession.begun_at >= since,
    )
    return session.scalar(query.limit(1)) is not None


def listed(user_id: int) -> Select[SignInSession]:
    """One person's sign-ins, the newest first."""
    query = select(SignInSession).options(joinedload(SignInSession.user))
    return query.where(SignInSession.user_id == user_id).order_by(SignInSession.id.desc())


def end(session: Session, ended: SignInSession, why: Why, actor: Actor, now: datetime) -> None:
    """End one sign-in; one that is over stays as it ended.

    :raises Forbidden: somebody else's, by whoever may not manage accounts.
    """
    if actor.id != ended.user_id and not actor.may(Permission.USER_MANAGE):
        raise Forbidden("只能结束自己的登录：他人的登录由系统管理员结束")
    if ended.ended_at is None:
        _close(session, ended, why, now, actor)


def end_all(
    session: Session,
    user: User,
    why: Why,
    actor: Actor,
    now: datetime,
    but: int | None = None,
    methods: Collection[Method] = frozenset(Method),
) -> int:
    """End whatever of a person's is open, save perhaps one; how many it was.

    :param methods: only what was begun by one of these.
    :raises Forbidden: somebody else's, by whoever may not manage accounts.
    """
    ended = [one for one in session.scalars(_open().where(SignInSession.user_id == user.id))
             if one.id != but and one.method in methods]  # fmt: skip
    for one in ended:
        end(session, one, why, actor, now)
    return len(ended)


def settle(session: Session, now: datetime, limits: Limits) -> int:
    """Write down of each sign-in that is over by itself that it is; how many it was."""
    done = 0
    for one in session.scalars(_open()):
        if why := one.over(now, limits):
            _close(session, one, why, now)
            done += 1
    return done


def forget(session: Session, before: datetime) -> None:
    """Delete what ended earlier."""
    session.execute(delete(SignInSession).where(SignInSession.ended_at < before))


def keep_after_new_password(session: Session, session_id: int, user: User) -> None:
    """Let the sign-in in which somebody changes their own password go on."""
    get(session, session_id).seal = user.seal
    session.flush()


def _open() -> Select[SignInSession]:
    query = select(SignInSession).options(joinedload(SignInSession.user))
    return query.where(SignInSession.ended_at.is_(None)).order_by(SignInSession.id)


def _close(
    session: Session, ended: SignInSession, why: Why, now: datetime, actor: Actor | None = None
) -> None:
    ended.ended_at, ended.why = now, why
    audit.record(session, "session_ended", ended.user, told_of(ended) | {"why": why}, actor=actor)


def told_of(signed_in: SignInSession) -> dict[str, str]:
    """What the trail says of a sign-in: nothing by which an address is known again."""
    return {"address": signed_in.address, "browser": signed_in.browser}


def _digest(token: str) -> str:
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
