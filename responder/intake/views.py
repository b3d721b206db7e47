"""One message."""

from __future__ import annotations

from flask import Blueprint, render_template

from responder.core import audit, privacy
from responder.core.database import db, transaction
from responder.core.office import public_lines
from responder.core.permissions import Permission
from responder.intake import service
from responder.intake.models import Message
from responder.intake.repeats import grouping
from responder.web.access import current_actor, requires
from responder.web.paging import paginate, requested_page

blueprint = Blueprint("intake", __name__)

SAME_SHOWN = 6


@blueprint.get("/messages/<int:message_id>")
@requires(Permission.MESSAGE_READ)
def show(message_id: int) -> str:
    return _message_page(service.get(db.session, message_id), revealed=False)


@blueprint.post("/messages/<int:message_id>/identity")
@requires(Permission.IDENTITY_REVEAL)
def reveal(message_id: int) -> str:
    """Shown in this answer alone: coming back to the page hides it again."""
    with transaction(current_actor()) as session:
        message = service.reveal_identity(session, message_id)
    return _message_page(message, revealed=True)


def _message_page(message: Message, revealed: bool) -> str:
    return render_template(
        "intake/show.html",
        message=message,
        revealed=revealed,
        hidden=_hides_something(message),
        events=audit.history(db.session, message),
        same=paginate(db.session, grouping.of_group(message), 1, SAME_SHOWN),
    )


def _hides_something(message: Message) -> bool:
    """Whether the page shows the message's own words only in part."""
    words = (message.title, message.body, message.place, message.reply)
    return any(privacy.find(text, public_lines()) for text in words if text)


@blueprint.get("/messages/<int:message_id>/repeats")
@requires(Permission.MESSAGE_READ)
def same(message_id: int) -> str:
    """Every message that says the same as this one."""
    message = service.get(db.session, message_id)
    page = paginate(db.session, grouping.of_group(message), requested_page())
    return render_template("intake/repeats.html", message=message, page=page)
