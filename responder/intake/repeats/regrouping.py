"""All messages grouped anew: worked out beforehand, wherever there are hands, stored at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from nlp import Saying, repetition
from nlp.duplicates import Keys
from nlp.spreading import Spread
from responder.core.bulk import among
from responder.intake.models import Message
from responder.intake.repeats import grouping

ROWS_A_STATEMENT = 10_000

Ids = NDArray[np.int64]


@dataclass(frozen=True)
class Grouped:
    """Which of the messages repeat which; arrays of one length.

    :param ids: in their order.
    :param keys: (n, 4), of each.
    :param firsts: the id of the message that each repeats, its own if it repeats none.
    """

    ids: Ids
    keys: Keys
    firsts: Ids


def work_out(session: Session, spread: Spread) -> Grouped:
    """Find which of the stored messages repeat which, without writing anything."""
    ids = np.fromiter(session.scalars(select(Message.id).order_by(Message.id)), np.int64)
    keys = repetition.keys_of(_all_said(session, ids), spread)

    def said(positions: Sequence[int]) -> Mapping[int, Saying]:
        known = grouping.said_by(session, ids[positions].tolist())
        return {one: known.get(int(ids[one]), Saying("", "")) for one in positions}

    return Grouped(ids, keys, ids[repetition.firsts_of(keys, said, spread)])


def store(session: Session, found: Grouped) -> int:
    """Put what was found in place of all groups; how many messages are in one or lead one.

    Messages that came meanwhile are grouped too; those that went are left out.
    """
    grouping.forget(session)
    last = int(found.ids.max(initial=0))
    held = np.fromiter(session.scalars(select(Message.id).where(Message.id <= last)), np.int64)
    stays = np.isin(found.ids, held) & np.isin(found.firsts, held)
    ids, keys, firsts = found.ids[stays], found.keys[stays], found.firsts[stays]
    repeats = ids != firsts
    grouping.insert_repeats(session, _pairs(ids[repeats], firsts[repeats]))
    grouping.insert_sketches(session, _sketches(ids[~repeats], keys[~repeats]))
    grouped = len(ids)
    # Those whose first went, and those that came.
    for part in _portions(found.ids[~stays & np.isin(found.ids, held)]):
        grouped += _grouped_one_by_one(session, part)
    newer = select(Message.id).where(Message.id > last).order_by(Message.id)
    for part in _portions(np.fromiter(session.scalars(newer), np.int64)):
        grouped += _grouped_one_by_one(session, part)
    return grouped


def _grouped_one_by_one(session: Session, ids: Ids) -> int:
    return len(grouping.group_stored(session, among(session, Message.id, ids.tolist())))


def _all_said(session: Session, ids: Ids) -> Iterator[Saying]:
    for part in _portions(ids):
        known = grouping.said_by(session, part.tolist())
        yield from (known.get(one, Saying("", "")) for one in part.tolist())


def _portions(ids: Ids) -> Iterator[Ids]:
    for start in range(0, len(ids), ROWS_A_STATEMENT):
        yield ids[start : start + ROWS_A_STATEMENT]


def _pairs(one: Ids, other: Ids) -> Iterator[tuple[int, int]]:
    return zip(one.tolist(), other.tolist(), strict=True)


def _sketches(ids: Ids, keys: Keys) -> Iterator[tuple[int, int]]:
    """(key, message) of firsts, in the order of the table, each once."""
    pairs = np.stack([keys.ravel(), np.repeat(ids, keys.shape[1])], axis=1)
    distinct = np.unique(pairs[pairs[:, 0] != 0], axis=0)
    return _pairs(distinct[:, 0], distinct[:, 1])
