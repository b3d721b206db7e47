"""Verbs on API tokens: issue, revoke, sign in with, count their use."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

from flask import Flask, current_app
from sqlalchemy import case, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, joinedload

from responder.accounts.token_models import ApiToken, ApiUse, Scope
from responder.core import audit
from responder.core.errors import Forbidden, Invalid, NotFound
from responder.core.permissions import Actor

MARK = "rsp_"
RANDOM_BYTES = 32
PREFIX_LENGTH = 12


@dataclass(frozen=True)
class NewToken:
    """What an administrator allows a client.

    :param channels: empty is every channel.
    :param expires_at: aware; None is never.
    """

    name: str
    scopes: frozenset[Scope]
    channels: frozenset[str] = frozenset()
    expires_at: datetime | None = None


class Issued(NamedTuple):
    """A new token, and its words: the only time that anybody sees them."""

    token: ApiToken
    secret: str


@dataclass(frozen=True)
class Bearer:
    """Whoever sent a request with a token."""

    token_id: int
    actor: Actor
    scopes: frozenset[Scope]
    channels: frozenset[str]
    secret: str = field(repr=False)

    def seal(self, body: bytes) -> str:
        """64 hex digits that know this body again.

        Keyed by the token, which is stored nowhere: a bare hash of a short body would be
        found by trying phone numbers.
        """
        return hmac.new(self.secret.encode(), body, sha256).hexdigest()


def name_channels(app: Flask, labels: Mapping[Any, str]) -> None:
    """Say to which channels a token can be held; the room that owns channels calls it."""
    app.extensions["token_channels"] = dict(labels)


def channel_labels() -> dict[str, str]:
    """Channel → what people call it."""
    labels: dict[str, str] = current_app.extensions["token_channels"]
    return labels


def issue(session: Session, actor: Actor, wanted: NewToken, now: datetime) -> Issued:
    """Make a token. Only its SHA-256 is stored.

    :raises Invalid: no name, nothing allowed, an unknown channel, or expired already.
    """
    name = wanted.name.strip()
    if not name:
        raise Invalid("请填写令牌给哪个系统用", {"name": "请填写名称"})
    if not wanted.scopes:
        raise Invalid("请至少选一项权限", {"scopes": "请至少选一项"})
    if not wanted.channels <= channel_labels().keys():
        raise Invalid("没有这个渠道，请从列表中选择", {"channels": "没有这个渠道"})
    if wanted.expires_at is not None and wanted.expires_at <= now:
        raise Invalid("有效期已过，请选一个以后的日期", {"expires_on": "已过"})
    secret = MARK + secrets.token_urlsafe(RANDOM_BYTES)
    token = ApiToken(
        name=name,
        prefix=secret[:PREFIX_LENGTH],
        digest=_digest(secret),
        scopes=_words(wanted.scopes),
        channels=_words(wanted.channels),
        created_at=now,
        created_by_id=actor.id,
        expires_at=wanted.expires_at,
    )
    session.add(token)
    session.flush()
    return Issued(token, secret)


def revoke(session: Session, token_id: int, now: datetime) -> ApiToken:
    """End a token at once; ended twice, the first time counts.

    :raises NotFound: no such token.
    """
    token = get(session, token_id)
    if token.revoked_at is None:
        token.revoked_at = now
        audit.record(session, "revoke", token)
    return token


def get(session: Session, token_id: int) -> ApiToken:
    """:raises NotFound: no such token."""
    token = session.get(ApiToken, token_id)
    if token is None:
        raise NotFound("没有这个令牌：请从令牌列表重新进入")
    return token


def listed(session: Session) -> list[ApiToken]:
    """All tokens, the newest first, with their makers and their last use."""
    query = select(ApiToken).options(joinedload(ApiToken.created_by), joinedload(ApiToken.use))
    return list(session.scalars(query.order_by(ApiToken.id.desc())))


def authenticate(session: Session, secret: str, now: datetime) -> Bearer:
    """Who sent this token.

    :raises Forbidden: unknown, revoked or expired; deliberately not saying which.
    """
    token = session.scalar(select(ApiToken).where(ApiToken.digest == _digest(secret)))
    if token is None or token.state(now) != "active":
        raise Forbidden("令牌无效、已撤销或已过期：请向系统管理员申请新的令牌")
    return Bearer(token.id, token.actor, token.scope_set, token.channel_set, secret)


def count_use(session: Session, token_id: int, limit: int, now: datetime) -> bool:
    """Count a request in this minute.

    :param limit: how many a minute may have.
    :returns: whether it is within the limit; one beyond it is not counted.
    """
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    minute = now.replace(second=0, microsecond=0)
    statement = insert(ApiUse).values(token_id=token_id, minute=minute, requests=1)
    begins = ApiUse.minute < minute
    counted = session.execute(
        statement.on_conflict_do_update(
            index_elements=[ApiUse.token_id],
            set_={
                "minute": minute,
                "requests": case((begins, 1), else_=ApiUse.requests + 1),
            },
            where=or_(begins, ApiUse.requests < limit),
        ).returning(ApiUse.requests)
    )
    return counted.first() is not None


def seconds_to_next_minute(now: datetime) -> int:
    """After how many whole seconds the count begins again; at least 1."""
    return 60 - now.second


def _digest(secret: str) -> str:
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _words(values: Iterable[str]) -> str:
    return " ".join(sorted(values))
