"""The list, one order, opening and putting right."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from responder.accounts import service as accounts
from responder.core import audit
from responder.core.audit import AuditEvent
from responder.core.clocks import UNIT_LABELS
from responder.core.database import db, transaction
from responder.core.errors import Invalid, Stale, WrongState
from responder.core.lifecycle import Attempt
from responder.core.permissions import Permission
from responder.core.times import utc_now
from responder.intake import service as intake
from responder.intake.models import Message, Nature
from responder.orders import service
from responder.orders.callers import callers_of
from responder.orders.declared import ORDERS
from responder.orders.forms import MatterForm
from responder.orders.lifecycle import handle_clock, leads, offered
from responder.orders.models import (
    REFUSAL_LABELS,
    SATISFACTION_LABELS,
    OrderState,
    WorkOrder,
)
from responder.orders.views.common import READERS, Page, blueprint, zone
from responder.routing import service as routing
from responder.web.access import current_actor, requires
from responder.web.errors import STATUS
from responder.web.forms import seen_version, show_errors
from responder.web.listing import add_list_pages, show

# A change of these alone stands beside “填写答复”, which says it.
_WRITTEN = frozenset({"answer", "public_answer"})


@blueprint.get("/orders")
@requires(*READERS)
def index() -> str:
    return render_template("orders/index.html", listed=show(ORDERS))


add_list_pages(blueprint, "/orders", ORDERS, "index", frozenset(READERS))


@blueprint.get("/orders/<int:order_id>", endpoint="show")
@requires(*READERS)
def show_order(order_id: int) -> str:
    order = service.find_for(db.session, order_id, current_actor())
    return order_page(order)


def order_page(order: WorkOrder, **typed: Any) -> str:
    """One order, and what somebody wrote that could not be stored.

    :param typed: ``typed``: an answer; ``refused``: what a step's form said, with its error.
    """
    actor = current_actor()
    attempt = Attempt(actor, utc_now())
    inside = actor.may(Permission.ORDER_READ)
    units = accounts.units(db.session) if actor.may(Permission.ORDER_DISPATCH) else []
    suggested = routing.unit_of(order.category) if order.category else None
    choices = offered(order, attempt)
    mergeable = any(one.transition.action == "merge" for one in choices)
    return render_template(
        "orders/show.html",
        order=order,
        choices=choices,
        handle=handle_clock(order),
        unit_labels=UNIT_LABELS,
        said=service.said(db.session, order, actor),
        callers=callers_of(order),
        merged=service.merged_orders(db.session, order),
        history=_history(order),
        inside=inside,
        writes=order.state is OrderState.HANDLING
        and actor.may(Permission.ORDER_HANDLE)
        and leads(order, attempt) is None,
        revises=order.state in (OrderState.RECEIVED, OrderState.ACCEPTED)
        and actor.may(Permission.ORDER_DISPATCH),
        units=[unit for unit in units if unit.id != order.reported_unit_id],
        suggested=suggested,
        refusals=REFUSAL_LABELS,
        satisfactions=SATISFACTION_LABELS,
        alike=_alike(order) if mergeable else [],
        **{"typed": None, "refused": None, **typed},
    )


def _history(order: WorkOrder) -> list[AuditEvent]:
    return [
        event
        for event in audit.history(db.session, order)
        if event.action != "update" or not event.changes.keys() <= _WRITTEN
    ]


def _alike(order: WorkOrder) -> list[WorkOrder]:
    """Other open orders of the same topic: what this one may be a repeat of."""
    if order.topic_id is None:
        return []
    found = service.open_orders(db.session, topic_id=order.topic_id, limit=10)
    return [one for one in found if one.id != order.id]


@blueprint.route("/messages/<int:message_id>/order", methods=["GET", "POST"])
@requires(Permission.ORDER_DISPATCH)
def open_order(message_id: int) -> Page:
    message = intake.get(db.session, message_id)
    held = service.order_of(db.session, message_id)
    if held is not None and request.method == "GET":
        return redirect(url_for("orders.show", order_id=held.id))
    form = _open_form(message)
    if not form.validate_on_submit():
        return _open_page(form, message), 422 if form.is_submitted() else 200
    with transaction(current_actor()) as session:
        matter = form.matter(session)
        order = service.open_from_message(
            session,
            intake.get(session, message_id),
            current_actor(),
            utc_now(),
            title=matter.title,
            brief=matter.brief,
            nature=matter.nature,
            urgent=matter.urgent,
            category_id=matter.category_id,
            reported_unit=matter.reported_unit,
            zone=zone(),
        )
        order_id = order.id
    flash(_("已立单，请受理并派单。"), "success")
    return redirect(url_for("orders.show", order_id=order_id))


def _open_form(message: Message) -> MatterForm:
    """What is known of a message; of its category what was confirmed, or else suggested."""
    confirmed = routing.of_message(db.session, [message.id]).get(message.id)
    likely = confirmed or routing.suggest(db.session, message.title, message.body, message.place)
    values = {
        "title": service.default_title(message, message.nature or Nature.OTHER),
        "nature": message.nature.value if message.nature else "",
        "urgent": message.urgent,
        "category_id": likely.category_id if likely else 0,
    }
    form = MatterForm(data=values)
    form.fill_menus(routing.choices(db.session), accounts.units(db.session))
    if message.nature is None:
        form.ask_nature()
    if likely and not confirmed:
        form.category_id.description = _("按建议预选，请核对；承办单位随分类预选。")
    return form


def _open_page(form: MatterForm, message: Message) -> str:
    topic = service.topic_of_message(db.session, message)
    alike = service.open_orders(db.session, topic_id=topic.id) if topic else []
    return render_template("orders/open.html", form=form, message=message, alike=alike)


@blueprint.route("/orders/<int:order_id>/edit", methods=["GET", "POST"])
@requires(Permission.ORDER_DISPATCH)
def revise(order_id: int) -> Page:
    order = service.find_for(db.session, order_id, current_actor())
    values = {
        "category_id": order.category_id or 0,
        "reported_unit_id": order.reported_unit_id or 0,
        "nature": order.nature.value,
        "version": order.version_id,
        **{name: getattr(order, name) for name in ("title", "brief", "urgent")},
    }
    form = MatterForm(data=values)
    form.fill_menus(routing.choices(db.session), accounts.units(db.session))
    if not form.validate_on_submit():
        page = render_template("orders/revise.html", form=form, order=order)
        return page, 422 if form.is_submitted() else 200
    try:
        with transaction(current_actor()) as session:
            order = service.find_for(session, order_id, current_actor())
            matter, version = form.matter(session), seen_version()
            service.revise(session, order, matter, current_actor(), version, zone())
    except (Invalid, Stale, WrongState) as error:
        show_errors(form, error)
        order = service.find_for(db.session, order_id, current_actor())
        page = render_template("orders/revise.html", form=form, order=order)
        return page, STATUS[type(error)]
    flash(_("已保存。"), "success")
    return redirect(url_for("orders.show", order_id=order_id))
