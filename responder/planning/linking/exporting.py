"""The gap list as a workbook: every text masked, no cell a formula."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from zoneinfo import ZoneInfo

import xlsxwriter

from responder.core.papers import fit_to_a4
from responder.core.privacy import mask
from responder.core.times import local
from responder.planning.linking.gaps import Gap
from responder.topics.rules import LEVEL_LABELS

# Heading → width in characters.
HEADINGS = {
    "序号": 6, "话题": 40, "热度": 8, "级别": 8, "人数": 8, "留言数": 8, "最近留言": 17,
    "达到热点": 17, "应回应时间": 17, "状态": 10, "建议的发布活动": 44, "备注": 34,
}  # fmt: skip

Cell = str | int | float | datetime


def gaps_workbook(found: Sequence[Gap], now: datetime, zone: ZoneInfo) -> BytesIO:
    """The hot topics that nothing answers, one a row, in their order.

    :param now: says which are overdue.
    """
    target = BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        sheet = book.add_worksheet("待安排的热点")
        head = book.add_format({"bold": True, "bg_color": "#E8F0F7", "bottom": 1})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm", "valign": "top"})
        plain = book.add_format({"valign": "top", "text_wrap": True})
        for column, (heading, width) in enumerate(HEADINGS.items()):
            sheet.write_string(0, column, heading, head)
            sheet.set_column(column, column, width)
        for number, gap in enumerate(found, start=1):
            for column, cell in enumerate(_row(number, gap, now, zone)):
                if isinstance(cell, datetime):
                    sheet.write_datetime(number, column, cell, moment)
                elif isinstance(cell, str):
                    sheet.write_string(number, column, cell, plain)
                else:
                    sheet.write_number(number, column, cell, plain)
        sheet.freeze_panes(1, 2)
        fit_to_a4(sheet, 0)
    target.seek(0)
    return target


def _row(number: int, gap: Gap, now: datetime, zone: ZoneInfo) -> list[Cell]:
    topic = gap.topic

    def moment(value: datetime) -> datetime:
        return local(value, zone).replace(tzinfo=None)

    return [
        number,
        mask(topic.label),
        round(topic.heat, 1),
        LEVEL_LABELS[topic.level],
        topic.people_count,
        topic.message_count,
        moment(topic.last_seen),
        moment(gap.hot_since),
        moment(gap.clock.due_at),
        "已超时" if gap.clock.due_at <= now else "未到期",
        "\n".join(
            f"{moment(one.event.starts_at):%m-%d} {one.event.theme}" for one in gap.suggestions
        ),
        _remark(gap),
    ]


def _remark(gap: Gap) -> str:
    verdict = gap.verdict
    if verdict is None:
        return ""
    return f"{verdict.by_name}曾判为无需回应（{mask(verdict.reason)}），此后热度升了一级"
