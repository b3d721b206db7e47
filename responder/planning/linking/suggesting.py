"""The machine's proposal of which event could answer which topic. People decide."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, and_, delete, func, not_, or_, select
from sqlalchemy.orm import Session, joinedload

from nlp import Linker, normalise
from responder.intake.models import Message
from responder.planning.events.service import LINKABLE_DAYS
from responder.planning.linking import rules, texts
from responder.planning.linking.rules import Pair
from responder.planning.models import EventState, LinkState, PressEvent, TopicEventLink
from responder.planning.reported import is_no_report
from responder.topics.models import Membership, Topic
from responder.topics.service import absorbed, survivors, topics_by_heat

HOTTEST = 60
MOST_AT_ONCE = 60  # events among which suggestions are found within a second

# Enough labels to know which words are common; older topics would change little.
BACKGROUND_TOPICS = 2000

# How much of a topic's messages is read: so many of them, so many characters.
MESSAGES_READ = 12
BODY_READ = 200


@dataclass(frozen=True)
class SuggestionRun:
    """What one run looked at, and how many suggestions it added, kept and removed."""

    topics: int
    events: int
    added: int
    kept: int
    removed: int


@dataclass(frozen=True)
class _Raised:
    """A topic with the texts that it is read by, and the words of its name."""

    topic: Topic
    texts: Sequence[str]
    words: frozenset[str]


@dataclass(frozen=True)
class _Announced:
    """An event with the text that it is read by, and the words of its unit's duties."""

    event: PressEvent
    text: str
    matters: Sequence[str]


@dataclass(frozen=True)
class _Proposal:
    score: float
    reasons: tuple[rules.Reason, ...]


@dataclass(frozen=True)
class Proposals:
    """What the machine would suggest: (topic id, event id) → score and reasons.

    :param topic_ids: the topics that were looked at, the hottest first.
    :param events: how many events were.
    """

    topic_ids: tuple[int, ...]
    events: int
    wanted: Mapping[Pair, _Proposal]


def propose_links(session: Session, now: datetime, hottest: int = HOTTEST) -> Proposals:
    """Which events could answer which of the ``hottest`` topics, by what is stored now.

    Reads and computes, which takes seconds with hundreds of events: nobody who writes should
    wait for it. :func:`store_proposals` stores what is found.
    """
    topics = list(session.scalars(topics_by_heat().limit(hottest)))
    events = _candidates(session, now)
    topic_ids = tuple(topic.id for topic in topics)
    decided = _decided(session, _links(session, topic_ids))
    return Proposals(topic_ids, len(events), _proposals(session, topics, events, decided))


def store_proposals(session: Session, proposals: Proposals) -> SuggestionRun:
    """Bring the suggestions up to date; those that no longer hold go.

    What happened since the proposals were made goes before them: a link that a person
    confirmed or refused is never touched, and topics and events that are gone get none.
    """
    topic_ids, event_ids = _living(session, proposals)
    links = _links(session, proposals.topic_ids)
    decided = _decided(session, links)
    wanted = {
        pair: proposal
        for pair, proposal in proposals.wanted.items()
        if pair[0] in topic_ids and pair[1] in event_ids and pair not in decided
    }
    for pair, proposal in wanted.items():
        _store(session, links.get(pair), pair, proposal)
    open_ones = {pair for pair, link in links.items() if link.state is LinkState.SUGGESTED}
    withdrawn = open_ones - wanted.keys()
    _withdraw(session, [links[pair].id for pair in withdrawn])
    kept = len(wanted.keys() & links.keys())
    return SuggestionRun(
        len(proposals.topic_ids), proposals.events, len(wanted) - kept, kept, len(withdrawn)
    )


def _living(session: Session, proposals: Proposals) -> tuple[set[int], set[int]]:
    """Ids of the topics and of the events that are still there.

    The topics are held, so that of two runs at once the second finds what the first stored.
    """
    looked_at = topics_by_heat().where(Topic.id.in_(proposals.topic_ids)).order_by(None)
    held = looked_at.with_only_columns(Topic.id).order_by(Topic.id).with_for_update()
    named = {event_id for _, event_id in proposals.wanted}
    events = select(PressEvent.id).where(
        PressEvent.id.in_(named), PressEvent.state != EventState.CANCELLED
    )
    return set(session.scalars(held)), set(session.scalars(events))


def has_many_candidates(session: Session, now: datetime) -> bool:
    """Whether proposing takes more than a moment."""
    found = _candidates_query(now).with_only_columns(PressEvent.id).limit(MOST_AT_ONCE)
    return len(session.scalars(found).all()) == MOST_AT_ONCE


def _candidates(session: Session, now: datetime) -> list[PressEvent]:
    query = _candidates_query(now).options(joinedload(PressEvent.unit))
    return list(session.scalars(query))


def _candidates_query(now: datetime) -> Select[PressEvent]:
    """Events to come, and those of the last days; not what is cancelled or has no date."""
    adrift = and_(PressEvent.state == EventState.POSTPONED, PressEvent.starts_at < now)
    return (
        select(PressEvent)
        .where(
            PressEvent.state != EventState.CANCELLED,
            PressEvent.starts_at >= now - timedelta(days=LINKABLE_DAYS),
            not_(adrift),
        )
        .order_by(PressEvent.id)
    )


