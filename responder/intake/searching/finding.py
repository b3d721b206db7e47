"""Find messages by words: all of them, or as many as there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from math import log
from typing import NamedTuple

from sqlalchemy import Select, literal, select, union_all
from sqlalchemy.orm import Session

from nlp.search_terms import fold, query_words
from responder.intake.models import Message
from responder.intake.searching.databases import SearchIndex, index_of
from responder.intake.searching.models import MessageSearch
from responder.intake.searching.query import pairs_of, read_query

# A word in more messages than this share says too little to look for others by.
COMMON = 0.02
MOST_READ, MOST_ASKED = 30, 10  # words of a text that count; those that are looked up
LEAST_ASKED = 3  # words that are looked up however common they are
NEWEST_OF_EACH = 200
RESCORED = 60  # candidates whose texts are read, beyond those that are wanted
SELDOM = 1e-5  # the share of a pair that the database does not know


class Hit(NamedTuple):
    """A message that was found, and how well it fits, from 0 to 1."""

    id: int
    rank: float


def find(
    session: Session,
    words: str,
    *,
    limit: int,
    since: datetime | None = None,
    any_word: bool = False,
) -> list[Hit]:
    """The messages that hold these words, best first and among equals the newest first.

    :param words: as typed, in either script. Without ``any_word`` each of its words must be
        there; with it, it may be a whole message, and what shares rare words with it is found.
    :param since: aware; messages that occurred earlier are left out.
    """
    asked = query_words(fold([words])[0]) if any_word else list(read_query(words).wanted)
    if not asked:
        return []
    index = index_of(session)
    if any_word:
        weights = _weights(session, index, asked[:MOST_READ])
        candidates = _candidates(session, index, weights, since)
    else:
        weights = dict.fromkeys(asked, 1.0)
        candidates = _holding_all(session, index, asked, since)
    return _scored(session, candidates[: limit + RESCORED], weights)[:limit]


def _weights(session: Session, index: SearchIndex, words: Sequence[str]) -> dict[str, float]:
    """Word → how much it tells: the logarithm of how seldom it is."""
    pairs = {pair for word in words for pair in pairs_of(word)}
    shares = index.frequencies(session, sorted(pairs))
    return {
        word: -log(min(max(min(shares.get(p, SELDOM) for p in pairs_of(word)), SELDOM), 0.99))
        for word in words
    }


def _candidates(
    session: Session, index: SearchIndex, weights: Mapping[str, float], since: datetime | None
) -> list[int]:
    """The ids of messages that share rare words, by the weight of those words."""
    rarest = sorted(weights, key=lambda word: -weights[word])[:MOST_ASKED]
    telling = rarest[: max(LEAST_ASKED, sum(weights[word] >= -log(COMMON) for word in rarest))]
    newest = [
        select(literal(number).label("word"), part.c[0].label("id"))
        for number, word in enumerate(telling)
        for part in [_newest(index, pairs_of(word), since).subquery()]
    ]
    total: dict[int, float] = defaultdict(float)
    for number, found in session.execute(union_all(*newest)):
        total[found] += weights[telling[number]]
    return sorted(total, key=lambda found: (-total[found], -found))


def _newest(index: SearchIndex, pairs: Sequence[str], since: datetime | None) -> Select[int]:
    query = index.matching(pairs)
    [found] = query.selected_columns
    if since is not None:
        query = query.join(Message, Message.id == found).where(Message.occurred_at >= since)
    return query.order_by(index.newest_first(found)).limit(NEWEST_OF_EACH)


def _holding_all(
    session: Session, index: SearchIndex, words: Iterable[str], since: datetime | None
) -> list[int]:
    pairs = [pair for word in words for pair in pairs_of(word)]
    return list(session.scalars(_newest(index, pairs, since)))


def _scored(session: Session, ids: Sequence[int], weights: Mapping[str, float]) -> list[Hit]:
    """The messages by the share of the words' weight that their text really holds."""
    query = select(MessageSearch.message_id, MessageSearch.text)
    rows = session.execute(query.where(MessageSearch.message_id.in_(ids)))
    whole = sum(weights.values())
    hits = [
        Hit(found, sum(weight for word, weight in weights.items() if word in text) / whole)
        for found, text in rows
    ]
    return sorted((hit for hit in hits if hit.rank), key=lambda hit: (-hit.rank, -hit.id))
