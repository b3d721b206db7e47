"""What citizens read (公开条目), and what was said of it afterwards (更正、替换、撤回)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from responder.core.audit import Audited
from responder.core.database import Base, choice
from responder.publishing.final import keep_final
from responder.responses.drafting.formats import TextFormat, as_read, to_plain
from responder.responses.models import ResponseItem

_EMPTY = text("''")


class ChangeKind(StrEnum):
    """What is done to a published entry, in the open."""

    CORRECT = "correct"
    REPLACE = "replace"
    WITHDRAW = "withdraw"


CHANGE_LABELS = {
    ChangeKind.CORRECT: "更正",
    ChangeKind.REPLACE: "替换",
    ChangeKind.WITHDRAW: "撤回",
}

# What is said of an entry to which it was done.
CHANGED_LABELS = {
    ChangeKind.CORRECT: "已更正",
    ChangeKind.REPLACE: "已替换",
    ChangeKind.WITHDRAW: "已撤回",
}


class ChangeState(StrEnum):
    """Where a proposed change stands; the arrows are in ``changing/lifecycle.py``."""

    PROPOSED = "proposed"
    RELEASED = "released"
    DECLINED = "declined"
    TAKEN_BACK = "taken_back"


@dataclass(frozen=True)
class Texts:
    """The words of an entry, as they were from one moment on."""

    title: str
    concern: str
    concern_source: str
    answer: str
    answer_format: TextFormat = TextFormat.PLAIN

    @property
    def plain_answer(self) -> str:
        return to_plain(self.answer, self.answer_format)


@dataclass(frozen=True)
class Version:
    """The words of an entry from ``since`` on. ``change`` is what brought them; None at first."""

    texts: Texts
    since: datetime
    change: EntryChange | None = None


class Entry(Audited, Base):
    """A published entry of the 回应关切 column. One item gives one entry at most.

    The texts are copies: what was published does not change with its item, nor in any other
    way (:func:`keep_final`). A correction stands beside it, with its date.
    ``changed_at`` is the moment of the last change that citizens were told of.
    """

    __tablename__ = "entry"
    __audit_skip__ = frozenset({"changed_at"})  # the change itself is in the trail

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("response_item.id"), unique=True)
    index_number: Mapped[str] = mapped_column(String(48), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    concern: Mapped[str] = mapped_column(Text)
    concern_source: Mapped[str] = mapped_column(String(200))
    unit_name: Mapped[str] = mapped_column(String(100))
    answer: Mapped[str] = mapped_column(Text)
    answer_format: Mapped[TextFormat] = mapped_column(
        choice(TextFormat, "answer_format"), default=TextFormat.PLAIN, server_default="plain"
    )
    publisher: Mapped[str] = mapped_column(String(100))
    published_at: Mapped[datetime] = mapped_column(index=True)
    changed_at: Mapped[datetime | None] = mapped_column(index=True)
    item: Mapped[ResponseItem] = relationship()
    changes: Mapped[list[EntryChange]] = relationship(
        back_populates="entry", order_by="EntryChange.id", foreign_keys="EntryChange.entry_id"
    )
    replacing: Mapped[list[EntryChange]] = relationship(
        back_populates="replacement", foreign_keys="EntryChange.replacement_id"
    )

    @property
    def updated_at(self) -> datetime:
        return self.changed_at or self.published_at

    @property
    def released(self) -> list[EntryChange]:
        """What citizens were told of, oldest first."""
        found = [one for one in self.changes if one.state is ChangeState.RELEASED]
        return sorted(found, key=lambda change: (change.decided_at, change.id))

    @property
    def last_change_id(self) -> int | None:
        """What citizens were told of last; None when it stands as published."""
        released = self.released
        return released[-1].id if released else None

    @property
    def versions(self) -> list[Version]:
        """Every wording that stood here, the present one last."""
        first = Version(_texts_of(self), self.published_at)
        later = (one for one in self.released if one.kind is ChangeKind.CORRECT)
        return [first, *(Version(_texts_of(one), one.decided, one) for one in later)]

    @property
    def texts(self) -> Texts:
        """The words that stand now."""
        return self.versions[-1].texts

    @property
    def withdrawal(self) -> EntryChange | None:
        return self._last(ChangeKind.WITHDRAW)

    @property
    def replaced(self) -> EntryChange | None:
        return self._last(ChangeKind.REPLACE)

    @property
    def replaces(self) -> list[Entry]:
        """The older entries for which this one stands now."""
        return [one.entry for one in self.replacing if one.state is ChangeState.RELEASED]

    def _last(self, kind: ChangeKind) -> EntryChange | None:
        return next((one for one in reversed(self.released) if one.kind is kind), None)


class EntryChange(Audited, Base):
    """A correction, a replacement or a withdrawal: proposed by one, released by another.

    ``note`` is read by the public. The texts are those that a correction puts beside the old
    ones; the other kinds have none. What was proposed is what is signed: it never changes.
    ``base_id`` is the last released change that the proposer had before them. ``on_behalf_of``
    was away, and whoever decided stood in; ``proof`` is how the signer proved who they are.
    """

    __tablename__ = "entry_change"
    __audit_skip__ = frozenset(
        {
            "state",
            "decided_at",
            "decided_by_id",
            "decided_by_name",
            "decision_note",
            "on_behalf_of_id",
            "on_behalf_of_name",
            "proof",
        }
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), index=True)
    base_id: Mapped[int | None] = mapped_column(ForeignKey("entry_change.id"))
    kind: Mapped[ChangeKind] = mapped_column(choice(ChangeKind, "kind"))
    state: Mapped[ChangeState] = mapped_column(
        choice(ChangeState, "state"), default=ChangeState.PROPOSED, index=True
    )
    note: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(String(200), default="")
    concern: Mapped[str] = mapped_column(Text, default="")
    concern_source: Mapped[str] = mapped_column(String(200), default="")
    answer: Mapped[str] = mapped_column(Text, default="")
    answer_format: Mapped[TextFormat] = mapped_column(
        choice(TextFormat, "answer_format"), default=TextFormat.PLAIN, server_default="plain"
    )
    replacement_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"), index=True)
    proposed_at: Mapped[datetime]
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    proposed_by_name: Mapped[str] = mapped_column(String(64))
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_by_name: Mapped[str] = mapped_column(String(64), default="")
    decision_note: Mapped[str] = mapped_column(Text, default="")
    on_behalf_of_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    on_behalf_of_name: Mapped[str] = mapped_column(String(64), default="", server_default=_EMPTY)
    proof: Mapped[str] = mapped_column(String(16), default="", server_default=_EMPTY)
    version_id: Mapped[int] = mapped_column(default=1)
    entry: Mapped[Entry] = relationship(back_populates="changes", foreign_keys=[entry_id])
    replacement: Mapped[Entry | None] = relationship(
        back_populates="replacing", foreign_keys=[replacement_id]
    )

    __mapper_args__ = {"version_id_col": version_id}

    @property
    def kind_label(self) -> str:
        return CHANGE_LABELS[self.kind]

    @property
    def answer_as_read(self) -> str:
        """For the gate: what a reader sees, whatever the writing does to hide it."""
        return as_read(self.answer, self.answer_format or TextFormat.PLAIN)

    @property
    def decided(self) -> datetime:
        """When it was released; only what is released is asked."""
        assert self.decided_at is not None
        return self.decided_at


def _texts_of(record: Entry | EntryChange) -> Texts:
    return Texts(
        record.title, record.concern, record.concern_source, record.answer,
        record.answer_format or TextFormat.PLAIN,
    )  # fmt: skip


keep_final(Entry, {"changed_at"})
keep_final(EntryChange, EntryChange.__audit_skip__ | {"version_id"})
