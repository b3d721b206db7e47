"""When things are said: minutes from 00:00 of today (negative: before today)."""

from __future__ import annotations

import datetime as dt
import random
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = 24 * 60
OPENING = 8 * 60
LATEST = 5 * 60  # before the demo opens; nobody has written since 05:00
_NIGHT_CHANNELS = ("weibo", "wechat", "forum")

# How many of about a hundred messages come in each hour from 0 to 23, by channel.
_HOURS: dict[str, tuple[int, ...]] = {
    "hotline": (0, 0, 0, 0, 0, 0, 0, 1, 9, 13, 13, 9, 4, 5, 10, 11, 10, 7, 4, 3, 0, 1, 0, 0),
    "mailbox": (0, 0, 0, 0, 0, 0, 0, 0, 4, 9, 10, 8, 0, 5, 8, 8, 8, 5, 0, 7, 11, 10, 6, 1),
    "weibo": (4, 2, 0, 0, 0, 0, 0, 6, 8, 5, 0, 5, 10, 6, 0, 4, 0, 6, 9, 8, 8, 8, 7, 4),
    "wechat": (2, 0, 0, 0, 0, 0, 0, 5, 7, 0, 5, 0, 9, 6, 0, 0, 5, 7, 8, 10, 12, 12, 9, 3),
    "forum": (4, 0, 0, 0, 0, 0, 0, 0, 0, 5, 7, 6, 0, 6, 7, 7, 6, 0, 0, 8, 12, 13, 12, 7),
}


def minute(rng: random.Random, day: int, channel: str, hours: list[int] | None = None) -> int:
    """A plausible minute ``day`` days ago, never after LATEST of today."""
    if hours is not None:
        hour = rng.randint(hours[0], hours[1])
    else:
        hour = rng.choices(range(24), weights=_HOURS[channel])[0]
    at = -day * DAY + hour * 60 + rng.randrange(60)
    if at < LATEST:
        return at
    if channel in _NIGHT_CHANNELS and hours is None:
        return rng.randrange(LATEST)
    return at - DAY


def moment(today: dt.date, at: int) -> dt.datetime:
    """The aware moment (Asia/Shanghai) ``at`` minutes from 00:00 of today."""
    midnight = dt.datetime.combine(today, dt.time(), tzinfo=SHANGHAI)
    return midnight + dt.timedelta(minutes=at)
