"""A table of columns comes in: what is new is added, parents before children."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.accounts.models import Unit
from responder.core.lifecycle import Attempt
from responder.intake.imports.rows import Refusal
from responder.intake.registers.columns import Column, UnitNames, day, line, one_of, plain
from responder.intake.registers.importing import TableImport, sifted
from responder.intake.registers.reading import (
    Finish,
    ReadRow,
    RowRefused,
    TableFile,
    Values,
    read_table,
)
from responder.intake.registers.template import write_template
from responder.openness.catalogue import columns, reference, rules
from responder.openness.catalogue.columns import ColumnFacts
from responder.openness.catalogue.models import CatalogueColumn, CheckKind, KeyArea
from responder.openness.catalogue.rules import CADENCE_LABELS, MOST_LEVELS, Cadence

MOST_ROWS = 2_000

_CADENCES = {label: cadence for cadence, label in CADENCE_LABELS.items()}
_OTHER_CADENCES = {
    "每天": Cadence.DAILY, "日": Cadence.DAILY, "每星期": Cadence.WEEKLY, "周": Cadence.WEEKLY,
    "月": Cadence.MONTHLY, "每季度": Cadence.QUARTERLY, "季度": Cadence.QUARTERLY,
    "年": Cadence.YEARLY, "每年度": Cadence.YEARLY, "及时": Cadence.IRREGULAR,
    "实时": Cadence.IRREGULAR, "适时": Cadence.IRREGULAR,
}  # fmt: skip
_NOT_CHECKED = ("不检查", "无", "否")


def table_columns(
    units: UnitNames, kinds: Sequence[CheckKind], areas: Sequence[KeyArea]
) -> list[Column]:
    """The columns of a table of columns, each with what others call it."""
    kind_names: dict[str, CheckKind | None] = {one.name: one for one in kinds}
    area_names: dict[str, KeyArea | None] = {one.name: one for one in areas if one.active}
    nothing = dict.fromkeys(_NOT_CHECKED)
    return [
        Column(
            "code", ("栏目代码", "代码", "栏目编号", "编号"), line, required=True, limit=32,
            width=12, hint="每个栏目一个，不重复", example="A01-02",
        ),
        Column(
            "name", ("栏目名称", "栏目", "目录名称", "名称"), line, required=True, limit=100,
            width=24, example="饮用水水源水质",
        ),
        Column(
            "parent", ("上级栏目", "上级代码", "上级栏目代码", "所属栏目"), line, limit=100,
            width=14, hint="上级栏目的代码；一级栏目不填，最多三级", example="A01",
        ),
        Column(
            "unit", ("责任单位", "维护单位", "发布单位", "公开主体", "单位"), units.one,
            required=True, width=22, hint="一个单位", example="市生态环境局",
        ),
        Column(
            "valid_from", ("启用日期", "设立日期", "开始日期"), day, required=True, width=14,
            hint="记不清的填目录建立的日期", example="2026-01-01",
        ),
        Column(
            "valid_to", ("停用日期", "撤销日期", "结束日期"), day, empty=None, width=14,
            hint="最后一天；在用的不填",
        ),
        Column(
            "cadence", ("更新周期", "公开频率", "更新频率", "公开时限"),
            one_of("更新周期", _CADENCES, _OTHER_CADENCES), empty=Cadence.IRREGULAR, width=10,
            choices=tuple(_CADENCES), hint="从下拉列表中选；不填为不定期", example="每月",
        ),
        Column(
            "check_kind", ("网站检查类别", "检查类别", "栏目类型"),
            one_of("网站检查类别", kind_names, nothing), empty=None, width=14,
            choices=tuple(kind_names), hint="不受检查的不填",
        ),
        Column(
            "key_area", ("重点领域", "重点领域名称"), one_of("重点领域", area_names, nothing),
            empty=None, width=16, choices=tuple(area_names), hint="不属于的不填",
        ),
    ]  # fmt: skip


def template(session: Session, units: Sequence[Unit]) -> bytes:
    """The workbook to fill in (.xlsx)."""
    wanted = columns_of(session, UnitNames(units))
    return write_template("目录栏目", wanted, [unit.name for unit in units])


def columns_of(session: Session, units: UnitNames) -> list[Column]:
    return table_columns(units, reference.check_kinds(session), reference.key_areas(session))


def read_file(session: Session, path: Path) -> TableFile:
    """Read a table of columns. Stores nothing.

    A row is refused whose parent is neither in the catalogue nor in the file, or that would
    stand too deep.

    :raises Invalid: it cannot be read as such a table.
    """
    units = UnitNames(session.scalars(select(Unit).order_by(Unit.code)))
    wanted = columns_of(session, units)
    file = read_table(path, wanted, _whole_row, MOST_ROWS)
    return _placed(session, file, wanted)


def rehearse(session: Session, file: TableFile) -> TableImport:
    """What :func:`store` would do; stores nothing."""
    return sifted(file, _key, _known(session))[1]


def store(session: Session, file: TableFile, attempt: Attempt) -> TableImport:
    """Add what is new. A column whose code is known is left as it is.

    :raises Forbidden: the person does not keep the catalogue.
    """
    new, found = sifted(file, _key, _known(session))
    codes = {plain(one.code): one for one in session.scalars(select(CatalogueColumn))}
    for one in new:
        values = one.values
        facts = ColumnFacts(
            code=values["code"], name=values["name"],
            unit=session.get_one(Unit, values["unit"].id),
            valid_from=values["valid_from"], valid_to=values["valid_to"],
            parent=codes[plain(values["parent"])] if values["parent"] else None,
            cadence=values["cadence"], check_kind=_again(session, values["check_kind"]),
            key_area=_again(session, values["key_area"]),
        )  # fmt: skip
        codes[_key(values)] = columns.add(session, facts, f"导入 {file.name}", attempt)
    return found


def _whole_row(values: Values) -> str | None:
    if values["valid_to"] is not None and values["valid_to"] < values["valid_from"]:
        raise RowRefused("valid_to", "早于启用日期：请改正")
    return None


_finish: Finish = _whole_row


def _placed(session: Session, file: TableFile, wanted: Sequence[Column]) -> TableFile:
    """The rows in such an order that parents come first; those that have no place are refused."""
    known = list(session.scalars(select(CatalogueColumn)))
    levels, codes = _levels(known), {one.id: plain(one.code) for one in known}
    names = {(codes.get(one.parent_id or 0, ""), plain(one.name)): codes[one.id] for one in known}
    existing = {plain(one.code): one for one in known}
    waiting, placed, refused = list(file.read), [], list(file.refusals)
    while waiting:
        left = []
        for one in waiting:
            parent = plain(one.values["parent"])
            if parent and parent not in levels:
                left.append(one)
                continue
            reason = _other_column(one, existing) or _refusal(one, levels, names)
            if reason is None:
                placed.append(one)
            else:
                refused.append(_refuse(file, wanted, one, *reason))
        if len(left) == len(waiting):
            break
        waiting = left
    for one in waiting:
        said = one.values["parent"]
        sentence = f"“{said}”不是已有栏目的代码，文件里也没有这个栏目或它被退回：请先改正上级栏目"
        refused.append(_refuse(file, wanted, one, "parent", sentence))
    refused.sort(key=lambda refusal: refusal.row.number)
    return replace(file, read=tuple(placed), refusals=tuple(refused))


def _other_column(one: ReadRow, existing: dict[str, CatalogueColumn]) -> tuple[str, str] | None:
    """(field, reason) why a row is no known column told again: its code is another one's."""
    old = existing.get(_key(one.values))
    if old is None:
        return None
    if plain(old.name) != plain(one.values["name"]):
        return "code", f"已是栏目“{old.name}”的代码：改名请在栏目页办理，新栏目请另用代码"
    if old.unit_id != one.values["unit"].id:
        return "unit", f"栏目“{old.name}”现由{old.unit.name}负责：换单位请在栏目页办理"
    return None


