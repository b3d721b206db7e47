"""The register of a year as a file. A format is a row of :data:`FORMATS`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from responder.core.papers import PaperColumn, PaperTable, papers_document, papers_workbook
from responder.core.permissions import Actor
from responder.openness.trainings.models import Occasion
from responder.openness.trainings.service import counts, listed
from responder.openness.trainings.words import summary, title_of
from responder.web.media_types import DOCX, XLSX

Writer = Callable[[Session, int, Actor, datetime], bytes]

_C = PaperColumn
COLUMNS = (
    _C("序号", 6, 11, centred=True),
    _C("类别", 14, 26, centred=True),
    _C("日期", 12, 19, centred=True),
    _C("名称", 30, 42),
    _C("地点", 16, 22),
    _C("举办单位", 20, 28),
    _C("授课人", 18, 22),
    _C("人数", 8, 11, centred=True, number=True),
    _C("单位数", 8, 11, centred=True, number=True),
    _C("会议纪要文号", 16, 20),
    _C("备注", 12, 13),
)


@dataclass(frozen=True)
class Format:
    """One kind of file: what a button calls it, its media type, and what writes it."""

    label: str
    media_type: str
    write: Writer


def table(session: Session, year: int, reader: Actor) -> PaperTable:
    """The year in the order in which it went.

    :param reader: whom the file is for; it has what they may see.
    """
    found = sorted(session.scalars(listed(reader, year)), key=lambda one: (one.held_on, one.id))
    rows = [_row(number, one) for number, one in enumerate(found, 1)]
    return PaperTable(title_of(year), summary(counts(session, reader, year)), COLUMNS, rows)


def _row(number: int, one: Occasion) -> tuple[str, ...]:
    return (
        str(number),
        one.kind_label,
        f"{one.held_on.month}月{one.held_on.day}日",  # the title says the year
        one.title,
        one.place,
        one.organiser.name if one.organiser else "市政务公开办",
        one.lecturers,
        "" if one.attendance is None else str(one.attendance),
        "" if one.units is None else str(one.units),
        one.minutes_number,
        one.remark,
    )


def _workbook(session: Session, year: int, reader: Actor, now: datetime) -> bytes:
    return papers_workbook(title_of(year), now, {"培训会议": table(session, year, reader)})


def _document(session: Session, year: int, reader: Actor, now: datetime) -> bytes:
    return papers_document(title_of(year), now, [table(session, year, reader)])


# By the file's suffix, which is also the name in the address and at the console.
FORMATS: dict[str, Format] = {
    "xlsx": Format("Excel", XLSX, _workbook),
    "docx": Format("Word", DOCX, _document),
}
