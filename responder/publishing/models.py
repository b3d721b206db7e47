"""What citizens read (公开条目)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from responder.core.audit import Audited
from responder.core.database import Base
from responder.responses.models import ResponseItem


class Entry(Audited, Base):
    """A published entry of the 回应关切 column. One item gives one entry at most.

    The texts are copies: what was published does not change with its item.
    """

    __tablename__ = "entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("response_item.id"), unique=True)
    index_number: Mapped[str] = mapped_column(String(48), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    concern: Mapped[str] = mapped_column(Text)
    concern_source: Mapped[str] = mapped_column(String(200))
    unit_name: Mapped[str] = mapped_column(String(100))
    answer: Mapped[str] = mapped_column(Text)
    publisher: Mapped[str] = mapped_column(String(100))
    published_at: Mapped[datetime] = mapped_column(index=True)
    item: Mapped[ResponseItem] = relationship()
