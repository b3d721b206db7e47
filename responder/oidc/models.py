"""Who is who at the identity provider (统一身份认证), and who came without an account."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from responder.accounts.models import User
from responder.core.audit import Audited
from responder.core.database import Base
from responder.core.identity import Sealed
from responder.oidc.rules import LONGEST

TOKEN_CONTEXT = "oidc_visit.id_token"  # noqa: S105
LONGEST_TOKEN = 16_000  # characters


class OidcIdentity(Audited, Base):
    """Whose account somebody's is who signs in elsewhere (统一身份绑定).

    :ivar issuer: the provider; the same subject of another one is somebody else.
    :ivar subject: by which the provider knows them; None until the first sign-in.
    :ivar awaited: the name that an administrator prepared; it counts until there is a subject.
    :ivar awaited_claim: in which of the provider's claims that name has to stand.
    """

    __tablename__ = "oidc_identity"
    __table_args__ = (
        UniqueConstraint("issuer", "subject"),
        UniqueConstraint("issuer", "awaited_claim", "awaited"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), unique=True
    )
    issuer: Mapped[str] = mapped_column(String(LONGEST))
    subject: Mapped[str | None] = mapped_column(String(LONGEST))
    awaited: Mapped[str | None] = mapped_column(String(LONGEST))
    awaited_claim: Mapped[str | None] = mapped_column(String(LONGEST))
    bound_at: Mapped[datetime | None]
    user: Mapped[User] = relationship()


class OidcVisit(Base):
    """Somebody whom the provider let through, up to the sign-in that came of it.

    Goes with the identity: whoever is unbound between two steps comes no further.

    :ivar session_id: of the sign-in; None while a code is owed, and of whoever never gave it.
    :ivar id_token: to tell the provider who signs out; sealed, empty where it is too long.
    """

    __tablename__ = "oidc_visit"

    id: Mapped[int] = mapped_column(primary_key=True)
    identity_id: Mapped[int] = mapped_column(
        ForeignKey("oidc_identity.id", ondelete="CASCADE"), index=True
    )
    session_id: Mapped[int | None] = mapped_column(
        ForeignKey("sign_in_session.id", ondelete="CASCADE"), unique=True
    )
    id_token: Mapped[str] = mapped_column(Sealed(TOKEN_CONTEXT, LONGEST_TOKEN), deferred=True)
    begun_at: Mapped[datetime] = mapped_column(index=True)


class OidcStranger(Audited, Base):
    """Whom the provider knows and no account belongs to (未绑定的来访).

    :ivar name: what the provider calls them, for the administrator who binds them.
    """

    __tablename__ = "oidc_stranger"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)
    __audit_creation__ = False
    # Each try is told by a deed of its own.
    __audit_skip__ = frozenset({"name", "last_at", "times"})

    id: Mapped[int] = mapped_column(primary_key=True)
    issuer: Mapped[str] = mapped_column(String(LONGEST))
    subject: Mapped[str] = mapped_column(String(LONGEST))
    name: Mapped[str] = mapped_column(String(LONGEST), default="")
    last_at: Mapped[datetime] = mapped_column(index=True)
    times: Mapped[int] = mapped_column(default=0)
