"""What the search index holds, and the names known by their pinyin."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

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
