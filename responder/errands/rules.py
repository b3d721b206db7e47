"""How far an errand is, in plain values."""

from __future__ import annotations

from datetime import datetime, timedelta

SOON = timedelta(seconds=2)  # before that, a rate is a guess


def seconds_left(
    done: int, total: int | None, begun_at: datetime | None, now: datetime
) -> int | None:
    """Seconds until the end at the pace so far; None while that cannot be said."""
    if not total or not done or begun_at is None or now - begun_at < SOON:
        return None
    return round((now - begun_at).total_seconds() / done * max(total - done, 0))
