"""The plan as a workbook (.xlsx), ready to print; and the workbook that units fill in."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any

import xlsxwriter

from responder.accounts.models import Unit
from responder.planning.models import FORM_LABELS
from responder.planning.plans.tables import PLAN_HEADINGS, Paper, PaperTable
from responder.planning.sheets import fit_to_a4

# Heading → width in characters.
_WIDTHS = {
    "序号": 6, "发布主题": 30, "发布形式": 12, "拟发布时间": 16, "发布单位": 20, "发布人": 18,
    "依据": 22, "备注": 16, "日期": 16, "变更": 8, "计划条目": 30, "变更内容": 44, "理由": 26,
    "批准意见": 18, "登记人": 10,
}  # fmt: skip
_CENTRED = frozenset({"序号", "发布形式", "拟发布时间", "日期", "变更", "登记人"})
_LINE, _LEADING = 15, 6  # points: of one line of text, and above and below it

ROWS_WITH_LISTS = 500
_NOTES = {
    "序号": ("可不填，导入后按顺序编号", "1"),
    "发布主题": ("必填，一场活动一行", "老旧小区改造进展情况"),
    "发布形式": ("必填，从下拉列表中选", "新闻发布会"),
    "拟发布时间": ("必填：只知道月份就写月份；“二季度”“待定”不能导入", "3月，或 3月5日"),
    "发布单位": ("必填，只写牵头单位；单位自己报送时可不填", "市住房和城乡建设局"),
    "发布人": ("姓名或职务", "分管副局长"),
    "依据": ("文件名称和文号", "市政府 2026 年重点工作"),
    "备注": ("", ""),
}


def plan_workbook(paper: Paper) -> bytes:
    """The plan on the first sheet, its change table on the second."""
    output = BytesIO()
    with xlsxwriter.Workbook(output, {"in_memory": True}) as book:
        book.set_properties({"title": paper.plan.title, "created": paper.now.replace(tzinfo=None)})
        formats = _formats(book)
        _write_table(book.add_worksheet("年度计划"), paper.plan, formats)
        _write_table(book.add_worksheet("变更表"), paper.changes, formats)
    return output.getvalue()


def _formats(book: Any) -> dict[str, Any]:
    cell = {"font_name": "仿宋_GB2312", "font_size": 11, "border": 1, "valign": "vcenter"}
    return {
        "title": book.add_format(
            {"font_name": "方正小标宋简体", "font_size": 20, "align": "center", "valign": "vcenter"}
        ),
        "below": book.add_format(
            {"font_name": "楷体_GB2312", "font_size": 12, "align": "center", "valign": "vcenter"}
        ),
        "head": book.add_format(
            cell
            | {"font_name": "黑体", "align": "center", "text_wrap": True, "bg_color": "#EEF2F6"}
        ),
        "left": book.add_format(cell | {"text_wrap": True}),
        "centre": book.add_format(cell | {"text_wrap": True, "align": "center"}),
    }


def _write_table(sheet: Any, table: PaperTable, formats: Mapping[str, Any]) -> None:
    last = len(table.headings) - 1
    sheet.merge_range(0, 0, 0, last, table.title, formats["title"])
    sheet.set_row(0, 34)
    head = 1
    if table.below:
        sheet.merge_range(1, 0, 1, last, table.below, formats["below"])
        sheet.set_row(1, 20)
        head = 2
    for column, heading in enumerate(table.headings):
        sheet.write_string(head, column, heading, formats["head"])
        sheet.set_column(column, column, _WIDTHS[heading])
    sheet.set_row(head, 24)
    for number, row in enumerate(table.rows, start=head + 1):
        sheet.set_row(number, _height(table, row))
        for column, text in enumerate(row):
            style = "centre" if table.headings[column] in _CENTRED else "left"
            # 序号 is a number; all else is text, so that no cell starts a formula.
            if column == 0:
                sheet.write_number(number, column, int(text), formats[style])
            else:
                sheet.write_string(number, column, text, formats[style])
    if not table.rows:
        sheet.merge_range(head + 1, 0, head + 1, last, "没有内容", formats["centre"])
    _set_page(sheet, head, table.title)


def _height(table: PaperTable, row: Any) -> float:
    """Points that the tallest cell needs; a Chinese character is two wide."""
    lines = 1
    for heading, text in zip(table.headings, row, strict=True):
        width = sum(2 if ord(sign) > 0x2E7F else 1 for sign in text)
        lines = max(lines, -(-width // (_WIDTHS[heading] - 1)))
    return lines * _LINE + _LEADING


def _set_page(sheet: Any, head: int, title: str) -> None:
    fit_to_a4(sheet, head)
    sheet.freeze_panes(head + 1, 2)
    sheet.set_margins(left=0.6, right=0.6, top=0.7, bottom=0.7)
    sheet.center_horizontally()
    sheet.set_footer(f"&L{title}&R第 &P 页，共 &N 页")


def plan_template(units: list[Unit]) -> bytes:
    """The workbook to fill in. Its example stands on a sheet of its own: nobody imports it."""
    output = BytesIO()
    with xlsxwriter.Workbook(output, {"in_memory": True}) as book:
        head = book.add_format({"bold": True, "bg_color": "#E8F0F7", "bottom": 1})
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        text = book.add_format({"num_format": "@"})
        sheet = book.add_worksheet("发布计划")
        for column, heading in enumerate(PLAN_HEADINGS):
            sheet.write_string(0, column, heading, head)
            sheet.set_column(column, column, _WIDTHS[heading], None if column == 0 else text)
        sheet.freeze_panes(1, 0)
        notes = book.add_worksheet("填写说明")
        notes.set_column(0, 0, 14)
        notes.set_column(1, 2, 48, wrap)
        for column, heading in enumerate(("列", "怎样填", "示例")):
            notes.write_string(0, column, heading, head)
        for row, heading in enumerate(PLAN_HEADINGS, start=1):
            for column, words in enumerate((heading, *_NOTES[heading])):
                notes.write_string(row, column, words)
        names = book.add_worksheet("单位")
        names.set_column(0, 0, 40)
        for row, unit in enumerate(units):
            names.write_string(row, 0, unit.name)
        _offer(sheet, "发布形式", list(FORM_LABELS.values()))
        if units:
            _offer(sheet, "发布单位", f"=单位!$A$1:$A${len(units)}")
    return output.getvalue()


def _offer(sheet: Any, heading: str, choices: list[str] | str) -> None:
    column = PLAN_HEADINGS.index(heading)
    rule = {"validate": "list", "source": choices, "error_message": "请从列表中选择"}
    sheet.data_validation(1, column, ROWS_WITH_LISTS, column, rule)
