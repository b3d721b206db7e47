"""That an entry was published on another channel, by hand (各渠道发布)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from responder.core.audit import Audited
from responder.core.database import Base, choice
from responder.publishing.models import Entry


class Channel(StrEnum):
    WEIBO = "weibo"
    WECHAT = "wechat"


CHANNEL_LABELS = {Channel.WEIBO: "微博", Channel.WECHAT: "微信公众号"}


class ChannelPost(Audited, Base):
    """Where an entry stands on a channel, since when, and who said so."""

    __tablename__ = "channel_post"

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), index=True)
    channel: Mapped[Channel] = mapped_column(choice(Channel, "channel"))
    url: Mapped[str] = mapped_column(String(500))
    posted_at: Mapped[datetime]
    recorded_by_name: Mapped[str] = mapped_column(String(64))
    entry: Mapped[Entry] = relationship()

    @property
    def channel_label(self) -> str:
        return CHANNEL_LABELS[self.channel]
