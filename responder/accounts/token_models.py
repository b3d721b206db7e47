"""Tokens (接口令牌) by which other programs sign in, their use, and what they sent."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from responder.accounts.models import User
from responder.core.audit import Audited
from responder.core.database import Base
from responder.core.permissions import Actor, Permission


class Scope(StrEnum):
    """One thing that a program may do."""

    MESSAGES_WRITE = "messages:write"


SCOPE_LABELS = {Scope.MESSAGES_WRITE: "推送留言"}

SCOPE_PERMISSIONS = {Scope.MESSAGES_WRITE: frozenset({Permission.MESSAGE_IMPORT})}


class ApiToken(Audited, Base):
    """What a named client signs in with (接口令牌). The token itself is not kept.

    ``digest`` is its SHA-256: of 256 random bits no slow hash is needed. ``prefix`` is its
    beginning, by which people tell tokens apart. ``scopes`` and ``channels`` are words
    between blanks; no channel means every channel.
    """

    __tablename__ = "api_token"
    __audit_masked__ = frozenset({"digest"})
    __audit_skip__ = frozenset({"revoked_at"})  # a deed of its own says it

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    prefix: Mapped[str] = mapped_column(String(12))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[str] = mapped_column(String(200))
    channels: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    created_by: Mapped[User | None] = relationship()
    use: Mapped[ApiUse | None] = relationship(viewonly=True)

    @property
    def scope_set(self) -> frozenset[Scope]:
        return frozenset(map(Scope, self.scopes.split()))

    @property
    def scope_labels(self) -> list[str]:
        return [SCOPE_LABELS[scope] for scope in sorted(self.scope_set)]

    @property
    def channel_set(self) -> frozenset[str]:
        """The channels that it is held to; empty is every channel."""
        return frozenset(self.channels.split())

    @property
    def actor(self) -> Actor:
        """This client as the services and the audit trail know it."""
        permissions = frozenset().union(*(SCOPE_PERMISSIONS[scope] for scope in self.scope_set))
        return Actor(None, f"接口 {self.name}（{self.prefix}）", permissions)

    def state(self, now: datetime) -> str:
        """``active``, ``revoked`` or ``expired``."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at is not None and self.expires_at <= now else "active"


class ApiUse(Base):
    """The minute in which a token was last used, and how often in it.

    One row a token, shared by all processes that serve: the limit holds for the token,
    not for each process.
    """

    __tablename__ = "api_use"

    token_id: Mapped[int] = mapped_column(
        ForeignKey("api_token.id", ondelete="CASCADE"), primary_key=True
    )
    minute: Mapped[datetime]
    requests: Mapped[int]


class ApiRequest(Base):
    """A request with an idempotency key, and the answer that it got."""

    __tablename__ = "api_request"
    __table_args__ = (UniqueConstraint("token_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_id: Mapped[int] = mapped_column(ForeignKey("api_token.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(128))
    digest: Mapped[str] = mapped_column(String(64))
    received_at: Mapped[datetime] = mapped_column(index=True)
    status: Mapped[int]
    answer: Mapped[str] = mapped_column(Text)
