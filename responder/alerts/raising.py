"""After a refresh: hold each rule against the topics, and raise what is new."""

from __future__ import annotations

import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from nlp import normalise
from responder.alerts import rules
from responder.alerts.models import Alert, AlertRule, Kind
from responder.alerts.rules import RECENT, Crossing, Raised, TopicFacts
from responder.core.times import local, start_of_day
from responder.intake.models import Message
from responder.topics import heat_settings
from responder.topics import service as topics
from responder.topics.heat import PACES
from responder.topics.heat_models import TopicDay
from responder.topics.models import (
    CorrectionKind,
    EventKind,
    Membership,
    Topic,
    TopicCorrection,
    TopicEvent,
    TopicRefresh,
)

Words = Mapping[int, Counter[str]]  # topic id → word → number of recent messages with it
FAST = frozenset(pace.name for pace in PACES)
MOVING = (CorrectionKind.MERGE, CorrectionKind.SPLIT, CorrectionKind.MOVE)


@dataclass(frozen=True)
class Look:
    """The topics of which somebody spoke within a week, as one refresh left them.

    :param day: the local day of ``as_of``.
    """

    as_of: datetime
    day: str
    topics: Mapping[int, TopicFacts]
    thresholds: tuple[int, int, int]
    raised: Mapping[tuple[int, int], list[Raised]] = field(default_factory=dict)


def raise_alerts(session: Session, now: datetime, zone: ZoneInfo) -> int:
    """Raise what the rules that have not looked at the last refresh find in it.

    Asking twice raises nothing twice, nor does asking at the same moment: the database
    keeps one alert for each crossing.

    :return: how many alerts were raised.
    """
    last = topics.last_refresh(session)
    if last is None:
        return 0
    due = AlertRule.active.is_(True) & (AlertRule.checked_refresh_id != last.id)
    waiting = list(session.scalars(select(AlertRule).where(due).order_by(AlertRule.id)))
    if not waiting:
        return 0
    look = _look(session, last, zone)
    count = 0
    for rule in waiting:
        delivered_at = rules.delivered_at(now, rule.quiet_from, rule.quiet_to, zone)
        for topic_id, crossing in _crossings(session, rule, look):
            alert = Alert(
                rule_id=rule.id,
                topic_id=topic_id,
                crossing=crossing.key,
                raised_at=now,
                delivered_at=delivered_at,
                facts={**crossing.facts, "rule": rule.name, "as_of": look.as_of.isoformat()},
            )
            count += _keep(session, alert)
    looked = [rule.id for rule in waiting]
    session.execute(
        update(AlertRule).where(AlertRule.id.in_(looked)).values(checked_refresh_id=last.id)
    )
    return count


def _keep(session: Session, alert: Alert) -> bool:
    """Store an alert unless somebody else has stored the same crossing meanwhile."""
    try:
        with session.begin_nested():
            session.add(alert)
    except IntegrityError:
        return False
    return True


def _look(session: Session, last: TopicRefresh, zone: ZoneInfo) -> Look:
    day = local(last.as_of, zone).date()
    before = _heat_of(session, day - timedelta(days=1), zone)
    rows = session.scalars(
        select(Topic).where(
            Topic.heat > 0,
            Topic.last_seen > last.as_of - RECENT,
            topics.is_shown(),
        )
    )
    facts = {topic.id: _facts(topic, before.get(topic.id)) for topic in rows}
    return Look(
        last.as_of,
        day.isoformat(),
        facts,
        heat_settings.current(session).levels,
        _raised(session, last.as_of),
    )


def _heat_of(session: Session, day: date, zone: ZoneInfo) -> dict[int, float]:
    """Topic → its heat of a day, of those that can be compared with it.

    Not those that are made of other messages since: its heat does not rise when a topic
    takes in another one, or when a person moves messages.
    """
    points = select(TopicDay.topic_id, TopicDay.heat).where(TopicDay.day == day)
    heat: dict[int, float] = dict(session.execute(points).all())
    run = session.scalar(
        select(TopicRefresh)
        .where(
            TopicRefresh.as_of >= start_of_day(day, zone),
            TopicRefresh.as_of < start_of_day(day + timedelta(days=1), zone),
        )
        .order_by(TopicRefresh.id.desc())
        .limit(1)
    )
    if run is None:
        return {}
    merges = select(TopicEvent.topic_id, TopicEvent.other_id).where(
        TopicEvent.kind == EventKind.MERGED,
        TopicEvent.correction_id.is_(None),
        TopicEvent.at > run.as_of,
    )
    grown = {kept for kept, other in session.execute(merges) if other in heat}
    now = topics.survivors(session, grown | _corrected_since(session, run.ran_at))
    remade = {*now, *now.values()}
    return {topic_id: was for topic_id, was in heat.items() if topic_id not in remade}


