"""How a person likes the interface (界面偏好). Not audited: it is nobody else's business."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from responder.core.database import Base, choice
from responder.web.preferences import Density, Scheme


class Preference(Base):
    """What one person chose; no row until they choose something."""

    __tablename__ = "preference"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True
    )
    scheme: Mapped[Scheme] = mapped_column(choice(Scheme, "scheme"))
    density: Mapped[Density] = mapped_column(choice(Density, "density"))
    language: Mapped[str] = mapped_column(String(16))
    keys: Mapped[bool]
    tour_seen: Mapped[bool]
