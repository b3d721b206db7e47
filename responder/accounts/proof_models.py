"""How a signer proves who they are: the secret of their one-time codes, and wrong attempts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from responder.core.audit import Audited
from responder.core.database import Base
from responder.core.identity import Sealed

SECRET_CONTEXT = "signing_proof.secret"  # noqa: S105
PENDING_CONTEXT = "signing_proof.pending"


class SigningProof(Audited, Base):
    """What is kept of one person's proofs (签发验证); a row is made when first needed.

    :ivar secret: of the codes that count, sealed; empty while the password counts.
    :ivar pending: of an enrolment that no code has confirmed yet; good for a while from
        ``pending_at``.
    :ivar last_step: of the last code that was taken, so that none is taken twice.
    :ivar tries: since the last success, each counted before it is looked at.
    """

    __tablename__ = "signing_proof"
    __audit_creation__ = False
    # Each is told by a deed of its own, and none of them may be copied.
    __audit_skip__ = frozenset(
        {"secret", "pending", "pending_at", "enrolled_at", "last_step", "tries", "locked_until"}
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), unique=True
    )
    secret: Mapped[str] = mapped_column(Sealed(SECRET_CONTEXT, 64), default="")
    pending: Mapped[str] = mapped_column(Sealed(PENDING_CONTEXT, 64), default="")
    pending_at: Mapped[datetime | None]
    enrolled_at: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(default=0)
    tries: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]


class RecoveryCode(Base):
    """One of the codes that somebody keeps on paper for the day the telephone is lost (恢复码).

    :ivar digest: of 80 random bits, so that no slow hash is needed.
    """

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("user_id", "digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    digest: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
