"""Names by their pinyin: places and districts that messages name, and the office's units."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Insert, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from nlp import PlaceFinder, default_segmenter
from nlp.pinyin import Typed, typed
from nlp.search_terms import fold
from responder.accounts.models import Unit
from responder.core import privacy
from responder.core.database import db, end_read, transaction
from responder.core.permissions import Actor
from responder.intake.models import Message
from responder.intake.searching.models import MessageSearch, SearchMark, SearchName

READ_CHARACTERS = 500  # of each message: a place stands near its beginning
MOST_NAMES = 5  # that one word in Latin letters stands for
BEGINNING = 3  # letters from which the beginning of a name will do


def names_typed_as(session: Session, letters: str) -> list[str]:
    """The names that somebody may mean by these small Latin letters, likeliest first."""
    places = session.scalars(
        select(SearchName.name)
        .where(
            or_(
                SearchName.initials == letters,
                SearchName.pinyin == letters,
                *([SearchName.initials.startswith(letters)] if len(letters) >= BEGINNING else []),
                *([SearchName.pinyin.startswith(letters)] if len(letters) > BEGINNING else []),
            )
        )
        .order_by((SearchName.initials == letters).desc(), SearchName.uses.desc(), SearchName.name)
        .limit(MOST_NAMES)
    )
    units = (
        name
        for row in session.execute(select(Unit.name, Unit.short_name))
        for name in row
        if (said := _typed(name)) and letters in said
    )
    return list(dict.fromkeys([*places, *fold(list(units))]))[:MOST_NAMES]


@lru_cache(maxsize=4096)
def _typed(name: str) -> Typed | None:
    return typed(name)


@dataclass(frozen=True)
class NamesRead:
    """What some messages name, in how many of them, up to which message."""

    messages: int
    last_id: int
    begun_after: int
    uses: Mapping[str, int]


def _read_names(limit: int) -> NamesRead | None:
    """Read the next ``limit`` messages for names; None when there are none."""
    session = db.session
    mark = session.get(SearchMark, 1, populate_existing=True)
    after = mark.message_id if mark else 0
    query = (
        select(Message.id, Message.district, Message.place, MessageSearch.text)
        .join(MessageSearch, MessageSearch.message_id == Message.id)
        .where(Message.id > after)
        .order_by(Message.id)
        .limit(limit)
    )
    rows = session.execute(query).all()
    end_read()
    if not rows:
        return None
    texts = [default_segmenter().cut(row.text[:READ_CHARACTERS]) for row in rows]
    finder = PlaceFinder().partial_fit(texts)
    uses: Counter[str] = Counter()
    for row, tokens in zip(rows, texts, strict=True):
        said = fold([privacy.mask(row.district), privacy.mask(row.place)])
        uses.update({place.text for place in finder.find(tokens)} | set(said))
    return NamesRead(len(rows), rows[-1].id, after, uses)


def _keep_names(session: Session, read: NamesRead) -> None:
    """Store the names that were read, unless somebody else has learned them meanwhile."""
    mark = session.get(SearchMark, 1, populate_existing=True, with_for_update=True)
    if (mark.message_id if mark else 0) != read.begun_after:
        return
    _add(session, read.uses)
    session.merge(SearchMark(id=1, message_id=read.last_id))


def learn_names(limit: int, actor: Actor, now: datetime | None = None) -> int:
    """Learn the names in the next ``limit`` messages; returns how many were read.

    Reading them holds no lock; storing them is one transaction.
    """
    read = _read_names(limit)
    if read is None:
        return 0
    with transaction(actor, now) as session:
        _keep_names(session, read)
    return read.messages


def _add(session: Session, uses: Mapping[str, int]) -> None:
    known = {name: typed(name) for name in uses}
    rows = [
        {"name": name, "initials": said.initials, "pinyin": said.syllables, "uses": uses[name]}
        for name, said in sorted(known.items())
        if said is not None
    ]
    if rows:
        session.execute(_counted(session), rows)


def _counted(session: Session) -> Insert:
    if session.get_bind().dialect.name == "postgresql":
        theirs = postgresql.insert(SearchName)
        return theirs.on_conflict_do_update(
            index_elements=[SearchName.name], set_={"uses": SearchName.uses + theirs.excluded.uses}
        )
    own = sqlite.insert(SearchName)
    return own.on_conflict_do_update(
        index_elements=[SearchName.name], set_={"uses": SearchName.uses + own.excluded.uses}
    )


def alternatives(session: Session, terms: Iterable[str]) -> dict[str, Sequence[str]]:
    """Term → the names that it may be the pinyin of; only of those that are of any."""
    found = {term: names_typed_as(session, term) for term in terms}
    return {term: names for term, names in found.items() if names}
