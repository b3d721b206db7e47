"""The pages on which consultations, wordings and references are entered."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms.fields import SelectChoice

from responder.core.database import db, transaction
from responder.core.errors import DomainError, Invalid, Stale, WrongState
from responder.core.lifecycle import Attempt
from responder.core.permissions import Permission
from responder.core.times import utc_now
from responder.responses import service as responses
from responder.responses.consulting import service
from responder.responses.consulting.forms import ConsultationForm, ReferenceForm, WordingForm
from responder.responses.consulting.service import ReferenceFacts
from responder.responses.views import blueprint, this_minute, zone
from responder.web.access import current_actor, requires
from responder.web.errors import STATUS
from responder.web.filters import moment
from responder.web.forms import plain_number, show_errors

Page = str | Response | tuple[str, int]


@blueprint.route("/responses/<int:item_id>/consultations/new", methods=["GET", "POST"])
@requires(Permission.RESPONSE_OPEN)
def consult(item_id: int) -> Page:
    form = ConsultationForm(data={"held_at": this_minute()})
    if not form.validate_on_submit():
        return _page(item_id, form, _("记录会商")), 422 if form.is_submitted() else 200
    attempt = Attempt(current_actor(), utc_now())
    try:
        with transaction(attempt.actor, attempt.now) as session:
            item = responses.find_item(session, item_id)
            service.consult(
                session,
                item,
                attempt,
                held_at=form.held_at.data.replace(tzinfo=zone()),
                units=form.units.data,
                people=form.people.data or "",
                conclusion=form.conclusion.data,
            )
    except (Invalid, WrongState) as error:
        return _refused(item_id, form, _("记录会商"), error)
    flash(_("会商记录已保存。"), "success")
    return _back(item_id)


@blueprint.route("/responses/<int:item_id>/wordings/new", methods=["GET", "POST"])
@requires(Permission.RESPONSE_OPEN)
def agree_wording(item_id: int) -> Page:
    form = _wording_form(item_id)
    if not form.validate_on_submit():
        return _page(item_id, form, _("商定口径")), 422 if form.is_submitted() else 200
    attempt = Attempt(current_actor(), utc_now())
    try:
        with transaction(attempt.actor, attempt.now) as session:
            kept = service.agree(
                session,
                responses.find_item(session, item_id),
                attempt,
                text=form.text.data,
                agreed_by=form.agreed_by.data,
                consultation_id=form.consultation_id.data,
                seen=plain_number(request.form.get("seen")) or 0,
            )
    except Stale as error:
        beside = service.beside(db.session, item_id)
        form.seen.data = str(beside.wording.number) if beside.wording else "0"
        return _refused(item_id, form, _("商定口径"), error)
    except (Invalid, WrongState) as error:
        return _refused(item_id, form, _("商定口径"), error)
    flash(_("口径已保存。") if kept else _("口径没有变化，未产生新版本。"), "success")
    return _back(item_id)


def _wording_form(item_id: int) -> WordingForm:
    """With the wording that stands, and the consultations of this item to choose from."""
    beside = service.beside(db.session, item_id)
    last, listed = beside.wording, beside.consultations
    seen = str(last.number) if last else "0"
    form = WordingForm(data={"text": last.text if last else "", "seen": seen})
    form.consultation_id.choices = [
        SelectChoice(0, _("没有会商记录")),
        *(SelectChoice(one.id, f"{moment(one.held_at)} {one.units}") for one in listed),
    ]
    return form


@blueprint.route("/responses/<int:item_id>/references/new", methods=["GET", "POST"])
@requires(Permission.RESPONSE_OPEN)
def refer(item_id: int) -> Page:
    form = ReferenceForm()
    if not form.validate_on_submit():
        return _page(item_id, form, _("登记政策依据")), 422 if form.is_submitted() else 200
    attempt = Attempt(current_actor(), utc_now())
    facts = ReferenceFacts(
        title=form.title.data,
        number=form.number.data or "",
        issued_on=form.issued_on.data,
        url=form.url.data or "",
        passage=form.passage.data or "",
    )
    try:
        with transaction(attempt.actor, attempt.now) as session:
            service.refer(session, responses.find_item(session, item_id), facts, attempt)
    except (Invalid, WrongState) as error:
        return _refused(item_id, form, _("登记政策依据"), error)
    flash(_("政策依据已保存。"), "success")
    return _back(item_id)


@blueprint.post("/responses/<int:item_id>/references/<int:reference_id>/remove")
@requires(Permission.RESPONSE_OPEN)
def drop_reference(item_id: int, reference_id: int) -> Response:
    attempt = Attempt(current_actor(), utc_now())
    with transaction(attempt.actor, attempt.now) as session:
        item = responses.find_item(session, item_id)
        service.drop_reference(session, item, reference_id, attempt)
    flash(_("已移除。"), "success")
    return _back(item_id)


def _refused(item_id: int, form: FlaskForm, title: str, error: DomainError) -> tuple[str, int]:
    show_errors(form, error)
    return _page(item_id, form, title), STATUS[type(error)]


def _page(item_id: int, form: FlaskForm, title: str) -> str:
    return render_template(
        "responses/beside_form.html",
        item=responses.find_item(db.session, item_id),
        form=form,
        title=title,
        beside=service.beside(db.session, item_id),
    )


def _back(item_id: int) -> Response:
    return redirect(url_for("responses.show", item_id=item_id, _anchor="consulting"))
