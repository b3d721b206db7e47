"""The media list of an event: entered, pasted, answered, taken along as a workbook."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from responder.core.database import db, transaction
from responder.core.errors import Invalid, Stale
from responder.core.permissions import Permission
from responder.core.versions import check_seen
from responder.planning import service
from responder.planning.access import demand_in_full
from responder.planning.events import media
from responder.planning.events.exporting import media_workbook
from responder.planning.events.models import REPLY_LABELS, MediaInvitation, Reply
from responder.planning.events.pasted import read_media
from responder.planning.events.small_forms import MediumForm, PasteForm
from responder.planning.models import PressEvent
from responder.planning.views import blueprint
from responder.web.access import current_actor, requires
from responder.web.errors import STATUS
from responder.web.forms import seen_version, show_errors, shown_version
from responder.web.media_types import XLSX
from responder.web.overtaken import differences

Page = str | Response | tuple[str, int]


@blueprint.get("/planning/events/<int:event_id>/media")
@requires(Permission.PLAN_READ)
def media_list(event_id: int) -> str:
    return _list_page(event_id)


@blueprint.post("/planning/events/<int:event_id>/media")
@requires(Permission.PLAN_EDIT)
def add_medium(event_id: int) -> Page:
    form = MediumForm()
    if not form.validate_on_submit():
        return _list_page(event_id, form=form), 422
    try:
        with transaction(current_actor()) as session:
            media.invite(session, service.get_event(session, event_id), _facts(form))
    except Invalid as error:
        show_errors(form, error)
        return _list_page(event_id, form=form), STATUS[Invalid]
    flash(_("已加入媒体名单。"), "success")
    return _to_list(event_id)


@blueprint.post("/planning/events/<int:event_id>/media/paste")
@requires(Permission.PLAN_EDIT)
def paste_media(event_id: int) -> Page:
    """Good lines join the list; the others come back with what is wrong with them."""
    form = PasteForm()
    if not form.validate_on_submit():
        return _list_page(event_id, pasted=form), 422
    read = read_media(form.lines.data)
    with transaction(current_actor()) as session:
        event = service.get_event(session, event_id)
        added = media.invite_many(session, event, read.media)
    known = len(read.media) - added
    told = _("已加入 %(count)s 家。", count=added)
    flash(told + (_("%(count)s 家已在名单上。", count=known) if known else ""), "success")
    if not read.refused:
        return _to_list(event_id)
    form.lines.data = "\n".join(read.refused)
    return _list_page(event_id, pasted=form, problems=read.problems), 422


@blueprint.route("/planning/media/<int:invitation_id>/edit", methods=["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def edit_medium(invitation_id: int) -> Page:
    """The number is not shown: an empty field leaves it, another number replaces it."""
    invitation = media.find_invitation(db.session, invitation_id)
    form = MediumForm(data=_values(invitation))
    if not form.validate_on_submit():
        return _form_page(form, invitation)
    try:
        with transaction(current_actor()) as session:
            invitation = media.find_invitation(session, invitation_id)
            check_seen(invitation, seen_version())
            phone = "" if request.form.get("forget_phone") else form.phone.data or None
            media.edit_invitation(session, invitation, _facts(form, phone))
    except Stale:
        invitation = media.find_invitation(db.session, invitation_id)
        stored = differences(form, _values(invitation))
        return _form_page(form, invitation, stored), STATUS[Stale]
    return _to_list(invitation.event_id)


def _values(invitation: MediaInvitation) -> dict[str, str]:
    names = ("outlet", "journalist", "accreditation", "note")
    return {name: getattr(invitation, name) for name in names}


def _form_page(
    form: MediumForm, invitation: MediaInvitation, stored: dict[str, str] | None = None
) -> str:
    """:param stored: what somebody else saved meanwhile and the form says otherwise."""
    return render_template(
        "planning/medium_form.html",
        form=form,
        invitation=invitation,
        version=shown_version(invitation, stored is not None),
        stored=stored,
    )


@blueprint.post("/planning/media/<int:invitation_id>/reply")
@requires(Permission.PLAN_EDIT)
def reply_medium(invitation_id: int) -> Response:
    given = request.form.get("reply", "")
    if given not in set(Reply):
        raise Invalid(_("没有这种回复：请从名单上的按钮选择"))
    with transaction(current_actor()) as session:
        invitation = media.find_invitation(session, invitation_id)
        if invitation.reply != given:
            check_seen(invitation, seen_version())
            media.set_reply(session, invitation, Reply(given))
    return _to_list(invitation.event_id, f"medium-{invitation_id}")


@blueprint.post("/planning/media/<int:invitation_id>/remove")
@requires(Permission.PLAN_EDIT)
def remove_medium(invitation_id: int) -> Response:
    with transaction(current_actor()) as session:
        invitation = media.find_invitation(session, invitation_id)
        check_seen(invitation, seen_version())
        event_id, outlet = invitation.event_id, invitation.outlet
        media.remove_invitation(session, invitation)
    flash(_("已从名单删除“%(outlet)s”。", outlet=outlet), "success")
    return _to_list(event_id)


@blueprint.post("/planning/events/<int:event_id>/media/phones")
@requires(Permission.MEDIA_CONTACT)
def show_phones(event_id: int) -> str:
    """Shown in this answer alone: coming back to the page hides them again."""
    with transaction(current_actor()) as session:
        media.reveal_phones(session, _event(session, event_id), current_actor())
    return _list_page(event_id, revealed=True)


@blueprint.get("/planning/events/<int:event_id>/media/export")
@requires(Permission.PLAN_READ)
def export_media(event_id: int) -> Response:
    event = _event(db.session, event_id)
    listed = media.invitations(db.session, event)
    return _workbook(media_workbook(event.theme, listed))


@blueprint.post("/planning/events/<int:event_id>/media/export-phones")
@requires(Permission.MEDIA_CONTACT)
def export_phones(event_id: int) -> Response:
    with transaction(current_actor()) as session:
        event = _event(session, event_id)
        listed = media.reveal_phones(session, event, current_actor())
        content = media_workbook(event.theme, listed, with_phones=True)
    return _workbook(content)


def _event(session: Session, event_id: int) -> PressEvent:
    """:raises Forbidden: the person reads the outline of this event alone."""
    event = service.get_event(session, event_id)
    demand_in_full(current_actor(), event)
    return event


def _workbook(content: BytesIO) -> Response:
    return send_file(content, XLSX, as_attachment=True, download_name=_("媒体名单.xlsx"))


def _facts(form: MediumForm, phone: str | None = "") -> media.MediumFacts:
    return media.MediumFacts(
        form.outlet.data,
        form.journalist.data or "",
        form.phone.data or phone,
        form.accreditation.data or "",
        form.note.data or "",
    )


def _list_page(
    event_id: int,
    form: MediumForm | None = None,
    pasted: PasteForm | None = None,
    revealed: bool = False,
    **context: Any,
) -> str:
    event = _event(db.session, event_id)
    listed = media.invitations(db.session, event)
    return render_template(
        "planning/media.html",
        event=event,
        listed=listed,
        counts=media.counts(listed),
        labels=REPLY_LABELS,
        form=form or MediumForm(formdata=None),
        pasted=pasted or PasteForm(formdata=None),
        revealed=revealed,
        **context,
    )


def _to_list(event_id: int, anchor: str | None = None) -> Response:
    return redirect(url_for("planning.media_list", event_id=event_id, _anchor=anchor))
