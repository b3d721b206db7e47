"""What differs between the two databases: how pairs of characters are stored and asked for.

SQLite keeps them in an FTS5 table without content, PostgreSQL in a ``tsvector`` with a GIN
index. Neither ever reads what somebody typed: a folded text holds nothing but letters and
digits, so that no sign of either query language can be among them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    cast,
    column,
    exists,
    false,
    func,
    literal,
    literal_column,
    select,
    table,
    text,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session

from responder.intake.models import Message
from responder.intake.searching.models import MessageSearch

MOST_WALKED_FOR = 500  # matches; for more of them PostgreSQL had better sort all
SAMPLE = 50  # the newest messages with a pair, from which SQLite reckons how frequent it is


class Terms(NamedTuple):
    """One message as it goes into the index: folded, and its pairs of characters."""

    text: str
    pairs: str


class SearchIndex(Protocol):
    """One database's index."""

    def add(self, session: Session, terms: Mapping[int, Terms]) -> None:
        """Store messages by their ids, none of which is in the index yet."""
        ...

    def matching(self, pairs: Sequence[str]) -> Select[int]:
        """The ids of the messages that hold each of these pairs.

        A pair of one character stands for all that begin with it.
        """
        ...

    def holds(self, term: str) -> ColumnElement[bool]:
        """Whether a row of ``message_search`` has this part of a text, of whatever length."""
        ...

    def newest_first(self, message_id: ColumnElement[int]) -> ColumnElement[int]:
        """The order of ids, said so that the planner reads the index of words first."""
        ...

    def frequencies(self, session: Session, pairs: Sequence[str]) -> Mapping[str, float]:
        """In which share of the messages each pair stands; left out: seldom or never."""
        ...

    def time_of_few(self) -> ColumnElement[datetime]:
        """When a message occurred, said so that the planner does not walk an index of it."""
        ...

    def asks_each(self, countless: bool, up_to: int | None) -> bool:
        """Whether the newest of many matches had better be met on a walk: ``is_one_of_many``.

        :param countless: whether they are more than are counted.
        :param up_to: how many of them are asked for; None: all.
        """
        ...

    def is_one_of_many(
        self, pairs: Sequence[str], read: Sequence[ColumnElement[bool]]
    ) -> ColumnElement[bool]:
        """Whether a message holds these pairs and its row of ``message_search`` fits ``read``.

        Said so that the planner asks each message on its walk, and does not look up all of many.
        """
        ...


class SqliteIndex:
    """FTS5."""

    _index = table("message_search_index", column("rowid", Integer))

    def add(self, session: Session, terms: Mapping[int, Terms]) -> None:
        connection = session.connection()
        connection.exec_driver_sql(
            "INSERT INTO message_search (message_id, text) VALUES (?, ?)",
            [(id_, one.text) for id_, one in terms.items()],
        )
        connection.exec_driver_sql(
            "INSERT INTO message_search_index (rowid, pairs) VALUES (?, ?)",
            [(id_, one.pairs) for id_, one in terms.items()],
        )

    def matching(self, pairs: Sequence[str]) -> Select[int]:
        asked = " AND ".join(f'"{pair}"' if len(pair) > 1 else f'"{pair}"*' for pair in pairs)
        match = literal_column("message_search_index").op("MATCH", is_comparison=True)(asked)
        return select(self._index.c.rowid).where(match)

    def holds(self, term: str) -> ColumnElement[bool]:
        return func.instr(MessageSearch.text, term) > 0

    def newest_first(self, message_id: ColumnElement[int]) -> ColumnElement[int]:
        return message_id.desc()  # FTS5 gives them in this order by itself

    def time_of_few(self) -> ColumnElement[datetime]:
        return literal_column("+message.occurred_at")

    def asks_each(self, countless: bool, up_to: int | None) -> bool:
        return True  # it asks a set of ids that the index has told at once

    def is_one_of_many(
        self, pairs: Sequence[str], read: Sequence[ColumnElement[bool]]
    ) -> ColumnElement[bool]:
        fits = exists().where(MessageSearch.message_id == Message.id, *read).correlate(Message)
        return and_((Message.id + 0).in_(self.matching(pairs)), fits if read else true())

    def frequencies(self, session: Session, pairs: Sequence[str]) -> Mapping[str, float]:
        # Of the newest messages alone: how far back the last of so many stands, tells.
        newest = [
            self.matching([pair]).order_by(self._index.c.rowid.desc()).limit(SAMPLE).subquery()
            for pair in pairs
        ]
        counts = [
            select(literal(pair).label("pair"), func.count(), func.min(part.c.rowid))
            for pair, part in zip(pairs, newest, strict=True)
        ]
        last = session.scalar(select(func.max(MessageSearch.message_id))) or 1
        return {
            pair: count / (last - oldest + 1 if count == SAMPLE else last)
            for pair, count, oldest in session.execute(union_all(*counts))
            if count
        }


