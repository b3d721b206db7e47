"""What an address of the list of messages finds."""

from __future__ import annotations

from collections.abc import Mapping

from responder.core.database import db
from responder.core.permissions import CONSOLE
from responder.core.times import SHANGHAI
from responder.intake.searching.declared import MESSAGES, wanted_of
from responder.intake.searching.listing import MessageSource
from responder.web.listing import Asker
from responder.web.listing.rules import read
from tests.factories import NOW


def messages_of(args: Mapping[str, str]) -> MessageSource:
    """:raises AssertionError: something in the address makes no sense to the list."""
    asker = Asker(db.session, CONSOLE, NOW, SHANGHAI)
    asked = read(args, MESSAGES.filters(asker), MESSAGES.sortable, MESSAGES.sort_name)
    assert not asked.troubles
    return MessageSource(db.session, wanted_of(asked.values), SHANGHAI)
