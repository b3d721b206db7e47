"""Which connector looks at which kind of source."""

from __future__ import annotations

from responder.sources import feeds, hot_lists, mailboxes
from responder.sources.fetching import Network
from responder.sources.harvest import Harvest, Look
from responder.sources.kinds import (
    FeedSettings,
    FolderSettings,
    HotListSettings,
    MailboxSettings,
    SourceSettings,
)
from responder.sources.models import Kind

OVER_THE_NETWORK = (Kind.FEED, Kind.MAILBOX, Kind.HOT_LIST)


def look_at(wanted: SourceSettings, look: Look, network: Network) -> Harvest:
    """What a source over the network has; stores nothing and knows no database.

    :raises FetchFailed: nothing usable came.
    """
    match wanted:
        case FeedSettings():
            return feeds.collect(wanted, look, network)
        case MailboxSettings():
            return mailboxes.collect(wanted, look, network)
        case HotListSettings():
            return hot_lists.collect(wanted, look, network)
        case FolderSettings():
            raise TypeError("a folder is not looked at over the network")
