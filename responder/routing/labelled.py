"""Texts with their categories, from a table of two columns."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from responder.core.errors import Invalid
from responder.intake.files import open_table
from responder.intake.rules import Unreadable, parse_text
from responder.routing.learning import Example
from responder.routing.snapshot import Snapshot
from responder.routing.suggesting import as_text
from responder.settings import Settings

CATEGORY, TEXT = "category", "text"
_NAMED = 5


def read_examples(path: Path, settings: Settings) -> list[Example]:
    """The rows of a table with the columns category and text; labels stay as they are written.

    :raises Invalid: a column is missing, or a cell is empty.
    """
    table = open_table(path, settings.import_max_megabytes)
    headings = [parse_text(cell).casefold() for cell in table.top[0].cells]
    missing = [name for name in (CATEGORY, TEXT) if name not in headings]
    if missing:
        raise Invalid(f"{path.name} 缺少列 {'、'.join(missing)}：第一行应是表头 {CATEGORY},{TEXT}")
    places = [headings.index(name) for name in (CATEGORY, TEXT)]
    examples, bad = [], []
    for row in [*table.top[1:], *table.rest]:
        label, text = (_cell(row.cells, place) for place in places)
        examples.append(Example(as_text("", text), label))
        if not label or not text:
            bad.append(str(row.number))
    if bad:
        raise Invalid(f"{path.name} 第 {_some(bad)} 行无法读取：每行须填 {CATEGORY}、{TEXT}")
    if not examples:
        raise Invalid(f"{path.name} 没有数据行：请在表头下面写入留言")
    return examples


def in_taxonomy(examples: Sequence[Example], taxonomy: Snapshot) -> list[Example]:
    """The same with the codes of the office's categories.

    :raises Invalid: a label is neither code nor name of a valid category.
    """
    codes = {one.label: taxonomy.code_of(one.label) for one in examples}
    unknown = [label for label, code in codes.items() if code is None]
    if unknown:
        raise Invalid(
            f"分类里没有 {_some(unknown)}：请先在分类页面添加，或把文件中的名称改成现有分类的名称"
        )
    return [Example(one.text, codes[one.label] or "") for one in examples]


def _cell(cells: Sequence[object], place: int) -> str:
    try:
        return parse_text(cells[place]).strip() if place < len(cells) else ""
    except Unreadable:
        return ""


def _some(names: Sequence[str]) -> str:
    return "、".join(names[:_NAMED]) + ("等" if len(names) > _NAMED else "")
