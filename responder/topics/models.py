"""Topics (话题) over the messages."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy import false as sa_false
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from responder.core.audit import Audited
from responder.core.database import Base, choice
from responder.intake.models import Message

# PostgreSQL compares jsonb values, so a default in the database can be checked; not so json.
JSON_WITH_DEFAULT = JSON().with_variant(JSONB(), "postgresql")


class EventKind(StrEnum):
    """What can happen to a topic as a whole."""

    BORN = "born"
    MERGED = "merged"
    SPLIT = "split"
    ASLEEP = "asleep"
    WOKEN = "woken"


class CorrectionKind(StrEnum):
    """What a person can put right."""

    MERGE = "merge"
    SPLIT = "split"
    MOVE = "move"
    RENAME = "rename"
    PIN = "pin"
    DISMISS = "dismiss"
    NEVER_SAME = "never_same"


class Topic(Audited, Base):
    """One matter at one place that several people raise (话题).

    What a person set (``renamed``, ``pinned``, ``dismissed``) stays; the rest is worked out
    anew by a refresh. ``heat_parts`` holds ``[{"name", "label", "points", "of", "evidence"}]``
    and sums to ``heat`` (0–100). ``keywords`` holds ``[[word, weight], …]``, heaviest first;
    ``representatives`` message ids, the most telling first; ``confusions``
    ``[[topic id, similarity, [shared word, …]], …]``, the nearest other topic first.
    A topic that was merged away keeps its row, without messages: ``merged_into_id`` says
    where they are.
    """

    __tablename__ = "topic"
    __table_args__ = (
        Index("ix_topic_heat", "heat"),
        # In the order of their list, with all that the list counts and leaves out by.
        Index(
            "ix_topic_order",
            "pinned", "heat", "message_count", "level", "merged_into_id", "dismissed",
        ),
        Index(
            "ix_topic_last_seen",
            "last_seen", "message_count", "heat", "merged_into_id", "dismissed",
        ),
        Index("ix_topic_ranked_as_of", "ranked_as_of", "message_count", "last_seen"),
        # Hardly any topic was merged away: of the others no index is to tell.
        Index(
            "ix_topic_merged_into_id",
            "merged_into_id",
            sqlite_where=text("merged_into_id IS NOT NULL"),
            postgresql_where=text("merged_into_id IS NOT NULL"),
        ),
    )  # fmt: skip
    __audit_skip__ = frozenset(
        {
            "label", "keywords", "heat", "heat_parts", "message_count", "people_count",
            "first_seen", "last_seen", "ranked_as_of", "place", "representatives", "confusions",
            "tones", "level",
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
    last_seen: Mapped[datetime]
    ranked_as_of: Mapped[datetime]
    place: Mapped[str] = mapped_column(String(60), default="", server_default=text("''"))
    representatives: Mapped[list[int]] = mapped_column(
        JSON_WITH_DEFAULT, default=list, server_default="[]"
    )
    confusions: Mapped[list[Any]] = mapped_column(
        JSON_WITH_DEFAULT, default=list, server_default="[]"
    )
    tones: Mapped[dict[str, int]] = mapped_column(
        JSON_WITH_DEFAULT, default=dict, server_default="{}"
    )
    level: Mapped[int] = mapped_column(default=0, server_default="0")
    renamed: Mapped[bool] = mapped_column(default=False, server_default=sa_false())
    pinned: Mapped[bool] = mapped_column(default=False, server_default=sa_false())
    dismissed: Mapped[bool] = mapped_column(default=False, server_default=sa_false())
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("topic.id"))
    version_id: Mapped[int] = mapped_column(default=1)
    memberships: Mapped[list[Membership]] = relationship(
        back_populates="topic", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version_id}


class Membership(Base):
    """A message's place in a topic (归属). A message is in one topic at most.

    ``held``: a person put it there, so no refresh moves it. ``gravity``: its grave words, as
    ``lexicon.GravityLexicon.note`` keeps them; None until a refresh has read them.
    """

    __tablename__ = "topic_message"

    message_id: Mapped[int] = mapped_column(
        ForeignKey("message.id", ondelete="CASCADE"), primary_key=True
    )
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"), index=True)
    similarity: Mapped[float] = mapped_column(default=1.0)
    held: Mapped[bool] = mapped_column(default=False, server_default=sa_false())
    gravity: Mapped[str | None] = mapped_column(String(200))
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


class TopicCorrection(Audited, Base):
    """What a person put right about topics (人工修正); it can be undone once.

    ``details`` holds what undoing needs, by kind: see ``corrections``. The trail names each
    by what it did, and says when it was undone.
    """

    __tablename__ = "topic_correction"
    __audit_skip__ = frozenset({"details", "undone_at", "undone_by_name"})
    __audit_creation__ = False

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[CorrectionKind] = mapped_column(choice(CorrectionKind, "topic_correction_kind"))
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"), index=True)
    other_id: Mapped[int | None] = mapped_column(
        ForeignKey("topic.id", ondelete="CASCADE"), index=True
    )
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    note: Mapped[str] = mapped_column(Text, default="")
    made_at: Mapped[datetime]
    made_by_name: Mapped[str] = mapped_column(String(64))
    undone_at: Mapped[datetime | None]
    undone_by_name: Mapped[str] = mapped_column(String(64), default="")
    topic: Mapped[Topic] = relationship(foreign_keys=[topic_id])
    other: Mapped[Topic | None] = relationship(foreign_keys=[other_id])


class TopicSeparation(Base):
    """Two topics that no refresh may join (永不合并), smaller id first."""

    __tablename__ = "topic_separation"
    __table_args__ = (CheckConstraint("low_id < high_id", name="low_before_high"),)

    low_id: Mapped[int] = mapped_column(
        ForeignKey("topic.id", ondelete="CASCADE"), primary_key=True
    )
    high_id: Mapped[int] = mapped_column(
        ForeignKey("topic.id", ondelete="CASCADE"), primary_key=True
    )
    correction_id: Mapped[int] = mapped_column(
        ForeignKey("topic_correction.id", ondelete="CASCADE"), primary_key=True
    )


class TopicEvent(Base):
    """Lineage (沿革): what happened to a topic, and with which other topic.

    MERGED: ``other`` went into ``topic``. SPLIT: ``other`` came out of ``topic``.
    ``at`` is the time as of which it happened; ``correction`` who wanted it, if a person did.
    """

    __tablename__ = "topic_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[EventKind] = mapped_column(choice(EventKind, "topic_event_kind"))
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"), index=True)
    other_id: Mapped[int | None] = mapped_column(
        ForeignKey("topic.id", ondelete="CASCADE"), index=True
    )
    at: Mapped[datetime]
    message_count: Mapped[int] = mapped_column(default=0)
    correction_id: Mapped[int | None] = mapped_column(
        ForeignKey("topic_correction.id", ondelete="CASCADE")
    )
    undone: Mapped[bool] = mapped_column(default=False)
    topic: Mapped[Topic] = relationship(foreign_keys=[topic_id])
    other: Mapped[Topic | None] = relationship(foreign_keys=[other_id])
    correction: Mapped[TopicCorrection | None] = relationship()