def _corrected_since(session: Session, moment: datetime) -> set[int]:
    """Topics into or out of which a person has moved messages, or has moved them back."""
    query = select(TopicCorrection.topic_id, TopicCorrection.other_id).where(
        TopicCorrection.kind.in_(MOVING),
        or_(TopicCorrection.made_at >= moment, TopicCorrection.undone_at >= moment),
    )
    return {side for pair in session.execute(query) for side in pair if side}


def _facts(topic: Topic, heat_before: float | None) -> TopicFacts:
    fast = [part for part in topic.heat_parts if part["name"] in FAST]
    return TopicFacts(
        people=topic.people_count,
        messages=topic.message_count,
        first_seen=topic.first_seen,
        heat=topic.heat,
        level=topic.level,
        speed_points=round(sum(part["points"] for part in fast), 1),
        heat_before=heat_before,
        speed_evidence=max(fast, key=lambda part: part["points"])["evidence"] if fast else "",
    )


def _raised(session: Session, as_of: datetime) -> dict[tuple[int, int], list[Raised]]:
    """(rule, topic) → what was raised before for a topic that is looked at.

    What was raised for a topic that was merged away counts for its survivor.
    """
    raised: dict[tuple[int, int], list[Raised]] = defaultdict(list)
    is_gone = Topic.merged_into_id.is_not(None)
    query = (
        select(Alert.rule_id, Alert.topic_id, Alert.facts)
        .join(Alert.topic)
        .where(or_(Topic.last_seen > as_of - RECENT, is_gone))
        .order_by(Alert.id)
    )
    gone = session.scalars(select(Alert.topic_id).join(Alert.topic).where(is_gone).distinct())
    now = topics.survivors(session, gone)
    for rule_id, topic_id, facts in session.execute(query):
        at = datetime.fromisoformat(facts["as_of"])
        raised[rule_id, now.get(topic_id, topic_id)].append(Raised(at, facts))
    return raised


def _crossings(session: Session, rule: AlertRule, look: Look) -> Iterable[tuple[int, Crossing]]:
    """(topic, crossing) for each topic that crosses the rule's line."""
    words = _mentions(session, rule, look) if rule.kind is Kind.KEYWORD else {}
    for topic_id, facts in look.topics.items():
        before = look.raised.get((rule.id, topic_id), [])
        crossing = _crossing(rule, facts, look, before, words.get(topic_id, Counter()))
        if crossing is not None:
            yield topic_id, crossing


def _crossing(
    rule: AlertRule, topic: TopicFacts, look: Look, before: list[Raised], words: Counter[str]
) -> Crossing | None:
    match rule.kind:
        case Kind.NEW:
            return rules.crosses_new(rule, topic, look.as_of, before)
        case Kind.RISING:
            return rules.crosses_rising(rule, topic, look.as_of, before, look.day)
        case Kind.LEVEL:
            return rules.crosses_level(rule, topic, before, look.thresholds)
        case Kind.KEYWORD:
            return rules.crosses_keyword(topic, words, before)


def _mentions(session: Session, rule: AlertRule, look: Look) -> Words:
    """In how many of each topic's messages of the last week each word of the rule stands.

    Both are brought into one script and one width first.
    """
    forms = {word: normalise(word) for word in rules.words_in(rule.words)}
    query = (
        select(Membership.topic_id, Message.title, Message.body)
        .join(Message, Message.id == Membership.message_id)
        .where(Message.occurred_at > look.as_of - RECENT, Message.occurred_at <= look.as_of)
    )
    found: dict[int, Counter[str]] = defaultdict(Counter)
    for topic_id, title, body in session.execute(query):
        if topic_id in look.topics:
            text = normalise(f"{title}\n{body}")
            found[topic_id].update(word for word, form in forms.items() if form in text)
    return found


def seed_rules(session: Session) -> int:
    """Store each shipped rule that the office does not have yet; edited ones stay."""
    known = set(session.scalars(select(AlertRule.code)))
    text = files("responder").joinpath("data/alert_rules.toml").read_text(encoding="utf-8")
    shipped: list[dict[str, Any]] = tomllib.loads(text)["rule"]
    missing = [row for row in shipped if row["code"] not in known]
    session.add_all(AlertRule(**{**row, "kind": Kind(row["kind"])}) for row in missing)
    session.flush()
    return len(missing)
