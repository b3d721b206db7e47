"""Errands (后台任务): work that somebody asked for and that takes more than a moment."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from responder.core.database import Base, choice


class ErrandState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


STATE_LABELS = {
    ErrandState.WAITING: "排队中",
    ErrandState.RUNNING: "进行中",
    ErrandState.DONE: "已完成",
    ErrandState.FAILED: "没有成功",
    ErrandState.CANCELLED: "已取消",
}
UNDER_WAY = (ErrandState.WAITING, ErrandState.RUNNING)


class Errand(Base):
    """One errand of one person. What came of it is kept for a day.

    :ivar kind: whose work it is, see :mod:`responder.errands.kinds`.
    :ivar arguments: what was asked, as the kind understands it.
    :ivar runner: who works on it, and when that was last alive; as with imports.
    :ivar told: what came of it, or why nothing did, in a sentence.
    :ivar file_name: of the file to fetch; empty where there is none.
    """

    __tablename__ = "errand"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    arguments: Mapped[dict[str, Any]] = mapped_column(JSON)
    asked_by_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    asked_at: Mapped[datetime]
    state: Mapped[ErrandState] = mapped_column(choice(ErrandState, "state"))
    begun_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    cancel_asked_at: Mapped[datetime | None]
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None]
    runner: Mapped[str] = mapped_column(String(32), default="")
    heartbeat_at: Mapped[datetime | None]
    told: Mapped[str] = mapped_column(String(500), default="")
    file_name: Mapped[str] = mapped_column(String(200), default="")

    @property
    def under_way(self) -> bool:
        return self.state in UNDER_WAY
