"""Writing on an item's page: saving, autosave, the check, templates, versions compared."""

from __future__ import annotations

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from responder.core.database import db, transaction
from responder.core.errors import DomainError, NotFound, Stale, WrongState
from responder.core.lifecycle import Attempt
from responder.core.permissions import Permission
from responder.core.times import utc_now
from responder.responses import rules, service
from responder.responses.drafting import editing, slips, templates
from responder.responses.drafting.comparing import compare
from responder.responses.drafting.editing import Asked
from responder.responses.drafting.formats import FORMAT_LABELS, TextFormat
from responder.responses.drafting.looking import look_through
from responder.responses.forms import DraftForm
from responder.responses.models import Draft, ResponseItem
from responder.responses.views import Page, blueprint, item_page, newest_drafts, zone
from responder.web.access import current_actor, requires
from responder.web.errors import STATUS
from responder.web.filters import moment
from responder.web.paging import paginate, requested_page
from responder.web.sentences import spoken

VERSIONS_A_PAGE = 10


def _sent(item: ResponseItem) -> DraftForm:
    return DraftForm(data={"format": item.answer_format.value})


@blueprint.post("/responses/<int:item_id>/draft")
@requires(Permission.RESPONSE_DRAFT)
def save_draft(item_id: int) -> Page:
    form = _sent(service.find_item(db.session, item_id))
    if not form.validate_on_submit():
        return _back_with(item_id, form), 422
    try:
        with transaction(current_actor()) as session:
            item = service.find_item(session, item_id)
            saved = service.save_draft(
                session, item, form.text.data, current_actor(), utc_now(), form.version.data,
                TextFormat(form.format.data),
            )  # fmt: skip
            slips.drop(session, item, current_actor(), form.slip.data or 0)
    except (Stale, WrongState) as error:
        return _conflict_page(item_id, form, error)
    flash(_("稿件已保存。") if saved else _("稿件没有变化，未产生新版本。"), "success")
    return redirect(url_for("responses.show", item_id=item_id))


def _back_with(item_id: int, form: DraftForm) -> str:
    """The page, with what was typed."""
    item = service.find_item(db.session, item_id)
    if form.format.data not in list(TextFormat):
        form.format.data = item.answer_format.value
    form.version.data = form.version.data or item.version_id
    return item_page(item_id, Asked(form))


def _conflict_page(item_id: int, form: DraftForm, error: DomainError) -> tuple[str, int]:
    """What the person typed beside what somebody else stored; nothing is lost."""
    item = service.find_item(db.session, item_id)
    last = newest_drafts(item_id, 1)
    page = render_template(
        "responses/conflict.html",
        item=item,
        form=form,
        changes=rules.difference(item.answer, rules.clean(form.text.data or "")),
        last=last[0] if last else None,
        error=spoken(error.message),
    )
    return page, STATUS[type(error)]


# ---- what is typed and not saved ----


@blueprint.post("/responses/<int:item_id>/slip")
@requires(Permission.RESPONSE_DRAFT)
def keep_slip(item_id: int) -> Page:
    form = _sent(service.find_item(db.session, item_id))
    form.validate()
    now = utc_now()
    try:
        with transaction(current_actor(), now) as session:
            item = service.find_item(session, item_id)
            if not editing.writes(item, Attempt(current_actor(), now)):
                raise WrongState("本事项已不在起草中：您的文字请先复制")
            slip = slips.keep(
                session, item, current_actor(), form.text.data or "", _format(form, item),
                form.based_on.data or 0, form.slip.data or 0, now,
            )  # fmt: skip
            version = slip.version_id if slip else 0
    except DomainError as error:
        answer = jsonify(kept=False, told=spoken(error.message))
        answer.status_code = STATUS[type(error)]
        return answer
    return jsonify(kept=version > 0, slip=version, at=moment(now, "%H:%M:%S"))


def _format(form: DraftForm, item: ResponseItem) -> TextFormat:
    sent = form.format.data
    return TextFormat(sent) if sent in list(TextFormat) else item.answer_format


@blueprint.post("/responses/<int:item_id>/slip/discard")
@requires(Permission.RESPONSE_DRAFT)
def discard_slip(item_id: int) -> Response:
    """All of it; from a conflict's page, what that page shows and no other window's."""
    text, seen = request.form.get("text"), request.form.get("slip", type=int)
    with transaction(current_actor()) as session:
        item = service.find_item(session, item_id)
        if text is None:
            slips.drop(session, item, current_actor())
        else:
            slips.drop_shown(session, item, current_actor(), text, seen or 0)
    flash(_("已放弃未保存的文字。"), "success")
    return redirect(url_for("responses.show", item_id=item_id, _anchor="text"))


# ---- the check ----


@blueprint.post("/responses/<int:item_id>/check")
@requires(Permission.RESPONSE_DRAFT)
def check(item_id: int) -> str:
    """The remarks alone for a script that asks, else the page with what was typed."""
    item = service.find_item(db.session, item_id)
    form = _sent(item)
    if "X-Part" not in request.headers:
        return _back_with(item_id, form)
    text, written = form.text.data or "", _format(form, item)
    found = look_through(db.session, item, text, written, utc_now(), zone())
    return render_template(
        "responses/drafting/_remarks.html", check=found, text=text, written=written
    )


# ---- templates ----


@blueprint.get("/responses/<int:item_id>/template-text")
@requires(Permission.RESPONSE_DRAFT)
def template_text(item_id: int) -> Response:
    """A template filled with what the item says, to be put in where the writer stands."""
    item = service.find_item(db.session, item_id)
    template = templates.find_template(db.session, request.args.get("template", 0, type=int))
    text = templates.filled(template.text, templates.values_of(item, utc_now(), zone()))
    return jsonify(text=text, format=template.format.value)


# ---- versions ----


@blueprint.get("/responses/<int:item_id>/drafts")
@requires(Permission.RESPONSE_READ)
def drafts(item_id: int) -> str:
    item = service.find_item(db.session, item_id)
    page = paginate(
        db.session, service.drafts_newest_first(item_id), requested_page(), VERSIONS_A_PAGE
    )
    return render_template("responses/drafts.html", item=item, page=page)


@blueprint.get("/responses/<int:item_id>/drafts/compare")
@requires(Permission.RESPONSE_READ)
def compare_drafts(item_id: int) -> str:
    item = service.find_item(db.session, item_id)
    listed = service.draft_heads(db.session, item_id)
    last = listed[0].number if listed else 0
    old = _version(item_id, request.args.get("from", type=int) or max(last - 1, 1))
    new = _version(item_id, request.args.get("to", type=int) or last)
    return render_template(
        "responses/drafting/compare.html",
        item=item,
        listed=listed,
        old=old,
        new=new,
        comparison=compare(old.text, new.text),
        format_labels=FORMAT_LABELS,
    )


def _version(item_id: int, number: int) -> Draft:
    query = service.drafts_newest_first(item_id).where(Draft.number == number)
    draft = db.session.scalar(query)
    if draft is None:
        raise NotFound("没有这个版本：请在“全部版本”里重新选择")
    return draft
