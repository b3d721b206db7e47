"""What citizens read of a policy package: the document, its interpretations, its withdrawal.

All of them are copies, and none of them ever changes (``publishing.final``).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from responder.core.audit import Audited
from responder.core.database import Base
from responder.core.file_kinds import is_of
from responder.publishing.final import keep_final
from responder.publishing.packages.models import InterpretationColumn, PolicyPackage


class PolicyDocument(Audited, Base):
    """A published policy document (公开的政策文件)."""

    __tablename__ = "policy_document"

    id: Mapped[int] = mapped_column(primary_key=True)
    package_id: Mapped[int] = mapped_column(ForeignKey("policy_package.id"), unique=True)
    index_number: Mapped[str] = mapped_column(String(48), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    document_number: Mapped[str] = mapped_column(String(64))
    issuer: Mapped[str] = mapped_column(String(100))
    unit_name: Mapped[str] = mapped_column(String(100))
    body: Mapped[str] = mapped_column(Text)
    publisher: Mapped[str] = mapped_column(String(100))
    published_at: Mapped[datetime] = mapped_column(index=True)
    package: Mapped[PolicyPackage] = relationship(back_populates="document")
    attachments: Mapped[list[Attachment]] = relationship(order_by="Attachment.id")
    interpretations: Mapped[list[Interpretation]] = relationship(
        back_populates="document", order_by="Interpretation.id"
    )
    withdrawal: Mapped[Withdrawal | None] = relationship(
        primaryjoin="foreign(Withdrawal.package_id) == PolicyDocument.package_id",
        viewonly=True,
        uselist=False,
    )

    @property
    def readable(self) -> list[Attachment]:
        """The files that citizens may fetch: only of kinds that are taken."""
        return [one for one in self.attachments if is_of(one.name)]

    @property
    def standing(self) -> list[Interpretation]:
        """The interpretations that may still be read."""
        return [one for one in self.interpretations if one.withdrawal is None]


class Attachment(Audited, Base):
    """A file that went out with a document (公开的附件)."""

    __tablename__ = "policy_attachment"

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("policy_document.id"), index=True)
    name: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64), index=True)
    document: Mapped[PolicyDocument] = relationship(viewonly=True)


class Interpretation(Audited, Base):
    """A published interpretation (公开的解读). ``column_name``: as the column was called then."""

    __tablename__ = "policy_interpretation"

    id: Mapped[int] = mapped_column(primary_key=True)
    package_id: Mapped[int] = mapped_column(ForeignKey("policy_package.id"), index=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("policy_document.id"), index=True)
    column_id: Mapped[int] = mapped_column(ForeignKey("interpretation_column.id"), index=True)
    column_name: Mapped[str] = mapped_column(String(32))
    index_number: Mapped[str] = mapped_column(String(48), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    author: Mapped[str] = mapped_column(String(100))
    body: Mapped[str] = mapped_column(Text)
    publisher: Mapped[str] = mapped_column(String(100))
    published_at: Mapped[datetime] = mapped_column(index=True)
    document: Mapped[PolicyDocument] = relationship(back_populates="interpretations")
    column: Mapped[InterpretationColumn] = relationship()
    own_withdrawal: Mapped[Withdrawal | None] = relationship(
        primaryjoin="foreign(Withdrawal.package_id) == Interpretation.package_id",
        viewonly=True,
        uselist=False,
    )

    @property
    def withdrawal(self) -> Withdrawal | None:
        """Its own, or that of the document without which it says nothing."""
        return self.own_withdrawal or self.document.withdrawal

    @property
    def updated_at(self) -> datetime:
        return self.withdrawal.at if self.withdrawal else self.published_at


class Withdrawal(Audited, Base):
    """That a released package was withdrawn as a whole (撤回). ``note`` is read by the public."""

    __tablename__ = "policy_withdrawal"

    id: Mapped[int] = mapped_column(primary_key=True)
    package_id: Mapped[int] = mapped_column(ForeignKey("policy_package.id"), unique=True)
    note: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    by_name: Mapped[str] = mapped_column(String(64))


for _record in (PolicyDocument, Attachment, Interpretation, Withdrawal):
    keep_final(_record)
