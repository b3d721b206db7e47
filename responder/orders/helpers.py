"""What templates, also those of the rooms below, may ask of work orders."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from flask import Flask
from flask_babel import gettext as _

from responder.core.audit import AuditEvent
from responder.core.database import db
from responder.orders import rules, service
from responder.orders.callers import names_of_callers
from responder.orders.lifecycle import STATE_TONES, WORK_ORDER
from responder.orders.models import OrderClock, OrderState, WorkOrder
from responder.web.trail import Kind, name_kind

DEEDS = {
    "open": "立单",
    "attach": "并入留言",
    "detach": "移出留言",
    "write": "填写答复",
    "update": "修改要素",
    "recompute": "重算时限",
    **{step.action: step.label for step in WORK_ORDER.transitions},
}
FIELDS = {
    "lead": "主办单位",
    "assisting": "协办单位",
    "refusal": "情形",
    "satisfaction": "回访结果",
    "length": "延期",
    "into": "并入工单",
    "message_id": "留言编号",
    "title": "标题",
    "brief": "交办内容",
    "nature": "诉求性质",
    "urgent": "紧急",
    "category_id": "分类编号",
    "reported_unit_id": "被举报单位编号",
    "due_at": "到期",
}
# What a line of the history says besides the deed.
_DETAILS = ("lead", "assisting", "refusal", "satisfaction", "into", "length", "message_id")


def register(app: Flask) -> None:
    """Filters and globals by these names."""
    app.add_template_filter(order_state)
    app.add_template_filter(order_tone)
    app.add_template_filter(order_detail)
    app.add_template_filter(clock_tone)
    app.add_template_filter(service.next_clock, "order_clock")
    app.add_template_global(message_order)
    app.add_template_global(order_callers)
    name_kind(app, "work_order", Kind("工单", DEEDS, FIELDS, WORK_ORDER.states))


def order_state(state: OrderState) -> str:
    """An order's state in the office's words."""
    return WORK_ORDER.states[state]


def order_tone(state: OrderState) -> str:
    """The tone of the tag that shows a state; the word beside it says the same."""
    return STATE_TONES.get(state, "")


def clock_tone(clock: OrderClock, now: datetime) -> str:
    """``late``, ``soon`` or ``fine``, of a clock that runs."""
    return rules.urgency(clock.due_at, now)


def order_detail(event: AuditEvent, inside: bool) -> str:
    """What else a line of an order's history knows, in words.

    :param inside: whether the reader belongs to the office, and may know of messages.
    """
    told = event.changes
    told_to = [name for name in _DETAILS if inside or name != "message_id"]
    known = [f"{_(FIELDS[name])} {told[name]}" for name in told_to if told.get(name)]
    return "；".join(known)


def message_order(message_id: int) -> WorkOrder | None:
    """For the message page, which may not know this room: where a message is dealt with."""
    return service.order_of(db.session, message_id)


def order_callers(orders: Iterable[WorkOrder]) -> dict[int, frozenset[str]]:
    """Order id → the names of its callers, which a list of orders masks in the titles."""
    return names_of_callers(db.session, [order.id for order in orders])
