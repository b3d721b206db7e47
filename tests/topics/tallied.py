"""What messages amount to, counted plainly: what `tallying` has the database count."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from responder.topics.crowd import LONGEST_PAST
from responder.topics.rules import Tally, Voice


class Saying(NamedTuple):
    """One message. `words`: its grave words. `repeats`: it repeats another of its topic."""

    author_key: str
    channel: str
    district: str
    occurred_at: datetime
    reactions: int
    words: tuple[str, ...] = ()
    repeats: bool = False


def tally(sayings: Sequence[Saying], as_of: datetime) -> Tally:
    """The tally of a topic of these messages, of which there is one at least."""
    people = {one.author_key for one in sayings}
    moments = [one.occurred_at for one in sayings]
    return Tally(
        messages=len(sayings),
        people=len(people),
        reactions=sum(one.reactions for one in sayings),
        channels=len({one.channel for one in sayings}),
        districts=len({one.district for one in sayings} - {""}),
        first_seen=min(moments),
        last_seen=max(moments),
        copiers=frozenset(people - {one.author_key for one in sayings if not one.repeats}),
        lately=[
            Voice(one.author_key, one.channel, one.occurred_at)
            for one in sayings
            if one.occurred_at > as_of - LONGEST_PAST
        ],
        grave=[(word, one.author_key) for one in sayings for word in one.words],
    )
