"""What heat needs beside a topic's own messages, read at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from responder.core.errors import Stale
from responder.topics import crowd, heat_settings
from responder.topics.crowd import Crowd
from responder.topics.heat import ChannelPast, shares
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


def read(session: Session, as_of: datetime, spoke: Crowd | None = None) -> HeatView:
    """Read it as it stands now.

    :param spoke: who spoke lately; None: the database counts them.
    """
    past = crowd.counted(session, as_of) if spoke is None else spoke.past(as_of)
    return HeatView(as_of, heat_settings.current(session), past)


def check_still_holds(session: Session, view: HeatView) -> None:
    """Inside the transaction that stores: nobody changed the scale since it was read.

    :raises Stale: somebody did, and what was weighed would undo it.
    """
    if heat_settings.current(session) != view.scale:
        raise Stale("热度设置刚被修改：请稍后再运行一次")


def marked(voice: Voice, repeats: bool) -> Voice:
    """``voice``, marked when its message is a near-copy."""
    return voice._replace(repeats=True) if repeats else voice
