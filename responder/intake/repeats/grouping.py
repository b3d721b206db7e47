"""Messages that say the same again are grouped when they arrive.

Each first of a group is kept under four keys (``MessageSketch``); what shares a key with a
new message is compared with it. So the cost does not grow with the messages stored.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import islice
from typing import cast

from sqlalchemy import (
    ColumnElement,
    Select,
    Table,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session, joinedload

from nlp import NearDuplicates, Saying, normalise
from nlp.duplicates import NEWEST_OF_A_KEY, closest, distinct, no_keys
from responder.core.bulk import among, insert_columns
from responder.intake.models import Message, MessageRepeat, MessageSketch

ROWS_A_PORTION = 500
ROWS_A_STATEMENT = 50_000

# Tables, not models: the unit of work would take longer than the comparing.
_REPEATS, _SKETCHES = (cast(Table, one.__table__) for one in (MessageRepeat, MessageSketch))

_finder = NearDuplicates()


def saying(title: str, body: str, place: str, author: str = "", district: str = "") -> Saying:
    """What tells whether a message repeats another.

    :param author: its ``author_key``.
    """
    return Saying(normalise(title), normalise(body), normalise(place), author, district)


def sketch(sayings: Sequence[Saying]) -> list[list[int]]:
    """The four keys of each, 0 for none; no two that share none are ever compared."""
    keys: list[list[int]] = _finder.sketch(sayings).tolist()
    return keys


def group(
    session: Session, sayings: Mapping[int, Saying], keys: Mapping[int, Sequence[int]]
) -> None:
    """Put each message that repeats an earlier one into its group; see ``nlp.NearDuplicates``.

    :param sayings: by id, of messages that were just stored and are in no group yet.
    :param keys: their sketches.
    """
    posted = _posted(session, {key for some in keys.values() for key in some if key}, sayings)
    earlier = said_by(session, {one for some in keys.values() for one in closest(some, posted)})
    repeats: dict[int, int] = {}
    firsts: list[tuple[int, int]] = []
    for message_id, said in sayings.items():
        alike = closest(keys[message_id], posted)
        # One that newer ones have made way for, key by key.
        earlier |= said_by(session, {one for one in alike if one not in earlier})
        first = _finder.first_of(said, {one: earlier[one] for one in alike})
        if first is not None:
            repeats[message_id] = first
            continue
        earlier[message_id] = said
        for key in distinct(keys[message_id]):
            posted[key].append(message_id)
            firsts.append((key, message_id))
    insert_repeats(session, repeats.items())
    insert_sketches(session, sorted(firsts))


def insert_repeats(session: Session, rows: Iterable[tuple[int, int]]) -> None:
    """Store (message, first of its group)."""
    _insert(session, _REPEATS, ("message_id", "first_id"), rows)


def insert_sketches(session: Session, rows: Iterable[tuple[int, int]]) -> None:
    """Store (key, message) of firsts."""
    _insert(session, _SKETCHES, ("key", "message_id"), rows)


def _insert(
    session: Session, table: Table, names: Sequence[str], rows: Iterable[tuple[int, int]]
) -> None:
    waiting = iter(rows)
    while some := list(islice(waiting, ROWS_A_STATEMENT)):
        columns = dict(zip(names, zip(*some, strict=True), strict=True))
        insert_columns(session.connection(), insert(table), columns)


def _posted(session: Session, keys: Collection[int], but: Collection[int]) -> dict[int, deque[int]]:
    """Key → ids of the newest messages under it, in ascending order, ``but`` those."""
    found = no_keys()
    rank = func.row_number().over(
        partition_by=MessageSketch.key, order_by=MessageSketch.message_id.desc()
    )
    ranked = (
        select(MessageSketch.key, MessageSketch.message_id, rank.label("rank"))
        .where(among(session, MessageSketch.key, keys))
        .subquery()
    )
    query = select(ranked.c.key, ranked.c.message_id).where(ranked.c.rank <= NEWEST_OF_A_KEY)
    for key, message_id in session.execute(query.order_by(ranked.c.message_id)):
        if message_id not in but:
            found[key].append(message_id)
    return found


def said_by(session: Session, ids: Collection[int]) -> dict[int, Saying]:
    """What these stored messages say, by their ids."""
    return _sayings(session, among(session, Message.id, ids)) if ids else {}


def _sayings(
    session: Session, which: ColumnElement[bool], limit: int | None = None
) -> dict[int, Saying]:
    """What stored messages say, by their ids and in their order."""
    columns = (
        Message.id, Message.title, Message.body, Message.place, Message.author_key,
        Message.district,
    )  # fmt: skip
    rows = session.execute(select(*columns).where(which).order_by(Message.id).limit(limit))
    return {id_: saying(*said) for id_, *said in rows}


def group_stored(
    session: Session, which: ColumnElement[bool], limit: int | None = None
) -> list[int]:
    """Group messages that are stored and in no group; their ids, in order."""
    sayings = _sayings(session, which, limit)
    group(session, sayings, dict(zip(sayings, sketch(list(sayings.values())), strict=True)))
    return list(sayings)


def leave(session: Session, message_ids: Sequence[int]) -> None:
    """Before these messages are deleted: where one is the first of a group, another will be."""
    going = list(message_ids)
    behind = select(MessageRepeat.message_id).where(
        MessageRepeat.first_id.in_(going), MessageRepeat.message_id.not_in(going)
    )
    left = session.scalars(behind).all()
    keys = {key for own in sketch(list(said_by(session, going).values())) for key in own}
    session.execute(
        delete(MessageSketch).where(
            MessageSketch.key.in_(sorted(keys)), MessageSketch.message_id.in_(going)
        )
    )
    in_group = or_(MessageRepeat.message_id.in_(going), MessageRepeat.first_id.in_(going))
    session.execute(delete(MessageRepeat).where(in_group))
    group_stored(session, Message.id.in_(left))


def last_grouped(session: Session) -> int:
    """The newest message that is in a group or leads one; 0: none."""
    done = (MessageSketch.message_id, MessageRepeat.message_id)
    return max(session.scalar(select(func.max(column))) or 0 for column in done)


def catch_up(session: Session, after: int, limit: int = ROWS_A_PORTION) -> list[int]:
    """Group the next messages behind ``after`` (an older version stored them); their ids.

    One without a letter is in no group afterwards, so whoever goes on does so by these ids.
    """
    return group_stored(session, Message.id > after, limit)


def forget(session: Session) -> None:
    """Ungroup all, so that :func:`catch_up` groups them anew."""
    session.execute(delete(MessageSketch))
    session.execute(delete(MessageRepeat))


def of_group(message: Message) -> Select[Message]:
    """Every message of a message's group, the first one first; at least itself."""
    first = message.repeat.first_id if message.repeat else message.id
    repeats = select(MessageRepeat.message_id).where(MessageRepeat.first_id == first)
    # One list of ids: for "this one or one of those" PostgreSQL reads all messages.
    group = union_all(select(literal(first)), repeats)
    return (
        select(Message)
        .options(joinedload(Message.repeat))
        .where(Message.id.in_(group))
        .order_by(Message.id)
    )


def counts(session: Session, message_ids: Collection[int]) -> dict[int, int]:
    """First message's id → how many repeat it; only of those that are repeated."""
    query = (
        select(MessageRepeat.first_id, func.count())
        .where(MessageRepeat.first_id.in_(message_ids))
        .group_by(MessageRepeat.first_id)
    )
    return dict(session.execute(query).all())
