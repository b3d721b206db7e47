"""热线月报: how the orders of a month went, by unit, and which categories they were of.

Counted by ``orders.service.monthly`` alone, so that this table and that page cannot disagree.
"""

from __future__ import annotations

from collections import Counter

from sqlalchemy.orm import Session

from responder.accounts.models import Unit
from responder.core.charts import ChartKind
from responder.orders import service as orders
from responder.orders.rules import Figures, share
from responder.planning.briefing.reading import Standpoint
from responder.reports.documents.composing import building as build
from responder.reports.documents.composing.counting import Branch, branches
from responder.reports.documents.content import (
    Block,
    Content,
    Figure,
    Heading,
    Link,
    Runs,
    Slot,
    Table,
    link,
)
from responder.reports.documents.rules import Needs, Request, period_told

TOTAL = "合计"
# What each figure counts: shown below the table, and kept to by ``orders.service.monthly``.
DEFINITIONS = (
    ("派遣总数", "派单时间在本月、有主办单位、没有并入他单的工单，按主办单位归类"),
    ("按时办结", "其中现在已办结或归档，且答复没有超过办理时限的（扣除挂起，计入批准的延期）"),
    ("超时办结", "其中现在已办结或归档，但答复超过办理时限的"),
    ("未办结", "派遣总数减去按时办结和超时办结"),
    ("结案率", "（按时办结＋超时办结）÷派遣总数"),
    ("按时结案率", "按时办结÷派遣总数"),
    ("不满意数", "其中最后一次回访结果为不满意的"),
    ("不满意率", "不满意数÷有回访意见的工单（未联系上的不计）"),
)
_COLUMNS = (
    ("承办单位", 28), ("派遣总数", 16, True), ("按时办结", 16, True), ("超时办结", 16, True),
    ("未办结", 16, True), ("结案率", 16, True), ("按时结案率", 16, True), ("不满意数", 16, True),
    ("不满意率", 16, True),
)  # fmt: skip


def compose(session: Session, request: Request, at: Standpoint) -> Content:
    """The table of one month as the orders stand now."""
    counted = orders.monthly_table(session, request.month, at.zone)
    blocks: list[Block] = [Heading(1, "办理情况")]
    if not counted.rows:
        blocks.append(build.paragraph("本月没有派出的工单。"))
    blocks.append(_by_unit(counted))
    if counted.rows:
        blocks.append(_drawn(counted))
    blocks += [Heading(1, "热点分类"), *_hot_points(session, request, at, counted.whole.total)]
    blocks += [
        Heading(1, "情况分析"),
        Slot("analysis", "情况分析", 2_000, hint="本月办理的特点、超时和不满意的原因。"),
        Heading(1, "工作建议"),
        Slot("advice", "工作建议", 2_000),
        Heading(1, "统计口径"),
        build.table(
            "统计口径",
            (("指标", 30), ("口径", 126)),
            [(build.plain(name), build.plain(meaning)) for name, meaning in DEFINITIONS],
        ),
    ]
    title = f"{period_told(Needs.MONTH, request.first, request.last)}热线办理情况"
    return Content(title, build.as_of(at), build.numbered(blocks))


def _by_unit(counted: orders.MonthlyTable) -> Table:
    rows = [_row(unit, figures, counted.month) for unit, figures in counted.rows]
    rows.append(_row(None, counted.whole, counted.month))
    return build.table("热线办理情况", _COLUMNS, rows, totalled=True)


def _row(unit: Unit | None, figures: Figures, month: str) -> tuple[Runs, ...]:
    def page(outcome: str = "") -> Link:
        return link("orders.index", month=month, unit=unit.id if unit else None, outcome=outcome)

    return (
        build.plain(unit.name if unit else TOTAL),
        build.count(figures.total, page()),
        build.count(figures.on_time, page("on_time")),
        build.count(figures.late, page("late")),
        build.count(figures.unfinished, page("unfinished")),
        build.plain(build.percent(figures.closing_rate)),
        build.plain(build.percent(figures.on_time_rate)),
        build.count(figures.dissatisfied, page("dissatisfied")),
        build.linked(
            build.percent(figures.dissatisfied_rate), page("reached") if figures.reached else None
        ),
    )


def _drawn(counted: orders.MonthlyTable) -> Figure:
    units = [unit.short_name or unit.name for unit, _figures in counted.rows]
    figures = [row for _unit, row in counted.rows]
    series = (
        ("按时办结", tuple(one.on_time for one in figures)),
        ("超时办结", tuple(one.late for one in figures)),
        ("未办结", tuple(one.unfinished for one in figures)),
    )
    return Figure(ChartKind.KINDS, "各承办单位工单办理情况", "工单（件）", tuple(units), series)


def _hot_points(session: Session, request: Request, at: Standpoint, total: int) -> list[Block]:
    counts = orders.monthly_categories(session, request.month, at.zone)
    if not total:
        return [build.paragraph(f"{build.NO_DATA}：本月没有派出的工单。")]
    unnamed = counts.pop(None, 0)
    named = Counter({one: number for one, number in counts.items() if one is not None})
    rows: list[tuple[Runs, ...]] = []
    for branch in branches(session, named):
        rows += _branch(branch, request.month, total)
    if unnamed:
        rows.append(_line("未分类", "未分类小计", unnamed, total, None))
    rows.append(_line(TOTAL, TOTAL, total, total, link("orders.index", month=request.month)))
    columns = (("一级分类", 46), ("二级分类", 60), ("工单", 25, True), ("占比", 25, True))
    label = "热点分类"
    return [build.table(label, columns, rows, named_by=1, totalled=True)]


def _branch(branch: Branch, month: str, total: int) -> list[tuple[Runs, ...]]:
    def page(category_id: int) -> Link:
        return link("orders.index", month=month, category=category_id)

    rows = [_line(branch.name, f"{branch.name}小计", branch.whole, total, page(branch.id))]
    rows += [
        _line(branch.name, name, number, total, page(category_id))
        for category_id, name, number in branch.children
    ]
    if branch.own and branch.children:
        rows.append(_line(branch.name, f"{branch.name}（未细分）", branch.own, total, None))
    return rows


def _line(first: str, second: str, number: int, total: int, to: Link | None) -> tuple[Runs, ...]:
    return (
        build.plain(first),
        build.plain(second),
        build.count(number, to),
        build.plain(build.percent(share(number, total))),
    )
