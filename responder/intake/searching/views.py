"""The list of messages with its search box, and finding a caller's messages."""

from __future__ import annotations

from flask import render_template, request

from responder.core.database import transaction
from responder.core.permissions import Permission
from responder.intake.searching.callers import messages_of_caller
from responder.intake.searching.declared import MESSAGES
from responder.intake.searching.highlight import excerpt, marked
from responder.intake.views import blueprint
from responder.web.access import current_actor, requires
from responder.web.listing import add_list_pages, show

blueprint.add_app_template_filter(marked)
blueprint.add_app_template_filter(excerpt)


@blueprint.get("/messages")
@requires(Permission.MESSAGE_READ)
def index() -> str:
    return render_template("intake/index.html", listed=show(MESSAGES))


add_list_pages(blueprint, "/messages", MESSAGES, "index", frozenset({Permission.MESSAGE_READ}))


@blueprint.post("/messages/of-caller")
@requires(Permission.IDENTITY_REVEAL)
def of_caller() -> str:
    """Asked by POST alone: a number in an address would stand in every log."""
    with transaction(current_actor()) as session:
        found = messages_of_caller(session, request.form.get("phone", ""), current_actor())
    return render_template("intake/of_caller.html", messages=found)
