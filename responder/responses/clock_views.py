"""The clocks on an item's page: suspended, extended, started anew, added."""

from __future__ import annotations

from datetime import datetime

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from responder.core.clock_changes import Moved
from responder.core.database import transaction
from responder.core.errors import Invalid
from responder.core.lifecycle import Attempt
from responder.core.permissions import Permission
from responder.core.times import utc_now
from responder.responses import service
from responder.responses.clock_lifecycle import CLOCK_PERMISSIONS
from responder.responses.service import ClockFacts
from responder.responses.views import blueprint, zone
from responder.web.access import current_actor, requires
from responder.web.filters import moment
from responder.web.forms import seen_version


@blueprint.post("/responses/<int:item_id>/clocks")
@requires(Permission.CLOCK_DECIDE)
def add_clock(item_id: int) -> Response:
    attempt = Attempt(current_actor(), utc_now(), request.form.get("note", ""))
    rule_id = request.form.get("rule_id", type=int) or 0
    with transaction(attempt.actor, attempt.now) as session:
        item = service.find_item_as_seen(session, item_id, seen_version())
        clock = service.add_clock(session, item, rule_id, attempt, zone())
        name, due_at = clock.rule.name, clock.due_at
    flash(_("已增加时限“%(name)s”，%(moment)s 到期。", name=name, moment=moment(due_at)), "success")
    return _back(item_id)


@blueprint.post("/responses/<int:item_id>/clocks/<int:clock_id>/<string:action>")
@requires(*CLOCK_PERMISSIONS)
def change_clock(item_id: int, clock_id: int, action: str) -> Response:
    attempt = Attempt(current_actor(), utc_now(), request.form.get("note", ""))
    facts = ClockFacts(request.form.get("length", type=int), _started_at())
    with transaction(attempt.actor, attempt.now) as session:
        clock = service.find_clock(session, item_id, clock_id, seen_version())
        moved = service.change_clock(session, clock, action, attempt, facts, zone())
    flash(_told(moved), "success")
    return _back(item_id)


def _started_at() -> datetime | None:
    text = request.form.get("started_at", "")
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=zone())
    except ValueError as error:
        raise Invalid(
            "起算时间写得不对：请按“年-月-日 时:分”填写", {"started_at": "写得不对"}
        ) from error


def _told(moved: Moved) -> str:
    message: str = _("已办理，到期时间不变。")
    if moved.before != moved.after:
        before, after = moment(moved.before), moment(moved.after)
        message = _("已办理，到期由 %(before)s 改为 %(after)s。", before=before, after=after)
    return message


def _back(item_id: int) -> Response:
    return redirect(url_for("responses.show", item_id=item_id, _anchor="clocks"))
