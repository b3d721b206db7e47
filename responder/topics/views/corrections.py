"""What people put right, each a form that works without script."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from responder.core.database import db, transaction
from responder.core.errors import Invalid, Stale
from responder.core.permissions import Permission
from responder.core.times import utc_now
from responder.topics import corrections, service
from responder.topics import why as reasons
from responder.topics.forms import RenameForm
from responder.topics.models import CorrectionKind, Membership, Topic, TopicCorrection
from responder.topics.views.common import blueprint
from responder.topics.views.pages import topic_page
from responder.web.access import current_actor, requires
from responder.web.errors import STATUS
from responder.web.forms import seen_version, show_errors
from responder.web.undoing import flash_with_undo

Page = str | Response | tuple[str, int]


def _to(topic_id: int) -> Response:
    return redirect(url_for("topics.show", topic_id=topic_id))


def _other(session: Session) -> Topic:
    """The other topic that the form names, as the person saw it; after ``topic_as_seen``.

    :raises Invalid: it names none.
    :raises Stale: it was corrected since.
    """
    other_id = request.form.get("other_id", type=int)
    if other_id is None:
        raise Invalid("请先选择另一个话题，或填写它的编号")
    other = service.get_topic(session, other_id)
    session.refresh(other)
    if corrections.state_of_play(session, other_id) != request.form.get("other_version", type=int):
        raise Stale(f"您打开页面之后，有人修正过话题 {other_id}：请刷新页面，看过它的现状再修正")
    return other


@blueprint.app_template_global()
def states_of_play(topics: Iterable[Topic]) -> Counter[int]:
    """Topic id → ``state_of_play``, for forms that name these as the other topic."""
    ids = {topic.id for topic in topics}
    query = select(
        TopicCorrection.topic_id, TopicCorrection.other_id, TopicCorrection.undone_at
    ).where(or_(TopicCorrection.topic_id.in_(ids), TopicCorrection.other_id.in_(ids)))
    found: Counter[int] = Counter()
    for one, other, undone_at in db.session.execute(query):
        deeds = 1 if undone_at is None else 2
        found.update(dict.fromkeys(ids & {one, other}, deeds))
    return found


@blueprint.app_template_global()
def matching_state(topic: Topic, words: str) -> str:
    """Which messages of a topic have these words: another answer, if others do meanwhile."""
    found = (
        service.memberships_of(topic, words)
        .order_by(None)
        .with_only_columns(func.count(Membership.message_id), func.sum(Membership.message_id))
    )
    return "-".join(str(number or 0) for number in db.session.execute(found).one())


@blueprint.post("/topics/<int:topic_id>/rename")
@requires(Permission.TOPIC_CORRECT)
def rename(topic_id: int) -> Page:
    form = RenameForm()
    if not form.validate_on_submit():
        return topic_page(service.get_living(db.session, topic_id), form), 422
    try:
        with transaction(current_actor()) as session:
            topic = corrections.topic_as_seen(session, topic_id, form.version.data)
            made = corrections.rename(session, topic, form.label.data, current_actor(), utc_now())
            number = made.id
    except (Invalid, Stale) as error:
        show_errors(form, error)
        return topic_page(service.get_living(db.session, topic_id), form), STATUS[type(error)]
    flash_with_undo(_("已改名，以后聚合不会改它。"), "topics.undo", correction_id=number)
    return _to(topic_id)


@blueprint.post("/topics/<int:topic_id>/pin")
@requires(Permission.TOPIC_CORRECT)
def pin(topic_id: int) -> Response:
    with transaction(current_actor()) as session:
        topic = corrections.topic_as_seen(session, topic_id, seen_version())
        number = corrections.pin(session, topic, current_actor(), utc_now()).id
    flash_with_undo(_("已置顶。"), "topics.undo", correction_id=number)
    return _to(topic_id)


@blueprint.post("/topics/<int:topic_id>/dismiss")
@requires(Permission.TOPIC_CORRECT)
def dismiss(topic_id: int) -> Response:
    with transaction(current_actor()) as session:
        topic = corrections.topic_as_seen(session, topic_id, seen_version())
        note = request.form.get("note", "")[:500]
        number = corrections.dismiss(session, topic, current_actor(), utc_now(), note).id
    done = _("已标为“不是话题”，不再列出，也不再计入热点；可随时恢复。")
    flash_with_undo(done, "topics.undo", correction_id=number)
    return _to(topic_id)


@blueprint.post("/topics/<int:topic_id>/unpin")
@requires(Permission.TOPIC_CORRECT)
def unpin(topic_id: int) -> Response:
    return _undo_mark(topic_id, CorrectionKind.PIN, _("已取消置顶。"))


@blueprint.post("/topics/<int:topic_id>/restore")
@requires(Permission.TOPIC_CORRECT)
def restore(topic_id: int) -> Response:
    return _undo_mark(topic_id, CorrectionKind.DISMISS, _("已恢复为话题。"))


def _undo_mark(topic_id: int, kind: CorrectionKind, done: str) -> Response:
    with transaction(current_actor()) as session:
        topic = corrections.topic_as_seen(session, topic_id, seen_version())
        corrections.undo_mark(session, topic, kind, current_actor(), utc_now())
    flash(done, "success")
    return _to(topic_id)


@blueprint.get("/topics/<int:topic_id>/merge")
@requires(Permission.TOPIC_CORRECT)
def choose_other(topic_id: int) -> str:
    """Find the topic that is the same, or that never is."""
    topic = service.get_living(db.session, topic_id)
    text = request.args.get("q", "").strip()
    return render_template(
        "topics/merge.html",
        topic=topic,
        version=corrections.state_of_play(db.session, topic.id),
        found=service.topics_like(db.session, topic, text),
        apart=service.told_apart(db.session, topic),
        confusions=[] if text else reasons.confusions(db.session, topic),
    )


@blueprint.post("/topics/<int:topic_id>/merge")
@requires(Permission.TOPIC_CORRECT)
def merge(topic_id: int) -> Response:
    away = request.form.get("direction") == "away"
    with transaction(current_actor()) as session:
        topic = corrections.topic_as_seen(session, topic_id, seen_version())
        other = _other(session)
        into, gone = (other, topic) if away else (topic, other)
        number = corrections.merge(session, into, gone, current_actor(), utc_now()).id
        survivor_id, gone_id = into.id, gone.id
        loses_pin = gone.pinned and not into.pinned
    done = _("话题 %(gone)s 已并入本话题；可在“修正记录”里撤销。", gone=gone_id)
    flash_with_undo(done, "topics.undo", correction_id=number)
    if loses_pin:
        text = _("话题 %(gone)s 原来置顶，本话题没有：需要时请把本话题置顶。", gone=gone_id)
        flash(text, "info")
    return _to(survivor_id)


@blueprint.post("/topics/<int:topic_id>/never-same")
@requires(Permission.TOPIC_CORRECT)
def never_same(topic_id: int) -> Response:
    with transaction(current_actor()) as session:
        topic = corrections.topic_as_seen(session, topic_id, seen_version())
        other = _other(session)
        number = corrections.never_same(session, topic, other, current_actor(), utc_now()).id
    flash_with_undo(_("已标为永不合并。"), "topics.undo", correction_id=number)
    return _to(topic_id)


@blueprint.post("/topics/<int:topic_id>/split")
@requires(Permission.TOPIC_CORRECT)
def split(topic_id: int) -> Response:
    words = request.form.get("matching", "").strip()
    try:
        with transaction(current_actor()) as session:
            topic = corrections.topic_as_seen(session, topic_id, seen_version())
            chosen = set(request.form.getlist("message_ids", type=int))
            if words:
                chosen |= _matching(session, topic, words)
            made = corrections.split(session, topic, chosen, current_actor(), utc_now())
            number, new_id = made.id, made.other_id or topic_id
    except Invalid as refusal:  # nothing ticked, or all: back to where one ticks
        flash(str(refusal), "danger")
        return _to(topic_id)
    done = _("已拆分：这是拆出的新话题，可以改名。")
    flash_with_undo(done, "topics.undo", correction_id=number)
    return _to(new_id)


def _matching(session: Session, topic: Topic, words: str) -> set[int]:
    """Ids of the messages that have these words.

    :raises Stale: they are not those that the page counted.
    """
    if request.form.get("matching_state") != matching_state(topic, words):
        raise Stale(f"您打开页面之后，含有“{words}”的留言有了增减：请刷新页面，看过之后再拆分")
    return {one.message_id for one in session.scalars(service.memberships_of(topic, words))}


@blueprint.post("/topics/<int:topic_id>/messages/<int:message_id>/move")
@requires(Permission.TOPIC_CORRECT)
def move(topic_id: int, message_id: int) -> Response:
    alone = request.form.get("alone") == "1"
    with transaction(current_actor()) as session:
        topic = corrections.topic_as_seen(session, topic_id, seen_version())
        to = None if alone else _other(session)
        made = corrections.move(session, message_id, to, current_actor(), utc_now(), seen_in=topic)
        number, new_id = made.id, made.other_id or topic_id
    done = _("已移动：留言现在在这个话题里，以后聚合不会移走它。")
    flash_with_undo(done, "topics.undo", correction_id=number)
    return _to(new_id)


@blueprint.post("/topics/corrections/<int:correction_id>/undo")
@requires(Permission.TOPIC_CORRECT)
def undo(correction_id: int) -> Response:
    with transaction(current_actor()) as session:
        correction = corrections.get_correction(session, correction_id)
        corrections.undo(session, correction, current_actor(), utc_now())
        topic_id = correction.topic_id
    flash(_("已撤销修正 %(number)s。", number=correction_id), "success")
    return _to(topic_id)
