"""What became of a topic around the publication of its answer, and what the office made of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from nlp import default_segmenter, normalise, tone
from responder.core import audit
from responder.core.charts import ChartKind, Figures
from responder.core.errors import Forbidden, Invalid, Stale, WrongState
from responder.core.lifecycle import Attempt
from responder.core.permissions import Permission
from responder.core.times import local, start_of_day
from responder.intake.models import Message
from responder.planning.briefing import reading
from responder.planning.briefing import rules as weeks
from responder.planning.briefing.reading import Standpoint
from responder.publishing.after import rules
from responder.publishing.after.models import Effect, Evaluation
from responder.publishing.models import Entry
from responder.publishing.ratings.service import totals
from responder.publishing.service import entry_of
from responder.responses import rules as response_rules
from responder.responses.models import ItemState, ResponseItem
from responder.topics import service as topics
from responder.topics.models import Membership, Topic

TONES = {"neutral": "中性", "negative": "负面", "positive": "正面"}
CAPTIONS = {
    ChartKind.DAYS: "每日留言",
    ChartKind.LINES: "每日热度",
    ChartKind.KINDS: "前后的语气",
}
SIDES = {
    "before": f"发布前 {weeks.COMPARED_DAYS} 天",
    "after": f"发布后 {weeks.COMPARED_DAYS} 天",
}
# Messages of each side whose tone is read, evenly over its days.
TONE_READS = 300
LATEST_SHOWN = 5
LONGEST = 4_000


@dataclass(frozen=True)
class Aftermath:
    """A topic around the day on which its answer came out.

    :param again: messages since the day after; ``latest`` the ids of the newest of them.
    :param sampled: whether tone was read of some messages only.
    """

    topic: Topic
    day: date
    comparison: weeks.Comparison
    volume: Figures
    heat: Figures
    tone: Figures
    again: int
    people: int
    latest: tuple[int, ...]
    sampled: bool
    findings: tuple[rules.Finding, ...]

    @property
    def figures(self) -> dict[str, Any]:
        """To be kept with an evaluation: what was said, and the numbers behind it."""
        drawn = (self.volume, self.heat, self.tone)
        return {
            "day": self.day.isoformat(),
            "findings": [one.text for one in self.findings],
            "again": self.again,
            "people": self.people,
            "series": [
                {"caption": one.caption, "names": one.names, "series": dict(one.series)}
                for one in drawn
            ],
        }


def aftermath(session: Session, entry: Entry, at: Standpoint) -> Aftermath | None:
    """The figures around an entry's publication; None where it answers no topic."""
    if entry.item.topic_id is None:
        return None
    topic = topics.get_living(session, entry.item.topic_id)
    day = local(entry.published_at, at.zone).date()
    first, last = day - _days(weeks.SHOWN_DAYS), day + _days(weeks.SHOWN_DAYS)
    known = reading.known_day(session, at)
    spoken = reading.messages_by_day(session, [topic.id], first, last, at.zone)[topic.id]
    heats = reading.heat_by_day(session, [topic.id], first, last)[topic.id]
    shown = reading.days_of(first, min(last, known))
    comparison = weeks.compare(day, known - _days(1), spoken, heats)
    compared = _days(weeks.COMPARED_DAYS)
    before, some = _tones(session, topic, day - compared, day, at)
    after, others = _tones(session, topic, day + _days(1), day + compared + _days(1), at)
    again, people, latest = _since(session, topic, day + _days(1), at)
    return Aftermath(
        topic,
        day,
        comparison,
        _volume(shown, day, spoken),
        _heat(shown, heats),
        _tone(before, after),
        again,
        people,
        latest,
        some or others,
        tuple(rules.findings(comparison, before, after, people)),
    )


def _days(count: int) -> timedelta:
    return timedelta(days=count)


def _volume(shown: Sequence[date], day: date, spoken: Counter[date]) -> Figures:
    before = tuple(float(spoken[one]) if one < day else 0 for one in shown)
    after = tuple(float(spoken[one]) if one >= day else 0 for one in shown)
    series = (("发布前", before), ("发布当天及以后", after))
    return Figures(ChartKind.DAYS, CAPTIONS[ChartKind.DAYS], "留言（条）", _names(shown), series)


def _heat(shown: Sequence[date], heats: dict[date, float]) -> Figures:
    series = (("热度", tuple(heats.get(one) for one in shown)),)
    return Figures(ChartKind.LINES, CAPTIONS[ChartKind.LINES], "热度", _names(shown), series)


