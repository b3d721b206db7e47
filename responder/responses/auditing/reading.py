"""Where the answers to be audited come from: a file, or the messages of the office."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.intake.imports.reading import Source, read_file
from responder.intake.models import Message
from responder.responses.auditing.report import Given
from responder.settings import Settings

_AT_ONCE = 1_000


def from_file(source: Source, settings: Settings, now: datetime) -> tuple[list[Given], int]:
    """The messages of a file, and how many of its rows could not be read.

    :raises Invalid: the file cannot be read, or its ids have no column.
    """
    read = read_file(source, settings, now)
    given = [
        Given(one.external_id or "", f"{one.title}\n{one.body}", one.reply, one.occurred_at,
              one.replied_at)
        for one in read.said
    ]  # fmt: skip
    return given, len(read.refusals)


def from_office(session: Session) -> Iterator[Given]:
    """All stored messages that have an answer from elsewhere, by number."""
    columns = (Message.id, Message.title, Message.body, Message.reply, Message.occurred_at)
    query = select(*columns, Message.replied_at).where(Message.reply != "").order_by(Message.id)
    for number, title, body, reply, asked, replied in session.execute(query).yield_per(_AT_ONCE):
        yield Given(str(number), f"{title}\n{body}", reply, asked, replied)
