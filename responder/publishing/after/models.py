"""Evaluations of published answers (效果评估)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from responder.core.database import Base, choice


class Effect(StrEnum):
    """How far an answer did what it was for."""

    SETTLED = "settled"
    PARTLY = "partly"
    NOT_SETTLED = "not_settled"


EFFECT_LABELS = {
    Effect.SETTLED: "关切已基本解决",
    Effect.PARTLY: "部分解决",
    Effect.NOT_SETTLED: "没有解决",
}


class Evaluation(Base):
    """What somebody made of an answer's effect. Never changed: a later one stands beside it.

    ``figures`` are those that were on the page then: around publication, and readers' ratings.
    """

    __tablename__ = "response_evaluation"
    __table_args__ = (UniqueConstraint("item_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("response_item.id", ondelete="CASCADE"))
    number: Mapped[int]
    effect: Mapped[Effect] = mapped_column(choice(Effect, "effect"))
    asked_again: Mapped[bool]
    findings: Mapped[str] = mapped_column(Text)
    lessons: Mapped[str] = mapped_column(Text, default="")
    figures: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    evaluated_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    evaluated_by_name: Mapped[str] = mapped_column(String(64))
    evaluated_at: Mapped[datetime]

    @property
    def effect_label(self) -> str:
        return EFFECT_LABELS[self.effect]
