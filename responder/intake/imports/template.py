"""The workbook to fill in (导入模板): headings, lists to choose from, and how to."""

from __future__ import annotations

from io import BytesIO

import xlsxwriter

from responder.intake.imports.mapping import DEFAULT, load_mapping
from responder.intake.models import CHANNEL_LABELS, NATURE_LABELS

ROWS_WITH_LISTS = 5_000
YES_OR_NO = ["是", "否"]

# Field → (how to fill it in, an example).
NOTES = {
    "external_id": ("来源系统的编号；同一编号不会重复入库", "RX20260305001"),
    "title": ("一句话说清事情；标题和内容至少填一项", "工地夜间施工扰民"),
    "body": ("来电或留言的原话", "滨江路工地夜里十一点还在打桩，孩子没法睡觉"),
    "author": ("不愿透露的留空", "王女士"),
    "phone": ("用于回访，列表和导出中会隐去", "139 开头的 11 位号码"),
    "occurred_at": ("必填：年月日时分；只有日期也可以", "2026-03-05 09:30"),
    "district": ("区县名称", "江南区"),
    "place": ("街道、小区、路口", "滨江路 18 号院"),
    "nature": ("从下拉列表中选", "投诉"),
    "urgent": ("是或否，留空为否", "否"),
    "likes": ("不小于 0 的整数，留空为 0", "3"),
    "dislikes": ("同上", "0"),
    "comments": ("同上", "0"),
    "shares": ("同上", "0"),
    "reply": ("已经答复的，填答复原文", ""),
    "replied_at": ("答复的时间", "2026-03-09 15:00"),
    "source_url": ("原帖地址", "https://example.org/1"),
}


def write_template() -> bytes:
    """The .xlsx file. Its example stands on a sheet of its own, so that nobody imports it."""
    output = BytesIO()
    mapping = load_mapping(DEFAULT)
    fields = [field for field in NOTES if field in mapping.columns]
    with xlsxwriter.Workbook(output, {"in_memory": True}) as book:
        head = book.add_format({"bold": True, "bg_color": "#E8F0F7", "bottom": 1})
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet("留言")
        text = book.add_format({"num_format": "@"})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        formats = {"external_id": text, "phone": text, "occurred_at": moment, "replied_at": moment}
        for column, field in enumerate(fields):
            sheet.write_string(0, column, mapping.label(field), head)
            sheet.write_comment(0, column, NOTES[field][0])
            sheet.set_column(column, column, 48 if field == "body" else 16, formats.get(field))
        for field, choices in (("nature", list(NATURE_LABELS.values())), ("urgent", YES_OR_NO)):
            column = fields.index(field)
            rule = {"validate": "list", "source": choices, "error_message": "请从列表中选择"}
            sheet.data_validation(1, column, ROWS_WITH_LISTS, column, rule)
        sheet.freeze_panes(1, 0)
        notes = book.add_worksheet("填写说明")
        notes.set_column(0, 0, 12)
        notes.set_column(1, 2, 48, wrap)
        notes.write_row(0, 0, ["列", "怎样填", "示例"], head)
        for row, field in enumerate(fields, start=1):
            for column, words in enumerate((mapping.label(field), *NOTES[field])):
                notes.write_string(row, column, words)
        channels = "、".join(CHANNEL_LABELS.values())
        notes.write_string(len(fields) + 2, 0, "渠道")
        notes.write_string(len(fields) + 2, 1, f"不用填：上传后在页面上选（{channels}）")
    return output.getvalue()
