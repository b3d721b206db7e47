"""How long the office keeps who wrote a message, and under whose keys."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Date, String
from sqlalchemy.orm import Mapped, mapped_column

from responder.core.audit import Audited
from responder.core.database import Base


class IdentityRule(Audited, Base):
    """The rule on identities (身份信息保留规则): one row.

    :ivar mark: what only the right key file makes, so that a wrong one is refused at once.
    :ivar keep_days: after the month in which a message was received; 0 keeps for ever.
    :ivar ran_on: the local day on which the rule was last carried out.
    """

    __tablename__ = "identity_rule"
    __audit_skip__ = frozenset({"ran_on"})
    __audit_creation__ = False

    id: Mapped[int] = mapped_column(primary_key=True)
    keep_days: Mapped[int] = mapped_column(default=730)
    mark: Mapped[str] = mapped_column(String(32))
    ran_on: Mapped[date | None] = mapped_column(Date)
    version_id: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version_id}
