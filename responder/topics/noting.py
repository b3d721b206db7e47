"""The grave words of a message, noted beside its membership so that they are read once."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from responder.topics.gathering import Said
from responder.topics.lexicon import gravity_lexicon
from responder.topics.models import Membership

NOTED_AT_ONCE = 20_000  # less than a second


def note(session: Session, reread: Iterable[Said]) -> None:
    """Keep what was read anew, so that it need not be read again.

    Of an archive, after another edition of the lexicon, so much at a time as nobody waits for.
    """
    rows = [
        {"which": one.id, "words": gravity_lexicon().note(one.gravity_words)}
        for one in islice(reread, NOTED_AT_ONCE)
    ]
    if rows:
        statement = update(Membership).where(Membership.message_id == bindparam("which"))
        session.connection().execute(statement.values(gravity=bindparam("words")), rows)
