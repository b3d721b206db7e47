"""What no event covers, and what people say of the suggested links."""

from __future__ import annotations

from flask import flash, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from responder.core.database import db, transaction
from responder.core.errors import Invalid
from responder.core.permissions import Permission
from responder.core.times import utc_now
from responder.planning import service
from responder.planning.views import blueprint
from responder.topics import heat_settings
from responder.topics import service as topics
from responder.web.access import current_actor, requires
from responder.web.paging import paginate, requested_page
from responder.web.redirects import back_to


@blueprint.get("/planning/gaps")
@requires(Permission.PLAN_READ)
def gaps() -> str:
    threshold = heat_settings.hot_from(db.session)
    page = paginate(db.session, service.uncovered_query(threshold), requested_page())
    return render_template(
        "planning/gaps.html",
        page=page,
        gaps=service.with_suggestions(db.session, page.rows),
        threshold=threshold,
    )


@blueprint.post("/planning/links/refresh")
@requires(Permission.EVENT_LINK)
def refresh_suggestions() -> Response:
    with transaction(current_actor()) as session:
        run = service.suggest_links(session, utc_now())
    flash(
        _(
            "已更新关联建议：新增 %(added)s 条，保留 %(kept)s 条，撤下 %(removed)s 条。",
            added=run.added,
            kept=run.kept,
            removed=run.removed,
        ),
        "success",
    )
    return _back()


@blueprint.post("/planning/links")
@requires(Permission.EVENT_LINK)
def link_by_hand() -> Response:
    topic_id = request.form.get("topic_id", type=int)
    event_id = request.form.get("event_id", type=int)
    if topic_id is None or event_id is None:
        raise Invalid("请先选择要关联的发布活动")
    with transaction(current_actor()) as session:
        topic = topics.get_living(session, topic_id)
        event = service.get_event(session, event_id)
        service.link_by_hand(session, topic, event, current_actor(), utc_now())
    flash(_("已关联。"), "success")
    return _back()


@blueprint.post("/planning/links/<int:link_id>/confirm")
@requires(Permission.EVENT_LINK)
def confirm_link(link_id: int) -> Response:
    _decide(link_id, confirmed=True)
    flash(_("已确认关联。"), "success")
    return _back()


@blueprint.post("/planning/links/<int:link_id>/refuse")
@requires(Permission.EVENT_LINK)
def refuse_link(link_id: int) -> Response:
    _decide(link_id, confirmed=False)
    flash(_("已记为不相关，以后不再建议。"), "success")
    return _back()


def _decide(link_id: int, confirmed: bool) -> None:
    with transaction(current_actor()) as session:
        link = service.get_link(session, link_id)
        service.decide_link(session, link, confirmed, current_actor(), utc_now())


def _back() -> Response:
    return redirect(back_to(request.form.get("next"), "planning.gaps"))
