"""Rank and heat of hot-search lists over time (热搜走势)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, joinedload

from responder.core.errors import NotFound
from responder.sources.harvest import HotRow
from responder.sources.models import HotEntry, HotPoint, Kind, Source

KEPT = timedelta(days=90)


def record(session: Session, source_id: int, rows: Sequence[HotRow], now: datetime) -> int:
    """Add the list as it stands to the series; how many of its lines are new.

    What was last on the list more than 90 days ago is forgotten.
    """
    titles = [row.title for row in rows]
    query = select(HotEntry).where(HotEntry.source_id == source_id, HotEntry.title.in_(titles))
    known = {entry.title: entry for entry in session.scalars(query)}
    added = 0
    for row in rows:
        entry = known.get(row.title)
        if entry is None:
            entry = HotEntry(source_id=source_id, title=row.title, first_seen_at=now)
            session.add(entry)
            known[row.title] = entry
            added += 1
        entry.url = row.url or entry.url or ""
        entry.last_seen_at = now
    session.flush()
    points = [
        {"entry_id": known[row.title].id, "at": now, "rank": row.rank, "heat": row.heat}
        for row in rows
    ]
    if points:
        on_postgresql = session.get_bind().dialect.name == "postgresql"
        insert = postgresql.insert if on_postgresql else sqlite.insert
        session.execute(insert(HotPoint).on_conflict_do_nothing(), points)
    _forget(session, source_id, now - KEPT)
    return added


def _forget(session: Session, source_id: int, before: datetime) -> None:
    mine = select(HotEntry.id).where(HotEntry.source_id == source_id)
    session.execute(
        delete(HotPoint).where(HotPoint.at < before, HotPoint.entry_id.in_(mine)),
        execution_options={"synchronize_session": False},
    )
    session.execute(
        delete(HotEntry).where(HotEntry.source_id == source_id, HotEntry.last_seen_at < before),
        execution_options={"synchronize_session": False},
    )


def lists(session: Session) -> list[Source]:
    """The hot-search lists there are, by name."""
    query = select(Source).where(Source.kind == Kind.HOT_LIST).order_by(Source.name, Source.id)
    return list(session.scalars(query))


def last_seen(session: Session, source_id: int) -> datetime | None:
    """When the list was last read; None before its first time."""
    query = select(func.max(HotEntry.last_seen_at)).where(HotEntry.source_id == source_id)
    return session.scalar(query)


def current(session: Session, source_id: int) -> list[tuple[HotEntry, HotPoint]]:
    """The list as it last stood, in its order."""
    at = last_seen(session, source_id)
    query = (
        select(HotEntry, HotPoint)
        .join(HotPoint, HotPoint.entry_id == HotEntry.id)
        .where(HotEntry.source_id == source_id, HotPoint.at == at)
        .order_by(HotPoint.rank, HotEntry.id)
    )
    return [(entry, point) for entry, point in session.execute(query)]


def gone(source_id: int, last_read: datetime) -> Select[HotEntry]:
    """Lines that have left the list, the latest first."""
    return (
        select(HotEntry)
        .where(HotEntry.source_id == source_id, HotEntry.last_seen_at < last_read)
        .order_by(HotEntry.last_seen_at.desc(), HotEntry.id)
    )


def get(session: Session, entry_id: int) -> HotEntry:
    """:raises NotFound: no such line, or it is forgotten."""
    entry = session.get(HotEntry, entry_id, options=[joinedload(HotEntry.source)])
    if entry is None:
        raise NotFound(f"没有编号为 {entry_id} 的热搜条目：请从热搜榜重新进入")
    return entry


def points(
    session: Session, entry_ids: Sequence[int], since: datetime
) -> dict[int, list[HotPoint]]:
    """The series of some lines since a moment, oldest first."""
    found: dict[int, list[HotPoint]] = {entry_id: [] for entry_id in entry_ids}
    query = (
        select(HotPoint)
        .where(HotPoint.entry_id.in_(entry_ids), HotPoint.at >= since)
        .order_by(HotPoint.entry_id, HotPoint.at)
    )
    for point in session.scalars(query):
        found[point.entry_id].append(point)
    return found
