"""Lists as workbooks (.xlsx): never who called, every text masked, no cell a formula."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from io import BytesIO
from zoneinfo import ZoneInfo

import xlsxwriter

from responder.core import privacy
from responder.core.times import local
from responder.orders.lifecycle import WORK_ORDER
from responder.orders.models import SATISFACTION_LABELS, WorkOrder
from responder.orders.rules import Figures
from responder.orders.service import MonthlyTable, next_clock

LIST_HEADINGS = (
    "工单号", "标题", "诉求性质", "紧急", "状态", "主办单位", "立单时间", "派单时间", "签收时间",
    "答复时间", "办结时间", "到期", "回访结果", "公开答复",
)  # fmt: skip
MONTHLY_HEADINGS = (
    "承办单位", "派遣总数", "按时办结", "超时办结", "未办结", "结案率", "按时结案率", "不满意数",
    "不满意率",
)  # fmt: skip

Cell = str | int | float | datetime | None
_WIDTHS = {"标题": 40, "公开答复": 60, "主办单位": 22, "承办单位": 28}


def orders_workbook(
    orders: Iterable[WorkOrder], callers: Mapping[int, frozenset[str]], zone: ZoneInfo
) -> BytesIO:
    """The orders of a list, one a row. The caller has made sure who may see them.

    :param callers: order id → the recorded names of who called, to be masked.
    """
    rows = (_row(order, zone, callers.get(order.id, privacy.NOBODY)) for order in orders)
    return _workbook("工单", LIST_HEADINGS, rows)


def monthly_workbook(table: MonthlyTable) -> BytesIO:
    """The monthly hotline table."""
    rows = [(unit.name, figures) for unit, figures in table.rows]
    cells = (_figures(name, figures) for name, figures in [*rows, ("合计", table.whole)])
    return _workbook(f"{table.month} 热线办理情况", MONTHLY_HEADINGS, cells)


def _row(order: WorkOrder, zone: ZoneInfo, names: frozenset[str]) -> list[Cell]:
    def moment(value: datetime | None) -> datetime | None:
        return local(value, zone).replace(tzinfo=None) if value else None

    clock = next_clock(order)
    return [
        order.number,
        privacy.mask(order.title, names=names),
        order.nature_label,
        "紧急" if order.urgent else "",
        WORK_ORDER.states[order.state],
        order.lead_unit.name if order.lead_unit else "",
        moment(order.opened_at),
        moment(order.dispatched_at),
        moment(order.signed_at),
        moment(order.answered_at),
        moment(order.closed_at),
        moment(clock.due_at if clock else None),
        SATISFACTION_LABELS[order.satisfaction] if order.satisfaction else "",
        privacy.mask(order.public_answer, names=names),
    ]


def _figures(name: str, row: Figures) -> list[Cell]:
    return [
        name, row.total, row.on_time, row.late, row.unfinished, row.closing_rate,
        row.on_time_rate, row.dissatisfied, row.dissatisfied_rate,
    ]  # fmt: skip


def _workbook(sheet_name: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> BytesIO:
    target = BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        head = book.add_format({"bold": True, "bg_color": "#E8F0F7", "bottom": 1})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm", "valign": "top"})
        rate = book.add_format({"num_format": "0.0%", "valign": "top"})
        plain = book.add_format({"valign": "top", "text_wrap": True})
        sheet = book.add_worksheet(sheet_name)
        for column, heading in enumerate(headings):
            sheet.write_string(0, column, heading, head)
            sheet.set_column(column, column, _WIDTHS.get(heading, 16))
        sheet.freeze_panes(1, 1)
        for number, cells in enumerate(rows, start=1):
            for column, cell in enumerate(cells):
                if isinstance(cell, datetime):
                    sheet.write_datetime(number, column, cell, moment)
                elif isinstance(cell, str):
                    sheet.write_string(number, column, cell, plain)
                elif cell is not None:
                    sheet.write_number(
                        number, column, cell, rate if isinstance(cell, float) else plain
                    )
    target.seek(0)
    return target
