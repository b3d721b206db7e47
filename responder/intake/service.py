"""Verbs on messages: store them once, log a call, read, reveal who wrote."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from itertools import islice
from operator import attrgetter
from typing import Any, NamedTuple, cast

from sqlalchemy import Select, Table, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, joinedload

from responder.core import audit
from responder.core.bulk import insert_columns
from responder.core.errors import Invalid, NotFound
from responder.core.identity import KeyRing
from responder.core.permissions import Actor
from responder.intake import rules
from responder.intake.identity import authors
from responder.intake.models import Arrival, Channel, ImportBatch, Message, Nature
from responder.intake.new_message import NewMessage
from responder.intake.preparing import Prepared, prepare
from responder.intake.repeats import grouping
from responder.intake.searching import index

__all__ = [
    "Call",
    "NewMessage",
    "Stored",
    "batches",
    "get",
    "known_fingerprints",
    "lock_messages",
    "log_call",
    "prepare",
    "reveal_identity",
    "store_messages",
    "store_prepared",
    "stored_ids",
]

# Rows of one INSERT: with all columns well under the 32,766 parameters of SQLite.
ROWS_A_STATEMENT = 500

# The table, not the model: the unit of work would take longer than the database.
_MESSAGES = cast(Table, Message.__table__)

# Any number that nothing else in this database locks by.
MESSAGE_LOCK = 20_171_231

CLOCK_TOLERANCE = timedelta(minutes=10)
OLDEST_CALL = timedelta(days=366)  # what is logged later than that has a wrong year

_FIELDS = tuple(field.name for field in fields(NewMessage))
_values = attrgetter(*_FIELDS)


class Stored(NamedTuple):
    """What became of some messages: new ones, and ones that were there already."""

    created: int
    duplicates: int


@dataclass(frozen=True)
class Call:
    """What the operator wrote down of one call to the hotline.

    :param occurred_at: aware; None is now.
    :param token: of the form; the same words under the same token are the same call.
    """

    body: str
    title: str = ""
    author: str = ""
    phone: str = ""
    district: str = ""
    place: str = ""
    nature: Nature | None = None
    urgent: bool = False
    occurred_at: datetime | None = None
    token: str = ""


def lock_messages(session: Session) -> None:
    """Let one transaction at a time store many messages.

    Two that store the same ones in another order would otherwise wait for each other
    for ever. SQLite has only one writer anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(MESSAGE_LOCK)))


def store_messages(
    session: Session,
    messages: Iterable[NewMessage],
    now: datetime,
    batch: ImportBatch | None = None,
) -> Stored:
    """Store those messages that are not stored yet; one that is stays as it is.

    :param now: when they were received, where they do not say so themselves.
    """
    remaining = iter(messages)
    created = given = 0
    while chunk := list(islice(remaining, ROWS_A_STATEMENT)):
        stored = store_prepared(session, prepare(chunk), now, batch)
        created += stored.created
        given += len(chunk)
    return Stored(created, given - created)


def store_prepared(
    session: Session,
    messages: Sequence[Prepared],
    now: datetime,
    batch: ImportBatch | None = None,
) -> Stored:
    """:func:`store_messages`, of what was read before the transaction began."""
    lock_messages(session)
    if batch is not None:
        session.flush()
    if not messages:
        return Stored(0, 0)
    columns = _columns(messages, authors.keys_of(session), now, batch.id if batch else None)
    created = _store(session, messages, columns)
    return Stored(created, len(messages) - created)


def _columns(
    messages: Sequence[Prepared], keys: KeyRing, now: datetime, batch_id: int | None = None
) -> dict[str, list[Any]]:
    """The columns of the message table, in the order of the messages."""
    plain = [one.message for one in messages]
    columns = dict(zip(_FIELDS, map(list, zip(*map(_values, plain), strict=True)), strict=True))
    return columns | {
        "received_at": [moment or now for moment in columns["received_at"]],
        "fingerprint": keys.all_keyed(message.fingerprint for message in plain),
        "author_key": authors.all_keyed(keys, plain),
        "private_kinds": [one.private_kinds for one in messages],
        "batch_id": [batch_id] * len(messages),
        "logged_by_id": [None] * len(messages),
    }


