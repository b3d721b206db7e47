"""The briefing pack of an event: everything that it says, as values, masked.

Nothing here is worded by a machine: what citizens say stands in their own sentences, what
the office says in its own; the rest are figures.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from responder.core.charts import ChartKind, Figures
from responder.core.privacy import mask
from responder.core.times import chinese_date, chinese_moment, local
from responder.core.work_calendar import load_calendar
from responder.planning.briefing import reading, rules
from responder.planning.briefing.answers import STANDINGS, Answer, answers
from responder.planning.briefing.questions import Question, ask
from responder.planning.briefing.reading import Standpoint
from responder.planning.events.lifecycle import TOOK_PLACE
from responder.planning.events.models import REPLY_LABELS, MediaInvitation, PreparationTask, Reply
from responder.planning.events.rescheduling import provisional
from responder.planning.models import EventState, LinkState, PressEvent, TopicEventLink
from responder.planning.reported import reports_in
from responder.topics import service as topics
from responder.topics.models import Topic
from responder.topics.rules import FULL, LEVEL_LABELS

CURVE_DAYS = 30
CHARTED = 5  # topics in one chart; more lines are a thicket
NAME_LENGTH = 14  # characters of a topic in a legend
TONE_LABELS = {"negative": "负面", "neutral": "中性", "positive": "正面"}
FACT_LABELS = {
    "theme": "发布主题",
    "form": "发布形式",
    "when": "发布时间",
    "place": "发布地点",
    "unit": "发布单位",
    "speaker": "发布人",
    "host": "主持人",
}
CAPTIONS = {
    ChartKind.DAYS: f"近 {CURVE_DAYS} 天每日留言",
    ChartKind.LINES: f"近 {CURVE_DAYS} 天热度",
    ChartKind.KINDS: "留言的渠道分布",
}
AXES = {ChartKind.DAYS: "留言（条）", ChartKind.LINES: "热度", ChartKind.KINDS: "留言（条）"}

Counts = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class TopicPart:
    """What a pack says of one topic.

    :param statement: paragraphs of what the office says on it.
    :param read: messages whose sentences were looked at, of all ``messages``.
    :param reports: those of ``messages`` that are reports (举报), of which nothing is told.
    """

    topic_id: int
    label: str
    statement: tuple[str, ...]
    messages: int
    people: int
    first_seen: date
    last_seen: date
    heat: float
    level: str
    channels: Counts
    places: Counts
    tones: Counts
    questions: tuple[Question, ...]
    read: int
    reports: int
    answers: tuple[Answer, ...]

    @property
    def given(self) -> tuple[Answer, ...]:
        """What is out."""
        return tuple(one for one in self.answers if one.is_out)

    @property
    def in_hand(self) -> tuple[Answer, ...]:
        """What is being written: nothing of it may be said yet."""
        return tuple(one for one in self.answers if not one.is_out)


@dataclass(frozen=True)
class Task:
    """A line of the checklist. ``provisional``: its day rests on holidays not announced yet."""

    name: str
    due_on: date | None
    responsible: str
    done: bool
    provisional: bool = False


@dataclass(frozen=True)
class Pack:
    """The briefing pack.

    :param facts: (name, value) of the event, in order.
    :param charts: volume, heat, channels.
    :param media: (reply, outlets asked that gave it).
    """

    event_id: int
    theme: str
    form: str
    made_on: date
    facts: tuple[tuple[str, str], ...]
    wording: tuple[str, ...]
    summary: tuple[str, ...]
    topics: tuple[TopicPart, ...]
    charts: tuple[Figures, Figures, Figures]
    tasks: tuple[Task, ...]
    media: Counts


def prepare(session: Session, event: PressEvent, at: Standpoint) -> Pack:
    """The pack of an event as things stand.

    :param event: with its links and unit.
    """
    statements = _statements(session, event)
    found = _linked(session, statements)
    ids = [topic.id for topic in found]
    parts = _parts(session, found, statements, event, at)
    labels = {part.topic_id: part.label for part in parts}
    return Pack(
        event_id=event.id,
        theme=_hidden(event.theme, at),
        form=event.form_label,
        made_on=local(at.now, at.zone).date(),
        facts=_facts(event, at),
        wording=rules.paragraphs(mask(event.wording, at.public)),
        summary=rules.paragraphs(mask(event.summary, at.public)),
        topics=parts,
        charts=_charts(session, labels, {p.topic_id: p.channels for p in parts}, ids, at),
        tasks=_tasks(session, event, at),
        media=_media(session, event),
    )


def confirmed(event: PressEvent) -> list[TopicEventLink]:
    """The links that a person has confirmed."""
    return [link for link in event.links if link.state is LinkState.CONFIRMED]


def _statements(session: Session, event: PressEvent) -> dict[int, str]:
    """Living topic's id → what is said on it; two that became one have all of their texts."""
    links = confirmed(event)
    living = topics.survivors(session, [link.topic_id for link in links])
    found: dict[int, dict[str, None]] = {living[link.topic_id]: {} for link in links}
    for link in links:
        found[living[link.topic_id]][link.statement] = None
    return {topic_id: "\n".join(texts) for topic_id, texts in found.items()}


