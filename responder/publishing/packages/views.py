"""Pages of policy packages: the list, one package, entering and changing it, its steps."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from responder.accounts import proofs
from responder.accounts import service as accounts
from responder.accounts.models import Unit
from responder.accounts.proving import prove
from responder.core import audit
from responder.core.database import db, transaction
from responder.core.errors import DomainError, Forbidden, GuardRefused, Invalid, NotFound, Stale
from responder.core.file_kinds import DOCUMENTS, accepted
from responder.core.lifecycle import Attempt
from responder.core.permissions import Actor, Permission
from responder.core.times import local, utc_now
from responder.core.versions import check_seen
from responder.publishing.answers import office
from responder.publishing.forms import ScheduleForm
from responder.publishing.packages import entering, public, queries, steps
from responder.publishing.packages.declared import PACKAGES
from responder.publishing.packages.entering import PackageFacts
from responder.publishing.packages.forms import PackageForm
from responder.publishing.packages.lifecycle import PACKAGE, PROVEN_STEPS
from responder.publishing.packages.models import Duty, Level, PolicyPackage
from responder.web import listing
from responder.web.access import current_actor, requires
from responder.web.errors import STATUS
from responder.web.forms import note_read, seen_version, show_errors, shown_version, unit_choices
from responder.web.sentences import spoken

blueprint = Blueprint("packages", __name__)

Page = str | Response | tuple[str, int]
READERS = (Permission.PACKAGE_READ, Permission.PACKAGE_PROPOSE)
# Whoever holds none of these can take no step at all.
STEPPERS = tuple({t.permission for t in PACKAGE.transitions})
REFUSALS = (Invalid, GuardRefused, Stale, Forbidden)


def zone() -> ZoneInfo:
    return office().zone


def attempt_now(note: str = "") -> Attempt:
    return Attempt(current_actor(), utc_now(), note)


@blueprint.get("/packages")
@requires(*READERS)
def index() -> str:
    actor, now = current_actor(), utc_now()
    year = local(now, zone()).year
    return render_template(
        "packages/index.html",
        listed=listing.show(PACKAGES),
        reminders=queries.reminders(db.session, actor, now, zone(), office().package_reminder_days),
        reminder_days=office().package_reminder_days,
        year=year,
        figures=public.counts_by_column(db.session, year, zone()),
    )


listing.add_list_pages(blueprint, "/packages", PACKAGES, "index", frozenset(READERS))


@blueprint.get("/packages/<int:package_id>")
@requires(*READERS)
def show(package_id: int) -> str:
    return _package_page(package_id)


def _package_page(package_id: int, not_proven: str = "") -> str:
    """:param not_proven: why the signer's proof was not taken."""
    attempt = attempt_now()
    package = queries.find(db.session, package_id, attempt.actor)
    return render_template(
        "packages/show.html",
        package=package,
        choices=[
            choice for choice in PACKAGE.choices(package, attempt) if choice.transition.endpoint
        ],
        may_edit=entering.may_edit(package, attempt),
        document_files=accepted(DOCUMENTS),
        owed=queries.interpretation_due(db.session, package, zone()),
        history=audit.history(db.session, package),
        method=proofs.method_of(db.session, attempt.actor.id or 0),
        not_proven=not_proven,
        proven_steps=PROVEN_STEPS,
        note=request.form.get("note", ""),
    )


@blueprint.route("/packages/new", methods=["GET", "POST"])
@requires(Permission.PACKAGE_PROPOSE)
def propose() -> Page:
    actor = current_actor()
    queries.require_new(actor)
    form = _form(PackageForm(data={"unit_id": actor.unit_id or 0}), actor)
    if not form.validate_on_submit():
        return _form_page(form, None), 422 if form.is_submitted() else 200
    attempt = attempt_now()
    try:
        with transaction(attempt.actor, attempt.now) as session:
            package_id = entering.propose(session, _facts(session, form), attempt).id
    except REFUSALS as error:
        return _refused(form, None, error)
    flash(_("已建立。接着填写解读方案，再添加解读材料。"), "success")
    return to_package(package_id)


@blueprint.route("/packages/<int:package_id>/edit", methods=["GET", "POST"])
@requires(Permission.PACKAGE_PROPOSE)
def edit(package_id: int) -> Page:
    attempt = attempt_now()
    package = queries.find(db.session, package_id, attempt.actor)
    PACKAGE.allow(package, "edit", attempt)
    note_read(package)
    form = _form(PackageForm(data=_values(package)), attempt.actor)
    if not form.validate_on_submit():
        return _form_page(form, package), 422 if form.is_submitted() else 200
    try:
        with transaction(attempt.actor, attempt.now) as session:
            package = queries.find_to_change(session, package_id, attempt.actor, seen_version())
            entering.edit(session, package, _facts(session, form), attempt)
    except REFUSALS as error:
        return _refused(form, queries.find(db.session, package_id, attempt.actor), error)
    flash(_("已保存。"), "success")
    return to_package(package_id)


