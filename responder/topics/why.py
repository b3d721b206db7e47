"""Why a message is in its topic, and what a topic stands for, in words that people can check.

Worked out when somebody asks, from a bounded number of messages, whatever the size of the
topic or of the town.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from typing import Any

from sqlalchemy import Select, func, not_, or_, select
from sqlalchemy.orm import Session

from nlp import Match, WordWeights, default_segmenter, match, normalise
from responder.core.audit import AuditEvent
from responder.intake.models import Message
from responder.topics import service
from responder.topics.describing import without_people
from responder.topics.models import CorrectionKind, Membership, Topic, TopicCorrection

# How many messages are looked at: of the topic, before the message and after it; of each
# topic it was confused with; and of the town's newest, to tell common words from rare ones.
COMPARED_EACH_WAY = 60
COMPARED_OF_A_RIVAL = 30
BACKGROUND = 200
BODY_READ = 400

WORDS = 8
PHRASE_LENGTH = 6  # characters; a place or a matter, not the whole title
NEIGHBOURS = 5
RIVALS = 3

Words = tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Neighbour:
    """Another message of the topic that says much the same.

    :param words: (shared word, its share of the likeness), heaviest first.
    """

    message_id: int
    title: str
    score: float
    words: Words


@dataclass(frozen=True)
class Rival:
    """Another topic, and how like it the message is."""

    topic: Topic
    score: float
    words: Words


@dataclass(frozen=True)
class Why:
    """What made a membership.

    :param score: likeness to the rest of the topic, 0–1; None when it is the only message.
    :param words: (word that it shares with the rest, share of the likeness).
    :param place: the message's place where others name it too, or the topic's where the
        message names it; else empty.
    :param held_by: the correction that put or left it here, if a person did.
    :param attached: who said, when it was logged, that it is the same as another here.
    """

    score: float | None
    words: Words
    place: str
    neighbours: list[Neighbour]
    rivals: list[Rival]
    held_by: TopicCorrection | None
    attached: AuditEvent | None


@dataclass(frozen=True)
class Confusion:
    """A topic that is nearly the same, with the words that both have."""

    topic: Topic
    similarity: float
    words: list[str]


@dataclass(frozen=True)
class Portrait:
    """What stands for a topic.

    :param unsigned: messages that name nobody, each of which counts as a person.
    """

    representatives: list[Message]
    first: Message | None
    districts: list[tuple[str, int]]
    confusions: list[Confusion]
    unsigned: int


@dataclass(frozen=True)
class _Text:
    id: int
    shown_title: str
    title: str
    body: str
    place: str

    @property
    def whole(self) -> str:
        return f"{self.place}\n{self.title}\n{self.body}"


def why(session: Session, member: Membership) -> Why:
    """Explain one membership; ``member.message`` and ``member.topic`` are there."""
    topic, message = member.topic, member.message
    own = _texts(session, select(*_COLUMNS).where(Message.id == message.id))[0]
    others = _others(session, topic, message)
    confused = confusions(session, topic)[:RIVALS]
    against = [_newest_of(session, one.topic.id) for one in confused]
    texts = [own, *others, *(text for texts in against for text in texts)]
    weigher = _Weigher([*texts, *_background(session, topic)])
    # What is shown are words of this message, so nobody is named if nobody is in it.
    own = replace(own, title=without_people(own.title), body=without_people(own.body))
    terms = weigher.terms(own)
    near = [(one, match(terms, weigher.terms(one))) for one in others]
    near.sort(key=lambda pair: (-pair[1].score, pair[0].id))
    rest = weigher.with_all(terms, others)
    return Why(
        score=rest.score if others else None,
        words=phrases(rest.words, own.whole, [one.whole for one in others]),
        place=_shared_place(topic, own, others),
        neighbours=[
            Neighbour(
                one.id,
                one.shown_title,
                found.score,
                phrases(found.words, own.whole, [one.whole]),
            )
            for one, found in near[:NEIGHBOURS]
            if found.words
        ],
        rivals=[
            _rival(one.topic, weigher.with_all(terms, texts), own, texts)
            for one, texts in zip(confused, against, strict=True)
        ],
        held_by=_held_by(session, member) if member.held else None,
        attached=_attached(session, member) if member.held else None,
    )


def phrases(words: Words, own: str, others: Sequence[str]) -> Words:
    """The heaviest shared words, joined where both texts have them side by side.

    A cut through a name (翠 | 屏湾) is mended so; the shares of the parts add up.
    """
    found = list(words[:WORDS])
    joined = True
    while joined:
        joined = False
        for (one, share), (next_one, more) in permutations(found, 2):
            both = one + next_one
            if len(both) > PHRASE_LENGTH or both not in own:
                continue
            if any(both in other for other in others):
                found = [pair for pair in found if pair[0] not in (one, next_one)]
                found.append((both, share + more))
                found.sort(key=lambda pair: (-pair[1], pair[0]))
                joined = True
                break
    return tuple(found)


def _rival(topic: Topic, found: Match, own: _Text, texts: Sequence[_Text]) -> Rival:
    return Rival(topic, found.score, phrases(found.words, own.whole, [t.whole for t in texts]))


def portrait(session: Session, topic: Topic) -> Portrait:
    """What the topic's page shows of it besides figures."""
    chosen = select(Message).where(Message.id.in_(topic.representatives))
    telling = {message.id: message for message in session.scalars(chosen)}
    first = (
        select(Message)
        .join(Membership, Membership.message_id == Message.id)
        .where(Membership.topic_id == topic.id)
        .order_by(Message.occurred_at, Message.id)
    )
    districts = (
        select(Message.district, func.count())
        .join(Membership, Membership.message_id == Message.id)
        .where(Membership.topic_id == topic.id, Message.district != "")
        .group_by(Message.district)
        .order_by(func.count().desc(), Message.district)
    )
    unsigned = (
        select(func.count(Message.id))
        .join(Membership, Membership.message_id == Message.id)
        .where(Membership.topic_id == topic.id, Message.author == "", Message.phone == "")
    )
    return Portrait(
        representatives=[telling[one] for one in topic.representatives if one in telling],
        first=session.scalar(first.limit(1)),
        districts=list(session.execute(districts).all()),
        confusions=confusions(session, topic),
        unsigned=session.scalar(unsigned) or 0,
    )


