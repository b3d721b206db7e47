"""Verbs on who is who at the identity provider: bind, recognise, note whom nobody knows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, select
from sqlalchemy.orm import Session, joinedload

from responder.accounts.models import User
from responder.accounts.sessions import service as sessions
from responder.accounts.sessions.models import BY_PROVIDER, Why
from responder.core import audit
from responder.core.errors import Forbidden, Invalid, NotFound, WrongState
from responder.core.permissions import Actor
from responder.oidc.models import LONGEST_TOKEN, OidcIdentity, OidcStranger, OidcVisit
from responder.oidc.rules import SUBJECT

STRANGERS_KEPT = timedelta(days=90)
MOST_STRANGERS = 200  # on the page of them
VISITS_KEPT = timedelta(days=4)  # longer than any sign-in lasts


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
    taken = _known_as(session, issuer, claim, value)
    if taken is not None and taken.user_id != user.id:
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
            awaited_claim=None if bound else claim,
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
    session: Session, issuer: str, subject: str, claim: str, awaited: str, now: datetime
) -> OidcIdentity | None:
    """Whose identity this is; the first sign-in under a prepared name binds it.

    :param claim: in which the name stands that counts at the first sign-in.
    :param awaited: that name; empty where none does.
    """
    query = select(OidcIdentity).where(OidcIdentity.issuer == issuer).with_for_update()
    found = session.scalar(query.where(OidcIdentity.subject == subject))
    if found is not None or not awaited:
        return found
    prepared = session.scalar(
        query.where(_is_awaited(claim, awaited), OidcIdentity.subject.is_(None))
    )
    if prepared is not None and prepared.user.active:
        prepared.subject, prepared.bound_at = subject, now
        session.flush()
    return prepared


def let_through(session: Session, identity: OidcIdentity, id_token: str, now: datetime) -> int:
    """Keep that somebody came by the provider, for the steps that follow; the visit's number."""
    session.execute(delete(OidcVisit).where(OidcVisit.begun_at < now - VISITS_KEPT))
    kept = id_token if len(id_token) <= LONGEST_TOKEN else ""
    visit = OidcVisit(identity_id=identity.id, id_token=kept, begun_at=now)
    session.add(visit)
    session.flush()
    return visit.id


def admit(session: Session, issuer: str, visit_id: int, user_id: int, session_id: int) -> None:
    """Have a sign-in come of a visit.

    :raises Forbidden: somebody was unbound or bound anew since they came, or came in already.
    """
    bound = session.scalar(
        select(OidcIdentity)
        .join(OidcVisit, OidcVisit.identity_id == OidcIdentity.id)
        .where(
            OidcVisit.id == visit_id,
            OidcVisit.session_id.is_(None),
            OidcIdentity.user_id == user_id,
            OidcIdentity.issuer == issuer,
        )
        .with_for_update(of=OidcIdentity)
    )
    if bound is None:
        raise Forbidden("统一身份认证的绑定已更改，登录没有完成：请重新登录，或联系系统管理员")
    session.get_one(OidcVisit, visit_id).session_id = session_id
    session.flush()


def token_of(session: Session, session_id: int) -> str:
    """By what the provider knows a sign-in again; empty where nothing was kept of it."""
    query = select(OidcVisit.id_token).where(OidcVisit.session_id == session_id)
    return session.scalar(query) or ""


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


def unbound_users(session: Session, issuer: str) -> list[User]:
    """Accounts in use that nobody of this provider's belongs to."""
    bound = select(OidcIdentity.user_id).where(OidcIdentity.issuer == issuer)
    query = select(User).where(User.active, User.id.not_in(bound))
    return list(session.scalars(query.order_by(User.username)))


def bind_stranger(
    session: Session, stranger_id: int, user: User, actor: Actor, now: datetime
) -> None:
    """Give an account to somebody who came without one.

    :raises NotFound: nobody came by this number.
    :raises Invalid: they have one, or the account is somebody's of the same provider.
    """
    stranger = session.get(OidcStranger, stranger_id)
    if stranger is None:
        raise NotFound("没有这条记录：请刷新页面后再试")
    present = of_user(session, user.id)
    if present is not None and present.issuer == stranger.issuer:
        raise Invalid(f"{user.display_name}的账号已有绑定：请先到此人的页面解除绑定")
    bind(session, user, stranger.issuer, SUBJECT, stranger.subject, actor, now)
    session.delete(stranger)
    session.flush()


def _known_as(session: Session, issuer: str, claim: str, value: str) -> OidcIdentity | None:
    """To whom a number or a prepared name was given before."""
    same = OidcIdentity.subject == value if claim == SUBJECT else _is_awaited(claim, value)
    query = select(OidcIdentity).options(joinedload(OidcIdentity.user))
    return session.scalar(query.where(OidcIdentity.issuer == issuer, same))


def _is_awaited(claim: str, name: str) -> ColumnElement[bool]:
    return and_(OidcIdentity.awaited_claim == claim, OidcIdentity.awaited == name)
