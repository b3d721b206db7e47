"""Who wrote a message: told apart by a key, found again by a telephone number."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.core.identity import KeyRing, KeysUnusable, ring_of
from responder.intake import rules
from responder.intake.identity.models import IdentityRule
from responder.intake.models import Channel, Message
from responder.intake.new_message import NewMessage

KEY_DIGITS = 32


def keys_of(session: Session) -> KeyRing:
    """The keys to store senders with.

    :raises KeysUnusable: they are not those that this database was begun with; what were
        stored with them would neither be read nor known again.
    """
    ring = ring_of(session)
    mark = ring.mark
    if not ring.confirmed:
        if session.scalar(select(IdentityRule.mark)) != mark:
            raise KeysUnusable(
                f"密钥文件 {ring.path} 与这个数据库不符："
                "请从备份放回与数据库同时备份的 identity_keys"
            )
        ring.confirmed = True
    return ring


def all_keyed(keys: KeyRing, messages: Iterable[NewMessage]) -> list[str]:
    """What ``Message.author_key`` is for each of some messages that are about to be stored."""
    plain = [rules.author_key(m.channel, m.author, m.phone, m.fingerprint) for m in messages]
    return [key[:KEY_DIGITS] for key in keys.all_keyed(plain)]


def author_key_of(
    session: Session, channel: Channel, author: str = "", phone: str = ""
) -> str | None:
    """The key that this person's messages have; None where nobody is named."""
    if not rules.names_somebody(author, phone):
        return None
    return keys_of(session).keyed(rules.author_key(channel, author, phone, ""))[:KEY_DIGITS]


def earlier_of(session: Session, of: Message | str, limit: int = 20) -> list[Message]:
    """What the same person said, newest first; nothing for the anonymous and the erased.

    Whoever shows it asks for ``Permission.IDENTITY_REVEAL`` and tells the trail.

    :param of: a message, which is left out itself, or a telephone number as it was typed.
    """
    query = select(Message).order_by(Message.occurred_at.desc(), Message.id.desc()).limit(limit)
    if isinstance(of, Message):
        if not rules.names_somebody(of.author, of.phone):
            return []
        query = query.where(Message.author_key == of.author_key, Message.id != of.id)
        return list(session.scalars(query))
    key = author_key_of(session, Channel.HOTLINE, phone=of)
    return list(session.scalars(query.where(Message.author_key == key))) if key else []