def confusions(session: Session, topic: Topic) -> list[Confusion]:
    """Topics that are nearly this one; not those that a person has told apart from it."""
    ids = [int(row[0]) for row in topic.confusions]
    now = service.survivors(session, ids)
    apart = service.told_apart(session, topic)
    living = select(Topic).where(
        Topic.id.in_(now.values()), service.is_shown(), not_(service.is_empty())
    )
    topics = {one.id: one for one in session.scalars(living)}
    found: dict[int, Confusion] = {}
    for topic_id, similarity, words in topic.confusions:
        other = topics.get(now[int(topic_id)])
        if other and other.id not in apart | found.keys() and other.id != topic.id:
            found[other.id] = Confusion(other, similarity, list(words))
    return list(found.values())


class _Weigher:
    """Words of messages, weighed by how rare they are among the messages at hand.

    A title counts as much as the body, however long that is.
    """

    def __init__(self, texts: Iterable[_Text]) -> None:
        said = {text.id: (text.title, text.body) for text in texts}
        self.weights = WordWeights(default_segmenter(), body_limit=BODY_READ)
        self.weights.partial_fit(list(said.values()))

    def terms(self, text: _Text) -> dict[str, float]:
        """Word → weight of one text."""
        return self.weights.terms(text.title, text.body)

    def with_all(self, terms: Mapping[str, float], texts: Iterable[_Text]) -> Match:
        """The likeness of a message's words to those of all the texts together."""
        together: defaultdict[str, float] = defaultdict(float)
        for text in texts:
            for word, weight in self.terms(text).items():
                together[word] += weight
        return match(terms, together)


_COLUMNS: tuple[Any, ...] = (
    Message.id,
    Message.title,
    func.substr(Message.body, 1, BODY_READ).label("body"),
    Message.place,
)


def _texts(session: Session, query: Select[Any]) -> list[_Text]:
    return [
        _Text(row.id, row.title, normalise(row.title), normalise(row.body), normalise(row.place))
        for row in session.execute(query)
    ]


def _of_topic(topic_id: int) -> Select[Any]:
    return (
        select(*_COLUMNS)
        .join(Membership, Membership.message_id == Message.id)
        .where(Membership.topic_id == topic_id)
    )


def _others(session: Session, topic: Topic, message: Message) -> list[_Text]:
    """Messages of the topic that were said next before and after, and its representatives."""
    others = _of_topic(topic.id).where(Message.id != message.id)
    before = others.where(Message.occurred_at <= message.occurred_at)
    after = others.where(Message.occurred_at > message.occurred_at)
    telling = others.where(Message.id.in_(topic.representatives))
    queries = (
        before.order_by(Message.occurred_at.desc(), Message.id).limit(COMPARED_EACH_WAY),
        after.order_by(Message.occurred_at, Message.id).limit(COMPARED_EACH_WAY),
        telling,
    )
    found = {text.id: text for query in queries for text in _texts(session, query)}
    return list(found.values())


def _newest_of(session: Session, topic_id: int) -> list[_Text]:
    query = _of_topic(topic_id).order_by(Message.occurred_at.desc(), Message.id)
    return _texts(session, query.limit(COMPARED_OF_A_RIVAL))


def _background(session: Session, topic: Topic) -> list[_Text]:
    """The newest messages of other topics."""
    newest = select(Message.id).order_by(Message.id.desc()).limit(BACKGROUND)
    query = (
        select(*_COLUMNS)
        .join(Membership, Membership.message_id == Message.id)
        .where(Message.id.in_(newest), Membership.topic_id != topic.id)
    )
    return _texts(session, query)


def _shared_place(topic: Topic, own: _Text, others: Iterable[_Text]) -> str:
    if own.place and any(own.place in other.whole for other in others):
        return own.place
    return topic.place if topic.place and topic.place in own.whole else ""


def _attached(session: Session, member: Membership) -> AuditEvent | None:
    """The event of the trail by which an operator joined the message to another."""
    query = select(AuditEvent).where(
        AuditEvent.object_type == Message.__tablename__,
        AuditEvent.object_id == member.message_id,
        AuditEvent.action == "attach",
    )
    return session.scalars(query.order_by(AuditEvent.id.desc()).limit(1)).first()


def _held_by(session: Session, member: Membership) -> TopicCorrection | None:
    """The last correction in force that put the message here, or left it here."""
    family = service.absorbed(session, [member.topic_id])
    query = select(TopicCorrection).where(
        or_(TopicCorrection.topic_id.in_(family), TopicCorrection.other_id.in_(family)),
        TopicCorrection.undone_at.is_(None),
        TopicCorrection.kind.in_([CorrectionKind.MERGE, CorrectionKind.SPLIT, CorrectionKind.MOVE]),
    )
    for correction in session.scalars(query.order_by(TopicCorrection.id.desc())):
        details = correction.details
        if member.message_id in details["messages"] or member.message_id in details["kept"]:
            return correction
    return None