def _linked(session: Session, topic_ids: Iterable[int]) -> list[Topic]:
    query = select(Topic).where(Topic.id.in_(list(topic_ids)), Topic.dismissed.is_(False))
    return list(session.scalars(query.order_by(Topic.heat.desc(), Topic.id)))


def _facts(event: PressEvent, at: Standpoint) -> tuple[tuple[str, str], ...]:
    starts = local(event.starts_at, at.zone)
    when = chinese_date(starts.date()) if event.all_day else chinese_moment(starts, at.zone)
    if event.ends_at and not event.all_day:
        ends = local(event.ends_at, at.zone)
        same = ends.date() == starts.date()
        when += f" 至 {ends:%H:%M}" if same else f" 至 {chinese_moment(ends, at.zone)}"
    values = {
        "theme": _hidden(event.theme, at),
        "form": event.form_label,
        "when": when + ("（待定）" if event.state is EventState.POSTPONED else ""),
        "place": rules.excerpt(event.place, 200),
        "unit": event.unit.name,
        "speaker": rules.excerpt(event.speaker, 64),
        "host": rules.excerpt(event.host, 64),
    }
    return tuple((label, values[name]) for name, label in FACT_LABELS.items())


def _parts(
    session: Session,
    found: list[Topic],
    statements: Mapping[int, str],
    event: PressEvent,
    at: Standpoint,
) -> tuple[TopicPart, ...]:
    ids = [topic.id for topic in found]
    heard, reports = reading.heard(session, ids, at.public), reports_in(session, ids)
    channels, places = reading.by_channel(session, ids), reading.by_place(session, ids)
    answered = answers(session, ids)
    earlier = said_at_events(session, ids, but=event.id)
    return tuple(
        TopicPart(
            topic_id=topic.id,
            label=_hidden(topic.label, at),
            statement=rules.paragraphs(mask(statements[topic.id], at.public)),
            messages=topic.message_count,
            people=topic.people_count,
            first_seen=local(topic.first_seen, at.zone).date(),
            last_seen=local(topic.last_seen, at.zone).date(),
            heat=topic.heat,
            level=LEVEL_LABELS[topic.level],
            channels=tuple(channels[topic.id]),
            places=tuple(places[topic.id]),
            tones=tuple(
                (n, topic.tones[key]) for key, n in TONE_LABELS.items() if topic.tones.get(key)
            ),
            questions=tuple(ask(heard[topic.id])),
            read=len(heard[topic.id]),
            reports=reports.get(topic.id, 0),
            answers=tuple(_masked(one, at) for one in [*answered[topic.id], *earlier[topic.id]]),
        )
        for topic in found
    )


