"""The volume of one month beside that of the month before: by day, channel, place, category."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from responder.core.charts import ChartKind
from responder.core.times import end_of_day
from responder.intake.models import CHANNEL_LABELS, Message
from responder.planning.briefing.reading import Standpoint, days_of
from responder.reports.documents.composing import building as build
from responder.reports.documents.composing import counting
from responder.reports.documents.content import Figure, Link, Paragraph, Table
from responder.reports.documents.rules import Request

PLACES = 10

By = dict[str, str | int | None]
"""What restricts the list of messages to those that a row counts."""
Row = tuple[str, int, int, By | None]
"""Name, this month, the month before; None: no list has just these."""


def overall(session: Session, request: Request, before: Request, at: Standpoint) -> Paragraph:
    now, past = (counting.total(session, one, at.zone) for one in (request, before))
    return build.paragraph(
        "本月共有留言 ",
        *build.count(now, build.messages_page(request.first, request.last)),
        " 条，上月 ",
        *build.count(past, build.messages_page(before.first, before.last)),
        f" 条，增减 {build.change(now, past)} 条（{_rate(now, past)}）。",
    )


def unfinished(request: Request, at: Standpoint) -> list[Paragraph]:
    """A month that goes on is not to be read as one that is over."""
    if at.now > end_of_day(request.last, at.zone):
        return []
    return [build.paragraph("本月尚未结束：本月为截至汇总时的数字，上月为全月。")]


def _rate(now: int, before: int) -> str:
    return build.NO_DATA if not before else f"{(now - before) / before * 100:+.1f}%"


def curve(session: Session, request: Request, at: Standpoint) -> Figure:
    counts = counting.by_day(session, request, at.zone)
    days = days_of(request.first, request.last)
    names = tuple(f"{day.month}/{day.day}" for day in days)
    numbers = tuple(counts[day] for day in days)
    return Figure(ChartKind.DAYS, "本月每日留言", "留言（条）", names, (("留言", numbers),))


def _compared(
    label: str,
    heading: str,
    rows: Sequence[Row],
    request: Request,
    before: Request,
) -> Table:
    """:param rows: name, this month, the month before, what restricts the list of messages."""
    columns = (
        (heading, 56), ("本月", 25, True), ("上月", 25, True), ("增减", 25, True),
        ("增减率", 25, True),
    )  # fmt: skip

    def page(period: Request, by: By | None) -> Link | None:
        return None if by is None else build.messages_page(period.first, period.last, **by)

    return build.table(
        label,
        columns,
        [
            (
                build.plain(name),
                build.count(now, page(request, by)),
                build.count(past, page(before, by)),
                build.plain(build.change(now, past)),
                build.plain(_rate(now, past)),
            )
            for name, now, past, by in rows
        ],
    )


def _both(
    session: Session, column: Any, request: Request, before: Request, at: Standpoint
) -> tuple[Counter[Any], Counter[Any]]:
    now, past = (counting.by_column(session, column, one, at.zone) for one in (request, before))
    return now, past


def channels(session: Session, request: Request, before: Request, at: Standpoint) -> Table:
    now, past = _both(session, Message.channel, request, before, at)
    rows: list[Row] = [
        (label, now[channel], past[channel], {"channel": channel.value})
        for channel, label in CHANNEL_LABELS.items()
    ]
    return _compared("按渠道", "渠道", rows, request, before)


def places(session: Session, request: Request, before: Request, at: Standpoint) -> Table:
    now, past = _both(session, Message.district, request, before, at)
    named = sorted({*now, *past} - {""}, key=lambda one: (-now[one], -past[one], one))
    rows: list[Row] = []
    for name in named[:PLACES]:
        by: By | None = {"district": name} if build.finds_alone(name, named) else None
        rows.append((build.hidden(name, at, 64), now[name], past[name], by))
    if rest := named[PLACES:]:
        sums = sum(now[one] for one in rest), sum(past[one] for one in rest)
        rows.append((f"其他 {len(rest)} 处", *sums, None))
    rows.append(("没有写明区县", now[""], past[""], None))
    return _compared("按区县", "区县", rows, request, before)


def categories(session: Session, request: Request, before: Request, at: Standpoint) -> Table:
    now, past = (counting.by_category(session, one, at.zone) for one in (request, before))
    told = {branch.id: branch for branch in counting.branches(session, past)}
    # What counts in neither month is not listed; what counts in one has its place.
    both = Counter({one: now[one] for one in {*now, *past}})
    rows: list[Row] = []
    for branch in counting.branches(session, both):
        was = told[branch.id].whole if branch.id in told else 0
        rows.append((branch.name, branch.whole, was, {"category": branch.id}))
        rows += [
            (f"　{name}", number, past[category_id], {"category": category_id})
            for category_id, name, number in branch.children
        ]
    unsaid = [
        counting.total(session, period, at.zone) - counts.total()
        for period, counts in ((request, now), (before, past))
    ]
    rows.append(("没有确认分类", unsaid[0], unsaid[1], None))
    return _compared("按分类", "分类", rows, request, before)
