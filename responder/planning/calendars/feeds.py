"""Calendars to subscribe to: made, listed, revoked, read."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from responder.accounts.models import Unit, User
from responder.core import audit
from responder.core.errors import Forbidden, Invalid, NotFound
from responder.core.permissions import Actor, Permission
from responder.planning.access import in_full
from responder.planning.calendars.models import CalendarFeed
from responder.planning.models import PressEvent

RANDOM_BYTES = 32
PAST = timedelta(days=400)  # how far back a feed goes
READ_NOTED_EVERY = timedelta(minutes=10)
MOST = 20  # feeds a person may have in force


class Issued(NamedTuple):
    """A new feed, and the token of its address: the only time that anybody sees it."""

    feed: CalendarFeed
    token: str


@dataclass(frozen=True)
class Subscription:
    """What somebody who knows a feed's address gets at this moment.

    ``ended``: it was revoked, or its owner may no longer sign in.
    """

    feed_id: int
    name: str
    ended: bool
    events: Sequence[PressEvent]
    owner: Actor


def create_feed(
    session: Session, actor: Actor, name: str, unit_id: int | None, now: datetime
) -> Issued:
    """Make a feed of a person's own; only the digest of its token is stored.

    :param unit_id: the events of this unit alone; None: all that the person sees.
    :raises Invalid: no name, no such unit, or too many feeds.
    :raises Forbidden: somebody of a unit asks for another unit's feed.
    """
    if actor.id is None:
        raise Forbidden("日历订阅须由登录的人员建立：请先登录")
    if not name.strip():
        raise Invalid("请填写这个订阅用在哪里", {"name": "请填写用途"})
    if unit_id is not None:
        if session.get(Unit, unit_id) is None:
            raise Invalid("没有这个单位：请从列表中选择", {"unit_id": "没有这个单位"})
        if not in_full(actor, unit_id):
            raise Forbidden("只能订阅本单位的活动：请选择本单位")
    if sum(feed.revoked_at is None for feed in feeds_of(session, actor)) >= MOST:
        raise Invalid(f"每人最多 {MOST} 个有效的订阅：请先撤销不用的")
    token = secrets.token_urlsafe(RANDOM_BYTES)
    feed = CalendarFeed(
        digest=_digest(token),
        name=name.strip(),
        user_id=actor.id,
        unit_id=unit_id,
        created_at=now,
    )
    session.add(feed)
    session.flush()
    return Issued(feed, token)


def feeds_of(session: Session, actor: Actor) -> list[CalendarFeed]:
    """A person's own feeds, the newest first, units loaded."""
    query = select(CalendarFeed).options(joinedload(CalendarFeed.unit))
    query = query.where(CalendarFeed.user_id == actor.id).order_by(CalendarFeed.id.desc())
    return list(session.scalars(query))


def revoke_feed(session: Session, actor: Actor, feed_id: int, now: datetime) -> CalendarFeed:
    """End one's own feed at once; ended twice, the first time counts.

    :raises NotFound: no such feed of this person.
    """
    feed = get_feed(session, actor, feed_id)
    if feed.revoked_at is None:
        _revoke(session, feed, now)
    return feed


def revoke_feeds_of(session: Session, user: User, now: datetime) -> None:
    """End all feeds of somebody whose account is closed: none comes back with it."""
    query = select(CalendarFeed).where(CalendarFeed.user_id == user.id)
    query = query.where(CalendarFeed.revoked_at.is_(None)).order_by(CalendarFeed.id)
    for feed in session.scalars(query).all():
        _revoke(session, feed, now)


def _revoke(session: Session, feed: CalendarFeed, now: datetime) -> None:
    feed.revoked_at = now
    audit.record(session, "revoke", feed)


def get_feed(session: Session, actor: Actor, feed_id: int) -> CalendarFeed:
    """:raises NotFound: no such feed of this person."""
    feed = session.get(CalendarFeed, feed_id)
    if feed is None or feed.user_id != actor.id:
        raise NotFound("没有这个日历订阅：请从订阅列表重新进入")
    return feed


def open_feed(session: Session, token: str, now: datetime) -> Subscription:
    """What the address with this token gives.

    Whoever owns the feed may have lost the right to read the plan, or work for another unit
    by now: then it is empty, so that calendars elsewhere drop what they had.

    :raises NotFound: nobody made such an address.
    """
    query = select(CalendarFeed).options(joinedload(CalendarFeed.user))
    feed = session.scalar(query.where(CalendarFeed.digest == _digest(token)))
    if feed is None:
        raise NotFound("没有这个日历订阅：请在“日历订阅”页重新建立")
    ended = feed.revoked_at is not None or not feed.user.active
    seen = [] if ended else _seen_by(session, feed, feed.user, now)
    return Subscription(feed.id, feed.name, ended, seen, feed.user.actor)


def note_read(session: Session, feed_id: int, now: datetime) -> None:
    """Keep when a feed was last read."""
    feed = session.get_one(CalendarFeed, feed_id)
    feed.read_at = now


def is_read_long_ago(session: Session, feed_id: int, now: datetime) -> bool:
    """Whether a reading is worth noting: calendars ask often, one line in ten minutes will do."""
    read_at = session.get_one(CalendarFeed, feed_id).read_at
    return read_at is None or now - read_at >= READ_NOTED_EVERY


def _seen_by(session: Session, feed: CalendarFeed, owner: User, now: datetime) -> list[PressEvent]:
    actor = owner.actor
    moved_on = feed.unit_id is not None and not in_full(actor, feed.unit_id)
    if not actor.may(Permission.PLAN_READ) or moved_on:
        return []
    query = (
        select(PressEvent)
        .options(joinedload(PressEvent.unit))
        .where(PressEvent.starts_at >= now - PAST)
        .order_by(PressEvent.starts_at, PressEvent.id)
    )
    if feed.unit_id is not None:
        query = query.where(PressEvent.unit_id == feed.unit_id)
    return list(session.scalars(query))


def _digest(token: str) -> str:
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
