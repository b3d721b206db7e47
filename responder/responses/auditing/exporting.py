"""The audit as a workbook: what was late, what says nothing, and by which words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from zoneinfo import ZoneInfo

import xlsxwriter

from nlp.answers import Part
from responder.core.privacy import mask
from responder.core.times import local
from responder.responses.auditing.report import Empty, Report, Timed

PART_LABELS = {
    Part.FACT: "事实",
    Part.SUBSTANCE: "实质",
    Part.FORWARD: "转办",
    Part.RECEIPT: "收悉",
    Part.PROMISE: "承诺",
    Part.COURTESY: "客套",
    Part.ECHO: "复述",
    Part.DATE: "日期",
    Part.SIGNATURE: "落款",
}
LATE = ("留言编号", "留言时间", "答复时间", "用时（天）", "答复意见")
EMPTY = ("留言编号", "判断", "答复意见", "逐句依据")
_WIDTHS = {"答复意见": 70, "逐句依据": 60, "留言时间": 18, "答复时间": 18, "判断": 14}


def workbook(report: Report, zone: ZoneInfo) -> BytesIO:
    """Two sheets; texts masked, strings never formulas."""
    target = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        _sheet(book, f"超过{report.days}天", LATE, (_late(one, zone) for one in report.late))
        _sheet(book, "没有实质内容", EMPTY, map(_empty, report.empty))
    target.seek(0)
    return target


def _sheet(
    book: xlsxwriter.Workbook,
    name: str,
    headings: Sequence[str],
    rows: Iterable[Sequence[str | float]],
) -> None:
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True})
    wrapped.set_align("top")
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    for column, heading in enumerate(headings):
        sheet.set_column(column, column, _WIDTHS.get(heading, 12))
    sheet.write_row(0, 0, headings, bold)
    for number, row in enumerate(rows, 1):
        sheet.write_row(number, 0, row, wrapped)


def _late(one: Timed, zone: ZoneInfo) -> tuple[str | float, ...]:
    asked, replied = local(one.given.asked_at, zone), local(one.replied_at, zone)
    moments = (f"{moment:%Y-%m-%d %H:%M}" for moment in (asked, replied))
    return (one.given.id, *moments, round(one.days, 1), mask(one.given.answer))


def _empty(one: Empty) -> tuple[str, ...]:
    said = "；".join(f"{PART_LABELS[c.part]}：{c.text}" for c in one.reading.clauses)
    return one.given.id, one.label, mask(one.given.answer), mask(said)
