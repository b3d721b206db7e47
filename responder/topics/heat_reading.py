"""What heat needs beside a topic's own messages, read at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from responder.core.errors import Stale
from responder.intake.models import Message
from responder.topics import heat_settings
from responder.topics.heat import PACES, ChannelPast, Pace, shares
from responder.topics.lexicon import gravity_lexicon
from responder.topics.rules import HeatPart, Scale, Voice, weighed


@dataclass(frozen=True)
class HeatView:
    """The office's scale, and the channels' past weeks."""

    as_of: datetime
    scale: Scale
    past: ChannelPast

    def parts(self, voices: Sequence[Voice]) -> list[HeatPart]:
        """The parts of one topic's heat.

        :param voices: at least one, none later than ``as_of``; see :func:`marked`.
        """
        found = shares(voices, self.as_of, self.past, gravity_lexicon().words)
        return weighed(found, self.scale.weights)


def read(session: Session, as_of: datetime) -> HeatView:
    """Read it as it stands now."""
    counts = {pace.name: _channel_counts(session, pace, as_of) for pace in PACES}
    return HeatView(as_of, heat_settings.current(session), ChannelPast(counts))


def _channel_counts(session: Session, pace: Pace, as_of: datetime) -> dict[str, list[int]]:
    """Channel → people in the last span, and in those before it; once in each span."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for period in range(pace.periods + 1):
        ends = as_of - timedelta(days=pace.days * period)
        query = (
            select(Message.channel, func.count(Message.author_key.distinct()))
            .where(Message.occurred_at > ends - timedelta(days=pace.days))
            .where(Message.occurred_at <= ends)
            .group_by(Message.channel)
        )
        for channel, people in session.execute(query):
            counts[channel][period > 0] += people
    return dict(counts)


def check_still_holds(session: Session, view: HeatView) -> None:
    """Inside the transaction that stores: nobody changed the scale since it was read.

    :raises Stale: somebody did, and what was weighed would undo it.
    """
    if heat_settings.current(session) != view.scale:
        raise Stale("热度设置刚被修改：请稍后再运行一次")


def marked(voice: Voice, repeats: bool) -> Voice:
    """``voice``, marked when its message is a near-copy."""
    return replace(voice, repeats=True) if repeats else voice