def _store(
    session: Session, messages: Sequence[Prepared], columns: Mapping[str, Sequence[Any]]
) -> int:
    """Insert the messages that are new (the database itself refuses the others); how many.

    The queue of what has no topic, the search index and the groups of repeats never lag behind
    the messages: they are written here. What may lag (topics, alerts) is a job.
    """
    dialect = session.get_bind().dialect.name
    insert_new = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = insert_new(_MESSAGES).on_conflict_do_nothing(index_elements=["fingerprint"])
    last = session.scalar(select(func.max(Message.id))) or 0
    insert_columns(session.connection(), statement, columns)
    arrived = select(Message.id, Message.occurred_at).where(Message.id > last)
    session.execute(insert(Arrival).from_select(["message_id", "occurred_at"], arrived))
    stored = session.execute(
        select(Message.id, Message.fingerprint).where(Message.id > last).order_by(Message.id)
    )
    fingerprints = columns["fingerprint"]
    first_of = {fingerprints[place]: place for place in reversed(range(len(messages)))}
    new = {id_: first_of[fingerprint] for id_, fingerprint in stored}
    index.add(session, {id_: messages[place].terms for id_, place in new.items()})
    author_keys = columns["author_key"]
    grouping.group(
        session,
        {
            id_: messages[place].saying._replace(author=author_keys[place])
            for id_, place in new.items()
        },
        {id_: messages[place].sketch for id_, place in new.items()},
    )
    return len(new)


def known_fingerprints(session: Session, messages: Iterable[NewMessage]) -> set[str]:
    """Which of these messages are stored already, by ``NewMessage.fingerprint``."""
    return set(stored_ids(session, messages))


def stored_ids(session: Session, messages: Iterable[NewMessage]) -> dict[str, int]:
    """Where these messages are stored: ``NewMessage.fingerprint`` to id, for those that are."""
    keys = authors.keys_of(session)
    asked = iter([message.fingerprint for message in messages])
    known: dict[str, int] = {}
    while chunk := list(islice(asked, ROWS_A_STATEMENT)):
        stored_as = dict(zip(keys.all_keyed(chunk), chunk, strict=True))
        query = select(Message.fingerprint, Message.id).where(Message.fingerprint.in_(stored_as))
        known |= {stored_as[stored]: id_ for stored, id_ in session.execute(query)}
    return known


def log_call(session: Session, actor: Actor, call: Call, now: datetime) -> Message:
    """Store one call to the hotline; sent twice by a double click, it is stored once.

    :raises Invalid: nothing was said, the call is yet to come, or over a year old.
    """
    body = rules.parse_text(call.body)
    occurred_at = call.occurred_at or now
    if not body:
        raise Invalid("诉求内容是空的：请填写来电人反映的事情", {"body": "请填写诉求内容"})
    if occurred_at > now + CLOCK_TOLERANCE:
        raise Invalid(
            "来电时间晚于现在：请核对日期和时间", {"occurred_at": "晚于现在，请核对日期和时间"}
        )
    if occurred_at < now - OLDEST_CALL:
        raise Invalid("来电时间早于一年前：请核对年份", {"occurred_at": "早于一年前，请核对年份"})
    message = NewMessage(
        channel=Channel.HOTLINE,
        title=rules.parse_text(call.title) or rules.headline(body),
        body=body,
        occurred_at=occurred_at,
        author=rules.parse_text(call.author),
        phone=rules.parse_text(call.phone),
        district=rules.parse_text(call.district),
        place=rules.parse_text(call.place),
        nature=call.nature,
        urgent=call.urgent,
    )
    keys = authors.keys_of(session)
    fingerprint = keys.keyed(rules.call_fingerprint(call.token, message.fingerprint))
    prepared = prepare([message])
    lock_messages(session)
    columns = _columns(prepared, keys, now)
    columns |= {"fingerprint": [fingerprint], "logged_by_id": [actor.id]}
    created = _store(session, prepared, columns)
    stored = session.scalars(select(Message).where(Message.fingerprint == fingerprint)).one()
    if created:
        audit.record(session, "log", stored)
    return stored


def get(session: Session, message_id: int) -> Message:
    """One message with the file or the person that brought it.

    :raises NotFound: there is none.
    """
    found = session.get(
        Message,
        message_id,
        options=[joinedload(Message.batch), joinedload(Message.logged_by)],
    )
    if found is None:
        raise NotFound(f"没有第 {message_id} 号留言：请从留言列表重新进入")
    return found


def reveal_identity(session: Session, message_id: int) -> Message:
    """A message whose sender somebody is about to see; the trail says who looked."""
    message = get(session, message_id)
    audit.record(session, "reveal", message)
    return message


def batches(text: str = "", channel: Channel | None = None) -> Select[ImportBatch]:
    """The imports, newest first.

    :param text: in the name of the file.
    """
    query = select(ImportBatch).order_by(ImportBatch.id.desc())
    if text:
        query = query.where(ImportBatch.file_name.icontains(text, autoescape=True))
    return query if channel is None else query.where(ImportBatch.channel == channel)
