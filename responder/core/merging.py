"""Records that were merged into others of their kind, and keep their rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from responder.core.bulk import among


def absorbed(
    session: Session,
    own_id: InstrumentedAttribute[int],
    merged_into_id: InstrumentedAttribute[Any],
    ids: Iterable[int],
) -> dict[int, int]:
    """Id of each of these records and of all that went into them, however often → the one of these.

    :param own_id: the column of the records' ids.
    :param merged_into_id: the column that names what a record was merged into.
    """
    found = {one: one for one in ids}
    edge = set(found)
    while edge:
        query = select(own_id, merged_into_id).where(among(session, merged_into_id, edge))
        went = {
            one: found[into]
            for one, into in session.execute(query)
            if into is not None and one not in found
        }
        found |= went
        edge = set(went)
    return found
