"""Who is told of publications (推送对象), and what each was told (推送记录)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    String,
    Text,
    UniqueConstraint,
    and_,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.orm.util import AliasedClass

from responder.core.audit import Audited
from responder.core.database import Base, choice
from responder.core.identity import Sealed
from responder.publishing.models import Entry
from responder.publishing.packages.released import PolicyDocument

SECRET_CHARACTERS = 100


class WebhookReceiver(Audited, Base):
    """A system that is told, and the key by which it knows that we are speaking."""

    __tablename__ = "webhook_receiver"
    __audit_masked__ = frozenset({"secret", "url"})  # many a system takes a key in its address

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    url: Mapped[str] = mapped_column(String(500))
    secret: Mapped[str] = mapped_column(
        Sealed("webhook_receiver.secret", SECRET_CHARACTERS), deferred=True
    )
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    version_id: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version_id}

    @property
    def shown_url(self) -> str:
        """The address without what follows ``?``, which may be a key."""
        address, mark, _query = self.url.partition("?")
        return f"{address}?…" if mark else address


class DeliveryState(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"
    SUPERSEDED = "superseded"


DELIVERY_LABELS = {
    DeliveryState.WAITING: "待送",
    DeliveryState.DELIVERED: "已送达",
    DeliveryState.GIVEN_UP: "未送达",
    DeliveryState.SUPERSEDED: "已作废",
}


class WebhookDelivery(Base):
    """One thing to tell one receiver. ``number`` and ``body`` stay the same on every try.

    Of one entry, or of one policy document, a receiver is told one thing after the other, as they
    happened; what it had not taken when something was withdrawn is superseded, and never sent.

    :ivar occasion: ``publish``, or the kind of a change and its id: ``correct:12``; of a policy
        document, what was done with which package: ``release:7``.
    :ivar claimed_until: while one scheduler is sending it, no other does.
    """

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        UniqueConstraint("receiver_id", "entry_id", "occasion"),
        UniqueConstraint("receiver_id", "document_id", "occasion"),
        CheckConstraint("(entry_id IS NULL) <> (document_id IS NULL)", name="subject"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(36), unique=True)
    receiver_id: Mapped[int] = mapped_column(ForeignKey("webhook_receiver.id"))
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"), index=True)
    document_id: Mapped[int | None] = mapped_column(ForeignKey("policy_document.id"), index=True)
    occasion: Mapped[str] = mapped_column(String(32))
    body: Mapped[str] = mapped_column(Text)
    state: Mapped[DeliveryState] = mapped_column(
        choice(DeliveryState, "state"), default=DeliveryState.WAITING
    )
    tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    next_try_at: Mapped[datetime] = mapped_column(index=True)
    claimed_until: Mapped[datetime | None]
    tried_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    last_answer: Mapped[str] = mapped_column(String(300), default="")
    receiver: Mapped[WebhookReceiver] = relationship()
    entry: Mapped[Entry | None] = relationship()
    document: Mapped[PolicyDocument | None] = relationship()

    @property
    def kind(self) -> str:
        """``publish``, ``correct``, ``replace``, ``withdraw`` or ``release``."""
        return self.occasion.partition(":")[0]


Delivery = type[WebhookDelivery] | AliasedClass[WebhookDelivery]


def follows(later: Delivery, earlier: Delivery) -> ColumnElement[bool]:
    """Whether one delivery tells the same receiver of the same thing after another."""
    same = (later.entry_id == earlier.entry_id) | (later.document_id == earlier.document_id)
    return and_(later.receiver_id == earlier.receiver_id, same, later.id > earlier.id)
