"""Rules of the office, the alerts that they raised, and who has read them."""

from __future__ import annotations

from datetime import datetime, time
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Time, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from responder.accounts.models import User
from responder.core.audit import Audited
from responder.core.database import Base, choice
from responder.topics.models import Topic


class Kind(StrEnum):
    """What a rule looks at."""

    NEW = "new"
    RISING = "rising"
    LEVEL = "level"
    KEYWORD = "keyword"


KIND_LABELS = {
    Kind.NEW: "新话题",
    Kind.RISING: "升温",
    Kind.LEVEL: "达到等级",
    Kind.KEYWORD: "关键词",
}


class AlertRule(Audited, Base):
    """When to raise an alert (提醒规则). Only the columns of its kind are used.

    ``code`` names a shipped rule. ``quiet_from`` and ``quiet_to`` are local times; together
    or not at all. ``checked_refresh_id`` is the last refresh that the rule has looked at.
    """

    __tablename__ = "alert_rule"
    __audit_skip__ = frozenset({"checked_refresh_id"})

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str | None] = mapped_column(String(32), unique=True)
    kind: Mapped[Kind] = mapped_column(choice(Kind, "alert_kind"))
    name: Mapped[str] = mapped_column(String(60))
    active: Mapped[bool] = mapped_column(default=True)
    people: Mapped[int | None]
    speed_points: Mapped[int | None]
    heat_rise: Mapped[int | None]
    level: Mapped[int | None]
    words: Mapped[str] = mapped_column(String(200), default="")
    quiet_from: Mapped[time | None] = mapped_column(Time)
    quiet_to: Mapped[time | None] = mapped_column(Time)
    checked_refresh_id: Mapped[int] = mapped_column(default=0)
    version_id: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version_id}


class Alert(Base):
    """One crossing of one rule by one topic (提醒); the database keeps it from being two.

    ``facts`` holds the figures as they were, by the names in ``wording``. What is raised in
    quiet hours is shown from ``delivered_at`` on, their end.
    """

    __tablename__ = "alert"
    __table_args__ = (UniqueConstraint("rule_id", "topic_id", "crossing"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    rule_id: Mapped[int] = mapped_column(ForeignKey("alert_rule.id", ondelete="CASCADE"))
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"), index=True)
    crossing: Mapped[str] = mapped_column(String(220))
    raised_at: Mapped[datetime]
    delivered_at: Mapped[datetime] = mapped_column(index=True)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    rule: Mapped[AlertRule] = relationship()
    topic: Mapped[Topic] = relationship()
    readings: Mapped[list[AlertReading]] = relationship(
        back_populates="alert", order_by="AlertReading.read_at", lazy="selectin"
    )


class AlertReading(Base):
    """That somebody has read an alert (已阅)."""

    __tablename__ = "alert_reading"

    alert_id: Mapped[int] = mapped_column(
        ForeignKey("alert.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True
    )
    read_at: Mapped[datetime]
    alert: Mapped[Alert] = relationship(back_populates="readings")
    user: Mapped[User] = relationship(lazy="joined")
