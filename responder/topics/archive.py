"""A backlog of any length, gathered portion by portion.

Each portion is a refresh of its own, stored when it is done; within a portion, what was read of
the texts is kept in files. So a run that is stopped goes on where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from nlp.spreading import Spread
from responder.core.executors import cores, hands
from responder.core.permissions import Actor
from responder.settings import Settings
from responder.topics import refreshing
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
    spread: Spread,
) -> Iterator[TopicRefresh]:
    """Refresh until no message up to ``as_of`` waits; see ``refreshing.refresh``."""
    while True:
        run = refreshing.refresh(
            as_of, now, window, actor, zone, folder, most=portion, spread=spread
        )
        spread.forget()
        yield run
        if run.messages_added < portion:
            return


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
        kept = settings.topic_memory / "read" if asked or long else None
        yield Spread(found.executor, found.at_once, kept, told)
