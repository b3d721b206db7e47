"""Leave, and who stands in meanwhile (请假与代办)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from responder.accounts.models import User
from responder.core.audit import Audited
from responder.core.database import Base

STATE_LABELS = {
    "coming": "未开始",
    "under_way": "请假中",
    "over": "已结束",
    "withdrawn": "已取消",
}


class Absence(Audited, Base):
    """Days on which somebody is away and a deputy acts for them (请假).

    ``ended_on`` is the first day on which they are back, where that is earlier than planned.
    """

    __tablename__ = "absence"
    __table_args__ = (
        CheckConstraint("first_day <= last_day", "days"),
        CheckConstraint("user_id <> deputy_id", "deputy"),
    )
    __audit_masked__ = frozenset({"reason"})  # an illness is nobody's business

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    deputy_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    first_day: Mapped[date]
    last_day: Mapped[date]
    ended_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(String(200), default="")
    made_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )
    made_by_name: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime]
    user: Mapped[User] = relationship(foreign_keys=[user_id])
    deputy: Mapped[User] = relationship(foreign_keys=[deputy_id])

    def state(self, today: date) -> str:
        """``coming``, ``under_way``, ``over`` or, when it never began, ``withdrawn``."""
        if self.ended_on is not None:
            return "withdrawn" if self.ended_on <= self.first_day else "over"
        if self.last_day < today:
            return "over"
        return "coming" if self.first_day > today else "under_way"
