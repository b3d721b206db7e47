"""Pages of response items."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from responder.accounts import service as accounts
from responder.accounts.models import Unit
from responder.core import audit
from responder.core.database import db, transaction
from responder.core.errors import Invalid, NotFound, Stale, WrongState
from responder.core.lifecycle import Attempt
from responder.core.office import public_lines
from responder.core.permissions import Permission
from responder.core.times import local, utc_now
from responder.planning import service as planning
from responder.planning.models import PressEvent
from responder.responses import rules, service
from responder.responses.drafting import editing
from responder.responses.forms import OpenForm, ReviseForm, event_choices
from responder.responses.lifecycle import (
    DESK,
    EVENT_PERMISSIONS,
    FIELD_LABELS,
    outgoing,
)
from responder.responses.models import FILED, Draft, Level, ResponseItem
from responder.responses.reviewing import NOT_REFUSED, Refused, review_parts
from responder.responses.sourcing import service as sourcing
from responder.web.access import current_actor, requires
from responder.web.errors import STATUS
from responder.web.filters import moment
from responder.web.forms import seen_version, show_errors, unit_choices

blueprint = Blueprint("responses", __name__)

VERSIONS_SHOWN = 3

Page = str | Response | tuple[str, int]


def zone() -> ZoneInfo:
    found: ZoneInfo = current_app.extensions["settings"].zone
    return found


@blueprint.route("/responses/open", methods=["GET", "POST"])
@requires(Permission.RESPONSE_OPEN)
def open_item() -> Page:
    known = _known()
    form = _open_form(known)
    if not form.validate_on_submit():
        return _open_page(form, known), 422 if form.is_submitted() else 200
    try:
        with transaction(current_actor()) as session:
            item = _open(session, form)
            item_id = item.id
    except Invalid as error:
        show_errors(form, error)
        return _open_page(form, known), STATUS[type(error)]
    flash(_("已发起回应，时限开始计算。"), "success")
    return redirect(url_for("responses.show", item_id=item_id))


def _known() -> service.Prefill | None:
    """What is known of the new item: it is opened from a topic, a message, an event or by hand."""
    if topic_id := request.values.get("topic_id", type=int):
        return service.prefill(db.session, topic_id, zone())
    if message_id := request.values.get("message_id", type=int):
        return service.prefill_from_message(db.session, message_id)
    if event_id := request.values.get("from_event", type=int):
        return service.prefill_from_event(db.session, event_id, zone())
    return None


def this_minute() -> datetime:
    """The present minute as a form shows it: by the office's clocks, without a zone."""
    return local(utc_now(), zone()).replace(second=0, microsecond=0, tzinfo=None)


def _open_form(known: service.Prefill | None) -> OpenForm:
    """The form with its menus and first values."""
    found_at, hint = _found(known)
    values: dict[str, object] = {"found_at": found_at}
    events = known.events if known else []
    if known:
        values |= {
            "title": known.title,
            "concern": known.concern,
            "concern_source": known.concern_source,
            "event_id": known.event_id,
            "unit_id": known.event.unit_id if known.event else 0,
        }
    form = OpenForm(data=values)
    form.found_at.description = hint or form.found_at.description
    form.unit_id.choices = unit_choices(accounts.units(db.session))
    form.event_id.choices = event_choices(events)
    return form


def _found(known: service.Prefill | None) -> tuple[datetime | None, str]:
    """When the matter was found, as far as is known, and what to say beside the field.

    A delay is proposed as one: only a person says that the office learnt of it later.
    """
    since = service.known_since(db.session, known, zone()) if known else None
    if since is None:
        return this_minute(), ""
    if service.is_too_long_ago(since, utc_now()):
        began = moment(since)
        return None, _("从 %(began)s 起，已超过一年：请填写实际发现的时间。", began=began)
    sentence = _(
        "时限从此刻起算。已填收到留言或话题开始的时间，不是现在；"
        "确实更晚才发现的，请改为实际发现的时间。"
    )
    return local(since, zone()).replace(second=0, microsecond=0, tzinfo=None), sentence


def _open_page(form: OpenForm, known: service.Prefill | None) -> str:
    existing = service.items_like(db.session, known) if known else []
    return render_template("responses/open.html", form=form, known=known, existing=existing)


