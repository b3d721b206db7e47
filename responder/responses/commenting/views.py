"""Comments on an item's page: made by reviewers, settled by editors."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from responder.core.database import transaction
from responder.core.lifecycle import Attempt
from responder.core.permissions import DELEGABLE, Permission
from responder.core.times import utc_now
from responder.responses import service
from responder.responses.commenting import service as commenting
from responder.responses.views import blueprint, zone
from responder.web.access import current_actor, requires


@blueprint.post("/responses/<int:item_id>/comments")
@requires(*DELEGABLE)
def add_comment(item_id: int) -> Response:
    actor, now = current_actor(), utc_now()
    with transaction(actor, now) as session:
        item = service.find_item_with_authors(session, item_id)
        attempts = service.attempts_of(session, actor, now, zone())
        quote, body = request.form.get("quote", ""), request.form.get("body", "")
        commenting.comment(session, item, quote, body, attempts)
    flash(_("已批注。"), "success")
    return redirect(url_for("responses.show", item_id=item_id, _anchor="comments"))


@blueprint.post("/responses/<int:item_id>/comments/<int:comment_id>/settle")
@requires(Permission.RESPONSE_DRAFT, *DELEGABLE)
def settle_comment(item_id: int, comment_id: int) -> Response:
    attempt = Attempt(current_actor(), utc_now())
    with transaction(attempt.actor, attempt.now) as session:
        item = service.find_item(session, item_id)
        commenting.settle(session, item, comment_id, request.form.get("reply", ""), attempt)
    flash(_("批注已处理。"), "success")
    return redirect(url_for("responses.show", item_id=item_id, _anchor="comments"))
