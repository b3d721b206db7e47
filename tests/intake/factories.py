"""Files and messages for tests, written as an office would write them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from responder.intake.models import Channel
from responder.intake.new_message import NewMessage

HEADINGS = ("编号", "标题", "内容", "姓名", "电话", "时间", "点赞数")
ROW = ("X1", "工地夜间施工", "滨江路工地夜里十一点还在打桩", "王女士", "", "2026-03-05 09:30", 3)


def row(number: int, **changes: Any) -> list[Any]:
    """A good row with its own number; name a heading to change its cell."""
    cells = dict(zip(HEADINGS, ROW, strict=True)) | {"编号": f"X{number}"} | changes
    return list(cells.values())


def write_xlsx(
    path: Path, rows: Sequence[Sequence[Any]], headings: Sequence[str] = HEADINGS
) -> Path:
    """A workbook with one sheet; datetimes are real dates."""
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd hh:mm:ss"}) as book:
        sheet = book.add_worksheet("留言")
        for number, cells in enumerate([headings, *rows] if headings else rows):
            for column, cell in enumerate(cells):
                if isinstance(cell, str):
                    sheet.write_string(number, column, cell)
                else:
                    sheet.write(number, column, cell)
    return path


def write_csv(
    path: Path,
    rows: Sequence[Sequence[Any]],
    encoding: str = "utf-8",
    headings: Sequence[str] = HEADINGS,
) -> Path:
    lines = [",".join(str(cell) for cell in cells) for cells in (headings, *rows)]
    path.write_bytes("\r\n".join([*lines, ""]).encode(encoding))
    return path


def new_message(number: int = 1, **changes: Any) -> NewMessage:
    """A message on its way in; its own matter for each number."""
    message = NewMessage(
        channel=Channel.MAILBOX,
        title=f"第 {number} 件事",
        body=f"第 {number} 件事的经过",
        occurred_at=datetime(2026, 3, 5, 1, 30, tzinfo=UTC),
        author=f"市民{number}",
    )
    return replace(message, **changes)
