"""Reports with sane defaults, walked to any state by the right people."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

from docx import Document

from responder.core.database import db, transaction
from responder.core.lifecycle import Attempt
from responder.core.privacy import NOBODY
from responder.core.times import SHANGHAI, local
from responder.planning.briefing.reading import Standpoint
from responder.reports.documents import rules, service
from responder.reports.documents.content import Content, Heading, Paragraph, Table, text_of
from responder.reports.documents.kinds import KINDS, Kind
from responder.reports.documents.models import Report, ReportState
from responder.reports.documents.rules import Request
from responder.reports.documents.word import word_file
from responder.topics.models import Topic
from tests.factories import NOW, People
from tests.planning import factories as planning
from tests.planning.briefing.factories import message, refreshed

TODAY = local(NOW).date()  # Friday, 20 November 2026
MONTH = "2026-11"
SUMMARY = "停水引发集中反映，研判为短期民生热点。"
OFFICE = "江澜市人民政府新闻办公室"


def standpoint(now: datetime = NOW) -> Standpoint:
    return Standpoint(now, SHANGHAI, NOBODY)


def composed(code: str, request: Request, now: datetime = NOW) -> Content:
    """What a kind says, without a report of it."""
    return KINDS[code].compose(db.session, request, standpoint(now))


def month(text: str = MONTH) -> Request:
    return rules.of_month(text, date(2030, 1, 1))


def day(of: date = TODAY) -> Request:
    return rules.of_day(of, of)


def worried_topic(**facts: Any) -> Topic:
    """A topic of the month with voices of both sides, one of them an operator's."""
    made = planning.topic(
        "翠湖名苑停水", keywords=[["停水", 1.0]], first_seen=NOW - timedelta(days=4), **facts
    )
    said = (
        "小区又停水了，物业一直不管，太气人了！",
        "什么时候才能恢复供水？请给个准话。",
        "抢修师傅连夜干活，感谢你们，辛苦了。",
        "停水三天请联系张建国先生13812345678，家里有老人实在没办法。",
    )
    for number, body in enumerate(said):
        message(made, body, at=NOW - timedelta(days=number + 1), district="云溪区")
    with transaction(People().press_officer.actor, NOW):
        made.message_count, made.people_count = len(said), len(said)
        made.tones = {"negative": 2, "neutral": 1, "positive": 1}
    refreshed()
    return made


def made(
    kind: Kind | str = "hotline",
    request: Request | None = None,
    now: datetime = NOW,
    actor: Any = None,
) -> Report:
    """A draft, by the press officer."""
    kind = KINDS[kind] if isinstance(kind, str) else kind
    actor = actor or People().press_officer.actor
    with transaction(actor, now) as session:
        return service.make(session, kind, request or month(), standpoint(now), Attempt(actor, now))


def write(report: Report, texts: dict[str, str], actor: Any = None) -> bool:
    actor = actor or People().press_officer.actor
    with transaction(actor, NOW) as session:
        return service.write(session, report, texts, Attempt(actor, NOW))


def take(report: Report, action: str, actor: Any, note: str = "") -> Report:
    with transaction(actor, NOW) as session:
        service.advance(session, report, action, Attempt(actor, NOW, note))
    return report


def brought_to(state: ReportState, report: Report | None = None) -> Report:
    """A report that went the way to ``state``."""
    report = report or made()
    writer, signer = People().press_officer.actor, People().signer.actor
    if state is ReportState.DRAFT:
        return report
    if state is ReportState.VOID:
        return take(report, "void", writer, "写重了")
    take(report, "submit", writer)
    if state is ReportState.RETURNED:
        take(report, "return", signer, "数字请核对")
    if state is ReportState.SIGNED:
        take(report, "sign", signer)
    return report


def tables(content: Content) -> dict[str, Table]:
    return {block.label: block for block in content.blocks if isinstance(block, Table)}


def rows(table: Table) -> list[list[str]]:
    return [[text_of(cell) for cell in row] for row in table.rows]


def said(content: Content) -> str:
    """All headings and paragraphs, a line each."""
    lines = []
    for block in content.blocks:
        if isinstance(block, Heading):
            lines.append(block.text)
        elif isinstance(block, Paragraph):
            lines.append(text_of(block.runs))
    return "\n".join(lines)


def word(report: Report) -> Any:
    return Document(BytesIO(word_file(report, OFFICE, SHANGHAI)))
