"""That somebody decided not to answer a hot topic."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from responder.core.audit import Audited
from responder.core.database import Base
from responder.topics.models import Topic


class TopicVerdict(Audited, Base):
    """A hot topic that needs no answer (无需回应), with the reason and the heat it had then.

    ``withdrawn_at``: it does, after all; ``withdrawn_by_id``: whoever said so, where somebody did
    and not another verdict.
    """

    __tablename__ = "topic_verdict"
    __audit_skip__ = frozenset(
        {"topic_id", "at", "by_id", "by_name", "withdrawn_at", "withdrawn_by_id"}
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"), index=True)
    reason: Mapped[str] = mapped_column(String(300))
    heat: Mapped[float]
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    by_name: Mapped[str] = mapped_column(String(64))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    topic: Mapped[Topic] = relationship()
