"""Leave and deputies: everybody's own page, and everybody's leave for an administrator."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms.fields import SelectChoice

from responder.accounts import absences, service
from responder.accounts.absence_forms import AbsenceForm
from responder.accounts.absence_list import ABSENCES
from responder.accounts.models import User
from responder.core.database import db, transaction
from responder.core.errors import Forbidden, Invalid
from responder.core.permissions import Actor, Permission
from responder.core.times import local, utc_now
from responder.web.access import SIGNED_IN, current_actor, may, signed_in
from responder.web.errors import STATUS
from responder.web.filters import role_names
from responder.web.forms import show_errors
from responder.web.listing import add_list_pages, show

blueprint = Blueprint("absences", __name__)


def today() -> date:
    """The present day by the office's clocks."""
    return local(utc_now(), current_app.extensions["settings"].zone).date()


def rights_as_deputy(actor: Actor) -> frozenset[Permission]:
    """What somebody may do today for people who are away."""
    return absences.delegated_rights(db.session, actor.id, today())


@blueprint.route("/absences", methods=["GET", "POST"])
@signed_in
def index() -> str | Response | tuple[str, int]:
    form = _form()
    if not form.validate_on_submit():
        return _page(form), 422 if form.is_submitted() else 200
    try:
        with transaction(current_actor()) as session:
            _declare(session, form)
    except (Forbidden, Invalid) as error:
        show_errors(form, error)
        return _page(form), STATUS[type(error)]
    flash(_("已登记请假。"), "success")
    return redirect(url_for("absences.index"))


@blueprint.post("/absences/<int:absence_id>/end")
@signed_in
def end(absence_id: int) -> Response:
    with transaction(current_actor()) as session:
        absences.end(session, absences.find(session, absence_id), current_actor(), today())
    flash(_("请假已结束，代办人不再代办。"), "success")
    return redirect(url_for("absences.index"))


def _declare(session: Session, form: AbsenceForm) -> None:
    user = service.get_user(session, form.user_id.data)
    absences.declare(
        session,
        user,
        service.get_user(session, form.deputy_id.data),
        form.first_day.data,
        form.last_day.data,
        form.reason.data or "",
        current_actor(),
        utc_now(),
        today(),
    )
    left = absences.duties_between(session, user.id, form.first_day.data, form.last_day.data)
    if left:
        names = _("、").join(one.display_name for one in left)
        flash(_("这几天原由其代办的还有%(names)s，请另作安排。", names=names), "warning")


def _form() -> AbsenceForm:
    own = current_actor().id
    assert own is not None, "whoever signs in has an account"
    form = AbsenceForm(data={"user_id": own, "first_day": today(), "last_day": today()})
    everybody = absences.possible_deputies(db.session, 0)
    form.deputy_id.choices = [
        SelectChoice(0, _("请选择")),
        *(_named(one) for one in everybody if one.id != own or may(Permission.USER_MANAGE)),
    ]
    whose = (
        everybody if may(Permission.USER_MANAGE) else [one for one in everybody if one.id == own]
    )
    form.user_id.choices = [_named(one) for one in whose]
    return form


def _named(user: User) -> SelectChoice:
    return SelectChoice(user.id, f"{user.display_name}（{role_names(user.roles)}）")


def _page(form: AbsenceForm) -> str:
    return render_template(
        "accounts/absences.html",
        form=form,
        listed=show(ABSENCES, "absences.index"),
        standing_in=absences.stands_in_for(db.session, current_actor().id or 0, today()),
    )


add_list_pages(blueprint, "/absences", ABSENCES, "index", SIGNED_IN)
