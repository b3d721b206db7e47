"""The office's own wording of the annual summary."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from responder.core.audit import Audited
from responder.core.database import Base


class SummaryTemplate(Audited, Base):
    """The template of the annual summary (年度总结模板). One row, once it is changed."""

    __tablename__ = "summary_template"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime]
    changed_by: Mapped[str] = mapped_column(String(64))
    version_id: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version_id}
