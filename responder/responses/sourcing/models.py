"""The messages from which an item was opened."""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from responder.core.database import Base


class ItemMessage(Base):
    """That an item answers a message (来源留言), whatever topic the message is in."""

    __tablename__ = "response_message"

    item_id: Mapped[int] = mapped_column(
        ForeignKey("response_item.id", ondelete="CASCADE"), primary_key=True
    )
    message_id: Mapped[int] = mapped_column(
        ForeignKey("message.id", ondelete="CASCADE"), primary_key=True, index=True
    )
