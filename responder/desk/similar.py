"""Open messages like the call that is being typed, and the topic and order that they are in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session, defer

from nlp import content_words, default_segmenter, find_places, normalise
from nlp.headline import words_that
from responder.core.privacy import mask
from responder.desk import rules
from responder.desk.places import PlaceBook, without_door
from responder.desk.rules import Likeness, Told
from responder.intake import searching
from responder.intake.models import Message
from responder.orders.lifecycle import OPEN
from responder.orders.models import OrderMessage, WorkOrder
from responder.topics.models import Membership, Topic

# Somebody who calls about what is a year old speaks of a new matter.
WINDOW = timedelta(days=365)
CANDIDATES, NEWEST = 40, 20
BODY_READ = 160  # characters of a stored message that are compared
MASKED_UPTO = 220  # that are masked before: what is cut through is no longer known for private
OPENING = 50  # words of it that are looked through for a place

TEXT_READ = 600  # characters of the call: what is typed later seldom changes the matter
SHORTEST_TEXT = 4


@dataclass(frozen=True)
class Typed:
    """What stands in the form so far. :param at: when the caller says it; aware."""

    body: str
    district: str
    street: str
    place: str
    at: datetime
    same_as: int | None = None


@dataclass(frozen=True)
class Suggestion:
    """A message like the call, why, and where it is being dealt with.

    ``title`` and ``excerpt`` are masked and in parts, each with whether both sides say it.
    """

    message: Message
    title: Sequence[tuple[str, bool]]
    excerpt: Sequence[tuple[str, bool]]
    likeness: Likeness
    topic: Topic | None


def find_similar(
    session: Session, typed: Typed, book: PlaceBook, limit: int = rules.LIMIT
) -> list[Suggestion]:
    """The open messages most like the call, the most similar first.

    The one that the operator chose already leads, however little it resembles the text now.
    """
    asked = _asked(typed, book)
    rarity = _candidates(session, typed)
    rows = {one.id: one for one in session.scalars(_open(rarity))}
    if typed.same_as and typed.same_as not in rows:
        rows |= {one.id: one for one in session.scalars(_open([typed.same_as], answered=True))}
    of_topic = _topics(session, rows)
    told = {key: _told(one, of_topic.get(key), asked, book) for key, one in rows.items()}
    in_topic = {key: topic.id for key, topic in of_topic.items()}
    found = rules.best(asked, told, rarity, in_topic, limit)
    if typed.same_as in told:
        chosen = rules.likeness(asked, told[typed.same_as], rarity.get(typed.same_as, 0.0))
        found = dict([*({typed.same_as: chosen} | found).items()][:limit])
    return [_suggestion(rows[key], one, of_topic.get(key)) for key, one in found.items()]


def _candidates(session: Session, typed: Typed) -> dict[int, float]:
    """Message id → the share of the call's words that it holds, by their rarity.

    The newest messages are among them whatever they say: callers speak of what has just
    happened, and where little is stored no word is rare enough to be looked up.
    """
    said = " ".join((typed.body[:TEXT_READ], typed.street, typed.place)).strip()
    if len(said) < SHORTEST_TEXT:
        return {}
    since = typed.at - WINDOW
    hits = searching.find(session, said, limit=CANDIDATES, since=since, any_word=True)
    newest = (
        select(Message.id)
        .where(Message.occurred_at.between(since, typed.at))
        .order_by(Message.occurred_at.desc())
        .limit(NEWEST)
    )
    return dict.fromkeys(session.scalars(newest), 0.0) | {hit.id: hit.rank for hit in hits}


def _open(ids: Iterable[int], *, answered: bool = False) -> Select[Message]:
    unread = (Message.author, Message.phone, Message.reply)
    query = select(Message).where(Message.id.in_(list(ids))).options(*map(defer, unread))
    if answered:
        return query
    settled = (
        exists()
        .where(OrderMessage.message_id == Message.id, OrderMessage.order_id == WorkOrder.id)
        .where(WorkOrder.state.not_in(OPEN), WorkOrder.merged_into_id.is_(None))
    )
    return query.where(Message.replied_at.is_(None), ~settled)


def _topics(session: Session, ids: Iterable[int]) -> dict[int, Topic]:
    """Message id → the topic it is in, of those that are in one that was not dismissed.

    By keys alone: asked for both at once, SQLite would go through all topics.
    """
    query = select(Membership.message_id, Membership.topic_id)
    found = session.execute(query.where(Membership.message_id.in_(list(ids)))).all()
    wanted = select(Topic).where(Topic.id.in_({topic_id for _, topic_id in found}))
    shown = {topic.id: topic for topic in session.scalars(wanted) if not topic.dismissed}
    return {message_id: shown[one] for message_id, one in found if one in shown}


def _asked(typed: Typed, book: PlaceBook) -> Told:
    noted = normalise(typed.place)
    text = f"{normalise(typed.body[:TEXT_READ])}\n{noted}"
    tokens = default_segmenter().cut(text)
    places = _found(tokens) | book.named_in(text) | _noted(noted)
    district = normalise(typed.district) or book.district_of(text)
    return Told(_words(tokens), places, district, typed.at)


def _told(message: Message, topic: Topic | None, asked: Told, book: PlaceBook) -> Told:
    # As pages show it: whether somebody's door is the one that was typed, nobody is told.
    text = normalise(f"{_shown(message.title)}\n{_shown(message.body[:MASKED_UPTO])[:BODY_READ]}")
    words, found = _read(text)
    places = _noted(without_door(message.place)) | {topic.place if topic else ""} - {""}
    places |= {name for name in asked.places if rules.bare(name) in text}
    district = normalise(message.district) or book.district_of(text)
    return Told(words, places or found, district, message.occurred_at)


@lru_cache(maxsize=1 << 12)
def _shown(text: str) -> str:
    return mask(text)


@lru_cache(maxsize=1 << 12)  # from pause to pause of one call, the candidates are much the same
def _read(text: str) -> tuple[tuple[str, ...], frozenset[str]]:
    """The words of a stored message, and the places that it opens with."""
    tokens = default_segmenter().cut(text)
    return _words(tokens), _found(tokens[:OPENING])


def _words(tokens: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(content_words(tokens)))


def _found(tokens: Sequence[str]) -> frozenset[str]:
    """Names of places by their endings; districts and 搅拌站 are none."""
    named = (place.text for place in find_places(tokens) if not place.is_district)
    vague = words_that("no_places")
    return frozenset(name for name in named if len(name) > 2 and name not in vague)


def _noted(place: str) -> frozenset[str]:
    name = rules.split_place(place.strip())[1]
    return frozenset({name}) if len(name) > 1 else frozenset()


def _suggestion(message: Message, likeness: Likeness, topic: Topic | None) -> Suggestion:
    words = [word for word in (likeness.place, *likeness.words) if len(word) > 1]
    title, body = mask(message.title), mask(message.body)
    beginning = "" if body.startswith(title.rstrip("…")) else title
    return Suggestion(
        message,
        rules.marked(beginning, words),
        rules.marked(rules.excerpt(body, words), words),
        likeness,
        topic,
    )
