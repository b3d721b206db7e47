"""The taxonomy (分类), its versions, and what people confirmed of messages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from responder.accounts.models import Unit
from responder.core.audit import Audited
from responder.core.database import Base

MOST_WORDS_CHARACTERS = 1000


class Category(Audited, Base):
    """What a message is about (分类); one without ``parent_id`` is of the first level.

    ``cue_words`` are parted by 、. ``lead`` names the department that usually answers, for
    offices whose units are not entered yet. One that is not ``valid`` is retired: no new
    message gets it, those that have it keep it.
    """

    __tablename__ = "category"
    __audit_creation__ = False  # the version tells it
    __table_args__ = (Index("ix_category_parent_id", "parent_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(48), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    lead: Mapped[str] = mapped_column(String(60), default="")
    cue_words: Mapped[str] = mapped_column(String(MOST_WORDS_CHARACTERS), default="")
    position: Mapped[int] = mapped_column(default=0)
    valid: Mapped[bool] = mapped_column(default=True)
    version_id: Mapped[int] = mapped_column(default=1)
    parent: Mapped[Category | None] = relationship(remote_side="Category.id")
    unit: Mapped[Unit | None] = relationship()

    __mapper_args__ = {"version_id_col": version_id}

    @property
    def path(self) -> str:
        """Both levels by name: 交通运输 / 公共交通."""
        return f"{self.parent.name} / {self.name}" if self.parent else self.name


class TaxonomyVersion(Base):
    """What one change made of the taxonomy (分类版本); its ``id`` is the version's number.

    ``changes``: one entry a category, ``{"code", "name", "fields": {field: [old, new]}}``.
    ``stamp`` is never the same twice, so that what was read of one version can be kept.
    """

    __tablename__ = "taxonomy_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    made_at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    actor_name: Mapped[str] = mapped_column(String(64))
    stamp: Mapped[str] = mapped_column(String(32))
    changes: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)


class CategoryConfirmation(Audited, Base):
    """That somebody said what a message is about (分类确认). Never changed; the newest holds.

    ``suggested_id`` and ``suggested_score`` are what the system had proposed at that moment.
    """

    __tablename__ = "category_confirmation"
    __table_args__ = (
        Index("ix_category_confirmation_message_id", "message_id"),
        Index("ix_category_confirmation_category_id", "category_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"))
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"))
    suggested_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    suggested_score: Mapped[float | None]
    reason: Mapped[str] = mapped_column(String(200), default="")
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    actor_name: Mapped[str] = mapped_column(String(64))
    confirmed_at: Mapped[datetime]
    taxonomy_version: Mapped[int | None] = mapped_column(ForeignKey("taxonomy_version.id"))
    category: Mapped[Category] = relationship(foreign_keys=[category_id])
    suggested: Mapped[Category | None] = relationship(foreign_keys=[suggested_id])