def _tone(before: Counter[str], after: Counter[str]) -> Figures:
    series = tuple(
        (label, (float(before[code]), float(after[code]))) for code, label in TONES.items()
    )
    return Figures(
        ChartKind.KINDS, CAPTIONS[ChartKind.KINDS], "留言（条）", tuple(SIDES.values()), series
    )


def _names(days: Sequence[date]) -> tuple[str, ...]:
    return tuple(one.strftime("%m-%d") for one in days)


def _tones(
    session: Session, topic: Topic, first: date, past: date, at: Standpoint
) -> tuple[Counter[str], bool]:
    """Tone → messages from ``first`` up to, not including, ``past``; whether some were left out."""
    query = (
        select(Message.id)
        .join(Membership, Membership.message_id == Message.id)
        .where(
            Membership.topic_id == topic.id,
            Message.occurred_at >= start_of_day(first, at.zone),
            Message.occurred_at < start_of_day(past, at.zone),
        )
        .order_by(Message.occurred_at, Message.id)
    )
    ids = list(session.scalars(query))
    step = max(1, -(-len(ids) // TONE_READS))
    texts = select(Message.title, Message.body).where(Message.id.in_(ids[::step]))
    segmenter = default_segmenter()
    read = (
        tone(normalise(f"{title}。{body}"), segmenter) for title, body in session.execute(texts)
    )
    return Counter(one.label for one in read), step > 1


def _since(
    session: Session, topic: Topic, first: date, at: Standpoint
) -> tuple[int, int, tuple[int, ...]]:
    """Messages and people of a topic from a day on, and the newest of the messages."""
    came = (Membership.topic_id == topic.id, Message.occurred_at >= start_of_day(first, at.zone))
    join = Membership.message_id == Message.id
    count = select(func.count(), func.count(func.distinct(Message.author_key)))
    messages, people = session.execute(
        count.select_from(Message).join(Membership, join).where(*came)
    ).one()
    newest = select(Message.id).join(Membership, join).where(*came)
    newest = newest.order_by(Message.occurred_at.desc(), Message.id.desc()).limit(LATEST_SHOWN)
    return messages, people, tuple(session.scalars(newest))


def evaluations_of(session: Session, item_id: int) -> list[Evaluation]:
    """What was made of an item's effect, the last first."""
    query = select(Evaluation).where(Evaluation.item_id == item_id)
    return list(session.scalars(query.order_by(Evaluation.number.desc())))


def evaluate(
    session: Session,
    item: ResponseItem,
    attempt: Attempt,
    at: Standpoint,
    *,
    effect: Effect,
    asked_again: bool,
    findings: str,
    lessons: str,
    seen: int,
) -> Evaluation:
    """Keep an evaluation, with the figures that stood beside it.

    :param seen: the number of the last evaluation that the person had before them; 0 for none.
    :raises Forbidden: the person may not evaluate.
    :raises WrongState: the answer is not out yet, or the item is in the archive.
    :raises Invalid: nothing is said, or too much.
    :raises Stale: a colleague has evaluated it meanwhile.
    """
    if not attempt.actor.may(Permission.RESPONSE_JUDGE):
        raise Forbidden("您没有填写效果评估的权限，请联系研判员或新闻办")
    if item.state is not ItemState.PUBLISHED:
        raise WrongState("只有已发布、尚未归档的事项可以评估")
    last = evaluations_of(session, item.id)
    number = last[0].number if last else 0
    if number != seen:
        raise Stale("您打开页面之后，同事已填写过评估：请看过后再保存")
    evaluation = Evaluation(
        item_id=item.id,
        number=number + 1,
        effect=effect,
        asked_again=asked_again,
        findings=_text("findings", findings, "请写明效果如何、有何依据"),
        lessons=_text("lessons", lessons),
        figures=_figures(session, item, at),
        evaluated_by_id=attempt.actor.id,
        evaluated_by_name=attempt.actor.name,
        evaluated_at=attempt.now,
    )
    session.add(evaluation)
    told = {"version": [number or None, evaluation.number]}
    audit.record(session, "evaluate", item, told, "", attempt.actor)
    return evaluation


def _figures(session: Session, item: ResponseItem, at: Standpoint) -> dict[str, Any]:
    entry = entry_of(session, item.id)
    assert entry is not None, "a published item has its entry"
    around = aftermath(session, entry, at)
    ratings = {verdict.value: count for verdict, count in totals(session, entry.id).items()}
    return {"around": around.figures if around else None, "ratings": ratings}


def _text(field: str, text: str, sentence: str = "") -> str:
    kept = response_rules.clean(text)
    if sentence and not kept:
        raise Invalid(sentence, {field: "必填"})
    if len(kept) > LONGEST:
        raise Invalid(f"最多 {LONGEST} 字：请精简", {field: "太长"})
    return kept
