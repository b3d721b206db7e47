"""The media list of an event as a workbook: no cell a formula, numbers only on request."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO

import xlsxwriter

from responder.core import privacy
from responder.core.papers import fit_to_a4
from responder.planning.events.models import MediaInvitation

HEADINGS = ("序号", "媒体", "记者", "电话", "记者证号", "回复", "备注")
_WIDTHS = (6, 28, 14, 18, 20, 16, 30)
HIDDEN = "已隐去"


def media_workbook(
    theme: str, listed: Iterable[MediaInvitation], with_phones: bool = False
) -> BytesIO:
    """One medium a row, A4, with the theme of the event above and the headings on each page."""
    target = BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        title = book.add_format({"bold": True, "font_size": 14})
        head = book.add_format({"bold": True, "bg_color": "#E8F0F7", "border": 1})
        cell = book.add_format({"valign": "top", "text_wrap": True, "border": 1})
        sheet = book.add_worksheet("媒体名单")
        fit_to_a4(sheet, 1, landscape=False)
        sheet.write_string(0, 0, f"{theme}：媒体名单", title)
        for column, (heading, width) in enumerate(zip(HEADINGS, _WIDTHS, strict=True)):
            sheet.write_string(1, column, heading, head)
            sheet.set_column(column, column, width)
        sheet.freeze_panes(2, 0)
        for number, one in enumerate(listed, start=1):
            phone = one.phone if with_phones else HIDDEN if one.phone else ""
            words = (one.outlet, one.journalist, phone, one.accreditation, one.reply_label,
                     privacy.mask(one.note))  # fmt: skip
            sheet.write_number(number + 1, 0, number, cell)
            for column, text in enumerate(words, start=1):
                sheet.write_string(number + 1, column, text, cell)
    target.seek(0)
    return target
