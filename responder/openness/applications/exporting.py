"""The register and the tables of the yearly report as files: A4, to official format."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import xlsxwriter
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.shared import Pt

from responder.core import official_word as word
from responder.core import privacy
from responder.core.office import public_lines
from responder.core.papers import (
    TEXT_STAYS_TEXT,
    PaperColumn,
    PaperTable,
    fit_to_a4,
    papers_workbook,
    write_merged,
)
from responder.core.times import chinese_date, local
from responder.openness.applications.clocks import due_day
from responder.openness.applications.lifecycle import APPLICATION
from responder.openness.applications.models import Application
from responder.openness.applications.revealing import names_of, shown_name
from responder.openness.applications.rules import (
    BASIS_LABELS,
    KIND_LABELS,
    WAY_LABELS,
    TableRow,
    kind_name,
)
from responder.openness.applications.tables import (
    KINDS,
    RESULT_HEADINGS,
    ApplicationTable,
    ProceedingTable,
)

MOST_ROWS = 20_000
THREE = "收到和处理政府信息公开申请情况"
FOUR = "政府信息公开行政复议、行政诉讼情况"
_INDENT = "　"
_SIZE = Pt(9)  # so that table three stands on one page
_LABEL_MM, _COUNT_MM = 79, 11  # upright A4 has 156 for text

# The head of table three, as the form has it: rows of (text, columns, rows).
_HEAD_THREE = (
    (("项目", 1, 3), ("申请人情况", len(KINDS) + 1, 1)),
    ((KIND_LABELS[KINDS[0]], 1, 2), ("法人或其他组织", len(KINDS) - 1, 1), ("总计", 1, 2)),
    tuple((KIND_LABELS[kind], 1, 1) for kind in KINDS[1:]),
)
_HEAD_FOUR = (
    (("种类", 1, 1), *((label, 1, 1) for label in RESULT_HEADINGS.values()), ("总计", 1, 1)),
)
Head = Sequence[Sequence[tuple[str, int, int]]]


def as_file(content: bytes) -> BytesIO:
    return BytesIO(content)


def placed(head: Head) -> list[tuple[int, int, int, int, str]]:
    """Cells of a head: first row, first column, last row, last column, text; from 0."""
    taken: set[tuple[int, int]] = set()
    found = []
    for row, cells in enumerate(head):
        column = 0
        for text, wide, high in cells:
            while (row, column) in taken:
                column += 1
            last = (row + high - 1, column + wide - 1)
            taken.update(
                (r, c) for r in range(row, last[0] + 1) for c in range(column, last[1] + 1)
            )
            found.append((row, column, *last, text))
    return found


def tables_workbook(three: ApplicationTable, four: ProceedingTable, now: datetime) -> BytesIO:
    """Tables three and four, a sheet each; the counts are numbers."""
    output = BytesIO()
    with xlsxwriter.Workbook(output, TEXT_STAYS_TEXT) as book:
        book.set_properties({"title": THREE, "created": now.replace(tzinfo=None)})
        _write(
            book, "表三", f"{three.year} 年{THREE}", _HEAD_THREE, three.rows, balance_words(three)
        )
        _write(book, "表四", f"{four.year} 年{FOUR}", _HEAD_FOUR, four.rows, "")
    output.seek(0)
    return output


def _write(
    book: Any, name: str, title: str, head: Head, rows: Sequence[TableRow], below: str
) -> None:
    sheet, wide = book.add_worksheet(name), len(rows[0].counts)
    font = {"font_name": "仿宋_GB2312", "font_size": 11, "border": 1, "valign": "vcenter"}
    middle = {"align": "center", "valign": "vcenter", "text_wrap": True}
    top = book.add_format(font | {"font_name": "黑体", "bg_color": "#EEF2F6"} | middle)
    left, number = book.add_format(font | {"text_wrap": True}), book.add_format(font | middle)
    big = book.add_format({"font_name": "方正小标宋简体", "font_size": 18} | middle)
    write_merged(sheet, (0, 0, 0, wide), title, big)
    sheet.set_row(0, 32)
    sheet.set_column(0, 0, 46)
    sheet.set_column(1, wide, 9)
    for row, column, last_row, last_column, text in placed(head):
        if (row, column) == (last_row, last_column):
            sheet.write_string(row + 1, column, text, top)
        else:
            write_merged(sheet, (row + 1, column, last_row + 1, last_column), text, top)
    first = len(head) + 1
    for place, row_ in enumerate(rows, first):
        sheet.set_row(place, 33 if len(row_words(row_)) > 24 else 19)
        sheet.write_string(place, 0, row_words(row_), left)
        for column, count in enumerate(row_.counts, 1):
            sheet.write_number(place, column, count, number)
    if below:
        sheet.write_string(first + len(rows), 0, below)
    fit_to_a4(sheet, first - 1, landscape=False)
    sheet.freeze_panes(first, 1)


def tables_document(three: ApplicationTable, four: ProceedingTable, now: datetime) -> BytesIO:
    """Tables three and four as .docx, upright A4."""
    document = word.new_document(THREE, now)
    word.add_title(document, f"{three.year}年{THREE}")
    _add(document, _HEAD_THREE, three.rows, _LABEL_MM, _COUNT_MM)
    if not three.holds:
        word.add_line(document, f"注：{balance_words(three)}", word.HEADING_FONTS[1])
    title = word.add_title(document, f"{four.year}年{FOUR}")
    title.paragraph_format.page_break_before = True
    _add(document, _HEAD_FOUR, four.rows, 61, 19)
    output = BytesIO()
    document.save(output)
    output.seek(0)
    return output


def _add(document: Any, head: Head, rows: Sequence[TableRow], label: int, count: int) -> None:
    wide = len(rows[0].counts)
    table = word.add_table(document, [("", label), *[("", count)] * wide], size=_SIZE)
    for _ in head[1:]:
        row = word.add_row(table, [""] * (wide + 1), size=_SIZE)
        row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for first_row, first, last_row, last, text in placed(head):
        cell = table.cell(first_row, first).merge(table.cell(last_row, last))
        for spare in cell.paragraphs[1:]:
            spare._p.getparent().remove(spare._p)
        cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
        paragraph = cell.paragraphs[0]
        paragraph.style, paragraph.alignment = word.CELL_HEAD, WD_ALIGN_PARAGRAPH.CENTER
        paragraph.add_run(text).font.size = _SIZE
    centred = frozenset(range(1, wide + 1))
    for row_ in rows:
        word.add_row(table, [row_words(row_), *map(str, row_.counts)], centred, _SIZE)


def row_words(row: TableRow) -> str:
    """A row's name with what stands behind it, as far in as it lies deep."""
    remark = f"（{row.remark}）" if row.remark else ""
    return f"{_INDENT * row.depth}{row.label}{remark}"