def said_at_events(
    session: Session, topic_ids: list[int], but: int | None = None
) -> dict[int, list[Answer]]:
    """What events that took place said on these topics, the newest first.

    :param but: the event that is left out.
    """
    whose = topics.absorbed(session, topic_ids)
    query = (
        select(TopicEventLink)
        .join(TopicEventLink.event)
        .where(
            TopicEventLink.topic_id.in_(whose),
            TopicEventLink.state == LinkState.CONFIRMED,
            TopicEventLink.event_id != (but or 0),
            TopicEventLink.statement != "",
            PressEvent.state.in_(TOOK_PLACE),
        )
        .order_by(PressEvent.starts_at.desc(), PressEvent.id)
        .options(joinedload(TopicEventLink.event).joinedload(PressEvent.unit))
    )
    found: dict[int, list[Answer]] = {topic_id: [] for topic_id in topic_ids}
    for link in session.scalars(query):
        held = link.event
        found[whose[link.topic_id]].append(
            Answer(
                whose[link.topic_id],
                held.theme,
                link.statement,
                held.unit.name,
                STANDINGS["said"],
                held.starts_at,
                page=("planning.show_event", {"event_id": held.id}),
            )
        )
    return found


def _masked(answer: Answer, at: Standpoint) -> Answer:
    return Answer(
        answer.topic_id,
        _hidden(answer.title, at),
        rules.clean(mask(answer.text, at.public)) if answer.is_out else "",
        answer.unit,
        answer.standing,
        answer.at and local(answer.at, at.zone),
        answer.number,
        "" if answer.is_out else rules.clean(mask(answer.wording, at.public)),
        answer.page,
    )


def _charts(
    session: Session,
    labels: Mapping[int, str],
    channels: Mapping[int, Counts],
    ids: list[int],
    at: Standpoint,
) -> tuple[Figures, Figures, Figures]:
    shown, last = ids[:CHARTED], reading.known_day(session, at)
    days = reading.days_of(last - timedelta(days=CURVE_DAYS - 1), last)
    spoken = reading.messages_by_day(session, shown, days[0], last, at.zone)
    heats = reading.heat_by_day(session, shown, days[0], last)
    names = tuple(f"{day.month}/{day.day}" for day in days)
    legend = {
        one: f"{number}. {rules.excerpt(labels[one], NAME_LENGTH)}"
        for number, one in enumerate(shown, 1)
    }
    kinds = tuple(dict.fromkeys(name for one in shown for name, _ in channels[one]))
    counts = {one: dict(channels[one]) for one in shown}
    volume = ((legend[one], tuple(spoken[one][day] for day in days)) for one in shown)
    heat = ((legend[one], tuple(_rounded(heats[one].get(day)) for day in days)) for one in shown)
    spread = ((legend[one], tuple(counts[one].get(kind, 0) for kind in kinds)) for one in shown)
    return (
        _figures(ChartKind.DAYS, names, volume),
        _figures(ChartKind.LINES, names, heat),
        _figures(ChartKind.KINDS, kinds, spread),
    )


def _figures(
    kind: ChartKind, names: tuple[str, ...], series: Iterable[tuple[str, tuple[float | None, ...]]]
) -> Figures:
    top = FULL if kind is ChartKind.LINES else None
    return Figures(kind, CAPTIONS[kind], AXES[kind], names, tuple(series), top=top)


def _rounded(heat: float | None) -> float | None:
    return None if heat is None else round(heat, 1)


def _tasks(session: Session, event: PressEvent, at: Standpoint) -> tuple[Task, ...]:
    query = (
        select(PreparationTask)
        .where(PreparationTask.event_id == event.id)
        .order_by(PreparationTask.position, PreparationTask.id)
    )
    tasks = session.scalars(query).all()
    unsure = provisional(tasks, load_calendar(session), at.zone)
    return tuple(
        Task(
            _hidden(one.name, at), one.due_on, one.responsible, one.done_at is not None,
            one.id in unsure,
        )
        for one in tasks
    )  # fmt: skip


def _media(session: Session, event: PressEvent) -> Counts:
    query = (
        select(MediaInvitation.reply, func.count())
        .where(MediaInvitation.event_id == event.id)
        .group_by(MediaInvitation.reply)
    )
    counts: dict[Reply, int] = dict(session.execute(query).all())
    return tuple((label, counts[reply]) for reply, label in REPLY_LABELS.items() if reply in counts)


def _hidden(text: str, at: Standpoint) -> str:
    return " ".join(rules.clean(mask(text, at.public)).split())
