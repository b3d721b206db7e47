"""What heat needs beside a topic's own messages, read at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from responder.core.errors import Stale
from responder.topics import crowd, heat_settings
from responder.topics.crowd import Crowd
from responder.topics.heat import ChannelPast, shares
from responder.topics.lexicon import gravity_lexicon
from responder.topics.rules import HeatPart, Scale, Share, Tally, weighed


@dataclass(frozen=True)
class HeatView:
    """The office's scale, and the channels' past weeks."""

    as_of: datetime
    scale: Scale
    past: ChannelPast

    def parts(self, tally: Tally) -> list[HeatPart]:
        """The parts of one topic's heat; nothing in the tally is later than ``as_of``."""
        return weighed(self.shares(tally), self.scale.weights)

    def shares(self, tally: Tally) -> list[Share]:
        """What it has of each part, whatever the scale."""
        return shares(tally, self.as_of, self.past, gravity_lexicon().words)


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
