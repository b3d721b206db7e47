"""The rows of a plan workbook: headings found, each row read or refused with what to do."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from nlp import to_simplified
from responder.accounts.models import Unit
from responder.core.errors import Invalid
from responder.intake.files import Row, Table
from responder.intake.imports.mapping import normalised_heading
from responder.intake.imports.rows import Refusal
from responder.intake.rules import Unreadable, parse_text
from responder.planning.models import FORM_LABELS, Form
from responder.planning.plans.entries import EntryFacts
from responder.planning.plans.planned_time import PlannedTime, parse_planned_time

# Field → its heading in the office's own table, then what others call it.
HEADINGS = {
    "number": ("序号", "编号"),
    "theme": ("发布主题", "主题", "发布内容", "议题", "名称"),
    "form": ("发布形式", "形式", "发布方式"),
    "when": ("拟发布时间", "发布时间", "计划时间", "计划发布时间", "拟定时间", "时间", "时间安排"),
    "unit": ("发布单位", "责任单位", "主办单位", "牵头单位", "报送单位", "单位"),
    "speaker": ("发布人", "主发布人", "拟发布人", "出席领导"),
    "basis": ("依据", "发布依据", "制定依据", "政策依据"),
    "remark": ("备注", "说明"),
}
LIMITS = {"theme": 200, "speaker": 64, "basis": 300, "remark": 300}

_FORMS = {
    "发布会": Form.CONFERENCE,
    "通气会": Form.BRIEFING,
    "吹风会": Form.POLICY_BRIEFING,
    "座谈会": Form.MEDIA_FORUM,
    "网上发布": Form.ONLINE_RELEASE,
    "线上发布": Form.ONLINE_RELEASE,
    "网络访谈": Form.ONLINE_INTERVIEW,
} | {label: form for form, label in FORM_LABELS.items()}

# What stands below a table and is no row of it.
_FOOT = re.compile(r"^(注|备注|说明|填报|填表|联系|合计|总计|共计|制表|审核|单位负责人)")
_SEVERAL_UNITS = re.compile(r"[、,;/]|和|及")


@dataclass(frozen=True)
class PlanSheet:
    """A table whose columns are known: headings, and the rows below them.

    :param ragged: cells beyond the headings are no notes: a row may have run on by mistake.
    """

    headings: tuple[str, ...]
    columns: Mapping[str, int]
    rows: Iterator[Row]
    ragged: bool

    @property
    def unread(self) -> tuple[str, ...]:
        """The headings of columns that mean nothing here."""
        known = set(self.columns.values())
        return tuple(name for n, name in enumerate(self.headings) if name and n not in known)

    def heading(self, field: str) -> str:
        """What the file calls a field; what the office does, where the file lacks it."""
        place = self.columns.get(field)
        return HEADINGS[field][0] if place is None else self.headings[place]


@dataclass(frozen=True)
class ReadRow:
    """A row that can be taken.

    :param note: what was decided in reading it that a person should know; mostly empty.
    """

    row: Row
    facts: EntryFacts
    note: str


class _Refused(Exception):
    def __init__(self, field: str, reason: str) -> None:
        """``field`` empty: it is the whole row."""
        super().__init__(reason)
        self.field, self.reason = field, reason


def find_sheet(table: Table, path: Path, needs_unit: bool) -> PlanSheet:
    """The columns of a plan; titles may stand above the headings.

    :param needs_unit: whether each row must say its unit.
    :raises Invalid: no row has the headings that are needed, or nothing stands below them.
    """
    needed = ["theme", "form", "when", *(["unit"] if needs_unit else [])]
    best: Sequence[str] = needed
    for index, row in enumerate(table.top):
        headings = tuple("".join(parse_text(cell).split()).strip("*＊") for cell in row.cells)
        columns = _locate(headings)
        missing = [field for field in needed if field not in columns]
        if not missing:
            rows = chain(table.top[index + 1 :], table.rest)
            return PlanSheet(headings, columns, rows, table.ragged)
        best = min(best, missing, key=len)
    raise Invalid(
        f"{path.name} 缺少列：{'、'.join(HEADINGS[field][0] for field in best)}。"
        "请下载模板，按模板的表头整理后再导入"
    )


def _locate(headings: Sequence[str]) -> dict[str, int]:
    places: dict[str, int] = {}
    for place, heading in enumerate(headings):
        plain = re.sub(r"\(.*?\)$", "", normalised_heading(to_simplified(heading)))
        places.setdefault(plain, place)
    found: dict[str, int] = {}
    for field, names in HEADINGS.items():
        known = (places[name] for name in names if name in places)
        first = next((one for one in known if one not in found.values()), None)
        if first is not None:
            found[field] = first
    return found


class RowReader:
    """Reads rows of one sheet for one year.

    :param units: every unit of the office, to find those that the file names.
    :param own: the unit that all rows belong to, whoever else they name being refused.
    """

    def __init__(
        self, sheet: PlanSheet, year: int, units: Sequence[Unit], own: Unit | None
    ) -> None:
        self._sheet, self._year, self._own = sheet, year, own
        self._units: dict[str, Unit] = {}
        for unit in units:
            for name in (unit.name, unit.short_name, unit.code):
                if name:
                    self._units.setdefault(_plain(name), unit)

    def read(self, row: Row) -> ReadRow | Refusal | None:
        """A row, why it is refused, or None for what is no row of the table."""
        if self._is_foot(row):
            return None
        try:
            return self._read(row)
        except _Refused as refused:
            column = self._sheet.columns.get(refused.field)
            heading = f"{self._sheet.heading(refused.field)}：" if refused.field else ""
            return Refusal(row, column, heading + refused.reason)

    def _is_foot(self, row: Row) -> bool:
        filled = [text for text in map(parse_text, row.cells) if text]
        if not filled:
            return not row.broken
        told = any(self._text(row, field) for field in ("form", "when"))
        return not told and bool(_FOOT.match(filled[0]))

    def _read(self, row: Row) -> ReadRow:
        beyond = [text for text in map(parse_text, row.cells[len(self._sheet.headings) :]) if text]
        if self._sheet.ragged and beyond:
            raise _Refused(
                "",
                f"比表头多出“{beyond[0][:20]}”：内容里若有分隔符，请给整格加上双引号，"
                "或用 Excel 另存为 .xlsx",
            )
        theme = self._limited(row, "theme")
        if not theme:
            raise _Refused("theme", "是空的，请补填（合并的单元格请取消合并后逐行填写）")
        form, when = self._form(row), self._when(row)
        unit = self._unit(row)
        remark = self._limited(row, "remark")
        if when.said and when.said not in remark:
            remark = self._checked("remark", "；".join(filter(None, (remark, when.said))))
        facts = EntryFacts(
            theme, form, when.month, unit, when.day,
            self._limited(row, "speaker"), self._limited(row, "basis"), remark,
        )  # fmt: skip
        note = ""
        if when.first_day:
            note = f"{when.month}月1日是日期格式，按只有月份收下：确在 1 日的请在条目中补填日"
        return ReadRow(row, facts, note)

    def _text(self, row: Row, field: str) -> str:
        """A cell as one line of text; what a formula left broken is refused."""
        place = self._sheet.columns.get(field)
        if place is None:
            return ""
        if reason := row.broken.get(place):
            raise _Refused(field, reason)
        cell = row.cells[place] if place < len(row.cells) else ""
        return " ".join(parse_text(cell).split())

    def _limited(self, row: Row, field: str) -> str:
        return self._checked(field, self._text(row, field))

    def _checked(self, field: str, text: str) -> str:
        if len(text) > LIMITS[field]:
            raise _Refused(field, f"有 {len(text)} 字，最多 {LIMITS[field]} 字，请缩短")
        return text

    def _form(self, row: Row) -> Form:
        text = self._text(row, "form")
        listed = "、".join(FORM_LABELS.values())
        if not text:
            raise _Refused("form", f"是空的，请从 {listed} 中选填")
        form = _FORMS.get(_plain(text))
        if form is None:
            raise _Refused("form", f"“{text[:20]}”不在发布形式之列，请从 {listed} 中选填")
        return form

    def _when(self, row: Row) -> PlannedTime:
        self._text(row, "when")
        place = self._sheet.columns["when"]
        cell = row.cells[place] if place < len(row.cells) else ""
        try:
            return parse_planned_time(cell, self._year)
        except Unreadable as error:
            raise _Refused("when", str(error)) from error

    def _unit(self, row: Row) -> Unit:
        text = self._text(row, "unit")
        if not text:
            if self._own is not None:
                return self._own
            raise _Refused("unit", "是空的，请补填（合并的单元格请取消合并后逐行填写）")
        unit = self._units.get(_plain(text))
        if unit is None:
            if _SEVERAL_UNITS.search(_plain(text)):
                raise _Refused("unit", f"“{text[:40]}”不是一个单位：请只填牵头单位，其余写在备注")
            raise _Refused(
                "unit", f"“{text[:40]}”不在单位名册中：请核对名称，或请系统管理员先添加单位"
            )
        if self._own is not None and unit.id != self._own.id:
            raise _Refused("unit", f"是{unit.name}，这里只收{self._own.name}的条目：请删去这一行")
        return unit


def _plain(text: str) -> str:
    """For comparing names: Simplified script, one width, no blanks, no case."""
    return "".join(unicodedata.normalize("NFKC", to_simplified(text)).split()).casefold()
