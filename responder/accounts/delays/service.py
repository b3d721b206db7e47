"""Verbs on tries to sign in: count each before it is looked at, take off what was right.

Whatever touches more than one row takes them in one order (``_in_order``), one statement each:
so of two at the same moment one waits for the other, and never each for the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, delete, or_, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from responder.accounts.delays.models import SignInTries
from responder.accounts.delays.rules import (
    AHEAD_AT_MOST,
    FORGOTTEN_AFTER,
    PACES,
    Counted,
    Kind,
    seconds_of,
    wait_after,
)
from responder.core.errors import Delayed

TOLD_IN_SECONDS = 90  # a longer waiting is told in minutes


def count(session: Session, counts: Sequence[Counted], now: datetime) -> timedelta:
    """Count a try, whichever process it comes to; how long the next has to wait.

    :raises Delayed: too soon; nothing is counted then, so that waiting is not made longer.
    """
    return max(_count(session, one, now) for one in _in_order(counts))


def write_again(session: Session, counts: Sequence[Counted]) -> None:
    """Store what stands there once more: it takes the time that a line of the trail takes."""
    for one in _in_order(counts):
        session.execute(
            update(SignInTries)
            .where(_is(one))
            .values(tries=SignInTries.tries)
            .execution_options(synchronize_session=False)
        )


def take_back(session: Session, counts: Sequence[Counted], now: datetime) -> None:
    """Take off a try that was right, and let the next come at once."""
    for one in _in_order(counts):
        session.execute(
            update(SignInTries)
            .where(_is(one), SignInTries.tries > 0)
            .values(tries=SignInTries.tries - 1, next_at=now)
            .execution_options(synchronize_session=False)
        )


def succeed(session: Session, counts: Sequence[Counted], now: datetime) -> None:
    """Somebody is signed in: their own counts end. That of an address others share, too."""
    for one in _in_order(counts):
        if one.kind == Kind.ADDRESS:
            take_back(session, [one], now)
        else:
            session.execute(delete(SignInTries).where(_is(one)))


def clear(session: Session, key: str) -> bool:
    """End the waiting of a name at unknown browsers; whether there was any."""
    name = _is(Counted(Kind.NAME, key))
    gone = session.execute(delete(SignInTries).where(name).returning(SignInTries.key))
    return gone.first() is not None


def forget(session: Session, now: datetime) -> None:
    """Delete what counts no more; what somebody is at just now is left for the next time."""
    row = tuple_(SignInTries.kind, SignInTries.key)
    free = select(SignInTries.kind, SignInTries.key).where(_stale(now))
    session.execute(
        delete(SignInTries)
        .where(row.in_(free.with_for_update(skip_locked=True)))
        .execution_options(synchronize_session=False)
    )


def _count(session: Session, one: Counted, now: datetime) -> timedelta:
    """Of many at the same moment one goes first; the others meet what it has to wait."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    stale = _stale(now)
    statement = insert(SignInTries).values(
        kind=one.kind, key=one.key, tries=1, last_at=now, next_at=now
    )
    tries = session.scalar(
        statement.on_conflict_do_update(
            index_elements=[SignInTries.kind, SignInTries.key],
            set_={
                "tries": case((stale, 1), else_=SignInTries.tries + 1),
                "last_at": now,
                "next_at": now,
            },
            where=or_(
                stale, SignInTries.next_at <= now, SignInTries.tries < PACES[one.kind].free
            ),  # of two at the same moment the second may have looked at the clock first
        ).returning(SignInTries.tries)
    )
    if tries is None:
        raise _delayed(session, one, now)
    wait = wait_after(tries, PACES[one.kind])
    if wait:
        session.execute(
            update(SignInTries)
            .where(_is(one))
            .values(next_at=now + wait)
            .execution_options(synchronize_session=False)
        )
    return wait


def _delayed(session: Session, one: Counted, now: datetime) -> Delayed:
    next_at = session.scalar(select(SignInTries.next_at).where(_is(one)))
    seconds = seconds_of((next_at or now) - now)
    if seconds <= TOLD_IN_SECONDS:
        return Delayed(f"密码或口令出错次数较多：请 {seconds} 秒后再试", seconds)
    return Delayed(f"密码或口令出错次数较多：请 {-(-seconds // 60)} 分钟后再试", seconds)


def _stale(now: datetime) -> ColumnElement[bool]:
    """Whether a row counts no more: it is old, or of a clock that was set back since."""
    old = SignInTries.last_at < now - FORGOTTEN_AFTER
    return or_(old, SignInTries.last_at > now + AHEAD_AT_MOST)


def _in_order(counts: Iterable[Counted]) -> list[Counted]:
    return sorted(counts, key=lambda one: (one.kind, one.key))


def _is(one: Counted) -> ColumnElement[bool]:
    return and_(SignInTries.kind == one.kind, SignInTries.key == one.key)
