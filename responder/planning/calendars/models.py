"""Calendars that somebody subscribed to elsewhere."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from responder.accounts.models import Unit, User
from responder.core.audit import Audited
from responder.core.database import Base


class CalendarFeed(Audited, Base):
    """An address that gives the events as iCalendar (日历订阅), to whoever knows its token.

    Only the digest (SHA-256) of the token is kept. ``unit_id`` None: all that its owner sees.
    """

    __tablename__ = "calendar_feed"
    __audit_masked__ = frozenset({"digest"})
    __audit_skip__ = frozenset({"read_at", "revoked_at"})  # a deed of its own says the latter

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(64))
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    user: Mapped[User] = relationship()
    unit: Mapped[Unit | None] = relationship()
