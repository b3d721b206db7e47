"""The list of press events, one event, and its form."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from responder.accounts import service as accounts
from responder.accounts.models import Unit
from responder.core.database import db, transaction
from responder.core.errors import DomainError, Invalid, NotFound, Stale
from responder.core.lifecycle import Attempt
from responder.core.permissions import Permission
from responder.core.privacy import mask
from responder.core.times import local, utc_now
from responder.planning import service
from responder.planning.events.forms import EventForm, entry_choices
from responder.planning.events.lifecycle import APPROVED, PRESS_EVENT, WITHOUT_BUTTON
from responder.planning.models import FORM_LABELS, EventState, Form, PlanEntry, PressEvent
from responder.planning.views import blueprint, local_today, zone
from responder.topics import service as topics
from responder.web.access import current_actor, requires
from responder.web.errors import STATUS
from responder.web.forms import seen_version, show_errors, unit_choices
from responder.web.paging import paginate, requested_page

Member = TypeVar("Member", bound=StrEnum)


@blueprint.get("/planning/events")
@requires(Permission.PLAN_READ)
def events() -> str:
    query = service.search_events(
        state=_asked_for(EventState, "state"),
        form=_asked_for(Form, "form"),
        unit_id=request.args.get("unit", type=int),
        words=request.args.get("q", "").strip(),
    )
    return render_template(
        "planning/events.html",
        page=paginate(db.session, query, requested_page()),
        states=PRESS_EVENT.states,
        forms=FORM_LABELS,
        units=accounts.units(db.session),
    )


def _asked_for(enumeration: type[Member], name: str) -> Member | None:
    """The member that the address names, or None for none and for nonsense."""
    value = request.args.get(name, "")
    return next((member for member in enumeration if member.value == value), None)


@blueprint.get("/planning/events/<int:event_id>")
@requires(Permission.PLAN_READ)
def show_event(event_id: int) -> str:
    event = service.get_event(db.session, event_id)
    choices = PRESS_EVENT.choices(event, Attempt(current_actor(), utc_now()))
    return render_template(
        "planning/event.html",
        event=event,
        choices=[choice for choice in choices if choice.transition.action not in WITHOUT_BUTTON],
        history=service.event_history(db.session, event),
    )


@blueprint.route("/planning/events/new", methods=["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def new_event() -> str | Response | tuple[str, int]:
    form = _event_form(_prefilled())
    if not form.validate_on_submit():
        return _form_page(form, None)
    try:
        with transaction(current_actor()) as session:
            event = service.propose_event(
                session, _facts(form), _number(form.topic_id.data), current_actor(), utc_now()
            )
            event_id = event.id
    except (Invalid, Stale) as error:
        return _refused(form, None, error)
    flash(_("已建立发布活动，等待审批。"), "success")
    return redirect(url_for("planning.show_event", event_id=event_id))


@blueprint.route("/planning/events/<int:event_id>/edit", methods=["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def edit_event(event_id: int) -> str | Response | tuple[str, int]:
    event = service.get_event(db.session, event_id)
    form = _event_form(_values_of(event), event)
    if not form.validate_on_submit():
        return _form_page(form, event)
    try:
        with transaction(current_actor()) as session:
            event = service.get_event(session, event_id)
            version, before = _number(form.version_id.data) or 0, event.state
            service.edit_event(session, event, _facts(form), version, current_actor(), utc_now())
            again = event.state is not before
    except (Invalid, Stale) as error:
        return _refused(form, event, error)
    flash(_("已保存。活动回到“待审批”，请其他同事审批。") if again else _("已保存。"), "success")
    return redirect(url_for("planning.show_event", event_id=event_id))


@blueprint.post("/planning/events/<int:event_id>/<string:action>")
@requires(Permission.PLAN_EDIT)
def advance(event_id: int, action: str) -> Response:
    with transaction(current_actor()) as session:
        event = service.get_event_as_seen(session, event_id, seen_version())
        note = request.form.get("note", "")
        service.advance_event(session, event, action, current_actor(), utc_now(), note)
        label = PRESS_EVENT.states[event.state]
    flash(_("活动状态：%(state)s。", state=label), "success")
    return redirect(url_for("planning.show_event", event_id=event_id))


def _prefilled() -> dict[str, object]:
    """A new form's first values, from the topic or the plan's row that it was opened for."""
    if topic_id := request.args.get("topic_id", type=int):
        topic = topics.get_living(db.session, topic_id)
        return {"theme": mask(topic.label), "topic_id": topic.id}
    if entry_id := request.args.get("entry_id", type=int):
        entry = service.get_entry(db.session, entry_id)
        return {
            "theme": entry.theme,
            "form": entry.form.value,
            "unit_id": entry.unit_id,
            "speaker": entry.speaker,
            "plan_entry_id": entry.id,
        }
    return {}


def _values_of(event: PressEvent) -> dict[str, object]:
    return {
        "theme": event.theme,
        "form": event.form.value,
        "starts_at": local(event.starts_at, zone()).replace(tzinfo=None),
        "place": event.place,
        "unit_id": event.unit_id,
        "speaker": event.speaker,
        "plan_entry_id": event.plan_entry_id or 0,
        "summary": event.summary,
        "version_id": event.version_id,
    }


def _event_form(values: dict[str, object], event: PressEvent | None = None) -> EventForm:
    """The form with its menus: all units, and the plan's rows that wait for an event."""
    form = EventForm(data=values)
    form.unit_id.choices = unit_choices(accounts.units(db.session))
    entries = service.open_entries(db.session, local_today().year)
    chosen = event.plan_entry if event else None
    if chosen is None and (entry_id := values.get("plan_entry_id")):
        chosen = db.session.get(PlanEntry, entry_id)
    if chosen is not None and chosen not in entries:
        entries = [chosen, *entries]
    form.plan_entry_id.choices = entry_choices(entries)
    return form


def _facts(form: EventForm) -> service.EventFacts:
    """What the form says, as the service takes it; called inside the transaction."""
    unit = db.session.get(Unit, form.unit_id.data)
    if unit is None:
        raise NotFound("所选单位已不存在：请刷新页面后重新选择")
    entry_id = form.plan_entry_id.data
    return service.EventFacts(
        theme=form.theme.data,
        form=Form(form.form.data),
        starts_at=form.starts_at.data.replace(tzinfo=zone()),
        unit=unit,
        place=form.place.data or "",
        speaker=form.speaker.data or "",
        summary=form.summary.data or "",
        plan_entry=db.session.get(PlanEntry, entry_id) if entry_id else None,
    )


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() else None


def _refused(form: EventForm, event: PressEvent | None, error: DomainError) -> tuple[str, int]:
    """The form again, with what was typed, and what is wrong with it."""
    show_errors(form, error)
    return _form_page(form, event), STATUS[type(error)]


def _form_page(form: EventForm, event: PressEvent | None) -> str:
    approved = event is not None and event.state in APPROVED
    return render_template("planning/event_form.html", form=form, event=event, approved=approved)
