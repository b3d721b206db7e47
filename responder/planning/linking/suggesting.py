"""The machine's proposal of which event could answer which topic. People decide."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, func, not_, or_, select
from sqlalchemy.orm import Session, joinedload

from nlp import match
from responder.intake.models import Message
from responder.planning.events.service import LINKABLE_DAYS
from responder.planning.linking import rules, wording
from responder.planning.models import EventState, LinkState, PressEvent, TopicEventLink
from responder.topics.models import Membership, Topic
from responder.topics.service import absorbed, survivors, topics_by_heat

HOTTEST = 60
PER_TOPIC = 3

# Enough labels to know which words are common; older topics would change little.
BACKGROUND_TOPICS = 2000

# Where a shared word is looked for in its whole wording: so many messages, so many characters.
MESSAGES_READ = 50
BODY_READ = 200

Pair = tuple[int, int]
Terms = Mapping[str, float]


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
    """A topic with its weighted words and what its messages call it."""

    topic: Topic
    terms: Terms
    text: str


@dataclass(frozen=True)
class _Announced:
    """An event with its weighted words, its text, and the words of its unit's duties."""

    event: PressEvent
    terms: Terms
    text: str
    matters: Sequence[str]


@dataclass(frozen=True)
class _Proposal:
    score: float
    reasons: tuple[rules.Reason, ...]


def suggest_links(session: Session, now: datetime, hottest: int = HOTTEST) -> SuggestionRun:
    """Bring the suggestions up to date.

    Looks at the ``hottest`` topics and at the events to come or lately held. A link that
    a person confirmed or refused is never touched; suggestions that no longer hold go.
    """
    topics = list(session.scalars(topics_by_heat().limit(hottest)))
    events = _candidates(session, now)
    links = _links(session, topics)
    decided = _decided(session, links)
    wanted = _proposals(session, topics, events, decided)
    for pair, proposal in wanted.items():
        _store(session, links.get(pair), pair, proposal)
    open_ones = {pair for pair, link in links.items() if link.state is LinkState.SUGGESTED}
    withdrawn = open_ones - wanted.keys()
    _withdraw(session, [links[pair].id for pair in withdrawn])
    kept = len(wanted.keys() & links.keys())
    return SuggestionRun(len(topics), len(events), len(wanted) - kept, kept, len(withdrawn))


def _candidates(session: Session, now: datetime) -> list[PressEvent]:
    """Events to come, and those of the last days; not what is cancelled or has no date."""
    adrift = and_(PressEvent.state == EventState.POSTPONED, PressEvent.starts_at < now)
    query = (
        select(PressEvent)
        .where(
            PressEvent.state != EventState.CANCELLED,
            PressEvent.starts_at >= now - timedelta(days=LINKABLE_DAYS),
            not_(adrift),
        )
        .options(joinedload(PressEvent.unit))
        .order_by(PressEvent.id)
    )
    return list(session.scalars(query))


def _links(session: Session, topics: Sequence[Topic]) -> dict[Pair, TopicEventLink]:
    """All open suggestions, and whatever was decided of these topics and what went into them."""
    query = select(TopicEventLink).where(
        or_(
            TopicEventLink.state == LinkState.SUGGESTED,
            TopicEventLink.topic_id.in_(absorbed(session, [topic.id for topic in topics])),
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
    """For each topic the few events that fit it best."""
    raised = _raised(session, topics)
    announced = _announced(events, {word for one in raised for word in one.terms})
    idf = wording.rarity([*_background(session), *(one.terms for one in announced)])
    found: dict[Pair, _Proposal] = {}
    for topic in raised:
        fitting = [
            ((topic.topic.id, event.event.id), proposal)
            for event in announced
            if (topic.topic.id, event.event.id) not in decided
            and (proposal := _propose(topic, event, idf))
        ]
        fitting.sort(key=lambda pair: -pair[1].score)
        found.update(fitting[:PER_TOPIC])
    return found


def _raised(session: Session, topics: Sequence[Topic]) -> list[_Raised]:
    said: defaultdict[int, list[str]] = defaultdict(list)
    query = (
        select(Membership.topic_id, Message.title, func.substr(Message.body, 1, BODY_READ))
        .join(Membership.message)
        .where(Membership.topic_id.in_([topic.id for topic in topics]))
    )
    for topic_id, title, body in session.execute(query):
        if len(said[topic_id]) < MESSAGES_READ:
            said[topic_id].append(f"{title}\n{body}")
    return [
        _Raised(
            topic,
            wording.topic_terms(topic.label, topic.keywords),
            "\n".join([topic.label, *said[topic.id]]),
        )
        for topic in topics
    ]


def _announced(events: Sequence[PressEvent], vocabulary: set[str]) -> list[_Announced]:
    return [
        _Announced(
            event,
            wording.event_terms(event, vocabulary),
            f"{event.theme}\n{event.summary}",
            wording.words_of(event.unit.matters),
        )
        for event in events
    ]


def _background(session: Session) -> Iterable[Iterable[str]]:
    """The words of each known topic, to tell rare ones from common ones."""
    query = select(Topic.label, Topic.keywords).order_by(Topic.last_seen.desc())
    for label, keywords in session.execute(query.limit(BACKGROUND_TOPICS)):
        yield wording.topic_terms(label, keywords)


def _propose(raised: _Raised, announced: _Announced, idf: Terms) -> _Proposal | None:
    """The pair's proposal, or None when it is not worth a person's time."""
    words = match(raised.terms, announced.terms, idf)
    if not rules.is_evidence(words.score, len(words.words)):
        return None
    topic, event = raised.topic, announced.event
    around = rules.Circumstances(
        first_seen=topic.first_seen,
        last_seen=topic.last_seen,
        starts_at=event.starts_at,
        unit_name=event.unit.short_name or event.unit.name,
        unit_words=tuple(word for word in announced.matters if word in raised.terms),
    )
    shown = wording.phrases(words.words, raised.text, announced.text)
    score, reasons = rules.suggestion_score(words.score, shown, around)
    return _Proposal(score, reasons) if score > 0 else None


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
