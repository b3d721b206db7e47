"""Records of what citizens have read: no part of the program changes them in place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import event, inspect
from sqlalchemy.orm import ORMExecuteState, Session

# Each class of such records, with the columns of it that may still change.
_FINAL: dict[type[Any], frozenset[str]] = {}


class PublishedIsFinal(RuntimeError):
    """Something tried to change, in place, what citizens have read: a fault of the program."""


def keep_final(record: type[Any], may_change: Iterable[str] = ()) -> None:
    """Refuse every change and deletion of this class of records, one by one and in bulk.

    :param may_change: the columns that say what became of a record, and not what was read.
    """
    _FINAL[record] = frozenset(may_change)
    event.listen(record, "before_update", _refuse_change)
    event.listen(record, "before_delete", _refuse_deletion)


def final_records() -> Mapping[type[Any], frozenset[str]]:
    """Each such class, with the columns that may change."""
    return _FINAL


def _refuse_change(_mapper: object, _connection: object, record: Any) -> None:
    state = inspect(record)
    names = {column.key for column in state.mapper.column_attrs} - _FINAL[type(record)]
    changed = sorted(name for name in names if state.attrs[name].history.has_changes())
    if changed:
        raise PublishedIsFinal(f"{record.__tablename__} {record.id}: {', '.join(changed)}")


def _refuse_deletion(_mapper: object, _connection: object, record: Any) -> None:
    raise PublishedIsFinal(f"{record.__tablename__} {record.id}: delete")


@event.listens_for(Session, "do_orm_execute")
def _not_in_bulk_either(execution: ORMExecuteState) -> None:
    if not (execution.is_update or execution.is_delete) or execution.bind_mapper is None:
        return
    if execution.bind_mapper.class_ in _FINAL:
        raise PublishedIsFinal(f"{execution.bind_mapper.class_.__tablename__}: in bulk")
