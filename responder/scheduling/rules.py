"""Whose turn it is to act, and whether the clock can be believed."""

from __future__ import annotations

from datetime import datetime, timedelta

TURN = timedelta(seconds=30)
RENEWED_EVERY = timedelta(seconds=8)
# Wall clock against the time that really went by: beyond this it was set, or the machine slept.
JUMP = timedelta(seconds=5)


def may_take(holder: str, until: datetime | None, name: str, now: datetime) -> bool:
    """Whether a scheduler may act: it did, or nobody does any more.

    A turn that ends later than any turn can was written before the clock was set back.
    """
    if holder in ("", name) or until is None:
        return True
    return now >= until or until > now + 2 * TURN


def clock_jumped(wall: timedelta, passed: timedelta) -> bool:
    """Whether the wall clock went otherwise than time did.

    :param wall: between two looks, by the wall clock; ``passed``: the same, by a clock that
        nobody sets.
    """
    return abs(wall - passed) > JUMP


def is_alive(renewed_at: datetime | None, now: datetime) -> bool:
    """Whether some scheduler gave a sign of life lately."""
    return renewed_at is not None and abs(now - renewed_at) <= 2 * TURN
