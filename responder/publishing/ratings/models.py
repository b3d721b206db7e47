"""Readers' ratings."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from responder.core.database import Base, choice
from responder.core.identity import Sealed


class Verdict(StrEnum):
    SATISFIED = "satisfied"
    FAIR = "fair"
    DISSATISFIED = "dissatisfied"


VERDICT_LABELS = {
    Verdict.SATISFIED: "满意",
    Verdict.FAIR: "一般",
    Verdict.DISSATISFIED: "不满意",
}


class EntryRating(Base):
    """One rating of one entry.

    ``digest`` tells, for the rest of its day, that an address has rated this entry. It is
    made with the day's salt; both are gone when the day is over, and what is left names nobody.
    """

    __tablename__ = "entry_rating"
    __table_args__ = (
        Index(
            "ix_entry_rating_day_marked",
            "day",
            sqlite_where=text("digest IS NOT NULL"),
            postgresql_where=text("digest IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), index=True)
    verdict: Mapped[Verdict] = mapped_column(choice(Verdict, "verdict"))
    day: Mapped[date]
    digest: Mapped[str | None] = mapped_column(String(64), unique=True)


class RatingSalt(Base):
    """The key of one day. Deleted with it."""

    __tablename__ = "rating_salt"

    id: Mapped[int] = mapped_column(primary_key=True)  # by which keys are rotated
    day: Mapped[date] = mapped_column(unique=True)
    salt: Mapped[str] = mapped_column(Sealed("rating_salt.salt", 64))
