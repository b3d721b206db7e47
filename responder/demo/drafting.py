"""The demo's tables for writers, and a text that its editor has not saved."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from responder.core.database import transaction
from responder.demo import lookup, sources
from responder.intake.models import Nature
from responder.responses.drafting import lists, slips, templates
from responder.responses.drafting.formats import TextFormat
from responder.responses.drafting.models import Severity
from responder.responses.drafting.templates import TemplateFacts
from responder.responses.models import ResponseItem

TYPED_AGO = timedelta(minutes=40)


def load_drafting(now: datetime) -> None:
    """Templates, words to mind and right names; then the slip."""
    told = sources.read("drafting.toml")
    keeper = lookup.actor("press")
    with transaction(keeper, now) as session:
        for row in told["template"]:
            facts = TemplateFacts(
                row["name"],
                row["text"],
                TextFormat(row.get("format", TextFormat.PLAIN)),
                nature=Nature(row["nature"]),
            )
            templates.put_template(session, None, facts, keeper)
        for row in told["word"]:
            severity = Severity(row.get("severity", Severity.REMIND))
            lists.put_word(session, None, row["word"], row["advice"], severity, keeper)
        for row in told["name"]:
            lists.put_name(session, None, row["name"], "\n".join(row["wrong"]), keeper)
    _type(told["slip"]["title"], told["slip"]["add"], now - TYPED_AGO)


def _type(title: str, added: str, moment: datetime) -> None:
    editor = lookup.actor("editor")
    with transaction(editor, moment) as session:
        query = select(ResponseItem).where(ResponseItem.title.contains(title))
        item = session.scalars(query.order_by(ResponseItem.id.desc())).first()
        if item is not None:
            number = slips.last_number(session, item)
            text, written = item.answer + added, item.answer_format
            slips.keep(session, item, editor, text, written, number, 0, moment)
