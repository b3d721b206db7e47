"""How long whoever was wrong has to wait, told apart by what they can show of themselves.

After OWASP, *Slow Down Online Guessing Attacks with Device Cookies*: a browser that signed in
before is counted by itself, so that a flood from elsewhere is not its owner's concern.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

FORGOTTEN_AFTER = timedelta(hours=12)
# No two machines of an office differ by more; what lies further ahead was counted before the
# clock was set back.
AHEAD_AT_MOST = timedelta(minutes=1)
KNOWN_PLACE_FOR = timedelta(days=90)


class Kind(StrEnum):
    """By what tries are counted.

    :cvar BROWSER: a name at a browser at which its owner has signed in.
    :cvar PLACE: a name at an address from which its owner has signed in.
    :cvar ADDRESS: any name at an address; a whole office may have but one.
    :cvar NAME: a name at browsers and addresses that its owner never used.
    :cvar PERSON: the present password, asked of whoever is signed in and sets a new one.
    """

    BROWSER = "browser"
    PLACE = "place"
    ADDRESS = "address"
    NAME = "name"
    PERSON = "person"


@dataclass(frozen=True)
class Counted:
    """One count that a try goes into."""

    kind: Kind
    key: str


@dataclass(frozen=True)
class Pace:
    """How the waiting grows: not before ``free`` tries, then from ``first``, doubled each time."""

    free: int
    first: timedelta
    longest: timedelta


_FIRST = timedelta(seconds=5)
PACES = {
    Kind.BROWSER: Pace(5, _FIRST, timedelta(minutes=5)),
    Kind.PLACE: Pace(5, _FIRST, timedelta(minutes=15)),
    Kind.ADDRESS: Pace(50, _FIRST, timedelta(minutes=1)),
    Kind.NAME: Pace(5, _FIRST, timedelta(minutes=15)),
    Kind.PERSON: Pace(5, _FIRST, timedelta(minutes=15)),
}


def wait_after(tries: int, pace: Pace) -> timedelta:
    """How long to wait after so many tries."""
    if tries < pace.free:
        return timedelta(0)
    doubled = min(tries - pace.free, 20)  # beyond, the longest holds in any case
    return min(pace.longest, pace.first * (1 << doubled))


def seconds_of(wait: timedelta) -> int:
    """Whole seconds, rounded up; at least 1."""
    return max(1, -(-wait // timedelta(seconds=1)))


def counted(
    name: str, browser: str | None, known_place: str | None, address: str
) -> Sequence[Counted]:
    """Into which counts a try goes; each is the key of what it is called by.

    :param browser: of a browser at which the owner of the name has signed in.
    :param known_place: of an address from which the owner has signed in.
    """
    if browser is not None:
        return (Counted(Kind.BROWSER, browser),)
    if known_place is not None:
        return (Counted(Kind.PLACE, known_place),)
    return (Counted(Kind.ADDRESS, address), Counted(Kind.NAME, name))
