"""What `heat_reading` asks the database for, counted plainly."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from responder.topics.heat import DAY_SECONDS, PACES, ChannelPast


def channel_past(spoken: Iterable[tuple[str, str, datetime]], as_of: datetime) -> ChannelPast:
    """Count a channel's people over the spans that ``as_of`` ends.

    :param spoken: (channel, person, moment) of all messages; those older than five weeks
        are not looked at.
    """
    now = as_of.timestamp()
    seen: dict[str, set[tuple[str, int, str]]] = {pace.name: set() for pace in PACES}
    for channel, author, moment in spoken:
        age = (now - moment.timestamp()) / DAY_SECONDS
        for pace in PACES:
            period = int(age // pace.days)
            if period <= pace.periods:
                seen[pace.name].add((channel, period, author))
    return ChannelPast({name: by_channel(found) for name, found in seen.items()})


def by_channel(spoken: Iterable[tuple[str, int, str]]) -> dict[str, list[int]]:
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for channel, period, _author in spoken:
        counts[channel][period > 0] += 1
    return dict(counts)
