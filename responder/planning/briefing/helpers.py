"""What templates may ask of the briefing pack."""

from __future__ import annotations

from flask import Flask

from responder.core.database import db
from responder.core.office import public_lines
from responder.core.times import utc_now
from responder.planning.briefing import heat, statements, words
from responder.planning.briefing.heat import Around
from responder.planning.briefing.reading import Standpoint
from responder.planning.models import PressEvent
from responder.planning.views import zone


def register(app: Flask) -> None:
    """Filters and globals by these names."""
    app.add_template_global(heat_around)
    app.add_template_filter(heat.heat_drawn, "around_heat")
    app.add_template_filter(heat.messages_drawn, "around_messages")
    app.add_template_filter(statements.seen, "statement_seen")
    app.add_template_filter(words.listed, "counted")


def heat_around(event: PressEvent) -> list[Around]:
    """Each confirmed topic of an event, before and after its day."""
    return heat.around(db.session, event, Standpoint(utc_now(), zone(), public_lines()))
