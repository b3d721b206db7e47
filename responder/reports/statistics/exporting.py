"""The year's figures as a workbook: with definitions, by month, and what differs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from responder.core.papers import PaperColumn, PaperTable, papers_workbook
from responder.reports.statistics import counting, rules
from responder.reports.statistics.freezing import Standing, standings
from responder.reports.statistics.spans import MONTHS, Span

_C = PaperColumn
_COLUMNS = (
    _C("序号", 6, 10, centred=True),
    _C("类别", 14, 22),
    _C("指标", 26, 40),
    _C("本年", 12, 18, centred=True, number=True),
    _C("上年", 12, 18, centred=True, number=True),
    _C("增减", 12, 18, centred=True, number=True),
    _C("单位", 6, 10, centred=True),
    _C("口径", 60, 62),
    _C("数据表", 22, 27),
)
_MONTH_COLUMNS = (
    _C("序号", 6, 10, centred=True),
    _C("指标", 26, 47),
    *(_C(f"{month}月", 8, 14, centred=True, number=True) for month in MONTHS),
)


def year_workbook(session: Session, span: Span, now: datetime) -> bytes:
    """指标 on the first sheet, 分月 on the second; of a frozen year, 差异 on a third."""
    found = list(standings(session, span).values())
    title = f"{span.year}年政务公开统计"
    sheets = {
        "指标": PaperTable(title, "", _COLUMNS, [_row(n, one) for n, one in enumerate(found, 1)]),
        "分月": PaperTable(f"{title}（分月）", "", _MONTH_COLUMNS, _months(session, found, span)),
    }
    if differing := [one for one in found if one.differs]:
        sheets["差异"] = _differences(title, differing)
    return papers_workbook(title, now, sheets)


def _row(number: int, standing: Standing) -> tuple[str, ...]:
    counted = standing.counted
    figure = counted.figure
    change = rules.change_of(standing.said, standing.last_year)
    return (
        str(number), str(figure.section), figure.name, rules.shown(standing.said),
        rules.shown(standing.last_year), rules.signed(change), figure.measure, figure.meaning,
        figure.source,
    )  # fmt: skip


def _months(session: Session, found: list[Standing], span: Span) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for standing in found:
        months = counting.by_month(session, standing.counted.figure, span)
        if months:
            name = standing.counted.figure.name
            rows.append((str(len(rows) + 1), name, *map(rules.shown, months)))
    return rows


def _differences(title: str, differing: list[Standing]) -> PaperTable:
    columns = (
        _C("序号", 6, 12, centred=True),
        _C("指标", 30, 90),
        _C("冻结时", 14, 40, centred=True, number=True),
        _C("现在", 14, 40, centred=True, number=True),
        _C("差异", 14, 43, centred=True, number=True),
    )
    rows: list[Any] = [
        (
            str(number), one.counted.figure.name, rules.shown(one.said),
            rules.shown(one.counted.value), rules.signed(one.difference),
        )
        for number, one in enumerate(differing, 1)
    ]  # fmt: skip
    return PaperTable(f"{title}：冻结后的差异", "", columns, rows)
