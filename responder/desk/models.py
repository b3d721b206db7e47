"""What the desk keeps besides messages: drafts, spent forms, calls said to be the same."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from responder.core.database import Base
from responder.core.identity import Sealed

DRAFT_CHARACTERS = 20_000


class CallDraft(Base):
    """What an operator has typed of a call that is not saved yet (来电草稿).

    ``contents`` is the whole form as JSON, encrypted: a caller's name may stand in any field.
    """

    __tablename__ = "call_draft"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(32), unique=True)
    operator_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    contents: Mapped[str] = mapped_column(Sealed("call_draft.contents", DRAFT_CHARACTERS))
    started_at: Mapped[datetime]
    saved_at: Mapped[datetime] = mapped_column(index=True)


class CallSlip(Base):
    """A form that has been spent (来电登记凭据): no call is stored twice under one token.

    ``digest`` is of the words, so that the same words under a new token are noticed too.
    """

    __tablename__ = "call_slip"
    __table_args__ = (Index("ix_call_slip_operator_id_spent_at", "operator_id", "spent_at"),)

    token: Mapped[str] = mapped_column(String(32), primary_key=True)
    operator_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    digest: Mapped[str] = mapped_column(String(64))
    spent_at: Mapped[datetime] = mapped_column(index=True)
    message_id: Mapped[int | None] = mapped_column(
        ForeignKey("message.id", ondelete="CASCADE"), index=True
    )


class CallAttachment(Base):
    """Somebody who spoke to the caller said: the same as that message (与此相同).

    ``settled_at``: since when both are in one topic; None while the other has none yet.
    """

    __tablename__ = "call_attachment"

    message_id: Mapped[int] = mapped_column(
        ForeignKey("message.id", ondelete="CASCADE"), primary_key=True
    )
    same_as_id: Mapped[int] = mapped_column(
        ForeignKey("message.id", ondelete="CASCADE"), index=True
    )
    attached_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )
    attached_at: Mapped[datetime]
    settled_at: Mapped[datetime | None] = mapped_column(index=True)
