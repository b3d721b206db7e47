"""What is done to an order: a step of the table, an answer, a repeat in or out."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from responder.core.database import db, transaction
from responder.core.errors import DomainError, GuardRefused, Invalid, NotFound, Stale, WrongState
from responder.core.lifecycle import Attempt
from responder.core.permissions import Permission
from responder.core.times import utc_now
from responder.intake import service as intake
from responder.orders import service
from responder.orders.forms import read_facts
from responder.orders.lifecycle import STEP_PERMISSIONS
from responder.orders.views.common import Page, blueprint, zone
from responder.orders.views.pages import order_page
from responder.web.access import current_actor, requires
from responder.web.errors import STATUS
from responder.web.forms import seen_version
from responder.web.sentences import spoken

MOST_NOTE_CHARACTERS = 1000


@blueprint.post("/orders/<int:order_id>/<string:action>")
@requires(*STEP_PERMISSIONS)
def advance(order_id: int, action: str) -> Page:
    """Take a step; what it cannot be taken for is said on the order's page."""
    attempt = Attempt(current_actor(), utc_now(), request.form.get("note", ""))
    try:
        with transaction(attempt.actor) as session:
            order = service.find_as_seen(session, order_id, seen_version(), attempt.actor)
            if len(attempt.note) > MOST_NOTE_CHARACTERS:
                raise Invalid(f"说明最多 {MOST_NOTE_CHARACTERS} 字：请精简后再提交")
            facts = read_facts(session, request.form)
            label = service.take(session, order, action, attempt, facts, zone()).label
    except DomainError as error:
        return _refused_page(order_id, action, error)
    flash(_("已办理：%(step)s。", step=_(label)), "success")
    return _back_to(order_id)


@blueprint.post("/orders/<int:order_id>/draft")
@requires(Permission.ORDER_HANDLE)
def save_answer(order_id: int) -> Page:
    """Keep the answer; what cannot be stored comes back as it was typed."""
    answer = request.form.get("answer", "")
    public_answer = request.form.get("public_answer", "")
    attempt = Attempt(current_actor(), utc_now())
    try:
        with transaction(attempt.actor) as session:
            order = service.find_for(session, order_id, attempt.actor)
            saved = service.save_answer(
                session, order, answer, public_answer, attempt, seen_version()
            )
    except (Stale, Invalid, WrongState, GuardRefused) as error:
        return _typed_page(order_id, answer, public_answer, error)
    flash(_("答复已保存。") if saved else _("答复没有变化。"), "success")
    return redirect(url_for("orders.show", order_id=order_id))


def _typed_page(
    order_id: int, answer: str, public_answer: str, error: DomainError
) -> tuple[str, int]:
    order = service.find_for(db.session, order_id, current_actor())
    typed = {"answer": answer, "public_answer": public_answer, "error": spoken(error.message)}
    return order_page(order, typed=typed), STATUS[type(error)]


def _refused_page(order_id: int, action: str, error: DomainError) -> tuple[str, int]:
    """The order with the sentence and what was typed; the error itself where none may see it."""
    order = service.find_for(db.session, order_id, current_actor())
    typed = {name: request.form.get(name, "") for name in ("note", "into", "message_id")}
    refused = {"action": action, "error": spoken(error.message), **typed}
    return order_page(order, refused=refused), STATUS[type(error)]


@blueprint.post("/orders/<int:order_id>/messages")
@requires(Permission.ORDER_DISPATCH)
def attach(order_id: int) -> Page:
    number = request.form.get("message_id", type=int)
    try:
        if number is None:
            raise Invalid("请填写留言的编号")
        with transaction(current_actor()) as session:
            order = service.find_for(session, order_id, current_actor())
            message = intake.get(session, number)
            into = service.attach(session, order, message, current_actor(), utc_now()).id
    except DomainError as error:
        return _refused_page(order_id, "attach", error)
    flash(_("已并入第 %(number)s 号留言。", number=number), "success")
    return redirect(url_for("orders.show", order_id=into))


@blueprint.post("/orders/<int:order_id>/messages/<int:message_id>/detach")
@requires(Permission.ORDER_DISPATCH)
def detach(order_id: int, message_id: int) -> Page:
    try:
        with transaction(current_actor()) as session:
            order = service.find_for(session, order_id, current_actor())
            service.detach(session, order, message_id, current_actor(), utc_now())
    except DomainError as error:
        return _refused_page(order_id, "detach", error)
    flash(_("已移出第 %(number)s 号留言。", number=message_id), "success")
    return redirect(url_for("orders.show", order_id=order_id))


def _back_to(order_id: int) -> Response:
    """The order's page; the list for whoever has just given the order back."""
    try:
        service.find_for(db.session, order_id, current_actor())
    except NotFound:
        return redirect(url_for("orders.index"))
    return redirect(url_for("orders.show", order_id=order_id))
