"""What citizens read is what was published: held against the item and against the trail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from responder.core import audit
from responder.core.soundness import holds
from responder.publishing.final import final_records
from responder.publishing.models import Entry
from responder.responses.models import ResponseItem

TEXTS = ("title", "concern", "concern_source", "answer")
ROWS_A_STEP = 500


@holds("公开的内容与事项一致")
def entries_as_their_items(session: Session) -> Iterator[str]:
    """An entry holds the words that were signed, and its item still holds them."""
    query = select(Entry.index_number, *_columns(Entry), *_columns(ResponseItem))
    query = query.join(ResponseItem, ResponseItem.id == Entry.item_id).order_by(Entry.id)
    for number, *texts in session.execute(query.execution_options(yield_per=ROWS_A_STEP)):
        if texts[: len(TEXTS)] != texts[len(TEXTS) :]:
            yield f"公开条目 {number} 的文字与其回应事项不同：请从备份核对"


@holds("公开的内容与审计记录一致")
def final_records_as_recorded(session: Session) -> Iterator[str]:
    """Each record that citizens have read says what the trail says that it said at first."""
    for record, may_change in final_records().items():
        for row, told in _with_the_trail(session, record):
            for name, (_, first) in told.items():
                if name not in may_change and not audit.is_as_told(getattr(row, name), first):
                    what = f"{record.__tablename__} {row.id} 的 {name}"
                    yield f"{what} 与公开时的记录不同：请从备份核对"


def _columns(record: type[Any]) -> list[Any]:
    return [getattr(record, name) for name in TEXTS]


def _with_the_trail(session: Session, record: type[Any]) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Each row, and what the trail tells of its making."""
    last = 0
    query = select(record).order_by(record.id).limit(ROWS_A_STEP)
    names = {column.key for column in inspect(record).column_attrs}
    while rows := session.scalars(query.where(record.id > last)).all():
        told = audit.first_told(session, record, [row.id for row in rows])
        for row in rows:
            changes = told.get(row.id, {})
            yield row, {name: pair for name, pair in changes.items() if name in names}
        last = rows[-1].id
        session.expunge_all()
