"""After an event: which topics get a response item of what was said, and the one action."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from responder.core.database import db, transaction
from responder.core.errors import DomainError, Invalid, Stale, WrongState
from responder.core.permissions import Permission
from responder.core.times import utc_now
from responder.planning import service as planning
from responder.planning.events.lifecycle import TOOK_PLACE
from responder.responses import service
from responder.responses.forms import FeedBackForm
from responder.responses.models import Level
from responder.responses.views import blueprint, this_minute, zone
from responder.web.access import current_actor, requires
from responder.web.errors import STATUS
from responder.web.forms import show_errors

Page = str | Response | tuple[str, int]


@blueprint.route("/planning/events/<int:event_id>/feed-back", methods=["GET", "POST"])
@requires(Permission.RESPONSE_OPEN)
def feed_back(event_id: int) -> Page:
    form = FeedBackForm(data={"found_at": this_minute()})
    if not form.validate_on_submit():
        return _page(event_id, form), 422 if form.is_submitted() else 200
    try:
        with transaction(current_actor()) as session:
            items = service.feed_back(
                session,
                event_id,
                current_actor(),
                utc_now(),
                level=Level(form.level.data),
                found_at=form.found_at.data.replace(tzinfo=zone()),
                seen=form.seen(),
                zone=zone(),
            )
            count = len(items)
    except (Invalid, Stale, WrongState) as error:
        return _refused(event_id, form, error)
    if count:
        flash(_("已建立 %(count)s 个回应事项，时限开始计算。", count=count), "success")
    else:
        flash(_("没有新的回应事项：关联的话题都已有了。"), "info")
    return redirect(url_for("responses.feed_back", event_id=event_id))


def _refused(event_id: int, form: FeedBackForm, error: DomainError) -> tuple[str, int]:
    show_errors(form, error)
    return _page(event_id, form), STATUS[type(error)]


def _page(event_id: int, form: FeedBackForm) -> str:
    event = planning.get_event(db.session, event_id)
    turns = service.turns(db.session, event)
    wanted = [turn for turn in turns if turn.skip is None]
    form.topics.data = ",".join(str(turn.topic.id) for turn in wanted)
    return render_template(
        "responses/feed_back.html",
        event=event,
        form=form,
        wanted=wanted,
        skipped=[turn for turn in turns if turn.skip is not None],
        held=event.state in TOOK_PLACE,
        skip_labels=service.SKIP_LABELS,
        source_labels=service.SOURCE_LABELS,
    )
