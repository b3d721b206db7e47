"""Pages of applications: the register, one application, entering and changing it, its steps."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request
from flask_babel import gettext as _

from responder.accounts import service as accounts
from responder.core import audit
from responder.core.audit import AuditEvent
from responder.core.database import db, transaction
from responder.core.errors import DomainError, Forbidden, GuardRefused, Invalid, Stale
from responder.core.lifecycle import Attempt
from responder.core.times import local, utc_now
from responder.openness.applications import outcomes, queries, registering, revealing, steps
from responder.openness.applications.declared import APPLICATIONS
from responder.openness.applications.forms import (
    ApplicationForm,
    consulted_choices,
    read_facts,
    read_note,
)
from responder.openness.applications.lifecycle import OPEN, offered
from responder.openness.applications.models import Application
from responder.openness.applications.views_common import (
    ADDRESS,
    HANDLE,
    READ,
    Page,
    attempt_now,
    blueprint,
    to_application,
    zone,
)
from responder.web import listing
from responder.web.access import current_actor, may, requires
from responder.web.errors import STATUS
from responder.web.forms import note_read, seen_version, show_errors, shown_version
from responder.web.sentences import spoken

REFUSALS = (Invalid, GuardRefused, Stale, Forbidden)
# The file of an application, and lines that the history of one tells otherwise.
_UNTOLD = frozenset({"changed_at"})


@blueprint.get(ADDRESS)
@requires(READ)
def index() -> str:
    return render_template("openness/applications/index.html", listed=listing.show(APPLICATIONS))


listing.add_list_pages(blueprint, ADDRESS, APPLICATIONS, "index", frozenset({READ}))


@blueprint.get(f"{ADDRESS}/<int:application_id>")
@requires(READ)
def show(application_id: int) -> str:
    return application_page(queries.find(db.session, application_id, current_actor()))


@blueprint.post(f"{ADDRESS}/<int:application_id>/identity")
@requires(READ)
def reveal(application_id: int) -> str:
    """Shown in this answer alone: coming back to the page hides it again."""
    with transaction(current_actor()) as session:
        found = queries.find(session, application_id, current_actor())
        revealing.reveal(session, found, current_actor())
    return application_page(found, revealed=True)


def application_page(application: Application, revealed: bool = False, **typed: Any) -> str:
    """One application, and what somebody wrote that could not be stored.

    :param typed: ``refused``: what a step's form said, with its error.
    """
    attempt = attempt_now()
    handles = may(HANDLE)
    return render_template(
        "openness/applications/show.html",
        application=application,
        choices=offered(application, attempt),
        revealed=revealed,
        edits=handles and application.state in OPEN,
        handles=handles,
        names=revealing.names_of(application),
        menus=_menus(application) if handles else {},
        today=local(attempt.now, zone()).date(),
        history=_history(application),
        **{"refused": None, **typed},
    )


def _menus(application: Application) -> dict[str, list[tuple[Any, str]]]:
    """What the fields of steps choose from: kind of field → (value, label)."""
    return {
        "outcomes": [(one.id, one.path) for one in outcomes.choosable(db.session)],
        "consulted": list(consulted_choices()),
        "units": [(unit.id, unit.name) for unit in accounts.units(db.session)],
        "materials": [
            (one.id, f"{one.unit.name}（{one.asked_on}）") for one in application.open_material
        ],
    }


def _history(application: Application) -> list[AuditEvent]:
    return [
        event
        for event in audit.history(db.session, application)
        if event.action != "update" or not event.changes.keys() <= _UNTOLD
    ]


@blueprint.route(f"{ADDRESS}/new", methods=["GET", "POST"])
@requires(HANDLE)
def new() -> Page:
    form = ApplicationForm(data={"received_on": local(utc_now(), zone()).date()})
    if not form.validate_on_submit():
        return _form_page(form, None), 422 if form.is_submitted() else 200
    attempt = attempt_now()
    try:
        with transaction(attempt.actor, attempt.now) as session:
            application = registering.register_once(session, form.facts(), attempt, zone())
            number, application_id = application.number, application.id
    except REFUSALS as error:
        return _refused_form(form, None, error)
    flash(_("已登记，编号 %(number)s。先审查申请内容是否明确。", number=number), "success")
    return to_application(application_id)


@blueprint.route(f"{ADDRESS}/<int:application_id>/edit", methods=["GET", "POST"])
@requires(HANDLE)
def edit(application_id: int) -> Page:
    attempt = attempt_now()
    application = queries.find(db.session, application_id, attempt.actor)
    note_read(application)
    form = ApplicationForm(data=_values(application))
    if not form.validate_on_submit():
        return _form_page(form, application), 422 if form.is_submitted() else 200
    try:
        with transaction(attempt.actor, attempt.now) as session:
            held = queries.find_to_change(session, application_id, attempt.actor, seen_version())
            registering.edit(session, held, form.facts(), attempt, zone())
    except REFUSALS as error:
        found = queries.find(db.session, application_id, attempt.actor)
        return _refused_form(form, found, error)
    flash(_("已保存。"), "success")
    return to_application(application_id)


def _values(application: Application) -> dict[str, Any]:
    """What the form begins with: no identity, which stays as it is where nothing is typed."""
    return {
        "received_on": application.received_on,
        "way": application.way.value,
        "basis": application.basis.value,
        "applicant_kind": application.applicant_kind.value,
        "content": application.content,
        "form_wanted": application.form_wanted,
        "purpose": application.purpose,
        "remark": application.remark,
    }


def _refused_form(
    form: ApplicationForm, application: Application | None, error: DomainError
) -> tuple[str, int]:
    show_errors(form, error)
    return _form_page(form, application), STATUS[type(error)]


def _form_page(form: ApplicationForm, application: Application | None) -> str:
    return render_template(
        "openness/applications/form.html",
        form=form,
        application=application,
        version=shown_version(application),
    )


@blueprint.post(f"{ADDRESS}/<int:application_id>/<string:action>")
@requires(HANDLE)
def advance(application_id: int, action: str) -> Page:
    """Take a step; what it cannot be taken for is said on the application's page."""
    actor, now = current_actor(), utc_now()
    try:
        attempt = Attempt(actor, now, read_note(request.form))
        with transaction(actor, now) as session:
            held = queries.find_to_change(session, application_id, actor, seen_version())
            facts = read_facts(session, request.form)
            label = steps.take(session, held, action, attempt, facts, zone()).label
    except DomainError as error:
        return _refused_page(application_id, action, error)
    flash(_("已办理：%(step)s。", step=_(label)), "success")
    return to_application(application_id)


def _refused_page(application_id: int, action: str, error: DomainError) -> tuple[str, int]:
    """The application with the sentence and what was typed."""
    found = queries.find(db.session, application_id, current_actor())
    refused = {
        "action": action, "error": spoken(error.message), "fields": error.fields,
        "typed": request.form.to_dict(),
    }  # fmt: skip
    return application_page(found, refused=refused), STATUS[type(error)]
