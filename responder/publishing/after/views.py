"""The page of what came after publication, with the form of the evaluation."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from responder.core.database import db, transaction
from responder.core.errors import DomainError, Invalid, NotFound, Stale, WrongState
from responder.core.lifecycle import Attempt
from responder.core.office import public_lines
from responder.core.permissions import Permission
from responder.core.times import utc_now
from responder.planning.briefing.reading import Standpoint
from responder.publishing import service as publishing
from responder.publishing.after import service
from responder.publishing.after.forms import NO, YES, EvaluationForm
from responder.publishing.after.models import Effect
from responder.responses import service as responses
from responder.responses.models import ItemState
from responder.web.access import current_actor, requires
from responder.web.errors import STATUS
from responder.web.forms import plain_number, show_errors

blueprint = Blueprint("after", __name__)

Page = str | Response | tuple[str, int]


@blueprint.get("/responses/<int:item_id>/after")
@requires(Permission.RESPONSE_READ)
def show(item_id: int) -> str:
    return _page(item_id, _form(item_id))


@blueprint.post("/responses/<int:item_id>/after")
@requires(Permission.RESPONSE_JUDGE)
def evaluate(item_id: int) -> Page:
    form = _form(item_id)
    if not form.validate_on_submit():
        return _page(item_id, form), 422
    attempt = Attempt(current_actor(), utc_now())
    try:
        with transaction(attempt.actor, attempt.now) as session:
            service.evaluate(
                session,
                responses.find_item(session, item_id),
                attempt,
                _here(),
                effect=Effect(form.effect.data),
                asked_again=form.asked_again.data == YES,
                findings=form.findings.data,
                lessons=form.lessons.data or "",
                seen=plain_number(request.form.get("seen")) or 0,
            )
    except Stale as error:
        form.seen.data = _last_number(item_id)
        return _refused(item_id, form, error)
    except (Invalid, WrongState) as error:
        return _refused(item_id, form, error)
    flash(_("评估已保存。"), "success")
    return redirect(url_for("after.show", item_id=item_id))


def _form(item_id: int) -> EvaluationForm:
    earlier = service.evaluations_of(db.session, item_id)
    values: dict[str, object] = {"seen": _last_number(item_id)}
    if earlier:
        last = earlier[0]
        values |= {"effect": last.effect.value, "asked_again": YES if last.asked_again else NO}
        values |= {"findings": last.findings, "lessons": last.lessons}
    return EvaluationForm(data=values)


def _last_number(item_id: int) -> str:
    earlier = service.evaluations_of(db.session, item_id)
    return str(earlier[0].number) if earlier else "0"


def _refused(item_id: int, form: EvaluationForm, error: DomainError) -> tuple[str, int]:
    show_errors(form, error)
    return _page(item_id, form), STATUS[type(error)]


def _page(item_id: int, form: EvaluationForm) -> str:
    item = responses.find_item(db.session, item_id)
    entry = publishing.entry_of(db.session, item_id)
    if entry is None:
        raise NotFound("本事项还没有公开发布：发布后才有前后的比较")
    evaluates = current_actor().may(Permission.RESPONSE_JUDGE) and item.state is ItemState.PUBLISHED
    return render_template(
        "publishing/after.html",
        item=item,
        entry=entry,
        form=form if evaluates else None,
        around=service.aftermath(db.session, entry, _here()),
        evaluations=service.evaluations_of(db.session, item_id),
    )


def _here() -> Standpoint:
    return Standpoint(utc_now(), current_app.extensions["settings"].zone, public_lines())
