"""A backlog of any length, gathered portion by portion.

Each portion is a refresh of its own, stored when it is done; within a portion, what was read of
the texts is kept in files. So a run that is stopped goes on where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from nlp.spreading import HERE, Spread
from responder.core.database import db
from responder.core.errors import Stale
from responder.core.executors import cores, hands
from responder.core.permissions import Actor
from responder.settings import Settings
from responder.topics import memory, refreshing
from responder.topics.models import TopicRefresh

WORTH_SPREADING = 20_000  # messages; fewer are read sooner than processes have started


def refreshes(
    as_of: datetime,
    now: datetime,
    window: timedelta,
    actor: Actor,
    zone: ZoneInfo,
    folder: Path | None,
    *,
    portion: int = refreshing.PORTION,
    spread: Spread = HERE,
) -> Iterator[TopicRefresh]:
    """Refresh until no message up to ``as_of`` waits; see ``refreshing.refresh``.

    The scheduler leaves it alone meanwhile, where it sees the same ``folder``. Where another run
    gathers the same backlog all the same, what one has stored the other leaves out.

    :raises Stale: people correct faster than a portion is gathered.
    """
    with memory.claim(folder):
        yield from _portions(
            partial(
                refreshing.refresh, as_of, now, window, actor, zone, folder, most=portion,
                spread=spread,
            ),
            portion,
            spread,
        )  # fmt: skip


def _portions(
    refresh: Callable[[], TopicRefresh], portion: int, spread: Spread
) -> Iterator[TopicRefresh]:
    while True:
        last = _last_id()
        try:
            run = refresh()
        except (Stale, IntegrityError):
            if _last_id() == last:
                raise
            continue  # another run has gathered: the rest is still to be done
        spread.forget()
        yield run
        if run.messages_added < portion:
            return


def _last_id() -> int | None:
    """Which refresh was stored last, by whomever."""
    return db.session.scalar(select(func.max(TopicRefresh.id)))


@contextmanager
def reading(
    settings: Settings,
    waiting: int,
    workers: int | None,
    dask: str,
    told: Callable[[bool], None],
) -> Iterator[Spread]:
    """Who reads the texts of a backlog.

    :param waiting: how many messages there are, counted up to ``WORTH_SPREADING``.
    :param workers: processes; None: as many as there are processors, where it is worth it.
    :param dask: the address of a cluster, or "".
    """
    long = waiting >= WORTH_SPREADING
    asked = workers is not None or bool(dask)
    with hands(workers or (cores() if long else 1), dask) as found:
        kept = memory.read_folder(settings.topic_memory) if asked or long else None
        yield Spread(found.executor, found.at_once, kept, told)
