"""Published entries, and what is done to them, by the right people."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from responder.accounts.proofs import PASSWORD, Proven
from responder.core.database import db, transaction
from responder.core.lifecycle import Attempt
from responder.publishing.changing import service as changing
from responder.publishing.models import ChangeKind, Entry, EntryChange, Texts
from responder.responses.models import ItemState
from tests.factories import NOW, People
from tests.responses.factories import ANSWER, brought_to

LATER = NOW + timedelta(days=1)
CORRECTED = "经进一步核实，车位租售方案的公布期限为十二月二十日，此前所述有误。"


def published(**facts: Any) -> Entry:
    """An entry of the column, published at ``NOW``."""
    item = brought_to(ItemState.PUBLISHED, **facts)
    entry = db.session.scalar(select(Entry).where(Entry.item_id == item.id))
    assert entry is not None
    return entry


def corrected_texts(entry: Entry, **changed: str) -> Texts:
    texts = {name: getattr(entry.texts, name) for name in ("title", "concern", "concern_source")}
    return Texts(**{**texts, "answer": CORRECTED, **changed})


def propose(
    entry: Entry,
    kind: ChangeKind = ChangeKind.CORRECT,
    note: str = "公布期限有误，现予更正。",
    at: datetime = LATER,
    **facts: Any,
) -> EntryChange:
    """What the press officer proposes."""
    actor = People().press_officer.actor
    facts.setdefault("base", entry.last_change_id)
    if kind is ChangeKind.CORRECT:
        facts.setdefault("texts", corrected_texts(entry))
    with transaction(actor, at) as session:
        return changing.propose(session, entry, kind, Attempt(actor, at, note), **facts)


def settle(
    change: EntryChange, action: str = "release", person: Any = None, note: str = "",
    at: datetime = LATER,
) -> EntryChange:  # fmt: skip
    """What the signer, or somebody else, makes of it."""
    actor = (person or People().signer).actor
    with transaction(actor, at) as session:
        # Only the signature asks for it: whoever signs has proved who they are.
        proven = Proven(actor.id or 0, PASSWORD)
        changing.settle(session, change, action, Attempt(actor, at, note), proven)
    return change


def changed(
    entry: Entry, kind: ChangeKind = ChangeKind.CORRECT, at: datetime = LATER, **facts: Any
) -> EntryChange:
    """A change that is public."""
    return settle(propose(entry, kind, at=at, **facts), at=at)


__all__ = ["ANSWER", "CORRECTED", "LATER", "changed", "propose", "published", "settle"]
