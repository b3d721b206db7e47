"""A postponed event is given its day: at once, or after what stands in the way was seen."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from responder.core.database import db, transaction
from responder.core.errors import GuardRefused
from responder.core.permissions import Permission
from responder.core.times import utc_now
from responder.planning import service
from responder.planning.events import moving
from responder.planning.events.forms import read_moment
from responder.planning.events.lifecycle import PRESS_EVENT
from responder.planning.views import blueprint, local_today, zone
from responder.web.access import current_actor, requires
from responder.web.errors import STATUS
from responder.web.forms import seen_version
from responder.web.sentences import spoken


@blueprint.post("/planning/events/<int:event_id>/resume")
@requires(Permission.PLAN_EDIT)
def resume_event(event_id: int) -> Response | tuple[str, int]:
    """The box that accepts clashes says for which time: another one is looked at again."""
    wanted = request.form.get("starts_at", "")
    moment = read_moment(wanted, zone())
    accepted = request.form.get("accept_clashes") == wanted
    try:
        with transaction(current_actor()) as session:
            event = service.get_event_as_seen(session, event_id, seen_version())
            moving.resume_event(
                session, event, moment, current_actor(), utc_now(), accepted=accepted, zone=zone()
            )
            label = PRESS_EVENT.states[event.state]
    except GuardRefused as error:
        event = service.get_event(db.session, event_id)
        told = service.consequences(db.session, event, moment, local_today(), zone=zone())
        page = render_template(
            "planning/resume.html",
            event=event,
            told=told,
            wanted=wanted,
            problem=spoken(error.message),
        )
        return page, STATUS[GuardRefused]
    flash(_("活动状态：%(state)s。", state=label), "success")
    return redirect(url_for("planning.show_event", event_id=event_id))