def balance_words(table: ApplicationTable) -> str:
    """Whether the table balances, by its total."""
    total = table.balances[-1].told
    if table.holds:
        return f"勾稽关系相符：{total}"
    strays = "".join(f"；{one.number} {reason}" for one, reason in table.strays)
    return f"勾稽关系不符：{total}{strays}"


_C = PaperColumn
_NAMED = (_C("证件号码", 20, 0), _C("联系电话", 14, 0), _C("联系地址", 26, 0))


def register_workbook(
    applications: Sequence[Application], now: datetime, zone: ZoneInfo, identities: bool = False
) -> bytes:
    """The register, one application a row.

    :param identities: who applied, in full; the caller has told the trail. Else names are masked
        and texts hold nobody's data.
    """
    columns = (
        _C("编号", 10, 0, True), _C("收到日期", 12, 0, True), _C("申请方式", 10, 0, True),
        _C("收到日期的依据", 12, 0, True), _C("申请人类型", 12, 0, True), _C("申请人", 14, 0),
        *(_NAMED if identities else ()), _C("申请内容", 36, 0), _C("状态", 10, 0, True),
        _C("答复期限", 12, 0, True), _C("补正", 17, 0), _C("征求意见", 15, 0), _C("延期", 14, 0),
        _C("办结日期", 12, 0, True), _C("办理结果", 20, 0), _C("答复书文号", 16, 0),
        _C("是否逾期", 6, 0, True), _C("备注", 14, 0),
    )  # fmt: skip
    rows = [_register_row(one, now, zone, identities) for one in applications]
    below = f"截至{chinese_date(local(now, zone).date())}，共 {len(rows)} 件"
    table = PaperTable("依申请公开登记簿", below, columns, rows)
    return papers_workbook(table.title, now, {"登记簿": table})


def _lateness(one: Application, now: datetime) -> str:
    """Of a reply that came late, and of one that is still owed after its clock has ended."""
    if one.late:
        return "逾期答复"
    clock = one.end_clock
    if clock is None or clock.stopped_at is not None or any(p.until is None for p in clock.pauses):
        return ""
    return "已逾期" if clock.due_at < now else ""


def _register_row(
    one: Application, now: datetime, zone: ZoneInfo, identities: bool
) -> tuple[str, ...]:
    names = names_of(one)

    def words(text: str) -> str:
        return text if identities else privacy.mask(text, public_lines(), names)

    clock = one.end_clock
    return (
        one.number, one.received_on.isoformat(), WAY_LABELS[one.way], BASIS_LABELS[one.basis],
        kind_name(one.applicant_kind), one.applicant_name if identities else shown_name(one),
        *((one.applicant_code, one.applicant_phone, one.applicant_contact) if identities else ()),
        words(one.content), APPLICATION.states[one.state],
        due_day(clock, zone).isoformat() if clock else "",
        _correction(one), _consultations(one, zone), _extension(one),
        one.closed_on.isoformat() if one.closed_on else "",
        one.outcome.path if one.outcome else "", one.reply_number, _lateness(one, now),
        words(one.remark),
    )  # fmt: skip


def _correction(one: Application) -> str:
    asked, corrected = one.correction_asked_on, one.corrected_on
    if asked is None:
        return ""
    return f"{asked} 告知，" + (f"{corrected} 收到补正" if corrected else "未收到补正")


def _consultations(one: Application, zone: ZoneInfo) -> str:
    def day(moment: datetime | None) -> str:
        return local(moment, zone).date().isoformat() if moment else "未收齐"

    pauses = [pause for clock in one.clocks for pause in clock.pauses]
    return "；".join(f"{day(pause.since)} 至 {day(pause.until)}" for pause in pauses)


def _extension(one: Application) -> str:
    granted = [extension for clock in one.clocks for extension in clock.granted_extensions]
    return "；".join(f"{e.length} 个工作日（{e.decided_by_name}同意）" for e in granted)
