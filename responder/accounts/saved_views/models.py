"""A view of a list that somebody keeps."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from responder.accounts.models import Unit, User
from responder.core.audit import Audited
from responder.core.database import Base, choice
from responder.core.permissions import Role


class Audience(StrEnum):
    """Who finds a view above the list."""

    OWN = "own"
    ALL = "all"
    ROLE = "role"
    UNIT = "unit"


AUDIENCE_LABELS = {
    Audience.OWN: "只有我",
    Audience.ALL: "能看这个列表的人",
    Audience.ROLE: "岗位",
    Audience.UNIT: "本单位",
}


class SavedView(Audited, Base):
    """Conditions, order and page size of a list under a name (常用视图).

    ``address`` is what stands behind the question mark of the list's address; ``role`` and
    ``unit_id`` say which group, where it is kept for one.
    """

    __tablename__ = "saved_view"
    __table_args__ = (UniqueConstraint("owner_id", "list_code", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    list_code: Mapped[str] = mapped_column(String(32), index=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(30))
    address: Mapped[str] = mapped_column(Text)
    audience: Mapped[Audience] = mapped_column(choice(Audience, "audience"))
    role: Mapped[Role | None] = mapped_column(choice(Role, "role"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id", ondelete="CASCADE"))
    saved_at: Mapped[datetime]
    owner: Mapped[User] = relationship()
    unit: Mapped[Unit | None] = relationship()
