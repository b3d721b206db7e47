"""Signing in and out; people and units."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response
from wtforms.fields import SelectChoice

from responder.accounts import proofs, service
from responder.accounts.forms import PersonForm, SignInForm, UnitForm
from responder.accounts.models import Unit, User
from responder.accounts.sessions import entering
from responder.accounts.sessions.models import Method
from responder.core.database import db, transaction
from responder.core.errors import Forbidden, Invalid
from responder.core.permissions import Permission
from responder.core.times import utc_now
from responder.web.access import current_actor, public, requires, signed_in
from responder.web.callers import caller
from responder.web.forms import show_errors
from responder.web.paging import paginate, requested_page
from responder.web.redirects import back_to
from responder.web.sentences import spoken

blueprint = Blueprint("accounts", __name__)


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> str | Response | tuple[str, int]:
    if current_user.is_authenticated:
        return redirect(url_for("reports.today"))
    form = SignInForm(next=request.args.get("next", ""))
    if not form.validate_on_submit():
        return render_template("accounts/sign_in.html", form=form)
    username = form.username.data
    try:
        user = service.authenticate(db.session, username, form.password.data)
    except Forbidden as error:
        _record_sign_in(username, accepted=False)
        form.password.errors = [spoken(error.message)]
        return render_template("accounts/sign_in.html", form=form), 403
    _record_sign_in(username, accepted=True)
    entering.enter(user, Method.PASSWORD, caller())
    return redirect(back_to(form.next.data))


def _record_sign_in(username: str, accepted: bool) -> None:
    now = utc_now()
    with transaction(now=now) as session:
        service.record_sign_in(session, username, accepted, caller().told, now)


@blueprint.post("/sign-out")
@signed_in
def sign_out() -> Response:
    entering.leave()
    flash(_("您已退出。"), "info")
    return redirect(url_for("accounts.sign_in"))


@blueprint.get("/people")
@requires(Permission.USER_MANAGE)
def people() -> str:
    page = paginate(db.session, service.people(), requested_page())
    return render_template("accounts/people.html", page=page)


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
    try:
        with transaction(current_actor()) as session:
            service.change_user(
                session,
                person,
                display_name=form.display_name.data,
                roles=form.roles.data,
                unit=session.get(Unit, form.unit_id.data),
                active=form.active.data,
                password=form.password.data or "",
            )
    except Invalid as error:
        show_errors(form, error)
        return _person_page(form, person), 422
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
