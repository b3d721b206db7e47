"""Topics (话题) over the messages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from responder.core.audit import Audited
from responder.core.database import Base
from responder.intake.models import Message


class Topic(Audited, Base):
    """One matter at one place that several people raise (话题).

    Everything but the id is recomputed by a refresh; ``heat_parts`` holds
    ``[{"name", "label", "points", "of", "evidence"}]`` and sums to ``heat`` (0–100).
    ``keywords`` holds ``[[word, weight], …]``, heaviest first.
    """

    __tablename__ = "topic"
    __table_args__ = (Index("ix_topic_heat", "heat"),)
    __audit_skip__ = frozenset(
        {
            "label", "keywords", "heat", "heat_parts", "message_count", "people_count",
            "first_seen", "last_seen", "ranked_as_of",
        }
    )  # fmt: skip
    __audit_creation__ = False  # the refresh says how many it made

    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str] = mapped_column(String(100))
    keywords: Mapped[list[Any]] = mapped_column(JSON, default=list)
    heat: Mapped[float] = mapped_column(default=0.0)
    heat_parts: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    message_count: Mapped[int] = mapped_column(default=0)
    people_count: Mapped[int] = mapped_column(default=0)
    first_seen: Mapped[datetime]
    last_seen: Mapped[datetime] = mapped_column(index=True)
    ranked_as_of: Mapped[datetime]
    version_id: Mapped[int] = mapped_column(default=1)
    memberships: Mapped[list[Membership]] = relationship(
        back_populates="topic", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version_id}


class Membership(Base):
    """A message's place in a topic (归属). A message is in one topic at most."""

    __tablename__ = "topic_message"

    message_id: Mapped[int] = mapped_column(
        ForeignKey("message.id", ondelete="CASCADE"), primary_key=True
    )
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"), index=True)
    similarity: Mapped[float] = mapped_column(default=1.0)
    repeats_id: Mapped[int | None] = mapped_column(ForeignKey("message.id", ondelete="SET NULL"))
    topic: Mapped[Topic] = relationship(back_populates="memberships")
    message: Mapped[Message] = relationship(foreign_keys=[message_id])


class TopicRefresh(Audited, Base):
    """One run over the new messages (聚合运行)."""

    __tablename__ = "topic_refresh"

    id: Mapped[int] = mapped_column(primary_key=True)
    as_of: Mapped[datetime]
    ran_at: Mapped[datetime]
    messages_added: Mapped[int]
    topics_created: Mapped[int]
    topics_total: Mapped[int]
