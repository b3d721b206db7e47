"""Who runs a source: one at a time, for as long as the claim lasts.

Statements, not objects: what runs write must not disturb a person who edits the source
(its version stays), and the database decides between two schedulers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import uuid4

from sqlalchemy import ColumnElement, CursorResult, and_, case, delete, insert, or_, select, update
from sqlalchemy.orm import Session

from responder.sources import rules
from responder.sources.models import Kind, Source, SourceRun, SourceState

LEASE = timedelta(minutes=5)
RUNS_KEPT = 50
ERROR_CHARACTERS = 300
NOTED_LINES = 20


class Claim(NamedTuple):
    """The right to run one source."""

    source_id: int
    token: str


@dataclass(frozen=True)
class Counts:
    """What a run counted. ``fetched = created + repeated + refused``."""

    fetched: int = 0
    created: int = 0
    repeated: int = 0
    refused: int = 0


def take(session: Session, kinds: Sequence[Kind], now: datetime) -> Claim | None:
    """Claim the source of these kinds that has been due longest; None when none is.

    One that another scheduler takes at the same moment is left to it.
    """
    due = and_(
        Source.kind.in_(kinds),
        Source.state != SourceState.PAUSED,
        Source.next_run_at <= now,
        or_(Source.claimed_until.is_(None), Source.claimed_until <= now),
    )
    query = select(Source.id).where(due).order_by(Source.next_run_at, Source.id)
    for source_id in session.scalars(query).all():
        claim = Claim(source_id, uuid4().hex)
        values = {"claim": claim.token, "claimed_until": now + LEASE, "last_run_at": now}
        if _write(session, and_(Source.id == source_id, due), values):
            return claim
    return None


def renew(session: Session, claim: Claim, now: datetime) -> bool:
    """Hold a source for longer; False when it is no longer ours."""
    return _write(session, _ours(claim), {"claimed_until": now + LEASE})


def holds(session: Session, claim: Claim) -> bool:
    """Whether the source is still ours; until the transaction ends, it stays so."""
    query = select(Source.id).where(_ours(claim)).with_for_update()
    return session.scalar(query) is not None


def is_wanted(session: Session, claim: Claim) -> bool:
    """Whether a run is to go on: the source is still ours, and nobody has paused it."""
    query = select(Source.id).where(_ours(claim), ~_is_paused())
    return session.scalar(query) is not None


def succeed(
    session: Session,
    claim: Claim,
    started_at: datetime,
    finished_at: datetime,
    counts: Counts,
    cursor: dict[str, Any],
    lines: Sequence[str] = (),
    more: bool = False,
) -> None:
    """End a run that went well.

    :param lines: what to note of it, a sentence each.
    :param more: whether to come back at once.
    """
    interval = _interval(session, claim)
    values = {
        "state": case((_is_paused(), SourceState.PAUSED), else_=SourceState.ACTIVE),
        "cursor": cursor,
        "last_success_at": started_at,
        "next_run_at": started_at if more else rules.next_run(started_at, interval),
        "errors": 0,
        "last_error": "",
        "fetched": Source.fetched + counts.fetched,
        "created": Source.created + counts.created,
        "repeated": Source.repeated + counts.repeated,
        "refused": Source.refused + counts.refused,
        "claim": None,
        "claimed_until": None,
    }
    if _write(session, _ours(claim), values):
        _log(session, claim, started_at, finished_at, counts, lines=lines)


def fail(
    session: Session,
    claim: Claim,
    started_at: datetime,
    finished_at: datetime,
    sentence: str,
    retry_after: str = "",
) -> None:
    """End a run that failed: later again, ever later, or when the other side says."""
    errors = (session.scalar(select(Source.errors).where(_ours(claim))) or 0) + 1
    waiting = rules.retry_after(retry_after, started_at) if retry_after else None
    values = {
        "state": case((_is_paused(), SourceState.PAUSED), else_=SourceState.FAILING),
        "next_run_at": rules.next_run(started_at, _interval(session, claim), errors, waiting),
        "errors": errors,
        "last_error": sentence[:ERROR_CHARACTERS],
        "claim": None,
        "claimed_until": None,
    }
    if _write(session, _ours(claim), values):
        _log(session, claim, started_at, finished_at, Counts(), error=sentence)


def _ours(claim: Claim) -> ColumnElement[bool]:
    return and_(Source.id == claim.source_id, Source.claim == claim.token)


def _is_paused() -> ColumnElement[bool]:
    return Source.state == SourceState.PAUSED


def _interval(session: Session, claim: Claim) -> timedelta:
    minutes = session.scalar(select(Source.interval_minutes).where(_ours(claim)))
    return timedelta(minutes=minutes or rules.LONGEST_INTERVAL)


def _write(session: Session, which: ColumnElement[bool], values: dict[str, Any]) -> bool:
    statement = update(Source).where(which).values(values)
    result = session.execute(statement, execution_options={"synchronize_session": False})
    session.expire_all()
    assert isinstance(result, CursorResult)
    return bool(result.rowcount)


def _log(
    session: Session,
    claim: Claim,
    started_at: datetime,
    finished_at: datetime,
    counts: Counts,
    error: str = "",
    lines: Sequence[str] = (),
) -> None:
    """Add a line to the run log, and let go of the oldest."""
    shown = [line[:ERROR_CHARACTERS] for line in lines[:NOTED_LINES]]
    if len(lines) > NOTED_LINES:
        shown.append(f"另有 {len(lines) - NOTED_LINES} 条")
    session.execute(
        insert(SourceRun).values(
            source_id=claim.source_id,
            started_at=started_at,
            finished_at=finished_at,
            error=error[:ERROR_CHARACTERS],
            note="\n".join(shown),
            fetched=counts.fetched,
            created=counts.created,
            repeated=counts.repeated,
            refused=counts.refused,
        )
    )
    mine = SourceRun.source_id == claim.source_id
    kept = select(SourceRun.id).where(mine).order_by(SourceRun.id.desc()).limit(RUNS_KEPT)
    session.execute(
        delete(SourceRun).where(mine, SourceRun.id.not_in(kept)),
        execution_options={"synchronize_session": False},
    )