def _refusal(
    one: ReadRow, levels: dict[str, int], names: dict[tuple[str, str], str]
) -> tuple[str, str] | None:
    """(field, reason) why a row has no place, though its parent has; else it takes its place."""
    code, parent = _key(one.values), plain(one.values["parent"])
    if parent == code:
        return "parent", "上级栏目是它自己：请改正"
    level = levels[parent] + 1 if parent else 1
    if level > MOST_LEVELS:
        return "parent", f"在第 {level} 级，目录最多 {MOST_LEVELS} 级：请另选上级栏目"
    twin = names.setdefault((parent, plain(one.values["name"])), code)
    if twin != code:
        return "name", f"与同一级的栏目 {twin.upper()} 同名：请改名"
    levels.setdefault(code, level)
    return None


def _refuse(
    file: TableFile, wanted: Sequence[Column], one: ReadRow, field: str, reason: str
) -> Refusal:
    column = next(known for known in wanted if known.name == field)
    place = next(
        (file.headings.index(name) for name in column.headings if name in file.headings), None
    )
    heading = column.heading if place is None else file.headings[place]
    return Refusal(one.row, place, f"{heading}：{reason}")


def _levels(found: Sequence[CatalogueColumn]) -> dict[str, int]:
    parents = {one.id: one.parent_id for one in found}
    return {plain(one.code): rules.level(one.id, parents) for one in found}


def _key(values: dict[str, Any]) -> str:
    return plain(values["code"])


def _known(session: Session) -> frozenset[str]:
    return frozenset(map(plain, session.scalars(select(CatalogueColumn.code))))


def _again(session: Session, row: Any) -> Any:
    """A row that was read before this transaction began."""
    return None if row is None else session.get_one(type(row), row.id)
