"""One after the other: a person's requests, so that a double click is one act, and imports."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from responder.core.database import Base
from responder.core.permissions import Actor

PEOPLE = "user_account"
# Of one person the very same again within this time is the same click.
SAME_CLICK = timedelta(minutes=1)


def take_turns(session: Session, actor: Actor) -> None:
    """Until this transaction ends, whatever else this person sent at the same moment waits.

    What came before is stored by then and can be found, so that it is not stored twice.
    SQLite, which has one writer at a time, does so anyway.
    """
    people = Base.metadata.tables[PEOPLE]
    own = select(people.c.id).where(people.c.id == actor.id)
    session.execute(own.with_for_update(key_share=True))


def one_at_a_time(session: Session, lock: int) -> None:
    """Until this transaction ends, whoever else takes the same lock waits.

    :param lock: any number that nothing else in this database locks by.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(lock)))
