"""Who spoke lately, in which channel: what the pace of a topic is held against.

Counting the people of five weeks anew would be the dearest part of a small refresh. So who
spoke is remembered beside the stream, and a refresh adds those whom it has found.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from responder.intake.models import Channel, Message
from responder.topics.heat import LONGEST_PAST_DAYS, PACES, ChannelPast, Pace
from responder.topics.rules import Voice

LONGEST_PAST = timedelta(days=LONGEST_PAST_DAYS)
CHANNELS = [channel.value for channel in Channel]
_NUMBER = {name: number for number, name in enumerate(CHANNELS)}
_DAY = 86_400_000_000  # microseconds
# A key has 52 bits of a person, 8 of the channel, 4 of the span. Two in a million people
# share 52 bits by a chance of one in nine thousand.
_PERSON_BITS, _CHANNEL_BITS, _SPAN_BITS = 52, 8, 4
_PARTS_BITS = _CHANNEL_BITS + _SPAN_BITS


@dataclass(frozen=True)
class Crowd:
    """Everybody who spoke from ``begins`` on, once for each message; arrays of one length.

    :param begins: microseconds since 1970, as are ``moments``.
    :param channels: positions in ``CHANNELS``.
    :param people: ``_PERSON_BITS`` of a digest of the author's key.
    """

    begins: int
    moments: NDArray[np.int64]
    channels: NDArray[np.uint8]
    people: NDArray[np.uint64]

    @classmethod
    def of(cls, spoken: Iterable[tuple[str, str, datetime]], begins: int) -> Self:
        """The crowd of (channel, author's key, moment) of messages."""
        rows = [(_microseconds(at), _NUMBER[name], _person(key)) for name, key, at in spoken]
        moments, channels, people = zip(*rows, strict=True) if rows else ((), (), ())
        return cls(
            begins,
            np.array(moments, dtype=np.int64),
            np.array(channels, dtype=np.uint8),
            np.array(people, dtype=np.uint64),
        )

    def covers(self, as_of: datetime) -> bool:
        """Whether nobody is lacking whom ``past`` counts as of then."""
        return _begins(as_of) >= self.begins

    def joined(self, voices: Iterable[Voice], as_of: datetime) -> Crowd:
        """With the new voices, without those too old to count from ``as_of`` on."""
        begins = max(self.begins, _begins(as_of))
        came = Crowd.of(((one.channel, one.author_key, one.occurred_at) for one in voices), begins)
        moments = np.concatenate([self.moments, came.moments])
        stays = moments >= begins
        return Crowd(
            begins,
            moments[stays],
            np.concatenate([self.channels, came.channels])[stays],
            np.concatenate([self.people, came.people])[stays],
        )

    def past(self, as_of: datetime) -> ChannelPast:
        """People in the last span, and in those before it; each once in a span and channel."""
        return ChannelPast({pace.name: self._counts(pace, as_of) for pace in PACES})

    def _counts(self, pace: Pace, as_of: datetime) -> dict[str, list[int]]:
        ages = _microseconds(as_of) - self.moments
        spans = ages // (pace.days * _DAY)
        counted = (ages >= 0) & (spans <= pace.periods)
        keys = self.people[counted] << np.uint64(_PARTS_BITS)
        keys |= self.channels[counted].astype(np.uint64) << np.uint64(_SPAN_BITS)
        keys |= spans[counted].astype(np.uint64)
        keys.sort()  # many times as fast as np.unique
        first = np.diff(keys, prepend=~keys[:1]) != 0
        parts = keys[first] & np.uint64((1 << _PARTS_BITS) - 1)
        found = np.bincount(parts.astype(np.int64), minlength=1 << _PARTS_BITS)
        by_span = found.reshape(1 << _CHANNEL_BITS, 1 << _SPAN_BITS)
        return {
            name: [int(by_span[number, 0]), int(by_span[number, 1:].sum())]
            for number, name in enumerate(CHANNELS)
            if by_span[number].any()
        }

    def notes(self) -> dict[str, NDArray[Any]]:
        """What is kept of it."""
        return {
            "crowd_begins": np.array(self.begins),
            "crowd_moments": self.moments,
            "crowd_channels": self.channels,
            "crowd_people": self.people,
            "crowd_names": np.array(CHANNELS),
        }

    @classmethod
    def from_notes(cls, notes: Mapping[str, NDArray[Any]]) -> Self | None:
        """What was kept; None where nothing was, or with other channels."""
        if "crowd_names" not in notes or notes["crowd_names"].tolist() != CHANNELS:
            return None
        names = ("crowd_moments", "crowd_channels", "crowd_people")
        return cls(int(notes["crowd_begins"]), *(notes[name] for name in names))


def read(session: Session, as_of: datetime) -> Crowd:
    """The crowd as the database has it, as far back as ``as_of`` asks for."""
    query = select(Message.channel, Message.author_key, Message.occurred_at).where(
        Message.occurred_at > as_of - LONGEST_PAST
    )
    rows = session.execute(query)
    return Crowd.of(((row[0], row[1], row[2]) for row in rows), _begins(as_of))


def counted(session: Session, as_of: datetime) -> ChannelPast:
    """What :meth:`Crowd.past` says, counted by the database: nobody is fetched, none is kept."""
    return ChannelPast({pace.name: _count(session, pace, as_of) for pace in PACES})


def _count(session: Session, pace: Pace, as_of: datetime) -> dict[str, list[int]]:
    ends = [as_of - timedelta(days=pace.days * number) for number in range(1, pace.periods + 2)]
    span = case(
        *((Message.occurred_at > end, number) for number, end in enumerate(ends)),
        else_=pace.periods,
    )
    query = (
        select(Message.channel, span, func.count(Message.author_key.distinct()))
        .where(Message.occurred_at > ends[-1], Message.occurred_at <= as_of)
        .group_by(Message.channel, span)
    )
    found: dict[str, list[int]] = {}
    for channel, number, people in session.execute(query):
        found.setdefault(channel, [0, 0])[number > 0] += people
    return found


def lately(
    session: Session,
    kept: Crowd | None,
    new: Iterable[Voice],
    as_of: datetime,
    window: timedelta,
) -> Crowd:
    """The crowd as of then: what was kept and the new voices, or what the database has.

    A voice may be in both; it counts once.

    :param window: how far back new voices were looked for.
    """
    if kept is None or window < LONGEST_PAST or not kept.covers(as_of):
        return read(session, as_of)
    return kept.joined(new, as_of)


def _begins(as_of: datetime) -> int:
    return _microseconds(as_of - LONGEST_PAST)


def _microseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1e6)


def _person(author_key: str) -> int:
    digest = blake2b(author_key.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little") >> (64 - _PERSON_BITS)
