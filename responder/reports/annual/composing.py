"""The annual summary as a report: the template's lines, each figure leading to its rows."""

from __future__ import annotations

from sqlalchemy.orm import Session

from responder.core.office import office_name
from responder.core.times import chinese_date, local
from responder.planning.briefing.reading import Standpoint
from responder.reports.annual import rules
from responder.reports.annual.rules import Line
from responder.reports.annual.wording import summary_lines
from responder.reports.documents.content import Block, Content, Heading, Paragraph, Run, link
from responder.reports.documents.rules import Request
from responder.reports.statistics.spans import Span

_LEVELS = {rules.HEADING: 1, rules.SUBHEADING: 2}


def compose(session: Session, request: Request, at: Standpoint) -> Content:
    """The summary of the year of ``request``, by the figures as they stand or were frozen."""
    year = request.first.year
    span = Span(year, at.zone, today=local(at.now, at.zone).date())
    lines, codes = summary_lines(session, span, office_name(), at.now)
    title = next((one.text for one in lines if one.kind == rules.TITLE), f"{year}年总结")
    blocks = [_block(one, codes, year) for one in lines if one.kind != rules.TITLE]
    until = (
        "" if span.as_of == span.after else f"数据截至{chinese_date(span.as_of)}，全年数据尚未齐"
    )
    return Content(title, until, tuple(blocks))


def _block(line: Line, codes: dict[str, str], year: int) -> Block:
    if level := _LEVELS.get(line.kind):
        return Heading(level, line.text)
    runs = (
        Run(
            piece.text,
            link("statistics.show", code=codes[piece.name], year=year)
            if piece.name in codes
            else None,
        )
        for piece in line.pieces
    )
    return Paragraph(tuple(runs))
