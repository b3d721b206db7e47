"""Many rows at once are the rows that one at a time would be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any, cast

import sqlalchemy as sa

from responder.core.bulk import among, insert_columns
from responder.core.database import transaction
from responder.intake.models import Channel, Message, MessageSketch
from tests.factories import NOW

MANY = 40_000  # more than a statement of SQLite may have parameters
MESSAGES = cast(sa.Table, Message.__table__)


def messages(*authors: str, **more: Any) -> dict[str, list[Any]]:
    """Columns of as many messages as there are authors."""
    one = {column.name: "" for column in MESSAGES.columns if column.name != "id"}
    one |= dict.fromkeys(("external_id", "nature", "replied_at", "batch_id", "logged_by_id"))
    one |= dict.fromkeys(("likes", "dislikes", "comments", "shares"), 0)
    one |= {"channel": Channel.FORUM, "urgent": False, "occurred_at": NOW, "received_at": NOW}
    columns = {name: [value] * len(authors) for name, value in (one | more).items()}
    return columns | {
        "author": list(authors),
        "fingerprint": [str(number) for number in range(len(authors))],
    }


def test_values_are_stored_as_the_types_of_their_columns_say(session) -> None:
    noon = datetime(2026, 3, 5, 12, tzinfo=timezone(timedelta(hours=8)))
    with transaction() as writing:
        insert_columns(
            writing.connection(), sa.insert(MESSAGES), messages("市民甲", "", occurred_at=noon)
        )
    first, second = session.scalars(sa.select(Message).order_by(Message.id))
    assert (first.author, second.author) == ("市民甲", "")
    assert first.channel is Channel.FORUM
    assert first.nature is None
    assert first.urgent is False
    assert first.occurred_at == datetime(2026, 3, 5, 4, tzinfo=UTC)


def test_what_is_sealed_is_sealed_each_time_anew(session) -> None:
    with transaction() as writing:
        insert_columns(writing.connection(), sa.insert(MESSAGES), messages("市民甲", "市民甲"))
    stored = session.scalars(sa.text("SELECT author FROM message")).all()
    assert len(set(stored)) == 2
    assert not any("市民甲" in one for one in stored)


def test_a_row_may_be_one_of_any_number(session) -> None:
    keys = [2**62 + number for number in range(MANY)]
    with transaction() as writing:
        columns = {"key": keys[::1000], "message_id": [7] * len(keys[::1000])}
        insert_columns(
            writing.connection(), sa.insert(cast(sa.Table, MessageSketch.__table__)), columns
        )
    found = sa.select(sa.func.count()).select_from(MessageSketch)
    assert session.scalar(found.where(among(session, MessageSketch.key, keys))) == 40
    assert session.scalar(found.where(among(session, MessageSketch.key, keys[1:1000]))) == 0
    assert session.scalar(found.where(among(session, MessageSketch.key, []))) == 0