def _open(session: Session, form: OpenForm) -> ResponseItem:
    unit = session.get(Unit, form.unit_id.data)
    if unit is None:
        raise NotFound("所选单位已不存在：请刷新页面后重新选择")
    known = _known()
    item = service.open_item_once(
        session,
        current_actor(),
        utc_now(),
        title=form.title.data,
        concern=form.concern.data,
        concern_source=form.concern_source.data or "",
        unit=unit,
        level=Level(form.level.data),
        found_at=form.found_at.data.replace(tzinfo=zone()),
        topic=known.topic if known else None,
        event=session.get(PressEvent, form.event_id.data) if form.event_id.data else None,
        zone=zone(),
    )
    if known and known.message:
        sourcing.attach(session, item, known.message)
    return item


@blueprint.get("/responses/<int:item_id>")
@requires(Permission.RESPONSE_READ)
def show(item_id: int) -> str:
    asked = editing.Asked(
        restore=request.args.get("slip") == "restore",
        template_id=request.args.get("template", type=int),
    )
    return item_page(item_id, asked)


def item_page(
    item_id: int, asked: editing.Asked = editing.NOTHING_ASKED, refused: Refused = NOT_REFUSED
) -> str:
    item = service.find_item_with_authors(db.session, item_id)
    attempt = Attempt(current_actor(), utc_now())
    return render_template(
        "responses/show.html",
        item=item,
        editor=editing.editor_of(db.session, item, attempt, zone(), asked),
        review=review_parts(item, refused, attempt.now),
        clock_steps={one.id: service.clock_choices(one, attempt) for one in item.clocks},
        rules_to_add=service.addable_rules(db.session, item, attempt),
        findings=rules.private_data_in(outgoing(item), FIELD_LABELS, public_lines()),
        versions=rules.versions(newest_drafts(item_id, VERSIONS_SHOWN + 1)[::-1], VERSIONS_SHOWN),
        history=audit.history(db.session, item),
        desk=DESK,
        events=_events_to_choose(item),
    )


def newest_drafts(item_id: int, count: int) -> list[Draft]:
    return list(db.session.scalars(service.drafts_newest_first(item_id).limit(count)))


def _events_to_choose(item: ResponseItem) -> list[PressEvent]:
    """The menu of press events, for whom and where one may be chosen."""
    allowed = any(current_actor().may(permission) for permission in EVENT_PERMISSIONS)
    if not allowed or item.state in FILED:
        return []
    return service.events_to_choose(db.session, item, utc_now())


@blueprint.post("/responses/<int:item_id>/event")
@requires(*EVENT_PERMISSIONS)
def set_event(item_id: int) -> Response:
    event_id = request.form.get("event_id", type=int)
    if event_id is None:
        raise Invalid("请先选择发布活动，再点“保存”")
    with transaction(current_actor()) as session:
        item = service.find_item_as_seen(session, item_id, seen_version())
        event = planning.get_event(session, event_id) if event_id else None
        stopped = service.set_event(session, item, event, current_actor())
    flash(_("已保存，活动已举行，停止计时。") if stopped else _("已保存。"), "success")
    return redirect(url_for("responses.show", item_id=item_id))


@blueprint.route("/responses/<int:item_id>/edit", methods=["GET", "POST"])
@requires(Permission.RESPONSE_DRAFT)
def revise(item_id: int) -> Page:
    item = service.find_item(db.session, item_id)
    form = ReviseForm(obj=item, data={"version": item.version_id})
    if not form.validate_on_submit():
        page = render_template("responses/revise.html", item=item, form=form)
        return page, 422 if form.is_submitted() else 200
    try:
        with transaction(current_actor()) as session:
            item = service.find_item(session, item_id)
            _revise(session, item, form)
    except (Invalid, Stale, WrongState) as error:
        show_errors(form, error)
        item = service.find_item(db.session, item_id)
        page = render_template("responses/revise.html", item=item, form=form)
        return page, STATUS[type(error)]
    flash(_("已保存。"), "success")
    return redirect(url_for("responses.show", item_id=item_id))


def _revise(session: Session, item: ResponseItem, form: ReviseForm) -> None:
    service.revise(
        session,
        item,
        title=form.title.data,
        concern=form.concern.data,
        concern_source=form.concern_source.data or "",
        actor=current_actor(),
        now=utc_now(),
        version=form.version.data,
    )
