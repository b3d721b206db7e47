"""A filter as conditions on the message table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, exists, func, not_, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from nlp import scripts
from responder.core import privacy
from responder.core.times import end_of_day, start_of_day
from responder.intake.models import Message, MessageRepeat
from responder.intake.searching.databases import SearchIndex, index_of
from responder.intake.searching.facets import facets
from responder.intake.searching.models import MessageSearch
from responder.intake.searching.names import alternatives
from responder.intake.searching.query import Query, pairs_of, read_query
from responder.intake.searching.wanted import MessageFilter, Repeats

# So many different names of places with personal data are looked through, the newest first.
NAMES_READ = 5_000


@dataclass(frozen=True)
class Asked:
    """What was typed, as it is looked for.

    :param meant: wanted term in Latin letters → names that it may be the pinyin of.
    :param spared: the same of unwanted terms.
    """

    query: Query
    meant: Mapping[str, Sequence[str]]
    spared: Mapping[str, Sequence[str]]

    @property
    def shown(self) -> list[str]:
        """Everything that is to stand out in what is found."""
        names = [name for some in self.meant.values() for name in some]
        return [*self.query.wanted, *names]


def read_asked(session: Session, typed: str) -> Asked:
    """What the search box asks for; small Latin letters may be the pinyin of known names."""
    query = read_query(typed)
    meant, spared = (
        alternatives(session, query.spelt.intersection(terms))
        for terms in (query.wanted, query.unwanted)
    )
    return Asked(query, meant, spared)


def text_conditions(
    session: Session, asked: Asked, *, many: bool = False
) -> list[ColumnElement[bool]]:
    """Each holds of every message that is found.

    :param many: many are found, of which the newest are asked for.
    """
    all_of = partial(_all_of, index_of(session), many)
    plain = [term for term in asked.query.wanted if term not in asked.meant]
    found = [all_of(plain)] if plain else []
    found += [
        or_(*(all_of([one]) for one in (term, *names))) for term, names in asked.meant.items()
    ]
    unwanted = [*asked.query.unwanted, *chain.from_iterable(asked.spared.values())]
    return found + [not_(all_of([term])) for term in unwanted]


def matches(session: Session, asked: Asked) -> Select[int] | None:
    """The ids of what is found; None where more than the plain words decides.

    To count them so stops at a limit; the index would tell all of them to a condition first.
    """
    if asked.meant or asked.query.unwanted or not asked.query.wanted:
        return None
    index, terms = index_of(session), _telling(asked.query.wanted)
    found = index.matching(_pairs(terms))
    if not (read := _read(index, terms)):
        return found
    return select(MessageSearch.message_id).where(MessageSearch.message_id.in_(found), *read)


def _all_of(index: SearchIndex, many: bool, terms: Sequence[str]) -> ColumnElement[bool]:
    """That a message holds all of these terms: their pairs by the index, the rest by reading."""
    terms = _telling(terms)
    pairs, read = _pairs(terms), _read(index, terms)
    if many:
        return index.is_one_of_many(pairs, read)
    found = Message.id.in_(index.matching(pairs))
    if not read:
        return found
    of_this_message = exists().where(MessageSearch.message_id == Message.id, *read)
    return and_(found, of_this_message.correlate(Message))


def _telling(terms: Iterable[str]) -> list[str]:
    """The terms without those that stand in another: who holds 0000 holds 0."""
    distinct = list(dict.fromkeys(terms))
    return [one for one in distinct if not any(one in other for other in distinct if other != one)]


def _pairs(terms: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(pair for term in terms for pair in pairs_of(term)))


def _read(index: SearchIndex, terms: Iterable[str]) -> list[ColumnElement[bool]]:
    """What pairs cannot tell: that a longer term stands in one piece."""
    return [index.holds(term) for term in terms if len(term) > len("一对")]


def field_conditions(
    session: Session, wanted: MessageFilter, zone: ZoneInfo
) -> list[ColumnElement[bool]]:
    """What the fields of a filter restrict, without its text and its groups of repeats."""
    offered = facets()
    return [
        *_of_columns(wanted),
        *_of_places(session, wanted),
        *(
            Message.id.in_(offered[name].ids(value))
            for name, value in wanted.facets.items()
            if name in offered
        ),
        *_of_days(wanted, zone),
    ]


def _of_days(wanted: MessageFilter, zone: ZoneInfo) -> Iterator[ColumnElement[bool]]:
    if wanted.first_day:
        yield Message.occurred_at >= start_of_day(wanted.first_day, zone)
    if wanted.last_day:
        yield Message.occurred_at <= end_of_day(wanted.last_day, zone)
    if wanted.received_since:
        yield Message.received_at >= start_of_day(wanted.received_since, zone)


def _of_columns(wanted: MessageFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.channel:
        yield Message.channel == wanted.channel
    if wanted.nature:
        yield Message.nature == wanted.nature
    if wanted.batch:
        yield Message.batch_id == wanted.batch
    if wanted.urgent:
        yield Message.urgent.is_(True)
    if wanted.replied is not None:
        yield (Message.reply != "") if wanted.replied else (Message.reply == "")


def _of_places(session: Session, wanted: MessageFilter) -> Iterator[ColumnElement[bool]]:
    private = Message.private_kinds != ""
    if wanted.district:
        yield _named(session, Message.district, wanted.district, true())
    if wanted.place:
        yield _named(session, Message.place, wanted.place, private)


def _named(
    session: Session,
    column: InstrumentedAttribute[str],
    text: str,
    private: ColumnElement[bool],
) -> ColumnElement[bool]:
    """That a name holds this text where pages show it: nobody finds a masked door by trial.

    :param private: holds of the messages whose names may have something masked in them.
    """
    forms = scripts(text)
    holds = or_(*(column.contains(form, autoescape=True) for form in forms))
    names = session.scalars(
        select(column)
        .where(holds, private)
        .group_by(column)
        .order_by(func.max(Message.id).desc())
        .limit(NAMES_READ)
    )
    shown = [name for name in names if _shows(name, forms)]
    return and_(holds, or_(not_(private), column.in_(shown)))


def _shows(name: str, forms: Iterable[str]) -> bool:
    masked = privacy.mask(name).casefold()
    return any(form.casefold() in masked for form in forms)


def group_conditions(
    wanted: MessageFilter, others: Iterable[ColumnElement[bool]]
) -> list[ColumnElement[bool]]:
    """What of each group of repeats is listed.

    :param others: the conditions beside; of a group, the first one that meets them is listed.
    """
    repeated = exists().where(MessageRepeat.first_id == Message.id)
    repeat = exists().where(MessageRepeat.message_id == Message.id)
    if wanted.repeats is Repeats.REPEATED:
        return [or_(repeat, repeated)]
    if wanted.repeats is Repeats.FIRST:
        restricting = list(others)
        return [_first_of_those(restricting)] if restricting else [not_(repeat)]
    return []


def _first_of_those(conditions: Sequence[ColumnElement[bool]]) -> ColumnElement[bool]:
    group = func.coalesce(MessageRepeat.first_id, Message.id)
    firsts = (
        select(func.min(Message.id))
        .outerjoin(MessageRepeat, MessageRepeat.message_id == Message.id)
        .where(*conditions)
        .group_by(group)
        .correlate(None)
    )
    return Message.id.in_(firsts)
