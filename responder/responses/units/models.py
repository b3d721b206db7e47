"""The parts of units in an item (承办任务), and what they sent in (单位材料)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from responder.accounts.models import Unit
from responder.core.database import Base
from responder.responses.models import ResponseItem


class ItemPart(Base):
    """What the office asks of one unit for an item. The item's own unit leads (牵头)."""

    __tablename__ = "response_part"
    __table_args__ = (UniqueConstraint("item_id", "unit_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("response_item.id", ondelete="CASCADE"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    task: Mapped[str] = mapped_column(Text)
    due_at: Mapped[datetime]
    assigned_at: Mapped[datetime]
    assigned_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    assigned_by_name: Mapped[str] = mapped_column(String(64))
    version_id: Mapped[int] = mapped_column(default=1)
    item: Mapped[ResponseItem] = relationship()
    unit: Mapped[Unit] = relationship()
    materials: Mapped[list[PartMaterial]] = relationship(
        back_populates="part", order_by="PartMaterial.number", lazy="selectin"
    )

    __mapper_args__ = {"version_id_col": version_id}

    @property
    def leads(self) -> bool:
        return self.unit_id == self.item.unit_id

    @property
    def material(self) -> PartMaterial | None:
        """What stands now of what the unit sent in."""
        return self.materials[-1] if self.materials else None

    @property
    def sent_late(self) -> bool:
        """Whether the first of it came after it was due."""
        return bool(self.materials) and self.materials[0].sent_at > self.due_at


class PartMaterial(Base):
    """One version of what a unit knows of the matter. Never changed."""

    __tablename__ = "response_material"
    __table_args__ = (UniqueConstraint("part_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    part_id: Mapped[int] = mapped_column(ForeignKey("response_part.id", ondelete="CASCADE"))
    number: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    author_name: Mapped[str] = mapped_column(String(64))
    sent_at: Mapped[datetime]
    part: Mapped[ItemPart] = relationship(back_populates="materials")
