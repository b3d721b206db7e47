"""When things are said: minutes from 00:00 of today (negative: before today)."""

from __future__ import annotations

import datetime as dt
import random
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = 24 * 60
LATEST = 5 * 60  # the demo opens at 08:00; nobody has written since 05:00
_NIGHT_CHANNELS = ("weibo", "wechat", "forum")

# How many of a hundred messages come in each hour, by channel.
_HOURS: dict[str, dict[int, int]] = {
    "hotline": {7: 1, 8: 9, 9: 13, 10: 13, 11: 9, 12: 4, 13: 5, 14: 10, 15: 11, 16: 10, 17: 7, 18: 4, 19: 3, 21: 1},
    "mailbox": {8: 4, 9: 9, 10: 10, 11: 8, 13: 5, 14: 8, 15: 8, 16: 8, 17: 5, 19: 7, 20: 11, 21: 10, 22: 6, 23: 1},
    "weibo": {0: 4, 1: 2, 7: 6, 8: 8, 9: 5, 11: 5, 12: 10, 13: 6, 15: 4, 17: 6, 18: 9, 19: 8, 20: 8, 21: 8, 22: 7, 23: 4},
    "wechat": {0: 2, 7: 5, 8: 7, 10: 5, 12: 9, 13: 6, 16: 5, 17: 7, 18: 8, 19: 10, 20: 12, 21: 12, 22: 9, 23: 3},
    "forum": {0: 4, 9: 5, 10: 7, 11: 6, 13: 6, 14: 7, 15: 7, 16: 6, 19: 8, 20: 12, 21: 13, 22: 12, 23: 7},
}  # fmt: skip


def minute(rng: random.Random, day: int, channel: str, hours: list[int] | None = None) -> int:
    """A plausible minute ``day`` days ago, never after LATEST of today."""
    if hours is not None:
        hour = rng.randint(hours[0], hours[1])
    else:
        table = _HOURS[channel]
        hour = rng.choices(list(table), weights=list(table.values()))[0]
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
