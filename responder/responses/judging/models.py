"""Priority kinds (重点回应的类别), and judgements of items (研判)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from responder.core.audit import Audited
from responder.core.database import Base, choice
from responder.responses.judging.rules import COLOUR_LABELS, GRADE_LABELS, Colour, Grade
from responder.responses.models import LEVEL_LABELS, Level, ResponseItem


class PriorityKind(Audited, Base):
    """A kind of concern that must be answered before others (重点回应的政务舆情).

    Rows, seeded from ``data/priority_kinds.toml`` and editable. None is ever deleted.
    """

    __tablename__ = "priority_kind"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    source: Mapped[str] = mapped_column(Text)
    active: Mapped[bool] = mapped_column(default=True)
    version_id: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version_id}


class Judgement(Base):
    """What somebody judged of an item (研判意见). Never changed: a later one stands beside it.

    ``kinds`` holds ``[{"code", "name", "source"}, …]`` in the words of that moment; ``clocks``
    ``[{"change": "start" or "end", "duty", "due_at"}, …]``, what became of the item's clocks.
    """

    __tablename__ = "response_judgement"

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(
        ForeignKey("response_item.id", ondelete="CASCADE"), index=True
    )
    grade: Mapped[Grade] = mapped_column(choice(Grade, "grade"))
    colour: Mapped[Colour] = mapped_column(choice(Colour, "colour"))
    level: Mapped[Level] = mapped_column(choice(Level, "level"))
    kinds: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    must_answer: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text)
    clocks: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    judged_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    judged_by_name: Mapped[str] = mapped_column(String(64))
    judged_at: Mapped[datetime]
    item: Mapped[ResponseItem] = relationship(back_populates="judgements")

    @property
    def grade_label(self) -> str:
        return GRADE_LABELS[self.grade]

    @property
    def colour_label(self) -> str:
        return COLOUR_LABELS[self.colour]

    @property
    def level_label(self) -> str:
        return LEVEL_LABELS[self.level]
