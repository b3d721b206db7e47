"""What the search index holds, the names known by their pinyin, the filters that people keep."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from responder.accounts.models import User
from responder.core.audit import Audited
from responder.core.database import Base


class MessageSearch(Base):
    """The text of one message as it is searched: folded, personal data masked before.

    The index over it is the database's own (see ``databases.py``); it goes with this row,
    and this row with the message.
    """

    __tablename__ = "message_search"

    message_id: Mapped[int] = mapped_column(
        ForeignKey("message.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    text: Mapped[str] = mapped_column(Text)


class SearchName(Base):
    """A place or a district that messages name, and how it is typed in Latin letters.

    ``uses`` is in how many messages it stood when they were read.
    """

    __tablename__ = "search_name"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    initials: Mapped[str] = mapped_column(String(32), index=True)
    pinyin: Mapped[str] = mapped_column(String(200), index=True)
    uses: Mapped[int]


class SearchMark(Base):
    """Up to which message names have been learned; one row."""

    __tablename__ = "search_mark"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    message_id: Mapped[int]


class SavedFilter(Audited, Base):
    """A filter that somebody keeps under a name (常用筛选); ``shared`` ones everybody sees.

    ``address`` is what stands behind the question mark of the list's address.
    """

    __tablename__ = "saved_filter"
    __table_args__ = (UniqueConstraint("owner_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(30))
    address: Mapped[str] = mapped_column(Text)
    shared: Mapped[bool] = mapped_column(default=False)
    saved_at: Mapped[datetime]
    owner: Mapped[User] = relationship()
