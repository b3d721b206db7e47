"""A message on its way in: plain values, not yet stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from responder.intake import rules
from responder.intake.models import Channel, Nature


@dataclass(frozen=True)
class NewMessage:
    """What one person said once, before it is stored. Texts stay in the script they came in.

    :param occurred_at: aware.
    :param external_id: what the source calls it, unique within the channel; None without.
    :param received_at: aware; None is the moment of storing.
    """

    channel: Channel
    title: str
    body: str
    occurred_at: datetime
    author: str = ""
    phone: str = ""
    external_id: str | None = None
    district: str = ""
    place: str = ""
    nature: Nature | None = None
    urgent: bool = False
    likes: int = 0
    dislikes: int = 0
    comments: int = 0
    shares: int = 0
    reply: str = ""
    replied_at: datetime | None = None
    source_url: str = ""
    received_at: datetime | None = None

    @cached_property
    def fingerprint(self) -> str:
        return rules.fingerprint(
            self.channel, self.external_id, self.author, self.occurred_at, self.title, self.body
        )
