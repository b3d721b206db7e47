"""Verbs on who is who at the identity provider: bind, recognise, note whom nobody knows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload, undefer

from responder.accounts.models import User
from responder.accounts.sessions import service as sessions
from responder.accounts.sessions.models import BY_PROVIDER, Why
from responder.core import audit
from responder.core.errors import Invalid, NotFound, WrongState
from responder.core.permissions import Actor
from responder.oidc.models import LONGEST_TOKEN, OidcIdentity, OidcStranger
from responder.oidc.rules import SUBJECT

STRANGERS_KEPT = timedelta(days=90)
MOST_STRANGERS = 200  # on the page of them


def of_user(session: Session, user_id: int) -> OidcIdentity | None:
    """As whom the provider knows the owner of an account."""
    return session.scalar(select(OidcIdentity).where(OidcIdentity.user_id == user_id))


def bind(
    session: Session, user: User, issuer: str, claim: str, value: str, actor: Actor, now: datetime
) -> None:
    """Say whose account this is, in the place of whoever was said before.

    :param claim: ``sub`` binds at once; another one waits for the first sign-in that shows it.
    :raises Invalid: nothing was said, or it is another account's.
    """
    value = value.strip()
    if not value:
        raise Invalid("没有填写：请填写统一身份认证中的编号或用户名", {"value": "必填"})
    column = OidcIdentity.subject if claim == SUBJECT else OidcIdentity.awaited
    taken = session.scalar(
        select(OidcIdentity)
        .options(joinedload(OidcIdentity.user))
        .where(OidcIdentity.issuer == issuer, column == value, OidcIdentity.user_id != user.id)
    )
    if taken is not None:
        name = taken.user.display_name
        raise Invalid(f"已绑定到{name}的账号：请先在那里解除绑定", {"value": "已被使用"})
    if of_user(session, user.id) is not None:
        unbind(session, user, actor, now)
    bound = claim == SUBJECT
    session.add(
        OidcIdentity(
            user_id=user.id,
            issuer=issuer,
            subject=value if bound else None,
            awaited=None if bound else value,
            bound_at=now if bound else None,
        )
    )
    session.flush()


def unbind(session: Session, user: User, actor: Actor, now: datetime) -> None:
    """Nobody comes in by the provider any more; whoever is in by it is signed out.

    :raises WrongState: nobody was bound.
    """
    identity = of_user(session, user.id)
    if identity is None:
        raise WrongState(f"{user.display_name}没有绑定统一身份认证，不必解除")
    session.delete(identity)
    session.flush()
    sessions.end_all(session, user, Why.ADMINISTRATOR, actor, now, methods=BY_PROVIDER)


def recognise(
    session: Session, issuer: str, subject: str, awaited: str, now: datetime
) -> OidcIdentity | None:
    """Whose identity this is; the first sign-in under a prepared name binds it.

    :param awaited: the name that counts at the first sign-in; empty where none does.
    """
    query = select(OidcIdentity).where(OidcIdentity.issuer == issuer).with_for_update()
    found = session.scalar(query.where(OidcIdentity.subject == subject))
    if found is not None or not awaited:
        return found
    prepared = session.scalar(
        query.where(OidcIdentity.awaited == awaited, OidcIdentity.subject.is_(None))
    )
    if prepared is not None and prepared.user.active:
        prepared.subject, prepared.bound_at = subject, now
        session.flush()
    return prepared


def keep_token(session: Session, identity: OidcIdentity, id_token: str) -> None:
    """Keep by what the provider knows this sign-in again; one that is too long is not kept."""
    identity.id_token = id_token if len(id_token) <= LONGEST_TOKEN else ""


def token_of(session: Session, user_id: int) -> str:
    """What was kept of somebody's last sign-in; empty without one."""
    query = select(OidcIdentity).options(undefer(OidcIdentity.id_token))
    found = session.scalar(query.where(OidcIdentity.user_id == user_id))
    return found.id_token if found is not None else ""


def note_stranger(
    session: Session,
    issuer: str,
    subject: str,
    name: str,
    told: Mapping[str, object],
    now: datetime,
) -> None:
    """Write down that somebody came whom nobody knows, for whoever may bind them."""
    session.execute(delete(OidcStranger).where(OidcStranger.last_at < now - STRANGERS_KEPT))
    known = select(OidcStranger).where(
        OidcStranger.issuer == issuer, OidcStranger.subject == subject
    )
    stranger = session.scalar(known)
    if stranger is None:
        stranger = OidcStranger(issuer=issuer, subject=subject, times=0)
        session.add(stranger)
    stranger.name, stranger.last_at = name, now
    stranger.times += 1
    audit.record(session, "sign_in_refused", stranger, {**told, "subject": subject})


def strangers(session: Session, issuer: str) -> list[OidcStranger]:
    """Whoever came lately without an account, the last first."""
    query = select(OidcStranger).where(OidcStranger.issuer == issuer)
    return list(session.scalars(query.order_by(OidcStranger.last_at.desc()).limit(MOST_STRANGERS)))


def unbound_users(session: Session) -> list[User]:
    """Accounts in use that nobody of the provider's belongs to."""
    query = select(User).where(User.active, User.id.not_in(select(OidcIdentity.user_id)))
    return list(session.scalars(query.order_by(User.username)))


def bind_stranger(
    session: Session, stranger_id: int, user: User, actor: Actor, now: datetime
) -> None:
    """Give an account to somebody who came without one.

    :raises NotFound: nobody came by this number.
    :raises Invalid: they have one.
    """
    stranger = session.get(OidcStranger, stranger_id)
    if stranger is None:
        raise NotFound("没有这条记录：请刷新页面后再试")
    bind(session, user, stranger.issuer, SUBJECT, stranger.subject, actor, now)
    session.delete(stranger)
    session.flush()
