"""The page of earlier answers beside an item."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from responder.core.database import db, transaction
from responder.core.lifecycle import Attempt
from responder.core.permissions import Permission
from responder.core.times import utc_now
from responder.publishing import service as publishing
from responder.publishing.earlier import service
from responder.responses import service as responses
from responder.web.access import current_actor, requires
from responder.web.forms import seen_version

blueprint = Blueprint("earlier", __name__)


@blueprint.get("/responses/<int:item_id>/earlier")
@requires(Permission.RESPONSE_READ)
def index(item_id: int) -> str:
    item = responses.find_item(db.session, item_id)
    found = service.earlier_answers(db.session, item)
    return render_template("publishing/earlier.html", item=item, found=found)


@blueprint.post("/responses/<int:item_id>/earlier/<int:entry_id>")
@requires(Permission.RESPONSE_DRAFT)
def take_up(item_id: int, entry_id: int) -> Response:
    attempt = Attempt(current_actor(), utc_now())
    with transaction(attempt.actor, attempt.now) as session:
        entry = publishing.find_entry(session, entry_id)
        item = responses.find_item(session, item_id)
        kept = service.take_up(session, item, entry, attempt, seen_version() or 0)
        number = entry.index_number
    done = _("已用 %(number)s 的答复作底稿，存为新的一版：请改写后再提交。", number=number)
    flash(done if kept else _("稿件没有变化，未产生新版本。"), "success")
    return redirect(url_for("responses.show", item_id=item_id))
