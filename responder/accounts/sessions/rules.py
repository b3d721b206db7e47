"""How long a sign-in lasts, and how exactly its last request is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

SEEN_TO = timedelta(minutes=1)


@dataclass(frozen=True)
class Limits:
    """When a sign-in ends by itself.

    :param idle: after so long without a request.
    :param longest: after so long in any case.
    """

    idle: timedelta
    longest: timedelta


def is_to_be_noted(seen_at: datetime, now: datetime) -> bool:
    """Whether a request is worth a write: at most one a minute is."""
    return now - seen_at >= SEEN_TO
