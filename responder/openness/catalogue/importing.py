"""A table of publications comes in: read, sifted, and stored in portions.

An edge, and so it opens its transactions itself: a year's 21,000 items are stored some
thousands at a time, so that nobody waits long, and the same file again goes on where a run
that was cut off has ended.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from responder.core.database import db, transaction
from responder.core.errors import Invalid
from responder.core.lifecycle import Attempt
from responder.core.office import office_zone
from responder.core.times import local
from responder.intake.files import Cell
from responder.intake.registers.columns import Column, day, line, plain
from responder.intake.registers.importing import TableImport, told
from responder.intake.registers.reading import (
    MOST_ROWS,
    Finish,
    RowRefused,
    TableFile,
    Values,
    read_table,
)
from responder.intake.registers.template import write_template
from responder.intake.rules import Unreadable
from responder.openness.catalogue import registering
from responder.openness.catalogue.models import CatalogueColumn, Way
from responder.openness.catalogue.registering import (
    INDEX_CHARACTERS,
    TITLE_CHARACTERS,
    Item,
    Known,
)
from responder.openness.links import LONGEST_LINK, NOT_A_LINK, is_link

PORTION = 2_000  # rows of one transaction
ITEM = "item"  # what a row says, beside the values of its columns

COLUMN_HEADINGS = ("栏目", "所属栏目", "目录栏目", "栏目名称", "栏目代码", "所属目录", "信息分类")
TITLE_HEADINGS = ("标题", "信息标题", "信息名称", "名称", "文件名称")
DAY_HEADINGS = ("发布日期", "发布时间", "公开日期", "公开时间", "日期")
URL_HEADINGS = ("网址", "链接", "地址", "链接地址", "信息链接", "URL")
INDEX_HEADINGS = ("索引号", "信息索引号", "索引")


@dataclass(frozen=True)
class Headings:
    """What the office's own export calls a column, where it is none of the known names."""

    column: str = ""
    title: str = ""
    day: str = ""
    url: str = ""
    index_number: str = ""


class ColumnNames:
    """Finds the column that a cell names: by code, by path, or by name where it is one's alone.

    :param found: every column of the catalogue.
    """

    def __init__(self, found: Sequence[CatalogueColumn]) -> None:
        parents = {one.id: one for one in found}
        self._named: dict[str, CatalogueColumn | None] = {}
        for one in found:
            name = plain(one.name)
            self._named[name] = None if name in self._named else one
        for one in found:
            self._named[plain(_path(one, parents))] = one
        for one in found:
            self._named[plain(one.code)] = one
        self._known: dict[str, CatalogueColumn] = {}

    def one(self, cell: Cell) -> CatalogueColumn:
        """The column of a cell.

        :raises Unreadable: none, or several of that name.
        """
        text = line(cell)
        if (kept := self._known.get(text)) is not None:
            return kept
        key = plain("/".join(text.replace(">", "/").replace("＞", "/").split("/")))
        if key not in self._named:
            raise Unreadable(
                f"“{text[:40]}”不是目录里的栏目：请核对名称或代码，或先在目录中增加这个栏目"
            )
        column = self._named[key]
        if column is None:
            raise Unreadable(f"有几个栏目都叫“{text[:40]}”：请改填栏目代码，或写成“上级栏目/栏目”")
        self._known[text] = column
        return column


def _path(column: CatalogueColumn, parents: Mapping[int, CatalogueColumn]) -> str:
    names = [column.name]
    while column.parent_id is not None:
        column = parents[column.parent_id]
        names.append(column.name)
    return "/".join(reversed(names))


def _link(cell: Cell) -> str:
    text = line(cell)
    if not is_link(text):
        raise Unreadable(f"“{text[:20]}”不是网址：{NOT_A_LINK}")
    return text


