"""The steps of an item's page: submitted, reviewed, checked, signed, returned, archived."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from responder.accounts.proving import prove
from responder.core.database import db, transaction
from responder.core.errors import Forbidden
from responder.core.times import utc_now
from responder.responses import service
from responder.responses.lifecycle import DESK_PERMISSIONS, RETURN_ACTIONS
from responder.responses.reviewing import Refused
from responder.responses.service import StepFacts
from responder.responses.views import Page, blueprint, item_page, zone
from responder.web.access import current_actor, requires
from responder.web.errors import STATUS
from responder.web.forms import seen_version
from responder.web.sentences import spoken

SIGN = "sign"


@blueprint.post("/responses/<int:item_id>/<string:action>")
@requires(*DESK_PERMISSIONS)
def advance(item_id: int, action: str) -> Page:
    actor, now = current_actor(), utc_now()
    action = _asked(action)
    attempts = service.attempts_of(db.session, actor, now, zone(), request.form.get("note", ""))
    proven = None
    if action == SIGN:
        # Nobody's code is used up by a step that could not be taken anyway.
        seen = service.find_item_as_seen(db.session, item_id, seen_version())
        service.attempt_for(seen, SIGN, attempts)
        try:
            proven = prove(actor, request.form.get("proof", ""), now)
        except Forbidden as error:
            return _not_proven(item_id, error)
    facts = StepFacts(_secrecy(), proven)
    with transaction(actor, now) as session:
        item = service.find_item_as_seen(session, item_id, seen_version())
        attempt = service.attempt_for(item, action, attempts)
        label = service.advance(session, item, action, attempt, facts).label
    flash(_("已办理：%(step)s。", step=_(label)), "success")
    return redirect(url_for("responses.show", item_id=item_id))


def _asked(action: str) -> str:
    """A form that offers several steps to return to says which it is."""
    to = request.form.get("to", "")
    return to if action in RETURN_ACTIONS and to in RETURN_ACTIONS else action


def _secrecy() -> dict[str, bool]:
    """What the secrecy form answered; a question without an answer is missing."""
    given = {name: request.form.get(f"secrecy-{name}") for name in service.SECRECY_QUESTIONS}
    return {name: value == "yes" for name, value in given.items() if value in ("yes", "no")}


def _not_proven(item_id: int, error: Forbidden) -> Page:
    refused = Refused(spoken(error.message), request.form.get("note", ""))
    return item_page(item_id, refused=refused), STATUS[type(error)]
