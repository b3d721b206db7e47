"""The site's own feeds, read column by column: each on its own, once at a time.

The fetching is that of :mod:`responder.sources` (public addresses, limits of time and size,
``304`` where nothing is new). An edge, and so it opens its transactions itself: a feed is
claimed in one, looked at while nothing is held, and stored in another, which first makes sure
that the claim still stands.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from responder.core.database import transaction
from responder.core.errors import Forbidden, Invalid
from responder.core.lifecycle import Attempt
from responder.core.office import office_zone
from responder.core.permissions import SYSTEM, Permission
from responder.core.texts import clean
from responder.core.times import local
from responder.intake.rules import Unreadable
from responder.openness.catalogue import registering
from responder.openness.catalogue.models import CatalogueColumn, ColumnFeed, FeedState, Way
from responder.openness.catalogue.registering import TITLE_CHARACTERS, Item
from responder.openness.links import LONGEST_LINK, checked_link
from responder.settings import Settings
from responder.sources import moments
from responder.sources.feeds import Entry, goes_on, look
from responder.sources.fetching import FetchFailed, Network
from responder.sources.rules import next_run, retry_after

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
BUDGET_SECONDS = 8  # after so long a run takes no new feed; the rest is due at the next
MOST_ITEMS = 1_000  # of one look; a longer feed is read on in the next
SOON = timedelta(minutes=1)
SHORTEST_MINUTES, LONGEST_MINUTES = 10, 7 * 24 * 60
BROKEN = "处理时出错，详情已记入日志：会自动再试；若一直如此，请联系系统管理员"


@dataclass(frozen=True)
class _Claimed:
    """A feed that is ours to read, as it was when it was claimed."""

    feed_id: int
    token: str
    url: str
    cursor: dict[str, Any]


def save_feed(
    session: Session,
    column: CatalogueColumn,
    url: str,
    minutes: int,
    paused: bool,
    attempt: Attempt,
) -> ColumnFeed | None:
    """Say which feed of the site shows a column; an empty address takes the feed away.

    :raises Forbidden: the person does not keep the catalogue.
    :raises Invalid: no address, or an interval that cannot be.
    """
    if not attempt.actor.may(Permission.OPENNESS_EDIT):
        raise Forbidden("栏目订阅由政务公开办设置：请联系他们")
    feed, address = column.feed, checked_link(url, "url")
    if not address:
        if feed is not None:
            session.delete(feed)
            column.feed = None
            session.flush()
        return None
    if not SHORTEST_MINUTES <= minutes <= LONGEST_MINUTES:
        reason = f"间隔须在 {SHORTEST_MINUTES} 到 {LONGEST_MINUTES} 分钟之间：请改正"
        raise Invalid(reason, {"interval_minutes": "超出范围"})
    if feed is None:
        feed = ColumnFeed(column=column, url=address, interval_minutes=minutes, cursor={},
                          next_run_at=attempt.now, errors=0)  # fmt: skip
        session.add(feed)
    if feed.url != address:
        feed.cursor, feed.errors, feed.last_error = {}, 0, ""
    feed.url, feed.interval_minutes = address, minutes
    feed.claim = feed.claimed_until = None  # what is being read now is of the old settings
    feed.state = FeedState.PAUSED if paused else FeedState.ACTIVE
    feed.version_id = (feed.version_id or 0) + 1
    feed.next_run_at = attempt.now
    session.flush()
    return feed


def read_due(now: datetime, settings: Settings, network: Network | None = None) -> int:
    """Read the feeds that are due; how many were looked at."""
    network = network or Network.of(settings)
    last_start, looked = time.monotonic() + BUDGET_SECONDS, 0
    while time.monotonic() < last_start and (claimed := _claim(now)) is not None:
        looked += 1
        try:
            entries, cursor = look(claimed.url, claimed.cursor, network, MOST_ITEMS)
            items, refused = _items(entries, now, settings.zone)
            _succeed(claimed, items, refused, cursor, now)
        except FetchFailed as error:
            _fail(claimed, error.message, error.retry_after, now)
        except Exception:
            log.exception("the feed %s of a column failed", claimed.feed_id)
            _fail(claimed, BROKEN, "", now)
    return looked


def _claim(now: datetime) -> _Claimed | None:
    with transaction(SYSTEM, now) as session:
        query = select(ColumnFeed).where(
            ColumnFeed.state != FeedState.PAUSED,
            ColumnFeed.next_run_at <= now,
            or_(ColumnFeed.claimed_until.is_(None), ColumnFeed.claimed_until <= now),
        )
        query = query.order_by(ColumnFeed.next_run_at, ColumnFeed.id).limit(1)
        feed = session.scalar(query.with_for_update(skip_locked=True))
        if feed is None:
            return None
        feed.claim, feed.claimed_until, feed.last_run_at = uuid4().hex, now + LEASE, now
        return _Claimed(feed.id, feed.claim, feed.url, dict(feed.cursor))


@dataclass(frozen=True)
class _Seen:
    """An entry of a feed as an item, but for its column."""

    title: str
    url: str | None
    moment: datetime


def _items(entries: Iterable[Entry], now: datetime, zone: ZoneInfo) -> tuple[list[_Seen], int]:
    """What a feed has, as far as it can be registered, and how many of it cannot.

    Where an entry does not say when it appeared, it is when it is first seen: it then needs an
    address by which it is known the next time.
    """
    found, refused = [], 0
    for entry in entries:
        title = " ".join(clean(entry.title or entry.body).split())[:TITLE_CHARACTERS]
        url = entry.url if entry.url and len(entry.url) <= LONGEST_LINK else None
        try:
            moment = moments.read(entry.moment, zone, now) if entry.moment else now
        except Unreadable:
            moment = None
        if not title or moment is None or not (entry.moment or url):
            refused += 1
            continue
        found.append(_Seen(title, url, moment))
    return found, refused


def _succeed(
    claimed: _Claimed, seen: list[_Seen], refused: int, cursor: dict[str, Any], now: datetime
) -> None:
    with transaction(SYSTEM, now) as session:
        feed = _ours(session, claimed)
        if feed is None:
            return  # changed, or taken over, meanwhile: what was seen is stale
        items = list(_for_column(feed.column, seen, now))
        refused += len(seen) - len(items)
        created = len(registering.store(session, items, Way.FEED, now))
        feed.state, feed.errors, feed.last_error = FeedState.ACTIVE, 0, ""
        feed.cursor, feed.last_success_at = cursor, now
        feed.fetched += len(items) + refused
        feed.created += created
        feed.refused += refused
        interval = timedelta(minutes=feed.interval_minutes)
        feed.next_run_at = now + SOON if goes_on(cursor) else next_run(now, interval)
        feed.claim = feed.claimed_until = None


def _for_column(column: CatalogueColumn, seen: list[_Seen], now: datetime) -> Iterator[Item]:
    zone = office_zone()
    for one in seen:
        day = local(one.moment, zone).date()
        if registering.day_refusal(column, day, local(now, zone).date()) is None:
            yield Item(column.id, one.title, day, one.url)


def _fail(claimed: _Claimed, sentence: str, waiting: str, now: datetime) -> None:
    """Note a failure; it is tried again later, ever later, or when the other side says."""
    with transaction(SYSTEM, now) as session:
        feed = _ours(session, claimed)
        if feed is None:
            return
        feed.errors += 1
        feed.state, feed.last_error = FeedState.FAILING, sentence
        interval = timedelta(minutes=feed.interval_minutes)
        pause = retry_after(waiting, now) if waiting else None
        feed.next_run_at = next_run(now, interval, feed.errors, pause)
        feed.claim = feed.claimed_until = None


def _ours(session: Session, claimed: _Claimed) -> ColumnFeed | None:
    query = select(ColumnFeed).where(
        ColumnFeed.id == claimed.feed_id, ColumnFeed.claim == claimed.token
    )
    return session.scalar(query.with_for_update())


def feeds(session: Session) -> list[ColumnFeed]:
    """Every feed, those that fail first."""
    query = select(ColumnFeed).options(joinedload(ColumnFeed.column))
    return list(session.scalars(query.order_by(ColumnFeed.errors.desc(), ColumnFeed.next_run_at)))
