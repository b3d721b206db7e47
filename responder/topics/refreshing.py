"""A refresh: new messages find their topics; what they touch is named and ranked anew.

Computing holds no lock; only the writing at the end does. What a refresh costs depends on
what is new: see ``memory`` and ``ageing``.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from nlp import spreading
from nlp.spreading import HERE, Spread
from responder.core import heap
from responder.core.database import db, transaction
from responder.core.errors import Stale
from responder.core.permissions import SYSTEM, Actor
from responder.core.times import SHANGHAI
from responder.intake.models import Arrival
from responder.topics import (
    ageing,
    corrections,
    crowd,
    heat_reading,
    heat_series,
    memory,
    storing,
    tallying,
)
from responder.topics.crowd import Crowd
from responder.topics.describing import Description, Earlier, Words, describe
from responder.topics.gathering import (
    Gathering,
    Said,
    gather,
    is_last,
    newest_headings,
    taken_back,
)
from responder.topics.heat_reading import HeatView
from responder.topics.models import Topic, TopicRefresh
from responder.topics.restating import HEADINGS, earlier
from responder.topics.tallying import Belonging

PORTION = 100_000  # messages that are gathered at a time: so much memory is enough, ever
ATTEMPTS = 3  # the scheduler and a person's click may meet
HEAT_GROWS_OLD_AFTER = timedelta(hours=1)


@heap.at_rest()
def refresh(
    as_of: datetime,
    now: datetime,
    window: timedelta,
    actor: Actor = SYSTEM,
    zone: ZoneInfo = SHANGHAI,
    folder: Path | None = None,
    *,
    most: int | None = None,
    spread: Spread = HERE,
) -> TopicRefresh:
    """Gather all messages up to ``as_of`` into topics and rank the topics as of then.

    :param window: how far back a message still takes part.
    :param zone: whose days the curve of a topic's heat has.
    :param folder: where to remember what the next refresh goes on from; None: nowhere.
    :param most: so many messages at most, the oldest of those without a topic; None: all. A
        look back describes every topic as of then, but only once no message waits.
    :param spread: who reads the texts.
    :raises Stale: other refreshes or corrections were stored first, each time.
    """
    for attempts_left in reversed(range(ATTEMPTS)):
        seen, last = corrections.state_of_play(db.session), memory.last_run(db.session)
        kept = memory.recall(folder, last)
        try:
            found = _computed(db.session, kept, last, as_of, window, most=most, spread=spread)
            with transaction(actor, now) as session:
                _check_still_holds(session, seen, last, found.view)
                touched, born = storing.store(
                    session, found.gathering, found.descriptions, found.reread, as_of
                )
                aged = ageing.age(session, found.view, window, touched, zone)
                if _is_whole(session, found.gathering, as_of, most):
                    ageing.put_to_sleep(session, as_of)
                heat_series.record(session, touched | aged, as_of, zone)
                run = _run(session, found.gathering, born, window, as_of=as_of, ran_at=now)
                session.add(run)
                session.flush()
        except (Stale, IntegrityError):
            if not attempts_left:
                raise
        else:
            memory.keep(folder, run, seen, found.gathering.stream, found.spoke)
            if folder is not None and is_last(run.messages_added, most):
                spreading.forget(memory.read_folder(folder))
            return run
    raise AssertionError("the last attempt returns or raises")


@dataclass(frozen=True)
class _Found:
    """What a refresh has worked out before it stores anything."""

    gathering: Gathering
    descriptions: dict[int, Description]
    reread: list[Said]
    view: HeatView
    spoke: Crowd


def _computed(
    session: Session,
    kept: memory.Kept | None,
    last: TopicRefresh | None,
    as_of: datetime,
    window: timedelta,
    *,
    most: int | None,
    spread: Spread,
) -> _Found:
    everything = _is_look_back(session, last, as_of)
    # A portion of a look back leaves a look back behind, so the last one can do for all. Who
    # comes back from one does it at once: the next portion would not know of it.
    newest = _newest_as_of(session)
    gathering = gather(
        session,
        as_of,
        window,
        kept,
        all_topics=everything,
        most=most,
        only_at_last=newest is not None and as_of < newest,
    )
    voices = (one.voice for one in gathering.new)
    spoke = crowd.lately(session, kept.crowd if kept else None, voices, as_of, window)
    view = heat_reading.read(session, as_of, spoke)
    belonging = Belonging(as_of, gathering.touched, gathering.became, gathering.joins)
    counted = tallying.count(session, belonging, gathering.texts.of)
    if not counted.tallies.keys() >= set(gathering.topic_ids):
        raise taken_back()
    descriptions = describe(
        counted.tallies,
        view,
        newest_headings(session, HEADINGS),
        Words(lambda ids: tallying.members(session, belonging.of(ids)), gathering.texts.of),
        {} if everything else _earlier(session, gathering),
        _came(gathering),
        spread,
    )
    return _Found(gathering, descriptions, counted.reread, view, spoke)


def _came(gathering: Gathering) -> dict[int, list[int]]:
    """Topic id → its new messages, in order of time."""
    found: dict[int, list[int]] = defaultdict(list)
    for message_id, topic_id in gathering.joins.items():
        found[topic_id].append(message_id)
    return found


def refresh_if_new(
    now: datetime, window: timedelta, zone: ZoneInfo = SHANGHAI, folder: Path | None = None
) -> TopicRefresh | None:
    """Refresh when a message waits for its topic, or when the heat has grown old.

    What waits of an archive that was just brought in is gathered a portion each time; nothing
    while somebody gathers it beside.
    """
    if memory.is_claimed(folder):
        return None
    last = db.session.scalar(select(func.max(TopicRefresh.ran_at)))
    is_fresh = last is not None and now - last < HEAT_GROWS_OLD_AFTER
    if is_fresh and not waiting(now, window, 1):
        return None
    return refresh(now, now, window, zone=zone, folder=folder, most=PORTION)


def waiting(now: datetime, window: timedelta, most: int) -> int:
    """How many messages wait for their topic, counted up to ``most``."""
    return len(db.session.scalars(_waiting(now, window).limit(most)).all())


def waiting_in_all(now: datetime, window: timedelta) -> int:
    """How many messages wait for their topic."""
    query = select(func.count()).select_from(_waiting(now, window).subquery())
    return db.session.scalar(query) or 0


def _waiting(now: datetime, window: timedelta) -> Select[int]:
    return select(Arrival.message_id).where(Arrival.occurred_at.between(now - window, now))


def _run(
    session: Session,
    gathering: Gathering,
    born: int,
    window: timedelta,
    *,
    as_of: datetime,
    ran_at: datetime,
) -> TopicRefresh:
    return TopicRefresh(
        as_of=as_of,
        ran_at=ran_at,
        messages_added=len(gathering.new),
        topics_created=born,
        topics_total=_in_window(session, as_of, window),
    )


def _is_whole(session: Session, gathering: Gathering, as_of: datetime, most: int | None) -> bool:
    """Whether no message waits any more, so that silence is silence; not in a look back."""
    newest = _newest_as_of(session)
    return is_last(len(gathering.new), most) and (newest is None or as_of >= newest)


def _newest_as_of(session: Session) -> datetime | None:
    """Up to when the topics have been ranked, by whichever refresh."""
    return session.scalar(select(func.max(TopicRefresh.as_of)))


def _earlier(session: Session, gathering: Gathering) -> dict[int, Earlier]:
    """Topic id → what was said of it, and of those that went into it."""
    found: dict[int, Earlier] = {}
    for topic_id, said in earlier(session, gathering.touched | gathering.became.keys()):
        became = gathering.became.get(topic_id, topic_id)
        found[became] = found[became].joined(said) if became in found else said
    return found


def _is_look_back(session: Session, last: TopicRefresh | None, as_of: datetime) -> bool:
    """Whether every topic must be described anew: before or after a look back in time.

    So it is too where the last refresh knew less of a topic than this one: it kept no days.
    """
    newest = _newest_as_of(session)
    if last is None or newest is None:
        return False
    return as_of < newest or last.as_of < newest or heat_series.is_lacking(session, last.as_of)


def _check_still_holds(
    session: Session, seen: int, last: TopicRefresh | None, view: HeatView
) -> None:
    """Inside the transaction that stores: what was computed from is still so.

    :raises Stale: it is not.
    """
    corrections.lock_topics(session)
    if corrections.state_of_play(session) != seen:
        raise Stale("聚合期间有人修正了话题：请稍后再运行一次")
    if memory.last_run(session) != last:
        raise Stale("另一次聚合刚刚完成：请稍后再运行一次")
    heat_reading.check_still_holds(session, view)


def _in_window(session: Session, as_of: datetime, window: timedelta) -> int:
    """How many topics somebody has spoken of within the window."""
    query = select(func.count(Topic.id)).where(
        Topic.message_count > 0,
        Topic.merged_into_id.is_(None),
        Topic.last_seen >= as_of - window,
        # Of nearly all the last message says it, which the index holds.
        or_(Topic.last_seen <= as_of, Topic.first_seen <= as_of),
    )
    return session.scalar(query) or 0
