"""What the office weighs heat by, and a topic's heat day by day."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Date, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from responder.core.audit import Audited
from responder.core.database import Base


class HeatSetting(Audited, Base):
    """The office's own weights and thresholds (热度设置): one row, or none when as shipped.

    Weights are whole points, together 100; ``level_1`` to ``level_3`` are heats.
    """

    __tablename__ = "heat_setting"

    id: Mapped[int] = mapped_column(primary_key=True)
    volume: Mapped[int]
    speed: Mapped[int]
    burst: Mapped[int]
    reach: Mapped[int]
    spread: Mapped[int]
    gravity: Mapped[int]
    freshness: Mapped[int]
    level_1: Mapped[int]
    level_2: Mapped[int]
    level_3: Mapped[int]
    version_id: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version_id}


class TopicDay(Base):
    """A topic as it stood at the last refresh of a local day (每日热度)."""

    __tablename__ = "topic_day"

    topic_id: Mapped[int] = mapped_column(
        ForeignKey("topic.id", ondelete="CASCADE"), primary_key=True
    )
    day: Mapped[date] = mapped_column(Date, primary_key=True, index=True)
    heat: Mapped[float]
    level: Mapped[int]
    people: Mapped[int]
    messages: Mapped[int]
