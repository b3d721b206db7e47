"""What was judged of an item."""

from __future__ import annotations

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from responder.responses.judging.models import Judgement
from responder.responses.models import ResponseItem


def judgements_of(session: Session, item_id: int) -> list[Judgement]:
    """Everything that was judged of an item, the last one first."""
    return list(session.scalars(_newest_first(item_id)))


def last_judgement(item: ResponseItem) -> Judgement | None:
    """The one that counts."""
    return item.judgements[-1] if item.judgements else None


def _newest_first(item_id: int) -> Select[Judgement]:
    return select(Judgement).where(Judgement.item_id == item_id).order_by(Judgement.id.desc())