def _links(session: Session, topic_ids: Sequence[int]) -> dict[Pair, TopicEventLink]:
    """All open suggestions, and whatever was decided of these topics and what went into them."""
    query = select(TopicEventLink).where(
        or_(
            TopicEventLink.state == LinkState.SUGGESTED,
            TopicEventLink.topic_id.in_(absorbed(session, topic_ids)),
        )
    )
    return {(link.topic_id, link.event_id): link for link in session.scalars(query)}


def _decided(session: Session, links: Mapping[Pair, TopicEventLink]) -> set[Pair]:
    """Pairs that a person has decided upon, of the topics that live now."""
    pairs = [pair for pair, link in links.items() if link.state is not LinkState.SUGGESTED]
    now = survivors(session, [topic_id for topic_id, _ in pairs])
    return {(now[topic_id], event_id) for topic_id, event_id in pairs}


def _proposals(
    session: Session,
    topics: Sequence[Topic],
    events: Sequence[PressEvent],
    decided: set[Pair],
) -> dict[Pair, _Proposal]:
    """For each topic the few events that fit it best, for each event the few topics."""
    if not topics or not events:
        return {}
    raised = _raised(session, topics)
    announced = [
        _Announced(event, texts.event_text(event), texts.words_of(event.unit.matters))
        for event in events
    ]
    linker = Linker().fit(
        [one.texts for one in raised], [one.text for one in announced], _background(session)
    )
    fitting = dict(_fitting(linker, raised, announced, decided))
    chosen = rules.both_ways({pair: proposal.score for pair, proposal in fitting.items()})
    return {pair: fitting[pair] for pair in chosen}


def _raised(session: Session, topics: Sequence[Topic]) -> list[_Raised]:
    said: defaultdict[int, list[str]] = defaultdict(list)
    query = (
        select(Membership.topic_id, Message.title, func.substr(Message.body, 1, BODY_READ))
        .join(Membership.message)
        .where(Membership.topic_id.in_([topic.id for topic in topics]), is_no_report())
        .order_by(Message.id)
    )
    for topic_id, title, body in session.execute(query):
        if len(said[topic_id]) < MESSAGES_READ:
            said[topic_id].append(f"{title}\n{body}")
    found = []
    for topic in topics:
        name = texts.topic_name(topic.label, topic.keywords)
        read = texts.topic_texts(name, said[topic.id])
        found.append(_Raised(topic, read, frozenset(texts.words_of(name))))
    return found


def _background(session: Session) -> list[str]:
    """The names of all topics known, to tell rare words from common ones."""
    query = select(Topic.label, Topic.keywords).order_by(Topic.last_seen.desc(), Topic.id)
    rows = session.execute(query.limit(BACKGROUND_TOPICS))
    return [texts.topic_name(label, keywords) for label, keywords in rows]


def _fitting(
    linker: Linker, raised: Sequence[_Raised], announced: Sequence[_Announced], decided: set[Pair]
) -> Iterator[tuple[Pair, _Proposal]]:
    """Yield the pairs that nobody has decided and that are worth a person's time."""
    for topic, scores in zip(raised, linker.score([one.texts for one in raised]), strict=True):
        alike = {
            place: float(scores[place])
            for place, event in enumerate(announced)
            if scores[place] >= rules.LEAST_SIMILARITY
            and (topic.topic.id, event.event.id) not in decided
        }
        evidence = linker.evidence(topic.texts, list(alike))
        for (place, similarity), phrases in zip(alike.items(), evidence, strict=True):
            event = announced[place]
            score, reasons = rules.suggestion_score(
                rules.word_score(similarity, len(phrases)), phrases, _circumstances(topic, event)
            )
            if score > 0:
                yield (topic.topic.id, event.event.id), _Proposal(score, reasons)


def _circumstances(raised: _Raised, announced: _Announced) -> rules.Circumstances:
    topic, event = raised.topic, announced.event
    place = normalise(topic.place)
    return rules.Circumstances(
        first_seen=topic.first_seen,
        last_seen=topic.last_seen,
        starts_at=event.starts_at,
        unit_name=event.unit.short_name or event.unit.name,
        unit_words=tuple(word for word in announced.matters if word in raised.words),
        place=topic.place if place and place in normalise(event.theme + event.summary) else "",
    )


def _store(session: Session, link: TopicEventLink | None, pair: Pair, proposal: _Proposal) -> None:
    if link is None:
        link = TopicEventLink(topic_id=pair[0], event_id=pair[1], state=LinkState.SUGGESTED)
        session.add(link)
    link.score = round(proposal.score, 4)
    link.reasons = [[text, round(share, 3)] for text, share in proposal.reasons]


def _withdraw(session: Session, link_ids: Sequence[int]) -> None:
    """Past the unit of work, because the trail is for what people do; unless one decided."""
    session.flush()
    session.execute(
        delete(TopicEventLink).where(
            TopicEventLink.id.in_(link_ids), TopicEventLink.state == LinkState.SUGGESTED
        )
    )
