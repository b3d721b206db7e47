"""One person's warnings: listed, counted, read; and the address they are mailed to."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import ColumnElement, Select, case, func, select, update
from sqlalchemy.orm import Session, contains_eager, joinedload

from responder.accounts.models import User
from responder.core import audit
from responder.core.errors import Forbidden, Invalid, NotFound, WrongState
from responder.core.permissions import Actor
from responder.warnings.models import (
    ADDRESS_CHARACTERS,
    ClockWarning,
    MailAddress,
    WarningDelivery,
)
from responder.warnings.rules import GRAVITY

_ADDRESS = re.compile(r"[^@\s<>,;\"]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


def _on_page_of(user_id: int | None) -> ColumnElement[bool]:
    return (WarningDelivery.user_id == user_id) & WarningDelivery.channel_id.is_(None)


_HOLDS = ClockWarning.ended_at.is_(None)


def mine(actor: Actor, *, unread: bool = False, ended: bool = False) -> Select[WarningDelivery]:
    """What this person was warned of, the gravest first and what runs out first before others.

    :param ended: instead what needs no look any more, the newest first.
    """
    query = (
        select(WarningDelivery)
        .join(WarningDelivery.warning)
        .where(_on_page_of(actor.id), ~_HOLDS if ended else _HOLDS)
        .options(
            contains_eager(WarningDelivery.warning).options(
                joinedload(ClockWarning.rule), joinedload(ClockWarning.step)
            )
        )
    )
    if unread:
        query = query.where(WarningDelivery.read_at.is_(None))
    if ended:
        return query.order_by(ClockWarning.raised_at.desc(), ClockWarning.id.desc())
    gravity = case(
        {grave.value: -rank for grave, rank in GRAVITY.items()}, value=ClockWarning.severity
    )
    return query.order_by(gravity, ClockWarning.due_at, ClockWarning.id)


def unread_count(session: Session, actor: Actor) -> int:
    """How many warnings that hold this person has not read."""
    if actor.id is None:
        return 0
    query = (
        select(func.count(WarningDelivery.id))
        .join(WarningDelivery.warning)
        .where(_on_page_of(actor.id), WarningDelivery.read_at.is_(None), _HOLDS)
    )
    return session.scalar(query) or 0


def mark_read(session: Session, delivery_id: int, actor: Actor, now: datetime) -> None:
    """Note that this person has read a warning; a second time changes nothing.

    :raises NotFound: none of this person's.
    """
    if not _read(session, actor, now, WarningDelivery.id == delivery_id):
        known = select(WarningDelivery.id).where(
            WarningDelivery.id == delivery_id, _on_page_of(actor.id)
        )
        if actor.id is None or session.scalar(known) is None:
            raise NotFound("没有这条预警：请从预警列表重新进入")


def mark_all_read(session: Session, actor: Actor, now: datetime) -> int:
    """Note that this person has read all that holds; how many were new."""
    holding = select(ClockWarning.id).where(_HOLDS)
    return _read(session, actor, now, WarningDelivery.warning_id.in_(holding))


def mark_unread(session: Session, actor: Actor, moment: datetime) -> int:
    """Take back what this person marked as read at one moment; returns how many.

    :raises WrongState: nothing of that moment is left to take back.
    """
    found = (
        update(WarningDelivery)
        .where(_on_page_of(actor.id), WarningDelivery.read_at == moment)
        .values(read_at=None)
        .returning(WarningDelivery.id)
    )
    gone = session.scalars(found).all()
    if not gone:
        raise WrongState("没有可以恢复的：可能已经恢复过，或已被删除，请刷新页面")
    audit.record(session, "unread_warnings", session.get_one(User, actor.id), {"count": len(gone)})
    return len(gone)


def _read(session: Session, actor: Actor, now: datetime, which: ColumnElement[bool]) -> int:
    if actor.id is None:
        raise Forbidden("请先登录：已阅要记在本人名下")
    found = session.scalars(
        update(WarningDelivery)
        .where(_on_page_of(actor.id), WarningDelivery.read_at.is_(None), which)
        .values(read_at=now)
        .returning(WarningDelivery.id)
    )
    return len(found.all())


def address_of(session: Session, actor: Actor) -> str:
    """Where this person is warned by mail; empty: nowhere."""
    found = session.scalar(select(MailAddress).where(MailAddress.user_id == actor.id))
    return found.email if found else ""


def set_address(session: Session, actor: Actor, text: str) -> str:
    """State an address, or with an empty text none; as it is kept.

    :raises Forbidden: of nobody.
    :raises Invalid: not an address.
    """
    if actor.id is None:
        raise Forbidden("请先登录：邮箱要记在本人名下")
    email = text.strip()
    known = session.scalar(select(MailAddress).where(MailAddress.user_id == actor.id))
    if email and (len(email) > ADDRESS_CHARACTERS or not _ADDRESS.fullmatch(email)):
        raise Invalid("请填写一个电子邮箱地址，如 name@example.gov.cn", {"email": "写得不对"})
    if not email:
        if known is not None:
            session.delete(known)
    elif known is None:
        session.add(MailAddress(user_id=actor.id, email=email))
    elif known.email != email:
        known.email = email
    session.flush()
    return email