def publication_columns(
    names: ColumnNames, own: CatalogueColumn | None = None, headings: Headings | None = None
) -> list[Column]:
    """The columns of a table of publications, each with what others call it.

    :param own: the column of all rows, where the file need not say it.
    """
    said = headings or Headings()
    return [
        Column(
            "column", _called(said.column, COLUMN_HEADINGS), names.one, empty=own,
            required=own is None, width=24, hint="栏目名称或代码；重名的填代码",
            example="饮用水水源水质",
        ),
        Column(
            "title", _called(said.title, TITLE_HEADINGS), line, required=True,
            limit=TITLE_CHARACTERS, width=44, example="10月饮用水水源水质状况",
        ),
        Column(
            "published_on", _called(said.day, DAY_HEADINGS), day, required=True, width=14,
            hint="年月日", example="2026-10-08",
        ),
        Column(
            "url", _called(said.url, URL_HEADINGS), _link, empty=None, limit=LONGEST_LINK,
            width=36, hint="可不填", example="https://www.example.gov.cn/1.html",
        ),
        Column(
            "index_number", _called(said.index_number, INDEX_HEADINGS), line, empty=None,
            limit=INDEX_CHARACTERS, width=20, hint="可不填",
        ),
    ]  # fmt: skip


def _called(said: str, known: tuple[str, ...]) -> tuple[str, ...]:
    return (said, *known) if said else known


def template() -> bytes:
    """The workbook to fill in (.xlsx)."""
    return write_template("公开信息", publication_columns(ColumnNames(())))


def column_names(session: Session) -> ColumnNames:
    query = select(CatalogueColumn).options(joinedload(CatalogueColumn.unit))
    return ColumnNames(session.scalars(query.order_by(CatalogueColumn.code)).all())


def read_file(
    session: Session,
    path: Path,
    attempt: Attempt,
    own: CatalogueColumn | None = None,
    headings: Headings | None = None,
) -> TableFile:
    """Read a table of publications. Stores nothing.

    Rows are refused that no column takes: of a day after its last one, of another unit's column.

    :param own: the column of rows that name none.
    :raises Invalid: it cannot be read as such a table.
    """
    wanted = publication_columns(column_names(session), own, headings)
    today = local(attempt.now, office_zone()).date()
    return read_table(path, wanted, _whole_row(attempt, today), MOST_ROWS)


def rehearse(session: Session, file: TableFile) -> TableImport:
    """What :func:`store` would do; stores nothing."""
    seen, created = Known(), 0
    for portion in _portions(file):
        known = registering.known_among(session, portion)
        for item in portion:
            if not known.has(item) and not seen.has(item):
                created += 1
            seen.add(item)
    return told(file, created)


def store(file: TableFile, attempt: Attempt) -> TableImport:
    """Register what is new, a portion in each transaction, and note the whole."""
    created = 0
    for portion in _portions(file):
        with transaction(attempt.actor, attempt.now) as session:
            created += len(registering.store(session, portion, Way.IMPORT, attempt.now))
    found = told(file, created)
    with transaction(attempt.actor, attempt.now) as session:
        registering.note_batch(session, Way.IMPORT, file.name, found.counts, attempt)
    return found


def take(
    path: Path,
    attempt: Attempt,
    trial: bool,
    code: str = "",
    headings: Headings | None = None,
) -> TableImport:
    """Take a file in, or on a trial tell what would become of it.

    :param code: of the column of rows that name none.
    :raises Invalid: the file cannot be read, or no column has the code.
    """
    own = None
    if code:
        own = db.session.scalar(
            select(CatalogueColumn)
            .where(CatalogueColumn.code == code)
            .options(joinedload(CatalogueColumn.unit))
        )
        if own is None:
            raise Invalid(f"没有代码为 {code} 的栏目：请在“公开目录”查看代码", {"column": "没有"})
    file = read_file(db.session, path, attempt, own, headings)
    return rehearse(db.session, file) if trial else store(file, attempt)


def _portions(file: TableFile) -> list[list[Item]]:
    """The items by day, so that what the register has of each portion is found in one look."""
    items = sorted((one.values[ITEM] for one in file.read), key=lambda item: item.published_on)
    return [items[start : start + PORTION] for start in range(0, len(items), PORTION)]


def _whole_row(attempt: Attempt, today: date) -> Finish:
    allowed: dict[int, bool] = {}

    def finish(values: Values) -> str | None:
        column, published_on = values["column"], values["published_on"]
        if column.id not in allowed:
            allowed[column.id] = registering.may_register(attempt.actor, column)
        if not allowed[column.id]:
            reason = f"“{column.name}”由{column.unit.name}维护，这里只收本单位栏目的信息：请删去"
            raise RowRefused("column", reason)
        if reason_of_day := registering.day_refusal(column, published_on, today):
            raise RowRefused("published_on", reason_of_day)
        values[ITEM] = Item(
            column.id, values["title"], published_on, values["url"], values["index_number"]
        )
        return None

    return finish
