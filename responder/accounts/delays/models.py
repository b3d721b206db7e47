"""Tries to sign in that were wrong."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from responder.core.database import Base


class SignInTries(Base):
    """How often signing in was tried without success, by one way of telling who tries.

    :ivar kind: one of ``rules.Kind``; ``key`` knows the name, address or browser again.
    :ivar next_at: before which nobody of this kind and key may try again.
    """

    __tablename__ = "sign_in_tries"

    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    tries: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(index=True)
    next_at: Mapped[datetime]
