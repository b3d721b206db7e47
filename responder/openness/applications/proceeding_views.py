"""Pages of reconsiderations and lawsuits: the register, entering, changing, taking out."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from responder.core.database import db, transaction
from responder.core.errors import DomainError, Forbidden, Invalid, NotFound, Stale
from responder.core.times import local, utc_now
from responder.openness.applications import proceedings, queries
from responder.openness.applications.declared_proceedings import PROCEEDINGS
from responder.openness.applications.forms import ProceedingForm
from responder.openness.applications.proceeding_models import (
    Proceeding,
    ProceedingKind,
    ProceedingResult,
)
from responder.openness.applications.proceedings import ProceedingFacts
from responder.openness.applications.views_common import (
    ADDRESS,
    HANDLE,
    READ,
    Page,
    attempt_now,
    blueprint,
    zone,
)
from responder.web import listing
from responder.web.access import current_actor, requires
from responder.web.errors import STATUS
from responder.web.forms import note_read, plain_number, seen_version, show_errors, shown_version

PATH = f"{ADDRESS}/proceedings"
REFUSALS = (Invalid, Stale, Forbidden, NotFound)


@blueprint.get(PATH)
@requires(READ)
def list_proceedings() -> str:
    listed = listing.show(PROCEEDINGS)
    return render_template("openness/applications/proceedings.html", listed=listed)


listing.add_list_pages(blueprint, PATH, PROCEEDINGS, "list_proceedings", frozenset({READ}))


@blueprint.route(f"{PATH}/new", methods=["GET", "POST"])
@requires(HANDLE)
def new_proceeding() -> Page:
    """``?application=`` names the application against whose reply it is."""
    form = ProceedingForm(data={"number": _number_of(request.args.get("application"))})
    return _saved(form, None)


def _number_of(asked: str | None) -> str:
    application_id = plain_number(asked)
    if application_id is None:
        return ""
    return queries.find(db.session, application_id, current_actor()).number


@blueprint.route(f"{PATH}/<int:proceeding_id>/edit", methods=["GET", "POST"])
@requires(HANDLE)
def edit_proceeding(proceeding_id: int) -> Page:
    proceeding = proceedings.find(db.session, proceeding_id)
    note_read(proceeding)
    return _saved(ProceedingForm(data=_values(proceeding)), proceeding_id)


def _values(proceeding: Proceeding) -> dict[str, Any]:
    names = ("matter", "body", "case_number", "begun_on", "concluded_on", "remark")
    return {
        **{name: getattr(proceeding, name) for name in names},
        "kind": proceeding.kind.value,
        "result": proceeding.result.value if proceeding.result else "",
        "number": proceeding.application.number if proceeding.application else "",
    }


def _saved(form: ProceedingForm, proceeding_id: int | None) -> Page:
    if not form.validate_on_submit():
        return _form_page(form, proceeding_id), 422 if form.is_submitted() else 200
    attempt = attempt_now()
    today: date = local(attempt.now, zone()).date()
    try:
        with transaction(attempt.actor, attempt.now) as session:
            known = proceedings.find(session, proceeding_id) if proceeding_id else None
            facts = _facts(session, form)
            proceedings.save(session, known, facts, attempt, today, seen_version())
    except REFUSALS as error:
        return _refused(form, proceeding_id, error)
    flash(_("已保存。"), "success")
    return redirect(url_for("applications.list_proceedings"))


def _refused(
    form: ProceedingForm, proceeding_id: int | None, error: DomainError
) -> tuple[str, int]:
    if isinstance(error, NotFound):
        error = Invalid(error.message, {"number": "没有这个编号"})
    show_errors(form, error)
    return _form_page(form, proceeding_id), STATUS[type(error)]


def _facts(session: Session, form: ProceedingForm) -> ProceedingFacts:
    number = (form.number.data or "").strip()
    return ProceedingFacts(
        kind=ProceedingKind(form.kind.data),
        body=form.body.data,
        begun_on=form.begun_on.data,
        application=queries.find_by_number(session, number) if number else None,
        matter=form.matter.data or "",
        case_number=form.case_number.data or "",
        result=ProceedingResult(form.result.data) if form.result.data else None,
        concluded_on=form.concluded_on.data,
        remark=form.remark.data or "",
    )


def _form_page(form: ProceedingForm, proceeding_id: int | None) -> str:
    proceeding = proceedings.find(db.session, proceeding_id) if proceeding_id else None
    return render_template(
        "openness/applications/proceeding.html",
        form=form,
        proceeding=proceeding,
        version=shown_version(proceeding),
    )


@blueprint.post(f"{PATH}/<int:proceeding_id>/remove")
@requires(HANDLE)
def remove_proceeding(proceeding_id: int) -> Response:
    attempt = attempt_now()
    with transaction(attempt.actor, utc_now()) as session:
        found = proceedings.find(session, proceeding_id)
        proceedings.remove(session, found, attempt, seen_version())
    flash(_("已删除，审计中留有记录。"), "success")
    return redirect(url_for("applications.list_proceedings"))