@blueprint.post("/packages/<int:package_id>/follow-up")
@requires(Permission.PACKAGE_PROPOSE)
def follow_up(package_id: int) -> Response:
    """The interpretation of a document that went out alone: a package of its own."""
    attempt = attempt_now()
    with transaction(attempt.actor, attempt.now) as session:
        earlier = queries.find(session, package_id, attempt.actor)
        new_id = entering.follow_up(session, earlier, attempt).id
    flash(_("已建立补充解读：填写解读方案和材料后，同样经过四道关口发布。"), "success")
    return to_package(new_id)


@blueprint.post("/packages/<int:package_id>/schedule")
@requires(Permission.PUBLISH)
def schedule(package_id: int) -> Response:
    publish_at, attempt = ScheduleForm().moment(zone()), attempt_now()
    with transaction(attempt.actor, attempt.now) as session:
        package = queries.find_to_change(session, package_id, attempt.actor, seen_version())
        steps.schedule(session, package, publish_at, attempt)
    flash(_("已定时，到点文件和解读一起发布。"), "success")
    return to_package(package_id)


@blueprint.post("/packages/<int:package_id>/<string:action>")
@requires(*STEPPERS)
def advance(package_id: int, action: str) -> Page:
    attempt = attempt_now(request.form.get("note", ""))
    proven = None
    if action in PROVEN_STEPS:
        # Nobody's code is used up by a step that could not be taken anyway.
        package = queries.find(db.session, package_id, attempt.actor)
        check_seen(package, seen_version())
        PACKAGE.allow(package, action, attempt)
        try:
            proven = prove(attempt.actor, request.form.get("proof", ""), attempt.now)
        except Forbidden as error:
            return _package_page(package_id, spoken(error.message)), STATUS[type(error)]
    with transaction(attempt.actor, attempt.now) as session:
        package = queries.find_to_change(session, package_id, attempt.actor, seen_version())
        slip = steps.advance(session, package, action, attempt, office(), proven)
        label = PACKAGE.states[package.state]
        slip_number = slip.number if slip else ""
    if slip_number:
        flash(_("已退件，退件单 %(number)s 可以打印。", number=slip_number), "success")
    elif action == "resubmit":
        flash(
            _("已重新送到新闻办：核对齐全后送审，再审核、签发；本页“经过”可随时查看。"), "success"
        )
    else:
        flash(_("已办理：%(step)s。", step=_(label)), "success")
    return to_package(package_id)


def to_package(package_id: int, anchor: str | None = None) -> Response:
    return redirect(url_for("packages.show", package_id=package_id, _anchor=anchor))


def _form(form: PackageForm, actor: Actor) -> PackageForm:
    """With the units that this person may enter documents for."""
    units = accounts.units(db.session)
    if not actor.may(Permission.PACKAGE_EDIT):
        units = [unit for unit in units if unit.id == actor.unit_id]
    form.unit_id.choices = unit_choices(units)
    return form


def _values(package: PolicyPackage) -> dict[str, object]:
    names = ("title", "document_number", "issuer", "unit_id", "planned_on", "duty_reason", "body")
    return {
        **{name: getattr(package, name) for name in names},
        "level": package.level.value,
        "duty": package.duty.value,
    }


def _facts(session: Session, form: PackageForm) -> PackageFacts:
    unit = session.get(Unit, form.unit_id.data)
    if unit is None:
        raise NotFound("所选单位已不存在：请刷新页面后重新选择")
    return PackageFacts(
        title=form.title.data,
        document_number=form.document_number.data or "",
        issuer=form.issuer.data,
        unit=unit,
        level=Level(form.level.data),
        planned_on=form.planned_on.data,
        duty=Duty(form.duty.data),
        duty_reason=form.duty_reason.data or "",
        body=form.body.data or "",
    )


def _refused(
    form: PackageForm, package: PolicyPackage | None, error: DomainError
) -> tuple[str, int]:
    show_errors(form, error)
    return _form_page(form, package), STATUS[type(error)]


def _form_page(form: PackageForm, package: PolicyPackage | None) -> str:
    """A form that came too late keeps what was typed and what was seen: nothing is lost."""
    return render_template(
        "packages/form.html", form=form, package=package, version=shown_version(package)
    )
