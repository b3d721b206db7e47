"""群众关切月度分析: volume against the month before, top topics, what rose, what was answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from responder.core.times import end_of_day, local
from responder.planning.briefing.answers import Answer
from responder.planning.briefing.reading import Standpoint
from responder.reports.documents.composing import answering, counting, volume
from responder.reports.documents.composing import building as build
from responder.reports.documents.composing.counting import Spoken
from responder.reports.documents.content import (
    Block,
    Content,
    Heading,
    Link,
    Run,
    Runs,
    Slot,
)
from responder.reports.documents.rules import Needs, Request, month_before, period_told
from responder.topics.heat_models import TopicDay
from responder.topics.models import Topic
from responder.topics.rules import LEVEL_LABELS

TOP = 10
MOVING = 5
FOLLOWED = 20  # topics of which it is told whether they were answered
LEAST = 2  # messages of a topic in the month: one voice is no topic
DEFINITIONS = (
    ("留言", "发生时间在本月的全部留言，含来电，不去重复"),
    ("分类", "经人工确认的分类；没有确认的不计入各类"),
    ("人数", "本月在该话题留言的不同的人，没有署名的各算一人"),
    ("热度、级别", f"本月最后一次统计的数值；最后 7 天没有统计的写“{build.NO_DATA}”"),
    ("升温、降温", "本月与上月留言之差，各列前 5 个话题"),
    ("负面语气", "该话题全部留言中由程序判为负面的比例，截至汇总时"),
    ("已回应", "回应关切条目已公开，或已举行的发布活动记有“会上回应”，以第一次为准"),
    ("用时", "从话题首条留言到第一次公开回应"),
)


@dataclass(frozen=True)
class _Month:
    """What both months said of topics; ids are those of topics that are listed.

    :param listed: what most was said of, first.
    :param up, down: what changed most against the month before.
    """

    period: Request
    period_before: Request
    now: Mapping[int, Spoken]
    before: Mapping[int, Spoken]
    listed: Sequence[int]
    up: Sequence[int]
    down: Sequence[int]
    topics: Mapping[int, Topic]
    points: Mapping[int, TopicDay]

    def page(self, topic_id: int, before: bool = False) -> Link:
        """The messages of a topic in this month, or in the one before."""
        of = self.period_before if before else self.period
        return build.messages_page(of.first, of.last, topic=topic_id)

    def by_volume(self, most: int) -> list[Topic]:
        return [self.topics[one] for one in self.listed[:most]]

    def of(self, topic_id: int) -> tuple[int, int]:
        """Messages of this month, and of the one before."""
        return (
            self.now.get(topic_id, _SILENT).messages,
            self.before.get(topic_id, _SILENT).messages,
        )


_SILENT = Spoken(0, 0)


def compose(session: Session, request: Request, at: Standpoint) -> Content:
    """What people were worried about in one month."""
    before = month_before(request)
    month = _read(session, request, before, at)
    blocks: list[Block] = [
        Heading(1, "总体情况"),
        volume.overall(session, request, before, at),
        *volume.unfinished(request, at),
        volume.curve(session, request, at),
        Heading(2, "按渠道"),
        volume.channels(session, request, before, at),
        Heading(2, "按区县"),
        volume.places(session, request, before, at),
        Heading(2, "按分类"),
        volume.categories(session, request, before, at),
        Heading(1, "主要话题"),
        *_top(month, at),
        Heading(1, "升温和降温"),
        *_moved(month, at),
        Heading(1, "回应情况"),
        *_answered(session, month, request, at),
        Heading(1, "综合研判"),
        Slot("judgement", "综合研判", 3_000, required=True),
        Heading(1, "工作建议"),
        Slot("advice", "工作建议", 3_000),
        Heading(1, "统计口径"),
        build.table(
            "统计口径",
            (("项目", 30), ("口径", 126)),
            [(build.plain(name), build.plain(meaning)) for name, meaning in DEFINITIONS],
        ),
    ]
    title = f"{period_told(Needs.MONTH, request.first, request.last)}群众关切分析"
    return Content(title, build.as_of(at), build.numbered(blocks))


def _read(session: Session, request: Request, before: Request, at: Standpoint) -> _Month:
    now, past = (counting.by_topic(session, one, at.zone) for one in (request, before))
    changes = {
        one: now.get(one, _SILENT).messages - past.get(one, _SILENT).messages
        for one in {*now, *past}
    }
    large = (one for one, said in now.items() if said.messages >= LEAST)
    listed = sorted(large, key=lambda one: (-now[one].messages, -now[one].people, one))[:FOLLOWED]
    rising = sorted(changes, key=lambda one: (-changes[one], one))
    up = [one for one in rising[:MOVING] if changes[one] > 0]
    falling = sorted(changes, key=lambda one: (changes[one], one))
    down = [one for one in falling[:MOVING] if changes[one] < 0]
    ids = {*listed, *up, *down}
    topics = counting.topics_of(session, ids)
    points = counting.last_points(session, ids, min(request.last, local(at.now, at.zone).date()))
    return _Month(request, before, now, past, listed, up, down, topics, points)


def _top(month: _Month, at: Standpoint) -> list[Block]:
    listed = month.by_volume(TOP)
    if not listed:
        return [build.paragraph(f"{build.NO_DATA}：本月没有两条以上留言的话题。")]
    columns = (
        ("序号", 12, True), ("话题", 52), ("本月留言", 20, True), ("本月人数", 20, True),
        ("热度", 16, True), ("级别", 16, True), ("负面语气", 20, True),
    )  # fmt: skip
    rows = [_topic_row(place, one, month, at) for place, one in enumerate(listed, 1)]
    return [build.table("主要话题", columns, rows, named_by=1)]


def _topic_row(place: int, topic: Topic, month: _Month, at: Standpoint) -> tuple[Runs, ...]:
    said, point = month.now[topic.id], month.points.get(topic.id)
    negative, tones = topic.tones.get("negative", 0), sum(topic.tones.values())
    return (
        build.plain(str(place)),
        _named(topic, at),
        build.count(said.messages, month.page(topic.id)),
        build.plain(str(said.people)),
        build.plain(f"{point.heat:.1f}" if point else build.NO_DATA),
        build.plain(LEVEL_LABELS[point.level] if point else build.NO_DATA),
        build.plain(build.share_of(negative, tones)),
    )


def _named(topic: Topic, at: Standpoint) -> Runs:
    return build.linked(build.hidden(topic.label, at), build.topic_page(topic.id))


def _moved(month: _Month, at: Standpoint) -> list[Block]:
    told: list[Block] = []
    for label, ids in (("升温较快", month.up), ("降温较快", month.down)):
        told.append(Heading(2, label))
        if not ids:
            told.append(build.paragraph("没有。"))
            continue
        columns = (("话题", 90), ("本月", 22, True), ("上月", 22, True), ("增减", 22, True))
        rows = []
        for one in ids:
            now, past = month.of(one)
            rows.append(
                (
                    _named(month.topics[one], at),
                    build.count(now, month.page(one)),
                    build.count(past, month.page(one, before=True)),
                    build.plain(build.change(now, past)),
                )
            )
        told.append(build.table(label, columns, rows))
    return told


def _answered(session: Session, month: _Month, request: Request, at: Standpoint) -> list[Block]:
    listed = month.by_volume(FOLLOWED)
    until = min(at.now, end_of_day(request.last, at.zone))
    out, in_hand = answering.given(session, [one.id for one in listed], until)
    done = [one for one in listed if out[one.id]]
    open_ = [one for one in listed if not out[one.id]]
    taken = [_taken(one, out[one.id][0]) for one in done]
    told: list[Block] = [
        build.paragraph(
            f"本月留言最多的 {len(listed)} 个话题中，已回应 {len(done)} 个，"
            f"尚未回应 {len(open_)} 个。",
            *([f"用时的中位数为 {build.span(_median(taken))}。"] if taken else []),
        ),
        Heading(2, "已回应"),
        *_table_of_answers(done, out, at),
        Heading(2, "尚未回应"),
        *_gaps(open_, month, in_hand, at),
    ]
    return told


def _taken(topic: Topic, answer: Answer) -> timedelta:
    at: datetime = answer.at or topic.first_seen
    return max(at - topic.first_seen, timedelta(0))


def _median(lengths: Sequence[timedelta]) -> timedelta:
    ordered = sorted(lengths)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle]) / 2


def _table_of_answers(
    done: Sequence[Topic], out: Mapping[int, list[Answer]], at: Standpoint
) -> list[Block]:
    if not done:
        return [build.paragraph("没有。")]
    columns = (
        ("话题", 44), ("第一次回应", 46), ("方式", 20, True), ("时间", 22, True), ("用时", 24, True)
    )  # fmt: skip
    rows = []
    for topic in done:
        answer = out[topic.id][0]
        assert answer.at is not None
        rows.append(
            (
                _named(topic, at),
                (Run(build.hidden(answer.title, at), answering.page_of(answer)),),
                build.plain(answer.standing),
                build.plain(build.short_day(answer.at, at.zone)),
                build.plain(build.span(_taken(topic, answer))),
            )
        )
    return [build.table("已回应的话题", columns, rows)]


def _gaps(
    open_: Sequence[Topic],
    month: _Month,
    in_hand: Mapping[int, list[Answer]],
    at: Standpoint,
) -> list[Block]:
    if not open_:
        return [build.paragraph("没有。")]
    columns = (("话题", 80), ("本月留言", 22, True), ("首条留言", 24, True), ("办理情况", 30))
    rows = [
        (
            _named(topic, at),
            build.count(month.now[topic.id].messages, month.page(topic.id)),
            build.plain(build.short_day(topic.first_seen, at.zone)),
            (
                (Run(in_hand[topic.id][0].standing, answering.page_of(in_hand[topic.id][0])),)
                if in_hand[topic.id]
                else build.plain("没有办理")
            ),
        )
        for topic in open_
    ]
    return [build.table("尚未回应的话题", columns, rows)]
