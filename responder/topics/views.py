"""Pages of the topics."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from responder.core.database import db
from responder.core.permissions import Permission
from responder.core.times import local, utc_now
from responder.intake.models import CHANNEL_LABELS
from responder.settings import Settings
from responder.topics import refreshing, service
from responder.web.access import current_actor, requires
from responder.web.paging import paginate, requested_page

CURVE_DAYS = 30

blueprint = Blueprint("topics", __name__)


@blueprint.get("/topics")
@requires(Permission.TOPIC_READ)
def index() -> str:
    settings: Settings = current_app.extensions["settings"]
    hot_only = request.args.get("hot") == "1"
    text = request.args.get("q", "").strip()
    query = service.topics_by_heat(
        min_messages=1 if request.args.get("single") == "1" else 2,
        min_heat=settings.topic_hot_heat if hot_only else 0.0,
        text=text,
    )
    return render_template(
        "topics/index.html",
        page=paginate(db.session, query, requested_page()),
        last_refresh=service.last_refresh(db.session),
    )


@blueprint.get("/topics/<int:topic_id>")
@requires(Permission.TOPIC_READ)
def show(topic_id: int) -> str:
    topic = service.get_topic(db.session, topic_id)
    zone = current_app.extensions["settings"].zone
    last_day = local(topic.ranked_as_of, zone).date()
    return render_template(
        "topics/show.html",
        topic=topic,
        page=paginate(db.session, service.memberships_of(topic), requested_page()),
        curve=service.messages_by_day(db.session, topic, last_day, CURVE_DAYS, zone),
        channel_labels=CHANNEL_LABELS,
        channels=service.messages_by_channel(db.session, topic),
    )


@blueprint.post("/topics/refresh")
@requires(Permission.TOPIC_REFRESH)
def refresh() -> Response:
    now = utc_now()
    window = timedelta(days=current_app.extensions["settings"].topic_window_days)
    run = refreshing.refresh(now, now, window, current_actor())
    done = _(
        "已聚合：新增留言 %(messages)s 条，新话题 %(topics)s 个。",
        messages=run.messages_added,
        topics=run.topics_created,
    )
    nothing = _("没有待聚合的留言，系统已自动聚合；热度已更新。")
    flash(done if run.messages_added else nothing, "success")
    return redirect(url_for("topics.index"))
