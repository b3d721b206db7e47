"""When a source runs again, and what its numbers and names mean."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

SHORTEST_INTERVAL = 1
LONGEST_INTERVAL = 7 * 24 * 60  # minutes
LONGEST_PAUSE = timedelta(hours=6)
LONGEST_RETRY_AFTER = timedelta(days=1)

EXTERNAL_ID_CHARACTERS = 64

_HEAT = re.compile(r"(?P<number>\d+(?:[,，]\d{3})*(?:\.\d+)?)\s*(?P<scale>[万萬wW亿億]?)")
_SCALES = {"": 1, "万": 10**4, "萬": 10**4, "w": 10**4, "W": 10**4, "亿": 10**8, "億": 10**8}
LARGEST_HEAT = 2**63 - 1


def next_run(
    now: datetime, interval: timedelta, errors: int = 0, retry_after: timedelta | None = None
) -> datetime:
    """When a source runs next: after its interval, doubled with each failure in a row.

    Waiting is never longer than six hours (or the interval, where that is longer). What the
    other side asks for (Retry-After) is waited for too, up to a day.
    """
    ceiling = max(interval, LONGEST_PAUSE)
    pause = min(interval * (1 << min(errors, 16)), ceiling)
    if retry_after is not None:
        pause = max(pause, min(retry_after, LONGEST_RETRY_AFTER))
    return now + pause


def retry_after(value: str, now: datetime) -> timedelta | None:
    """How long a Retry-After header asks to wait: seconds or a date; None when it is neither."""
    text = value.strip()
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text[:9]), 10**8))
    try:
        moment: datetime = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(moment - now, timedelta(0))


def item_key(identifier: str) -> str:
    """64 hex digits for whatever a source calls one of its items."""
    return hashlib.sha256(identifier.encode("utf-8", "surrogatepass")).hexdigest()


def external_id(identifier: str) -> str:
    """The identifier as the message table holds it: itself when it fits, else its digest."""
    short = identifier.isprintable() and len(identifier) <= EXTERNAL_ID_CHARACTERS
    return identifier if short else item_key(identifier)


def heat(value: object) -> int | None:
    """A list's own figure: ``1234``, ``"1,234"``, ``"123.4万"``, ``"热度 98w"``; None without."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, (int, float)):
        return int(value) if 0 <= value <= LARGEST_HEAT else None
    match = _HEAT.search(str(value))
    if match is None:
        return None
    number = float(re.sub("[,，]", "", match["number"])) * _SCALES[match["scale"]]
    return round(number) if number <= LARGEST_HEAT else None


def settled(
    files: Mapping[str, Sequence[int]],
    seen: Mapping[str, Sequence[Any]],
    now: datetime,
    for_at_least: timedelta,
) -> tuple[list[str], dict[str, list[Any]]]:
    """Which files have stopped growing: the same since an earlier look, long enough ago.

    :param files: name → size and time of change, as they are.
    :param seen: name → the same and since when (ISO), as an earlier call returned it.
    :returns: names in order, and what to remember of the others.
    """
    ripe: list[str] = []
    waiting: dict[str, list[Any]] = {}
    for name, facts in sorted(files.items()):
        *before, since = seen.get(name, (None,))
        if list(before) == list(facts):
            if now - datetime.fromisoformat(since) >= for_at_least:
                ripe.append(name)
                continue
        else:
            since = now.isoformat()
        waiting[name] = [*facts, since]
    return ripe, waiting
