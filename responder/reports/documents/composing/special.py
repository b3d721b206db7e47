"""舆情专报 of one topic: facts, curve, channels, places, the views of all sides, answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy.orm import Session

from nlp import default_segmenter, normalise, tone
from responder.core.charts import ChartKind
from responder.core.errors import Invalid
from responder.core.times import chinese_date, local
from responder.intake.models import CHANNEL_LABELS
from responder.planning.briefing import reading
from responder.planning.briefing.answers import Answer
from responder.planning.briefing.questions import Heard, Question, ask
from responder.planning.briefing.reading import Standpoint
from responder.planning.reported import reports_in
from responder.reports.documents.composing import answering
from responder.reports.documents.composing import building as build
from responder.reports.documents.content import (
    Block,
    Content,
    Figure,
    Heading,
    Link,
    Paragraph,
    Run,
    Slot,
    Table,
)
from responder.reports.documents.rules import CURVE_DAYS, Request
from responder.topics import service as topics
from responder.topics.models import Topic
from responder.topics.rules import LEVEL_LABELS

SUMMARY_LIMIT = 200
SENTENCES = 3  # of each side
NAMED = 8  # messages named behind a sentence; the topic's page lists all
ANSWER_LENGTH = 200
READ_FOR_TONE = 400  # characters of a message: later ones rarely turn it
# Tone of a message, told by a program → what its side is called.
SIDES = (
    ("negative", "语气偏负面的留言"),
    ("neutral", "语气中性的留言"),
    ("positive", "语气偏正面的留言"),
)


def compose(session: Session, request: Request, at: Standpoint) -> Content:
    """The report on a topic, or on what it was merged into.

    :raises NotFound: no such topic.
    :raises Invalid: it was said to be none, or nothing is left of it.
    """
    topic = topics.get_living(session, request.topic_id or 0)
    if topic.dismissed or not topic.message_count:
        raise Invalid(
            "这个话题已判为不是话题，或已没有留言，不能写专报：请改选其他话题",
            {"topic_id": "请改选"},
        )
    name = build.hidden(topic.label, at, 80)
    blocks: list[Block] = [
        Heading(1, "摘要"),
        Slot(
            "summary",
            "摘要",
            SUMMARY_LIMIT,
            required=True,
            hint="写成一段，其中用一句话写明研判结论。",
        ),
        Heading(1, "基本情况"),
        _facts(topic, at),
        *_curves(session, topic, at),
        Heading(2, "渠道"),
        _channels(session, topic),
        *_places(session, topic, at),
        Heading(1, "各方观点"),
        *_views(session, topic, at),
        Heading(1, "已作回应"),
        *_answers(session, topic, at),
        Heading(1, "走势研判"),
        Slot("outlook", "走势研判", 1_000),
        Heading(1, "工作建议"),
        Slot("advice", "工作建议", 2_000),
    ]
    return Content(f"关于“{name}”的专报", build.as_of(at), build.numbered(blocks))


def _facts(topic: Topic, at: Standpoint) -> Paragraph:
    first, last = (local(one, at.zone).date() for one in (topic.first_seen, topic.last_seen))
    return build.paragraph(
        f"首条留言在{chinese_date(first)}，最近一条在{chinese_date(last)}，共有 "
        f"{topic.people_count} 人、",
        *build.count(topic.message_count, build.messages_page(topic=topic.id)),
        " 条留言。热度 ",
        Run(f"{topic.heat:.1f}", build.topic_page(topic.id)),
        f"（满分 100），级别为“{LEVEL_LABELS[topic.level]}”。{_tones(topic)}",
    )


def _tones(topic: Topic) -> str:
    total = sum(topic.tones.values())
    if not total:
        return ""
    shares = "、".join(
        f"{name} {topic.tones.get(code, 0)} 条（{build.share_of(topic.tones.get(code, 0), total)}）"
        for code, name in (("negative", "负面"), ("neutral", "中性"), ("positive", "正面"))
    )
    return f"语气由程序判断：{shares}。"


def _curves(session: Session, topic: Topic, at: Standpoint) -> list[Block]:
    last = reading.known_day(session, at)
    days = reading.days_of(last - timedelta(days=CURVE_DAYS - 1), last)
    spoken = reading.messages_by_day(session, [topic.id], days[0], last, at.zone)[topic.id]
    heats = reading.heat_by_day(session, [topic.id], days[0], last)[topic.id]
    names = tuple(f"{day.month}/{day.day}" for day in days)
    drawn: list[Block] = [
        Figure(
            ChartKind.DAYS,
            f"近 {CURVE_DAYS} 天每日留言",
            "留言（条）",
            names,
            (("留言", tuple(spoken[day] for day in days)),),
        )
    ]
    if heats:
        values = tuple(round(heats[day], 1) if day in heats else None for day in days)
        caption = f"近 {CURVE_DAYS} 天热度（满分 100，没有统计的日期不画）"
        drawn.append(Figure(ChartKind.LINES, caption, "热度", names, (("热度", values),)))
    return drawn


def _channels(session: Session, topic: Topic) -> Table:
    codes = {label: channel.value for channel, label in CHANNEL_LABELS.items()}
    counts = reading.by_channel(session, [topic.id])[topic.id]
    return _shares(
        "渠道",
        [
            (name, number, build.messages_page(topic=topic.id, channel=codes[name]))
            for name, number in counts
        ],
        topic,
    )


def _places(session: Session, topic: Topic, at: Standpoint) -> list[Block]:
    named = reading.by_place(session, [topic.id])[topic.id]
    if not named:
        return [Heading(2, "区县"), build.paragraph(f"{build.NO_DATA}：留言都没有写明区县。")]
    names = [name for name, _number in named]
    rows = [
        (
            build.hidden(name, at, 64),
            number,
            build.messages_page(topic=topic.id, district=name)
            if build.finds_alone(name, names)
            else None,
        )
        for name, number in named
    ]
    told: list[Block] = [Heading(2, "区县"), _shares("区县", rows, topic)]
    if len(named) == reading.PLACES:
        told.append(build.paragraph(f"只列留言最多的 {reading.PLACES} 处。"))
    return told


def _shares(label: str, counts: Sequence[tuple[str, int, Link | None]], topic: Topic) -> Table:
    rows = [
        (
            build.plain(name),
            build.count(number, to),
            build.plain(build.share_of(number, topic.message_count)),
        )
        for name, number, to in counts
    ]
    return build.table(label, ((label, 76), ("留言", 40, True), ("占比", 40, True)), rows)


def _views(session: Session, topic: Topic, at: Standpoint) -> list[Block]:
    heard = reading.heard(session, [topic.id], at.public)[topic.id]
    told: list[Block] = [
        build.paragraph(
            "以下均为留言原文，个人信息已隐去，由话务员记录的注明“来电记录”；"
            "括号内为说法相近的人数和留言编号。留言按程序判断的语气分列。"
        )
    ]
    sides: dict[str, list[Heard]] = {code: [] for code, _name in SIDES}
    for one in heard:
        sides[_side(one)].append(one)
    for code, name in SIDES:
        told.append(Heading(2, f"{name}（{len(sides[code])} 条）"))
        questions = ask(sides[code], SENTENCES)
        told += [_quoted(one) for one in questions]
        if not questions:
            told.append(build.paragraph("没有可引用的原话。"))
    reports = reports_in(session, [topic.id]).get(topic.id, 0)
    if reports:
        told.append(build.paragraph(f"另有举报 {reports} 条，内容不列入本报告。"))
    if len(heard) + reports < topic.message_count:
        told.append(
            build.paragraph(
                f"从 {topic.message_count - reports} 条留言中均匀取 {len(heard)} 条引用。"
            )
        )
    return told


def _side(heard: Heard) -> str:
    text = normalise(f"{heard.title}。{heard.body}"[:READ_FOR_TONE])
    return tone(text, default_segmenter()).label


def _quoted(question: Question) -> Paragraph:
    """The sentence, and each message that says so: the first is the one that is quoted."""
    named = question.message_ids[:NAMED]
    runs: list[str | Run] = [f"“{question.text}”（"]
    if question.recorded:
        runs.append("来电记录，")
    runs.append(f"{question.people} 人，留言 ")
    for place, number in enumerate(named):
        runs += [*(["、"] if place else []), Run(str(number), build.message_page(number))]
    if len(question.message_ids) > NAMED:
        runs.append(f" 等 {len(question.message_ids)} 条")
    return build.paragraph(*runs, "）")


def _answers(session: Session, topic: Topic, at: Standpoint) -> list[Block]:
    out, in_hand = answering.given(session, [topic.id], at.now)
    told: list[Block] = []
    for answer in out[topic.id]:
        told.append(_answer(answer, at))
        if text := build.hidden(answer.text, at, ANSWER_LENGTH):
            told.append(build.paragraph(text))
    if not told:
        told.append(build.paragraph("此前没有公开回应。"))
    told += [
        build.paragraph(
            "正在办理：",
            Run(build.hidden(one.title, at), answering.page_of(one)),
            f"（{one.unit}，{one.standing}），尚未公开。",
        )
        for one in in_hand[topic.id]
    ]
    return told


def _answer(answer: Answer, at: Standpoint) -> Paragraph:
    assert answer.at is not None
    day = chinese_date(local(answer.at, at.zone).date())
    number = f"，{answer.number}" if answer.number else ""
    return build.paragraph(
        Run(build.hidden(answer.title, at), answering.page_of(answer)),
        f"（{answer.unit}，{answer.standing}，{day}{number}）",
    )
