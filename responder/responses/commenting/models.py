"""What reviewers say of a passage (批注), and what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from responder.core.database import Base

if TYPE_CHECKING:
    from responder.responses.models import ResponseItem


class PassageComment(Base):
    """One remark on words of one version of the answer (批注).

    ``settled_at`` and what stands beside it tell how an editor, or whoever made it, dealt with
    it. The item's trail has both deeds, without the words.
    """

    __tablename__ = "passage_comment"

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(
        ForeignKey("response_item.id", ondelete="CASCADE"), index=True
    )
    draft_number: Mapped[int]
    quote: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    author_name: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    settled_by_name: Mapped[str] = mapped_column(String(64), default="")
    reply: Mapped[str] = mapped_column(Text, default="")
    item: Mapped[ResponseItem] = relationship(back_populates="comments")

    @property
    def is_open(self) -> bool:
        return self.settled_at is None
