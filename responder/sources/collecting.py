"""The scheduler's runs: whatever is due is fetched, each source for itself.

Jobs, and so edges, which is why they open transactions themselves. Nothing is locked while
the network is waited for: a source is claimed in one transaction, looked at in a thread that
knows no database, and stored in another, which first makes sure that the claim still stands.
A run of the job takes no new source after :data:`BUDGET_SECONDS`; what it leaves is due at
the next. Folders have a job of their own, so that a long file keeps no feed waiting.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta

from responder.core.database import db, end_read, transaction
from responder.core.errors import DomainError
from responder.core.permissions import SYSTEM
from responder.settings import Settings
from responder.sources import claims, folders, kinds, storing
from responder.sources.claims import Claim, Counts
from responder.sources.connectors import OVER_THE_NETWORK, look_at
from responder.sources.fetching import FetchFailed, Network
from responder.sources.harvest import Harvest, Look
from responder.sources.kinds import FolderSettings, SourceSettings
from responder.sources.models import Kind, Source

log = logging.getLogger(__name__)

AT_ONCE = 4
BUDGET_SECONDS = 8
RENEW_AFTER_SECONDS = 60
BROKEN = "处理时出错，详情已记入日志：会自动再试；若一直如此，请联系系统管理员"


@dataclass(frozen=True)
class _Clock:
    """The moment at which a run began, and what has passed since."""

    now: datetime
    began: float

    def moment(self) -> datetime:
        return self.now + timedelta(seconds=round(time.monotonic() - self.began))


def fetch_due(now: datetime, settings: Settings, network: Network | None = None) -> int:
    """Look at the feeds, mailboxes and lists that are due; how many were looked at."""
    network = network or Network.of(settings)
    last_start = time.monotonic() + BUDGET_SECONDS
    running: dict[Future[Harvest], tuple[Claim, _Clock]] = {}
    looked = 0
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="source") as pool:
        while True:
            while len(running) < AT_ONCE and time.monotonic() < last_start:
                claim = _take(OVER_THE_NETWORK, now)
                if claim is None:
                    break
                clock = _Clock(now, time.monotonic())
                if (ready := _prepared(claim, clock, settings)) is not None:
                    running[pool.submit(look_at, *ready, network)] = claim, clock
                looked += 1
            if not running:
                return looked
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                _settle(future, *running.pop(future))


def import_folders(
    now: datetime, settings: Settings, goes_on: Callable[[], bool] = lambda: True
) -> int:
    """Look at the watched folders that are due; how many were looked at.

    :param goes_on: False once the process is about to end: the portion that is being stored
        is the last, and the next process goes on from there.
    """
    looked = 0
    while goes_on() and (claim := _take((Kind.FOLDER,), now)) is not None:
        _import(claim, _Clock(now, time.monotonic()), settings, goes_on)
        looked += 1
    return looked


def _take(wanted: tuple[Kind, ...], now: datetime) -> Claim | None:
    with transaction(SYSTEM, now) as session:
        return claims.take(session, wanted, now)


def _prepared(
    claim: Claim, clock: _Clock, settings: Settings
) -> tuple[SourceSettings, Look] | None:
    """All that a look needs, read beforehand; None when it cannot be had."""
    try:
        with transaction(SYSTEM, clock.now) as session:
            source = session.get_one(Source, claim.source_id)
            look = Look.of(
                source.channel,
                source.district,
                settings,
                clock.now,
                cursor=dict(source.cursor),
                secret=source.secret,
            )
            return kinds.parse(source.kind, source.settings), look
    except Exception as error:
        _fail(claim, clock, error)
        return None


def _settle(future: Future[Harvest], claim: Claim, clock: _Clock) -> None:
    """Store what a look gave, or note why it gave nothing."""
    try:
        found = future.result()
        with transaction(SYSTEM, clock.now) as session:
            if not claims.holds(session, claim):
                return  # edited, or taken over, meanwhile: what was seen is stale
            counts = storing.store(session, claim.source_id, found, clock.now)
            claims.succeed(
                session, claim, clock.now, clock.moment(), counts,
                found.cursor, found.refused, found.more,
            )  # fmt: skip
    except Exception as error:
        _fail(claim, clock, error)


def _import(claim: Claim, clock: _Clock, settings: Settings, goes_on: Callable[[], bool]) -> None:
    try:
        source = db.session.get_one(Source, claim.source_id)
        wanted = kinds.parse(source.kind, source.settings)
        assert isinstance(wanted, FolderSettings)
        seen = dict(source.cursor)
        mine = _still_ours(claim, clock)
        taking = folders.Taking(
            source.channel,
            folders.mapping_of(db.session, wanted),
            settings,
            clock.now,
            lambda: goes_on() and mine(),
        )
        put = folders.collect(wanted, taking, seen)
        counts = Counts(put.fetched, put.created, put.repeated, put.refused)
        with transaction(SYSTEM, clock.now) as session:
            claims.succeed(
                session, claim, clock.now, clock.moment(), counts,
                put.waiting, put.lines, more=put.left and not goes_on(),
            )  # fmt: skip
    except Exception as error:
        _fail(claim, clock, error)


def _still_ours(claim: Claim, clock: _Clock) -> Callable[[], bool]:
    """Asked between portions of a file: whether nobody has paused or changed the source.

    Keeps the claim alive meanwhile.
    """
    renewed = time.monotonic()

    def goes_on() -> bool:
        nonlocal renewed
        wanted = claims.is_wanted(db.session, claim)
        end_read()
        if wanted and time.monotonic() - renewed >= RENEW_AFTER_SECONDS:
            renewed = time.monotonic()
            with transaction(SYSTEM) as session:
                wanted = claims.renew(session, claim, clock.moment())
        return wanted

    return goes_on


def _fail(claim: Claim, clock: _Clock, error: Exception) -> None:
    """Note a failure; what is nobody's mistake to mend goes to the log in full."""
    sentence, waiting = BROKEN, ""
    if isinstance(error, FetchFailed):
        sentence, waiting = error.message, error.retry_after
    elif isinstance(error, DomainError):
        sentence = error.message
    else:
        log.error("source %s failed", claim.source_id, exc_info=error)
    with transaction(SYSTEM, clock.now) as session:
        claims.fail(session, claim, clock.now, clock.moment(), sentence, waiting)
