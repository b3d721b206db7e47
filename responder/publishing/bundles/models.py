"""Bundles: what goes out together."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from responder.core.audit import Audited
from responder.core.database import Base, choice
from responder.responses.models import ResponseItem


class BundleState(StrEnum):
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    CANCELLED = "cancelled"
    REFUSED = "refused"


class BundleItem(Base):
    """That an item goes out with a bundle."""

    __tablename__ = "bundle_item"

    bundle_id: Mapped[int] = mapped_column(ForeignKey("bundle.id"), primary_key=True)
    item_id: Mapped[int] = mapped_column(
        ForeignKey("response_item.id"), primary_key=True, index=True
    )


class Bundle(Audited, Base):
    """Items that are published at one moment in one transaction, or not at all (发布组).

    ``outcome`` says why none of them went out.
    """

    __tablename__ = "bundle"
    __audit_skip__ = frozenset({"state", "outcome", "settled_at"})

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    state: Mapped[BundleState] = mapped_column(
        choice(BundleState, "state"), default=BundleState.SCHEDULED, index=True
    )
    publish_at: Mapped[datetime] = mapped_column(index=True)
    made_at: Mapped[datetime]
    made_by_name: Mapped[str] = mapped_column(String(64))
    settled_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(Text, default="")
    version_id: Mapped[int] = mapped_column(default=1)
    items: Mapped[list[ResponseItem]] = relationship(
        secondary=BundleItem.__table__, order_by=ResponseItem.id
    )

    __mapper_args__ = {"version_id_col": version_id}
