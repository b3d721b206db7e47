"""What was frozen of a year's figures, and figures that the office enters itself."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Numeric, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from responder.core.audit import Audited
from responder.core.database import Base

AMOUNT = Numeric(14, 2)


class FrozenYear(Audited, Base):
    """A year's figures as they were when it was closed (年度数据冻结). Never changed.

    Frozen again, with a reason, the year has one more; the highest ``number`` counts.
    """

    __tablename__ = "frozen_year"
    __table_args__ = (UniqueConstraint("year", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    number: Mapped[int]
    frozen_at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    by_name: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(Text, default="")
    figures: Mapped[list[FrozenFigure]] = relationship(
        back_populates="frozen", order_by="FrozenFigure.id", lazy="selectin"
    )


class FrozenFigure(Base):
    """One figure of a frozen year, as it was then: name, definition, value, the value of the year
    before as it was said, and the titles of its first rows.
    """

    __tablename__ = "frozen_figure"
    __table_args__ = (UniqueConstraint("frozen_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    frozen_id: Mapped[int] = mapped_column(ForeignKey("frozen_year.id"))
    code: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(64))
    measure: Mapped[str] = mapped_column(String(16))
    meaning: Mapped[str] = mapped_column(Text)
    value: Mapped[Decimal | None] = mapped_column(AMOUNT)
    last_value: Mapped[Decimal | None] = mapped_column(AMOUNT)
    names: Mapped[str] = mapped_column(Text, default="")
    frozen: Mapped[FrozenYear] = relationship(back_populates="figures")


class EnteredFigure(Audited, Base):
    """A figure of records that are kept elsewhere (自填数据), with what it rests on."""

    __tablename__ = "entered_figure"
    __table_args__ = (UniqueConstraint("year", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(index=True)
    name: Mapped[str] = mapped_column(String(64))
    measure: Mapped[str] = mapped_column(String(16))
    value: Mapped[Decimal] = mapped_column(AMOUNT)
    meaning: Mapped[str] = mapped_column(Text)
    basis: Mapped[str] = mapped_column(String(300))
    entered_at: Mapped[datetime]
    entered_by: Mapped[str] = mapped_column(String(64))
    version_id: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version_id}
