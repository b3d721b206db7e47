"""Verbs and questions on ratings."""

from __future__ import annotations

import secrets
from datetime import date

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from responder.core.errors import WrongState
from responder.publishing.models import Entry
from responder.publishing.ratings import rules
from responder.publishing.ratings.models import EntryRating, RatingSalt, Verdict


def rate(session: Session, entry: Entry, verdict: Verdict, address: str, day: date) -> bool:
    """Count one rating; False when this address has rated this entry on this day already.

    :param address: used, and not kept.
    :param day: by the office's calendar.
    :raises WrongState: the entry was withdrawn.
    """
    if entry.withdrawal:
        raise WrongState("这条回应已撤回，不再评价")
    mark = rules.digest(_salt(session, day), entry.id, address)
    rating = EntryRating(entry_id=entry.id, verdict=verdict, day=day, digest=mark)
    return _added(session, rating)


def has_rated(session: Session, entry_id: int, address: str, day: date) -> bool:
    """Has this address rated this entry on this day? Asked before anything is written."""
    known = _salt_of(session, day)
    if known is None:
        return False
    mark = rules.digest(known.salt, entry_id, address)
    return session.scalar(select(EntryRating.id).where(EntryRating.digest == mark)) is not None


def forget(session: Session, today: date) -> int:
    """Delete the salts of days that are over, and what was made with them; how many ratings."""
    session.execute(delete(RatingSalt).where(RatingSalt.day < today))
    old = update(EntryRating).where(EntryRating.day < today, EntryRating.digest.is_not(None))
    return int(session.execute(old.values(digest=None)).rowcount)  # type: ignore[attr-defined]


def totals(session: Session, entry_id: int) -> dict[Verdict, int]:
    """How an entry was rated; every verdict is named."""
    query = select(EntryRating.verdict, func.count()).where(EntryRating.entry_id == entry_id)
    found = dict(session.execute(query.group_by(EntryRating.verdict)).all())
    return {verdict: found.get(verdict, 0) for verdict in Verdict}


def _salt(session: Session, day: date) -> str:
    known = _salt_of(session, day)
    if known is None:
        forget(session, day)
        _added(session, RatingSalt(day=day, salt=secrets.token_hex(32)))
        known = _salt_of(session, day)
    assert known is not None, "this request or a faster one has made it"
    return known.salt


def _salt_of(session: Session, day: date) -> RatingSalt | None:
    return session.scalar(select(RatingSalt).where(RatingSalt.day == day))


def _added(session: Session, row: EntryRating | RatingSalt) -> bool:
    """Store a row unless another request was faster with the same key."""
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return False
    return True
