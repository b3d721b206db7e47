"""What a writer of answers is given: what was typed, templates, words to mind, right names."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from responder.core.audit import Audited
from responder.core.database import Base, choice
from responder.intake.models import NATURE_LABELS, Nature
from responder.responses.drafting.formats import TextFormat
from responder.routing.models import Category


class DraftSlip(Base):
    """What one person has typed of one answer and not yet saved (未保存的文字).

    Nobody else sees it, and it is no version. ``based_on`` is the number of the version that
    the person had before them, 0 when there was none.
    """

    __tablename__ = "draft_slip"
    __table_args__ = (UniqueConstraint("item_id", "author_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("response_item.id", ondelete="CASCADE"))
    author_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    text: Mapped[str] = mapped_column(Text)
    format: Mapped[TextFormat] = mapped_column(choice(TextFormat, "format"))
    based_on: Mapped[int]
    saved_at: Mapped[datetime] = mapped_column(index=True)
    version_id: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version_id}


class AnswerTemplate(Audited, Base):
    """How answers of one kind are built (答复模板), with places to fill: ``{{关切}}``.

    Without ``category`` or ``nature`` it fits every one.
    """

    __tablename__ = "answer_template"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60), unique=True)
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    nature: Mapped[Nature | None] = mapped_column(choice(Nature, "nature"))
    text: Mapped[str] = mapped_column(Text)
    format: Mapped[TextFormat] = mapped_column(
        choice(TextFormat, "format"), default=TextFormat.PLAIN
    )
    active: Mapped[bool] = mapped_column(default=True)
    version_id: Mapped[int] = mapped_column(default=1)
    category: Mapped[Category | None] = relationship()

    __mapper_args__ = {"version_id_col": version_id}

    @property
    def nature_label(self) -> str:
        return NATURE_LABELS[self.nature] if self.nature else ""


class Severity(StrEnum):
    """What a remark does to a text."""

    BLOCK = "block"
    REMIND = "remind"


SEVERITY_LABELS = {Severity.BLOCK: "拦截", Severity.REMIND: "提醒"}


class SensitiveWord(Audited, Base):
    """A word that the office minds (敏感词), and what to do about it."""

    __tablename__ = "sensitive_word"

    id: Mapped[int] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column(String(60), unique=True)
    advice: Mapped[str] = mapped_column(String(200), default="")
    severity: Mapped[Severity] = mapped_column(
        choice(Severity, "severity"), default=Severity.REMIND
    )
    version_id: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version_id}

    @property
    def severity_label(self) -> str:
        return SEVERITY_LABELS[self.severity]


class ProperName(Audited, Base):
    """A leader with the title before the name, or a body, in full (规范称谓).

    ``wrong`` is how it is often written instead, one form a line.
    """

    __tablename__ = "proper_name"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    wrong: Mapped[str] = mapped_column(Text, default="")
    version_id: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version_id}

    @property
    def wrong_forms(self) -> list[str]:
        return [line.strip() for line in self.wrong.splitlines() if line.strip()]
