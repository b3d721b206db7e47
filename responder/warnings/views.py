"""One's own warnings."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from responder.core.database import db, transaction
from responder.core.errors import Invalid
from responder.core.times import utc_now
from responder.warnings import service
from responder.warnings.declared import WARNINGS
from responder.warnings.forms import AddressForm
from responder.web.access import SIGNED_IN, current_actor, signed_in
from responder.web.forms import show_errors
from responder.web.listing import add_list_pages, show
from responder.web.redirects import back_to
from responder.web.undoing import flash_with_undo, sent_moment

blueprint = Blueprint("warnings", __name__)


def unread_warnings() -> int:
    """For the masthead and Today: what whoever asks has not read."""
    return service.unread_count(db.session, current_actor())


@blueprint.get("/warnings")
@signed_in
def index() -> str:
    return _page(AddressForm(data={"email": service.address_of(db.session, current_actor())}))


@blueprint.post("/warnings/<int:delivery_id>/read")
@signed_in
def read(delivery_id: int) -> Response:
    with transaction(current_actor()) as session:
        service.mark_read(session, delivery_id, current_actor(), utc_now())
    return redirect(back_to(request.form.get("next"), "warnings.index"))


@blueprint.post("/warnings/read")
@signed_in
def read_all() -> Response:
    with transaction(current_actor()) as session:
        moment = utc_now()
        count = service.mark_all_read(session, current_actor(), moment)
    if count:
        done = _("已阅 %(count)s 条预警。", count=count)
        flash_with_undo(done, "warnings.unread", {"at": moment.isoformat()})
    else:
        flash(_("没有未阅的预警。"), "info")
    return redirect(url_for("warnings.index"))


@blueprint.post("/warnings/unread")
@signed_in
def unread() -> Response:
    """Take back a click on "all read", told by its moment."""
    with transaction(current_actor()) as session:
        count = service.mark_unread(session, current_actor(), sent_moment())
    flash(_("%(count)s 条预警恢复为未阅。", count=count), "success")
    return redirect(url_for("warnings.index"))


@blueprint.post("/warnings/address")
@signed_in
def set_address() -> Response | tuple[str, int]:
    form = AddressForm()
    if not form.validate():
        return _page(form), 422
    try:
        with transaction(current_actor()) as session:
            email = service.set_address(session, current_actor(), form.email.data or "")
    except Invalid as error:
        show_errors(form, error)
        return _page(form), 422
    stated = _("已保存，此后的预警同时发到 %(email)s。", email=email)
    flash(stated if email else _("已保存，此后不再发邮件。"), "success")
    return redirect(url_for("warnings.index"))


def _page(form: AddressForm) -> str:
    return render_template(
        "warnings/index.html", listed=show(WARNINGS, "warnings.index"), form=form
    )


add_list_pages(blueprint, "/warnings", WARNINGS, "index", SIGNED_IN)
