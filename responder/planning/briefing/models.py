"""The office's own layout of the briefing pack."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from responder.core.audit import Audited
from responder.core.database import Base


class BriefingTemplate(Audited, Base):
    """A Word file with placeholders (背景材料模板); the newest is used."""

    __tablename__ = "briefing_template"
    __audit_skip__ = frozenset({"content"})

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(255))
    digest: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    added_at: Mapped[datetime]
    added_by_name: Mapped[str] = mapped_column(String(64))
