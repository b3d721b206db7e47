"""The list of press events, one event, and its form."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from responder.accounts import service as accounts
from responder.accounts.models import Unit
from responder.core.database import db, transaction
from responder.core.errors import DomainError, GuardRefused, Invalid, NotFound, Stale, WrongState
from responder.core.lifecycle import Attempt
from responder.core.permissions import Permission
from responder.core.privacy import mask
from responder.core.times import utc_now
from responder.planning import service
from responder.planning.access import demand_in_full, in_full
from responder.planning.events import media, series
from responder.planning.events.belongings import belongings_of
from responder.planning.events.clashes import (
    Clash,
    clashes_of,
    demand_acceptance,
    doubts_of,
    hold_dates,
    slot_of,
)
from responder.planning.events.declared import EVENTS
from responder.planning.events.forms import (
    EventForm,
    entry_choices,
    facts_of_form,
    fingerprints,
    take_over,
    values_of,
)
from responder.planning.events.lifecycle import (
    APPROVED,
    CANCEL,
    PRESS_EVENT,
    TOOK_PLACE,
    WITHOUT_BUTTON,
)
from responder.planning.events.models import FILE_KIND_LABELS
from responder.planning.events.series import Scope
from responder.planning.events.series_moving import cancel_series
from responder.planning.events.service import check_listed
from responder.planning.models import PlanEntry, PressEvent
from responder.planning.reported import reports_in
from responder.planning.views import blueprint, local_today, zone
from responder.topics import service as topics
from responder.web.access import current_actor, requires
from responder.web.errors import STATUS
from responder.web.forms import plain_number, seen_version, show_errors, unit_choices
from responder.web.listing import add_list_pages, show
from responder.web.overtaken import differences
from responder.web.sentences import spoken

Page = str | Response | tuple[str, int]

# What of an event others may want at the same time.
_TAKEN = ("starts_at", "ends_at", "all_day", "place", "speaker", "unit")


@blueprint.get("/planning/events")
@requires(Permission.PLAN_READ)
def events() -> str:
    return render_template("planning/events.html", listed=show(EVENTS))


add_list_pages(blueprint, "/planning/events", EVENTS, "events", frozenset({Permission.PLAN_READ}))


@blueprint.get("/planning/events/<int:event_id>")
@requires(Permission.PLAN_READ)
def show_event(event_id: int) -> str:
    event = service.get_event(db.session, event_id)
    if not in_full(current_actor(), event.unit_id):
        return render_template("planning/event_outline.html", event=event)
    choices = PRESS_EVENT.choices(event, Attempt(current_actor(), utc_now()))
    return render_template(
        "planning/event.html",
        event=event,
        choices=[choice for choice in choices if choice.transition.action not in WITHOUT_BUTTON],
        history=service.event_history(db.session, event),
        belongings=belongings_of(db.session, event, local_today(), zone()),
        file_kinds=FILE_KIND_LABELS,
    )


@blueprint.get("/planning/events/<int:event_id>/approval-form")
@requires(Permission.PLAN_READ)
def approval_form(event_id: int) -> str:
    event = service.get_event(db.session, event_id)
    demand_in_full(current_actor(), event)
    invited = media.invitations(db.session, event)
    return render_template("planning/approval_form.html", event=event, invited=invited)


@blueprint.route("/planning/events/new", methods=["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def new_event() -> Page:
    form = _event_form(_prefilled())
    if not form.validate_on_submit():
        return _form_page(form, None)
    actor, now, found = current_actor(), utc_now(), list[Clash]()
    try:
        with transaction(actor, now) as session:
            hold_dates(session)
            topic_id = plain_number(form.topic_id.data)
            event = service.propose_event(session, _facts(form), topic_id, actor, now)
            found = [
                *doubts_of(event, local_today(), zone()),
                *clashes_of(session, [slot_of(event)], zone()),
            ]
            demand_acceptance(session, event, found, form.accept_clashes.data, actor)
            event_id = event.id
    except GuardRefused as error:
        return _clashing(form, None, found, error)
    except (Invalid, Stale, WrongState) as error:
        return _refused(form, None, error)
    flash(_("已建立发布活动，等待审批。"), "success")
    return redirect(url_for("planning.show_event", event_id=event_id))


@blueprint.route("/planning/events/<int:event_id>/edit", methods=["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def edit_event(event_id: int) -> Page:
    event = service.get_event(db.session, event_id)
    values = values_of(event, zone())
    form = _event_form({**values, "seen": fingerprints(values)}, event)
    if not form.validate_on_submit():
        return _form_page(form, event)
    found: list[Clash] = []
    try:
        with transaction(current_actor()) as session:
            hold_dates(session)
            event = service.get_event(session, event_id)
            before = event.state
            count = _save(session, event, form, found)
            again = event.state is not before
    except GuardRefused as error:
        return _clashing(form, event, found, error)
    except Stale as error:
        return _overtaken(form, event_id, error)
    except (Invalid, WrongState) as error:
        return _refused(form, service.get_event(db.session, event_id), error)
    flash(_("已保存。活动回到“待审批”，请其他同事审批。") if again else _("已保存。"), "success")
    if count:
        flash(_("系列中另有 %(count)s 场一并修改。", count=count), "success")
    return redirect(url_for("planning.show_event", event_id=event_id))


def _save(session: Session, event: PressEvent, form: EventForm, found: list[Clash]) -> int:
    """Save an edit, of a series as far as it is meant; how many others were changed.

    :param found: takes the clashes, so that they can be shown when nothing is saved.
    """
    actor, now, facts = current_actor(), utc_now(), _facts(form)
    scope = _scope(form.scope.data) if event.series_id else Scope.THIS
    taken = any(getattr(event, name) != getattr(facts, name) for name in _TAKEN)
    if taken and event.state not in TOOK_PLACE:
        slots = series.wanted_slots(session, event, facts, scope, zone())
        found += clashes_of(session, slots, zone())
    version = seen_version() or 0
    count = series.edit_series(session, event, facts, version, scope, actor, now, zone())
    demand_acceptance(session, event, found, form.accept_clashes.data, actor)
    return count


@blueprint.post("/planning/events/<int:event_id>/<string:action>")
@requires(Permission.PLAN_EDIT)
def advance(event_id: int, action: str) -> Response:
    with transaction(current_actor()) as session:
        event = service.get_event_as_seen(session, event_id, seen_version())
        note = request.form.get("note", "")
        actor, now = current_actor(), utc_now()
        if action == CANCEL:
            scope = _scope(request.form.get("scope"))
            seen = request.form.get("seen", "")
            cancel_series(session, event, scope, actor, now, note, zone(), seen=seen)
        else:
            service.advance_event(session, event, action, actor, now, note, zone())
        label = PRESS_EVENT.states[event.state]
    flash(_("活动状态：%(state)s。", state=label), "success")
    return redirect(url_for("planning.show_event", event_id=event_id))


def _scope(value: str | None) -> Scope:
    """What of a series a form means; this one event where it does not say."""
    return next((scope for scope in Scope if scope.value == value), Scope.THIS)


def _prefilled() -> dict[str, object]:
    """A new form's first values, from the topic or the plan's row that it was opened for."""
    if topic_id := request.args.get("topic_id", type=int):
        topic = topics.get_living(db.session, topic_id)
        return {"theme": mask(topic.label), "topic_id": topic.id}
    if entry_id := request.args.get("entry_id", type=int):
        if request.method == "POST":  # what was typed is kept, whatever became of the row
            return {"plan_entry_id": entry_id}
        entry = service.get_entry(db.session, entry_id)
        check_listed(entry)
        return {
            "theme": entry.theme,
            "form": entry.form.value,
            "unit_id": entry.unit_id,
            "speaker": entry.speaker,
            "plan_entry_id": entry.id,
        }
    return {}


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
    entry = db.session.get(PlanEntry, entry_id) if entry_id else None
    return facts_of_form(form, unit, entry, zone())


def _refused(form: EventForm, event: PressEvent | None, error: DomainError) -> tuple[str, int]:
    """The form again, with what was typed, and what is wrong with it."""
    show_errors(form, error)
    return _form_page(form, event), STATUS[type(error)]


def _clashing(
    form: EventForm, event: PressEvent | None, found: list[Clash], error: GuardRefused
) -> tuple[str, int]:
    """The form again, with what stands in the way and a box to save it all the same."""
    if event is not None:
        event = service.get_event(db.session, event.id)
    form.form_errors.append(spoken(error.message))
    return _form_page(form, event, clashes=found), STATUS[GuardRefused]


def _overtaken(form: EventForm, event_id: int, error: Stale) -> tuple[str, int]:
    """The form again, with what was typed, beside it what somebody else saved meanwhile.

    Whoever has seen both may save: the form now tells the version that they saw.
    """
    event = service.get_event(db.session, event_id)
    latest = values_of(event, zone())
    form.version_id.data = str(event.version_id)
    form.form_errors.append(spoken(error.message))
    by = service.event_history(db.session, event)[-1]
    taken = take_over(form, latest)
    stored = differences(form, latest)
    return _form_page(form, event, stored=stored, taken=taken, by=by), STATUS[Stale]


def _form_page(form: EventForm, event: PressEvent | None, **context: Any) -> str:
    approved = event is not None and event.state in APPROVED
    topic_id = plain_number(form.topic_id.data)
    reports = reports_in(db.session, [topic_id]).get(topic_id, 0) if topic_id else 0
    return render_template(
        "planning/event_form.html", form=form, event=event, approved=approved, reports=reports,
        **context,
    )  # fmt: skip
