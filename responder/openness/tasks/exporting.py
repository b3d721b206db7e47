"""In which formats the year's tasks can be taken along. A format is a row of :data:`FORMATS`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from responder.core.office import office_zone
from responder.core.papers import papers_document, papers_workbook
from responder.core.permissions import Actor
from responder.core.times import local
from responder.openness.tasks import paper
from responder.web.media_types import DOCX, XLSX

Writer = Callable[[Session, int, Actor, datetime], bytes]


@dataclass(frozen=True)
class Format:
    """One kind of file: what a button calls it, its media type, and what writes it."""

    label: str
    media_type: str
    write: Writer


def _workbook(session: Session, year: int, reader: Actor, now: datetime) -> bytes:
    sheets = paper.tables(session, year, reader, local(now, office_zone()).date())
    return papers_workbook(paper.title_of(year), now, sheets)


def _document(session: Session, year: int, reader: Actor, now: datetime) -> bytes:
    sheets = paper.tables(session, year, reader, local(now, office_zone()).date())
    return papers_document(paper.title_of(year), now, list(sheets.values()), annexed=True)


# By the file's suffix, which is also the name in the address and at the console.
FORMATS: dict[str, Format] = {
    "xlsx": Format("Excel", XLSX, _workbook),
    "docx": Format("Word", DOCX, _document),
}
