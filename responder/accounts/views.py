"""People and units."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response
from wtforms.fields import SelectChoice

from responder.accounts import closing, proofs, service
from responder.accounts.declared import PEOPLE
from responder.accounts.forms import PersonForm, UnitForm
from responder.accounts.models import Unit, User
from responder.accounts.password_views import password_rules
from responder.core.database import db, transaction
from responder.core.errors import Invalid, Stale
from responder.core.permissions import Permission
from responder.core.times import utc_now
from responder.core.versions import check_seen
from responder.web.access import current_actor, requires
from responder.web.errors import STATUS
from responder.web.forms import seen_version, show_errors
from responder.web.listing import add_list_pages, show

blueprint = Blueprint("accounts", __name__)


@blueprint.get("/people")
@requires(Permission.USER_MANAGE)
def people() -> str:
    without_codes = not current_app.extensions["settings"].roles_with_codes
    return render_template("accounts/people.html", listed=show(PEOPLE), without_codes=without_codes)


add_list_pages(blueprint, "/people", PEOPLE, "people", frozenset({Permission.USER_MANAGE}))


@blueprint.route("/people/new", methods=["GET", "POST"])
@requires(Permission.USER_MANAGE)
def new_person() -> str | Response | tuple[str, int]:
    form = _person_form()
    if not form.validate_on_submit():
        return _person_page(form)
    try:
        with transaction(current_actor()) as session:
            service.create_user(
                session,
                form.username.data,
                form.display_name.data,
                form.password.data or "",
                form.roles.data,
                session.get(Unit, form.unit_id.data),
                password_rules(),
                must_change_password=True,
            )
    except Invalid as error:
        show_errors(form, error)
        return _person_page(form), 422
    flash(_("已添加%(name)s。", name=form.display_name.data), "success")
    return redirect(url_for("accounts.people"))


@blueprint.route("/people/<int:user_id>", methods=["GET", "POST"])
@requires(Permission.USER_MANAGE)
def edit_person(user_id: int) -> str | Response | tuple[str, int]:
    person = service.get_user(db.session, user_id)
    form = _person_form(obj=person)
    if not form.validate_on_submit():
        return _person_page(form, person)
    actor, now = current_actor(), utc_now()
    try:
        with transaction(actor, now) as session:
            check_seen(person, seen_version())
            was_closed = not person.active
            service.change_user(
                session,
                person,
                display_name=form.display_name.data,
                roles=form.roles.data,
                unit=session.get(Unit, form.unit_id.data),
                active=form.active.data,
                password=form.password.data or "",
                rules=password_rules(),
            )
            if was_closed or not person.active:  # opened again, nothing of before comes back
                closing.end_all_of(session, person, actor, now)
    except (Invalid, Stale) as error:
        show_errors(form, error)
        return _person_page(form, person), STATUS[type(error)]
    flash(_("已保存%(name)s。", name=person.display_name), "success")
    return redirect(url_for("accounts.people"))


def _person_page(form: PersonForm, person: User | None = None) -> str:
    has_code = person is not None and proofs.method_of(db.session, person.id) == proofs.CODE
    return render_template("accounts/person.html", form=form, person=person, has_code=has_code)


def _person_form(obj: User | None = None) -> PersonForm:
    form = PersonForm(obj=obj)
    units = [SelectChoice(unit.id, unit.name) for unit in service.units(db.session)]
    form.unit_id.choices = [SelectChoice(0, _("无")), *units]
    if obj is not None:
        form.username.render_kw = {"autocomplete": "username", "readonly": True}
    return form


@blueprint.route("/units", methods=["GET", "POST"])
@requires(Permission.USER_MANAGE)
def units() -> str | Response | tuple[str, int]:
    form = UnitForm()
    status = 200
    if form.validate_on_submit():
        try:
            with transaction(current_actor()) as session:
                service.add_unit(
                    session,
                    form.code.data,
                    form.name.data,
                    form.short_name.data,
                    form.matters.data,
                )
            return redirect(url_for("accounts.units"))
        except Invalid as error:
            show_errors(form, error)
            status = 422
    listed = service.units(db.session)
    return render_template("accounts/units.html", form=form, units=listed), status
