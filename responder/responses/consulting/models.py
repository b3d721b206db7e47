"""Consultations, agreed wordings and references to policy documents."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from responder.core.database import Base


class Consultation(Base):
    """What was settled together on an item (会商记录). Never changed."""

    __tablename__ = "response_consultation"

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(
        ForeignKey("response_item.id", ondelete="CASCADE"), index=True
    )
    held_at: Mapped[datetime]
    units: Mapped[str] = mapped_column(String(500))
    people: Mapped[str] = mapped_column(String(500), default="")
    conclusion: Mapped[str] = mapped_column(Text)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    recorded_by_name: Mapped[str] = mapped_column(String(64))
    recorded_at: Mapped[datetime]


class AgreedWording(Base):
    """A version of what is said of the matter, wherever it is said (口径). Never changed."""

    __tablename__ = "response_wording"
    __table_args__ = (UniqueConstraint("item_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("response_item.id", ondelete="CASCADE"))
    consultation_id: Mapped[int | None] = mapped_column(ForeignKey("response_consultation.id"))
    number: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    agreed_by: Mapped[str] = mapped_column(String(300))
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    recorded_by_name: Mapped[str] = mapped_column(String(64))
    recorded_at: Mapped[datetime]
    consultation: Mapped[Consultation | None] = relationship()


class PolicyReference(Base):
    """A policy document that an answer rests on (政策依据)."""

    __tablename__ = "response_reference"

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(
        ForeignKey("response_item.id", ondelete="CASCADE"), index=True
    )
    title: Mapped[str] = mapped_column(String(200))
    number: Mapped[str] = mapped_column(String(100), default="")
    issued_on: Mapped[date | None]
    url: Mapped[str] = mapped_column(String(500), default="")
    passage: Mapped[str] = mapped_column(Text, default="")
    added_by_name: Mapped[str] = mapped_column(String(64))
    added_at: Mapped[datetime]
