"""Asking units, on the office's pages; and the pages of the units' liaisons, who see no others."""

from __future__ import annotations

from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from responder.accounts import service as accounts
from responder.accounts.models import Unit
from responder.core.database import db, transaction
from responder.core.errors import DomainError, Invalid, NotFound, Stale, WrongState
from responder.core.lifecycle import Attempt
from responder.core.permissions import Permission
from responder.core.times import local, utc_now
from responder.responses import service as responses
from responder.responses.models import SETTLED
from responder.responses.sourcing.service import with_reports
from responder.responses.units import service
from responder.responses.units.declared import MATERIALS
from responder.responses.units.forms import MaterialForm, PartForm
from responder.responses.units.models import ItemPart
from responder.responses.views import blueprint, this_minute, zone
from responder.web.access import current_actor, requires
from responder.web.errors import STATUS
from responder.web.forms import note_read, seen_version, show_errors, shown_version, unit_choices
from responder.web.listing import add_list_pages, show

Page = str | Response | tuple[str, int]

USUAL_TIME = timedelta(hours=24)


@blueprint.route("/responses/<int:item_id>/parts/new", methods=["GET", "POST"])
@requires(Permission.RESPONSE_OPEN)
def assign(item_id: int) -> Page:
    form = _part_form(item_id, None)
    if not form.validate_on_submit():
        return _part_page(item_id, form, None), 422 if form.is_submitted() else 200
    attempt = Attempt(current_actor(), utc_now())
    try:
        with transaction(attempt.actor, attempt.now) as session:
            item = responses.find_item(session, item_id)
            part = service.assign(session, item, _ask(session, form), attempt)
            name = part.unit.name
    except (Invalid, WrongState) as error:
        return _part_refused(item_id, form, None, error)
    flash(_("已交办%(unit)s。", unit=name), "success")
    return _back(item_id)


@blueprint.route("/responses/<int:item_id>/parts/<int:part_id>", methods=["GET", "POST"])
@requires(Permission.RESPONSE_OPEN)
def ask_anew(item_id: int, part_id: int) -> Page:
    part = service.find_part(db.session, item_id, part_id)
    note_read(part)
    form = _part_form(item_id, part)
    if not form.validate_on_submit():
        return _part_page(item_id, form, part), 422 if form.is_submitted() else 200
    attempt = Attempt(current_actor(), utc_now())
    try:
        with transaction(attempt.actor, attempt.now) as session:
            part = service.find_part(session, item_id, part_id)
            ask = _ask(session, form)
            service.ask_anew(session, part, ask, attempt, seen_version())
    except (Invalid, Stale, WrongState) as error:
        return _part_refused(item_id, form, part_id, error)
    flash(_("已保存。"), "success")
    return _back(item_id)


@blueprint.post("/responses/<int:item_id>/parts/<int:part_id>/withdraw")
@requires(Permission.RESPONSE_OPEN)
def withdraw_part(item_id: int, part_id: int) -> Response:
    attempt = Attempt(current_actor(), utc_now())
    with transaction(attempt.actor, attempt.now) as session:
        part = service.find_part(session, item_id, part_id)
        service.withdraw(session, part, attempt, seen_version())
    flash(_("已取消交办。"), "success")
    return _back(item_id)


@blueprint.post("/responses/<int:item_id>/lead")
@requires(Permission.RESPONSE_OPEN)
def lead(item_id: int) -> Response:
    attempt = Attempt(current_actor(), utc_now(), request.form.get("note", ""))
    with transaction(attempt.actor, attempt.now) as session:
        item = responses.find_item_as_seen(session, item_id, seen_version())
        unit = _unit(session, request.form.get("unit_id", type=int))
        service.lead(session, item, unit, attempt)
        name = unit.name
    flash(_("已改由%(unit)s牵头。", unit=name), "success")
    return _back(item_id)


def _part_form(item_id: int, part: ItemPart | None) -> PartForm:
    if part is None:
        item = responses.find_item(db.session, item_id)
        asked = {one.unit_id for one in service.parts_of(db.session, item)}
        values = {
            "unit_id": 0 if item.unit_id in asked else item.unit_id,
            "due_at": this_minute() + USUAL_TIME,
        }
    else:
        due_at = local(part.due_at, zone()).replace(tzinfo=None)
        values = {"unit_id": part.unit_id, "task": part.task, "due_at": due_at}
    form = PartForm(data=values)
    units = accounts.units(db.session) if part is None else [part.unit]
    form.unit_id.choices = unit_choices(units)
    return form


def _ask(session: Session, form: PartForm) -> service.Ask:
    due_at = form.due_at.data.replace(tzinfo=zone())
    return service.Ask(_unit(session, form.unit_id.data), form.task.data, due_at)


def _unit(session: Session, unit_id: int | None) -> Unit:
    unit = session.get(Unit, unit_id) if unit_id else None
    if unit is None:
        raise NotFound("所选单位已不存在：请刷新页面后重新选择")
    return unit


def _part_refused(
    item_id: int, form: PartForm, part_id: int | None, error: DomainError
) -> tuple[str, int]:
    show_errors(form, error)
    part = service.find_part(db.session, item_id, part_id) if part_id else None
    page = _part_page(item_id, form, part, isinstance(error, Stale))
    return page, STATUS[type(error)]


def _part_page(item_id: int, form: PartForm, part: ItemPart | None, anew: bool = False) -> str:
    item = responses.find_item(db.session, item_id)
    return render_template(
        "responses/part.html",
        item=item,
        part=part,
        form=form,
        reported=bool(with_reports(db.session, [item])),
        version=shown_version(part, anew),
    )


def _back(item_id: int) -> Response:
    return redirect(url_for("responses.show", item_id=item_id, _anchor="parts"))


@blueprint.get("/unit-materials")
@requires(Permission.RESPONSE_ASSIST)
def materials() -> str:
    return render_template("responses/materials.html", listed=show(MATERIALS))


add_list_pages(
    blueprint, "/unit-materials", MATERIALS, "materials", frozenset({Permission.RESPONSE_ASSIST})
)


@blueprint.route("/unit-materials/<int:part_id>", methods=["GET", "POST"])
@requires(Permission.RESPONSE_ASSIST)
def material(part_id: int) -> Page:
    outline = service.outline_for(db.session, part_id, current_actor())
    note_read(outline.part)
    last = outline.part.material
    form = MaterialForm(data={"text": last.text if last else ""})
    if not form.validate_on_submit():
        return _material_page(outline, form), 422 if form.is_submitted() else 200
    attempt = Attempt(current_actor(), utc_now())
    try:
        with transaction(attempt.actor, attempt.now) as session:
            part = service.outline_for(session, part_id, attempt.actor).part
            sent = service.send(session, part, form.text.data, attempt, seen_version())
    except (Invalid, Stale, WrongState) as error:
        show_errors(form, error)
        outline = service.outline_for(db.session, part_id, current_actor())
        page = _material_page(outline, form, isinstance(error, Stale))
        return page, STATUS[type(error)]
    flash(_("已报送。") if sent else _("内容没有变化，没有重复报送。"), "success")
    return redirect(url_for("responses.material", part_id=part_id))


def _material_page(outline: service.Outline, form: MaterialForm, anew: bool = False) -> str:
    return render_template(
        "responses/material.html",
        part=outline.part,
        withheld=outline.withheld,
        form=form,
        closed=outline.part.item.state in SETTLED,
        overtaken=anew,
        version=shown_version(outline.part, anew),
    )
