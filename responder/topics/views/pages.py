"""The list of topics, one topic, and why a message is in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from responder.core.database import db, transaction
from responder.core.permissions import Actor, Permission
from responder.core.privacy import mask
from responder.core.times import local, utc_now
from responder.errands import service as errands
from responder.errands.kinds import Outcome, Progress, kind_of
from responder.intake.models import CHANNEL_LABELS
from responder.settings import Settings
from responder.topics import archive, corrections, lineage, memory, refreshing, service
from responder.topics import why as reasons
from responder.topics.declared import TOPICS
from responder.topics.forms import RenameForm
from responder.topics.models import Topic, TopicRefresh
from responder.topics.views.common import blueprint
from responder.web import listing
from responder.web.access import current_actor, requires
from responder.web.paging import paginate, requested_page

CURVE_DAYS = 30
REFRESH = "topics.refresh"
MOST_AT_ONCE = 200  # new messages that find their topics within a second


@blueprint.get("/topics")
@requires(Permission.TOPIC_READ)
def index() -> str:
    return render_template(
        "topics/index.html",
        listed=listing.show(TOPICS),
        last_refresh=service.last_refresh(db.session),
    )


listing.add_list_pages(blueprint, "/topics", TOPICS, "index", frozenset({Permission.TOPIC_READ}))


@blueprint.get("/topics/<int:topic_id>")
@requires(Permission.TOPIC_READ)
def show(topic_id: int) -> str | Response:
    topic = service.get_topic(db.session, topic_id)
    if topic.merged_into_id is not None:
        return _to_survivor(topic)
    return topic_page(topic, RenameForm(data={"label": mask(topic.label)}))


def topic_page(topic: Topic, form: RenameForm) -> str:
    """The page of a living topic, with the form for its name as it stands."""
    zone = current_app.extensions["settings"].zone
    last_day = local(topic.ranked_as_of, zone).date()
    words = request.args.get("words", "").strip()
    form.version.data = corrections.state_of_play(db.session, topic.id)
    return render_template(
        "topics/show.html",
        topic=topic,
        form=form,
        version=form.version.data,
        words=words,
        page=paginate(db.session, service.memberships_of(topic, words), requested_page()),
        curve=service.messages_by_day(db.session, topic, last_day, CURVE_DAYS, zone),
        channel_labels=CHANNEL_LABELS,
        channels=service.messages_by_channel(db.session, topic),
        portrait=reasons.portrait(db.session, topic),
        history=lineage.history(db.session, topic),
        corrections=corrections.corrections_of(db.session, topic),
        kind_labels=corrections.KIND_LABELS,
    )


def _to_survivor(topic: Topic) -> Response:
    survivor = service.survivor(db.session, topic)
    flash(
        _(
            "话题 %(gone)s 已并入本话题（话题 %(survivor)s）。",
            gone=topic.id,
            survivor=survivor.id,
        ),
        "info",
    )
    return redirect(url_for("topics.show", topic_id=survivor.id))


@blueprint.get("/topics/<int:topic_id>/messages/<int:message_id>")
@requires(Permission.MESSAGE_READ)
def why(topic_id: int, message_id: int) -> str | Response:
    topic = service.get_topic(db.session, topic_id)
    if topic.merged_into_id is not None:
        return _to_survivor(topic)
    member = service.get_membership(db.session, topic, message_id)
    text = request.args.get("q", "").strip()
    return render_template(
        "topics/why.html",
        topic=topic,
        member=member,
        message=member.message,
        why=reasons.why(db.session, member),
        version=corrections.state_of_play(db.session, topic.id),
        targets=service.topics_like(db.session, topic, text),
        kind_labels=corrections.KIND_LABELS,
    )


@blueprint.post("/topics/refresh")
@requires(Permission.TOPIC_REFRESH)
def refresh() -> Response:
    if _takes_long():
        with transaction(current_actor()) as session:
            kind = kind_of(REFRESH)
            errand_id = errands.ask(session, kind, {}, current_actor(), utc_now()).id
        return redirect(url_for("errands.show", errand_id=errand_id))
    run = _refresh(current_actor())
    done = _(
        "已聚合：新增留言 %(messages)s 条，新话题 %(topics)s 个。",
        messages=run.messages_added,
        topics=run.topics_created,
    )
    nothing = _("没有待聚合的留言，系统已自动聚合；热度已更新。")
    flash(done if run.messages_added else nothing, "success")
    return redirect(url_for("topics.index"))


def refresh_as_errand(
    actor: Actor, _arguments: Mapping[str, str], progress: Progress, _path: Path
) -> Outcome:
    """The same, of however many messages: a portion at a time, each stored."""
    settings: Settings = current_app.extensions["settings"]
    now, window = utc_now(), _window()
    total = refreshing.waiting_in_all(now, window)
    progress.tell(0, total)
    added = born = 0
    for run in archive.refreshes(
        now, now, window, actor, settings.zone, settings.topic_memory,
        portion=refreshing.PORTION,
    ):  # fmt: skip
        added += run.messages_added
        born += run.topics_created
        progress.tell(added, total)
    return Outcome(f"已聚合：新增留言 {added} 条，新话题 {born} 个")


def _takes_long() -> bool:
    """Many messages wait, or what the last refresh remembered is gone."""
    folder = current_app.extensions["settings"].topic_memory
    if not memory.is_at_hand(folder, memory.last_run(db.session)):
        return True
    return refreshing.waiting(utc_now(), _window(), MOST_AT_ONCE) == MOST_AT_ONCE


def _refresh(actor: Actor) -> TopicRefresh:
    settings: Settings = current_app.extensions["settings"]
    now = utc_now()
    return refreshing.refresh(now, now, _window(), actor, settings.zone, settings.topic_memory)


def _window() -> timedelta:
    settings: Settings = current_app.extensions["settings"]
    return timedelta(days=settings.topic_window_days)