class PostgresIndex:
    """``tsvector`` and GIN."""

    _add = text(
        "INSERT INTO message_search (message_id, text, terms)"
        " SELECT id, text, array_to_tsvector(array_remove(string_to_array(pairs, ' '), ''))"
        " FROM unnest(CAST(:ids AS integer[]), CAST(:texts AS text[]), CAST(:pairs AS text[]))"
        " AS entry (id, text, pairs)"
    )
    _frequencies = text(
        "SELECT term, share FROM pg_stats,"
        " unnest(CAST(CAST(most_common_elems AS text) AS text[]), most_common_elem_freqs)"
        " AS common (term, share)"
        " WHERE schemaname = current_schema() AND tablename = 'message_search'"
        " AND attname = 'terms' AND term = ANY (:pairs)"
    )

    def add(self, session: Session, terms: Mapping[int, Terms]) -> None:
        texts, pairs = (list(part) for part in zip(*terms.values(), strict=True))
        session.execute(self._add, {"ids": list(terms), "texts": texts, "pairs": pairs})

    def matching(self, pairs: Sequence[str]) -> Select[int]:
        return select(MessageSearch.message_id).where(self._match(pairs))

    @staticmethod
    def _match(pairs: Sequence[str]) -> ColumnElement[bool]:
        asked = " & ".join(f"'{pair}'" if len(pair) > 1 else f"'{pair}':*" for pair in pairs)
        terms: ColumnElement[object] = literal_column("message_search.terms")
        return terms.bool_op("@@")(cast(literal(asked), TSQUERY))

    def holds(self, term: str) -> ColumnElement[bool]:
        return func.strpos(MessageSearch.text, term) > 0

    def newest_first(self, message_id: ColumnElement[int]) -> ColumnElement[int]:
        # Not the order of the primary key: following that would unpack every message's terms.
        return (message_id + 0).desc()

    def time_of_few(self) -> ColumnElement[datetime]:
        return literal_column("message.occurred_at + interval '0'")

    def asks_each(self, countless: bool, up_to: int | None) -> bool:
        # Each message that is met is looked up: worth it where matches are met soon.
        return countless and up_to is not None and up_to <= MOST_WALKED_FOR

    def is_one_of_many(
        self, pairs: Sequence[str], read: Sequence[ColumnElement[bool]]
    ) -> ColumnElement[bool]:
        # A value, not a set that could be joined: the planner takes pairs that always stand
        # together for pairs that hardly meet, and would have all messages with them sorted.
        fits = select(and_(self._match(pairs), *read))
        of_this = fits.where(MessageSearch.message_id == Message.id).correlate(Message)
        return func.coalesce(of_this.scalar_subquery(), false())

    def frequencies(self, session: Session, pairs: Sequence[str]) -> Mapping[str, float]:
        rows = session.execute(self._frequencies, {"pairs": list(pairs)})
        return {row.term: row.share for row in rows}


_INDEXES: Mapping[str, SearchIndex] = {"sqlite": SqliteIndex(), "postgresql": PostgresIndex()}


def index_of(session: Session) -> SearchIndex:
    """The index of the database that this session speaks to."""
    return _INDEXES[session.get_bind().dialect.name]
